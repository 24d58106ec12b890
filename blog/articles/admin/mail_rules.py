"""The mail rules of this desk: their form, how a mail would read, and a sample to oneself."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import name_of
from blog.articles.admin.desk import editor_of
from blog.articles.letters import post_letter
from blog.articles.mail_rules import PLACEHOLDERS, sample_of, unknown_in, written
from blog.articles.models import PUBLISHED, Article, MailRule, WorkingStatus, step_name
from blog.site.local import in_words_of_the_site

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User

Kind = MailRule.Kind
STAGE, STATUS = "stage-", "status-"
WHO = ("to_authors", "to_writer", "to_participants", "role", "address")
# Fields that only these kinds ask for; a script hides them for the others (admin-rules.js).
NEEDED_BY = {"from_what": Kind.STEP, "to_what": Kind.STEP, "days": Kind.BEFORE}
FIRST = {
    "subject": gettext_lazy("“{title}” is at “{to}”"),
    "text": gettext_lazy(
        "{who} moved “{title}” by {author} from “{from}” to “{to}”.\n\n{note}\n\n{link}"
    ),
}


class MailRuleForm(forms.ModelForm):
    from_what = forms.ChoiceField(label=gettext_lazy("From"), required=False)
    to_what = forms.ChoiceField(label=gettext_lazy("To"), required=False)

    class Meta:
        model = MailRule
        fields = ["name", "is_active", "kind", "days", *WHO, "subject", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.fields.get("kind"):
            return  # of somebody who may only look
        self.statuses = {f"{STATUS}{row.pk}": row for row in WorkingStatus.objects.all()}
        for end in ("from", "to"):
            field: Any = self.fields[f"{end}_what"]
            field.choices = self._choices(is_end=end == "to")
            status = getattr(self.instance, f"{end}_status_id")
            stage = getattr(self.instance, f"{end}_stage")
            known = f"{STATUS}{status}" if status else f"{STAGE}{stage}"
            self.initial[f"{end}_what"] = known if status or stage else ""
        if not self.instance.pk:
            self.initial = {**FIRST, **self.initial}
        names = ", ".join(f"{{{name}}}: {meaning}" for name, meaning in PLACEHOLDERS.items())
        self.fields["text"].help_text = _("What stands for what: %(names)s.") % {"names": names}
        self.fields["days"].required = False
        self.fields["role"].label_from_instance = name_of  # type: ignore[attr-defined]

    def _choices(self, *, is_end: bool) -> list[Any]:
        stages: list[Any] = [(f"{STAGE}{value}", label) for value, label in Article.Stage.choices]
        if is_end:
            stages.append((f"{STAGE}{PUBLISHED}", step_name(PUBLISHED)))
        choices: list[Any] = [("", _("Anything")), (_("Review"), stages)]
        if self.statuses:
            names = [(key, row.name) for key, row in self.statuses.items()]
            choices.append((_("Working status"), names))
        return choices

    def clean_subject(self) -> str:
        return self._checked("subject")

    def clean_text(self) -> str:
        return self._checked("text")

    def clean_days(self) -> int:
        days: int | None = self.cleaned_data["days"]
        return 1 if days is None else days

    def _checked(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if unknown := unknown_in(text):
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise ValidationError(
                _("Nothing is known as %(unknown)s. Choose among %(known)s.")
                % {"unknown": ", ".join(f"{{{each}}}" for each in unknown), "known": known}
            )
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) for name in WHO) and not set(WHO) & set(self.errors):
            self.add_error("to_authors", _("Who gets the mail? Choose at least one."))
        is_step = data.get("kind") == Kind.STEP
        ends = {end: data.get(f"{end}_what", "") if is_step else "" for end in ("from", "to")}
        kinds = {value.partition("-")[0] for value in ends.values() if value}
        if len(kinds) > 1:
            self.add_error(
                "to_what", _("Choose two stages of the review, or two working statuses.")
            )
        for end, value in ends.items():
            is_stage = value.startswith(STAGE)
            setattr(self.instance, f"{end}_stage", value.removeprefix(STAGE) if is_stage else "")
            setattr(self.instance, f"{end}_status", self.statuses.get(value))
        return data


@admin.register(MailRule)
class MailRuleAdmin(admin.ModelAdmin):
    about_empty = gettext_lazy(
        "A rule adds to who gets mail from the desk, and changes its words."
    )
    form = MailRuleForm
    list_display = ["name", "when", "who", "is_active"]
    list_editable = ["is_active"]
    list_select_related = ["from_status", "to_status", "role"]
    change_form_template = "admin/articles/mailrule/change_form.html"
    fieldsets = [
        (None, {"fields": ["name", "is_active"]}),
        (gettext_lazy("When"), {"fields": ["kind", "from_what", "to_what", "days"]}),
        (
            gettext_lazy("Who"),
            {
                "fields": [*WHO],
                "description": gettext_lazy(
                    "One mail for each event and person, in place of the usual one. Never to who did it,"
                    " nor to who may not open the article or wants no mail from the desk."
                ),
            },
        ),
        (gettext_lazy("Mail"), {"fields": ["subject", "text"]}),
    ]

    class Media:
        css = {"all": ["css/admin-articles.css"]}
        js = [Script("js/admin-rules.js", type="module")]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["needed_by"] = NEEDED_BY
        rule = context.get("original")
        # One that was refused holds what was typed, for which there may be no day.
        if rule and not context["adminform"].form.errors:
            context["sample"] = _sample(rule, editor_of(request))
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: MailRule, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._sent(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: MailRule) -> HttpResponse:
        return self._sent(request, obj) or super().response_change(request, obj)

    def _sent(self, request: HttpRequest, rule: MailRule) -> HttpResponse | None:
        """Send a sample of the rule, which is saved by now, to who asked for one."""
        if "_sample" not in request.POST:
            return None
        user = editor_of(request)
        with in_words_of_the_site():
            subject, text = _sample(rule, user)
            post_letter(
                template="articles/mail/rule.txt",
                key=f"sample:{rule.pk}:{secrets.token_hex(8)}",
                to=user.email,
                subject=subject,
                context={"text": text},
            )
        said = _("The rule is saved. A sample is on its way to %(address)s.")
        messages.success(request, said % {"address": user.email})
        return redirect("admin:articles_mailrule_change", rule.pk)

    @admin.display(description=gettext_lazy("when"))
    def when(self, rule: MailRule) -> str:
        if rule.kind == Kind.BEFORE:
            return _("%(days)d days before publication") % {"days": rule.days}
        if rule.kind != Kind.STEP:
            return rule.get_kind_display()
        before = rule.from_status or step_name(rule.from_stage) or _("anything")
        after = rule.to_status or step_name(rule.to_stage) or _("anything")
        return f"{before} → {after}"

    @admin.display(description=gettext_lazy("who"))
    def who(self, rule: MailRule) -> str:
        names = [
            str(MailRule._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            for name in WHO[:3]
            if getattr(rule, name)
        ]
        names += [name_of(rule.role)] if rule.role else []
        return ", ".join(names + ([rule.address] if rule.address else []))


def _sample(rule: MailRule, user: User) -> tuple[str, str]:
    """Return how a mail of the rule would read, about the article that was begun last."""
    article = Article.objects.editable_by(user).order_by("-created_at", "-pk").first()
    article = article or Article(title=_("On the tides"), pk=0)
    return written(rule, sample_of(rule, article, user))
