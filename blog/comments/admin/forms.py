"""What moderators type: a change of a comment, an answer to it, a question to the queue."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.utils import to_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.comments.forms import TypedField, clean_website
from blog.comments.models import EDITED, MAX_BODY, Comment, Rule, SavedFilter
from blog.comments.queue import Question, Tab
from blog.comments.rendering import clean_text

if TYPE_CHECKING:
    from django.http import QueryDict

MAX_KEY = 2**63 - 1


class CommentAdminForm(forms.ModelForm):
    """What a moderator may change, and a reply to it."""

    reply = TypedField(
        label=_("Your reply"),
        required=False,
        max_length=MAX_BODY,
        widget=AdminTextareaWidget(attrs={"rows": 5}),
        help_text=_("It appears at once, under your name. A waiting comment is approved with it."),
    )

    written = forms.DateTimeField(
        label=_("Written"),
        required=False,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        ),
    )

    # Of the text that was seen.
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Comment
        fields = EDITED

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["written"]
        field.initial = self.instance.created_at
        shown = field.widget.format_value(to_current_timezone(field.initial))
        # Left as it was: the hour that comes twice in autumn could not be read back.
        field.disabled = self.data.get(self.add_prefix("written")) == shown

    def clean_edition(self) -> None:
        """Refuse what was typed over a text that its writer has changed since; the page shows that one."""
        seen = self.cleaned_data["edition"]
        if seen is not None and seen != self.instance.edition:
            self.add_error(None, _("Its writer has changed the comment meanwhile. Read it again."))

    def clean_written(self) -> datetime | None:
        """Return another time; None for the same one, of which the field shows no fractions."""
        written: datetime | None = self.cleaned_data["written"]
        if written and not 1970 <= written.year <= 2999:
            raise forms.ValidationError(_("Choose a time since 1970."))
        if written and written > timezone.now():
            raise forms.ValidationError(_("Nothing was written in the future."))
        return written if "written" in self.changed_data else None

    def clean_body(self) -> str:
        if body := clean_text(self.cleaned_data["body"]).strip():
            return body
        raise forms.ValidationError(self.fields["body"].error_messages["required"])

    def clean_name(self) -> str:
        return " ".join(clean_text(self.cleaned_data["name"]).split())

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_website(self) -> str:
        return clean_website(self.cleaned_data["website"])


class ReplyForm(forms.Form):
    """An answer written in the queue itself."""

    reply = TypedField(
        label=_("Your reply"), max_length=MAX_BODY, widget=forms.Textarea(attrs={"rows": 4})
    )


class SavedFilterForm(forms.ModelForm):
    class Meta:
        model = SavedFilter
        fields = ["name"]


class QuestionForm(forms.Form):
    """The question in the address. What cannot be understood is left out of it, with an error beside."""

    tab = forms.ChoiceField(choices=Tab, required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    writer = forms.CharField(label=_("Name or email"), required=False, max_length=245)
    rule = forms.ModelChoiceField(
        Rule.objects.all(), label=_("Rule"), required=False, empty_label=_("Any")
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)
    since = forms.DateField(
        label=_("From"),
        required=False,
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 1, 1))],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 1, 1))],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    article = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_KEY, widget=forms.HiddenInput
    )
    network = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        super().__init__(data, auto_id="queue_%s", **kwargs)

    def question(self) -> Question:
        """Return what was asked for and understood."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        if rule := found.get("rule"):
            found["rule"] = rule.pk
        return Question(**found | {"tab": Tab(found.get("tab") or Tab.PENDING)})
