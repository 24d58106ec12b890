"""The rules on the staff desk: their order, how moderators agreed, and a rehearsal before saving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.comments.models import Rule
from blog.comments.rehearsal import Agreement, Rehearsal, agreement_of, rehearse

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# Which fields each kind of rule needs: a script hides the others.
NEEDED_BY = {
    "entries": Rule.LISTS,
    "whole_words": (Rule.Kind.WORDS,),
    "fields": (Rule.Kind.WORDS, Rule.Kind.PATTERN),
    "threshold": Rule.NUMBERS,
}


class RuleForm(forms.ModelForm):
    """A rule; sent with the button "Rehearse" it is tried out and stays unsaved."""

    fields = forms.MultipleChoiceField(  # type: ignore[assignment]  # as the model calls it
        choices=Rule.Field,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Looked for in"),
        help_text=gettext_lazy("None chosen: everywhere."),
    )

    class Meta:
        model = Rule
        fields = (
            "name",
            "position",
            "is_active",
            "kind",
            "entries",
            "whole_words",
            "fields",
            "threshold",
            "action",
            "reason",
        )

    rehearsal: Rehearsal | None = None

    def is_valid(self) -> bool:
        """Say whether the rule may be saved. One that is only rehearsed may not."""
        is_valid = super().is_valid()
        if is_valid and "_rehearse" in self.data:
            self.rehearsal = rehearse(self.instance)
            return False
        return is_valid


class RuleRowForm(forms.ModelForm):
    """What of a rule is changed in the list. Heads of columns are no labels, so each field has one."""

    class Meta:
        model = Rule
        fields = ("position", "is_active")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance.name}"


class RuleList(ChangeList):
    """The rules with how moderators agreed with them: one query for all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # A queryset, which keeps its rows: Django needs one.
        agreements = agreement_of(self.result_list)
        for rule in self.result_list:
            rule.agreement = agreements.get(rule.pk, Agreement(0, 0, 0))


@admin.register(Rule)
class RuleAdmin(admin.ModelAdmin):
    form = RuleForm
    change_form_template = "admin/comments/rule/change_form.html"
    change_list_template = "admin/comments/rule/change_list.html"
    actions = None
    list_display = ["name", "question", "action", "position", "is_active", "decided", "agreement"]
    list_editable = ["position", "is_active"]
    sortable_by = ()  # the order of the rules is what they mean
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ["name", ("position", "is_active")]}),
        (
            gettext_lazy("If a comment …"),
            {"fields": ["kind", "entries", "whole_words", "fields", "threshold"]},
        ),
        (gettext_lazy("… then"), {"fields": ["action", "reason"]}),
    )

    class Media:
        css = {"all": ["css/admin-rules.css"]}

    def get_changelist_form(self, request: HttpRequest, **options: Any) -> type[forms.ModelForm]:
        return super().get_changelist_form(request, **options | {"form": RuleRowForm})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RuleList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Rules")} | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        context["rehearsal"] = getattr(form, "rehearsal", None)
        context["needed_by"] = {
            field: " ".join(kinds) for field, kinds in NEEDED_BY.items() if field in form.fields
        }
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=gettext_lazy("asks for"))
    def question(self, rule: Rule) -> str:
        text = str(rule.get_kind_display())
        if rule.kind in Rule.NUMBERS:
            return f"{text}: {rule.threshold:g}"
        if rule.kind in Rule.LISTS:
            if not rule.lines:
                return _("%(question)s: none yet") % {"question": text}
            count = len(rule.lines)
            lines = ngettext("%(count)s line", "%(count)s lines", count) % {"count": count}
            return f"{text}: {lines}"
        return text

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:
        """Leave the count alone: it may have grown since the form was opened."""
        obj.save(update_fields=[*form.Meta.fields, "updated_at"] if change else None)

    @admin.display(description=gettext_lazy("decided"))
    def decided(self, rule: Any) -> int:
        return rule.agreement.decided + rule.deleted_count

    @admin.display(description=gettext_lazy("moderators agreed"))
    def agreement(self, rule: Any) -> str | SafeString:
        found: Agreement = rule.agreement
        if found.share is None:
            return _("Nobody has looked yet")
        return format_html(
            '{} <span class="rule-of">{}</span>',
            f"{found.share:.0f} %",
            _("%(agreed)s of %(judged)s") % {"agreed": found.agreed, "judged": found.judged},
        )
