"""The contact form, and the receipt of who has sent it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Field, Layout, Row
from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from blog.comments.forms import TypedField, is_blank, seconds_of

if TYPE_CHECKING:
    from blog.pages.models import Message

MAX_BODY = 10_000  # characters
_SALT = "byline.message"
_HOLDS = timedelta(days=1)


class ContactForm(forms.Form):
    """What a visitor may write to those who run the site. The page comes from the view."""

    body = TypedField(
        label=_("Message"),
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Please write something first.")},
    )
    name = TypedField(
        label=_("Name"),
        max_length=245,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please tell us what to call you.")},
    )
    email = forms.EmailField(
        label=_("Email"),
        max_length=100,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Please tell us your email address: the answer goes there.")
        },
    )
    subject = TypedField(label=_("Subject"), max_length=200, required=False)
    # People do not see it and machines fill it in; what is in it marks the message as spam, silently.
    topic = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    # A script counts them (static/js/seconds.js).
    seconds = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_error_title = _("Your message was not sent yet")
        helper.layout = Layout(
            Row(Column("name", css_class="col-md-6"), Column("email", css_class="col-md-6")),
            "subject",
            "body",
            Div(Field("topic"), css_class="vh", aria_hidden="true"),
            "seconds",
        )
        return helper

    @property
    def is_trapped(self) -> bool:
        return bool(self.cleaned_data.get("topic"))

    @property
    def seconds_taken(self) -> float | None:
        return seconds_of(self.cleaned_data.get("seconds"))

    def clean_name(self) -> str:
        return self._one_line("name", _("Please tell us what to call you."))

    def clean_subject(self) -> str:
        return self._one_line("subject")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if is_blank(body):
            raise forms.ValidationError(self.fields["body"].error_messages["required"])
        return body

    def _one_line(self, field: str, missing: Any = None) -> str:
        """Return the words on one line: they stand in the head of a mail."""
        text = " ".join(self.cleaned_data[field].split())
        if missing and is_blank(text):
            raise forms.ValidationError(missing)
        return text


def receipt_token(message: Message) -> str:
    """Return a word that proves the sending, and says nothing of who it was: it stands in the address."""
    return signing.dumps(int(message.created_at.timestamp()), salt=_SALT)


def sent_from(token: str) -> datetime | None:
    """Return when the message was sent; None for what is no receipt, or an old one."""
    if not token:
        return None
    try:
        return datetime.fromtimestamp(signing.loads(token, salt=_SALT, max_age=_HOLDS), UTC)
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        return None
