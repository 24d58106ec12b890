"""Forms of the account pages: allauth's in our words, and a person's own profile."""

import re
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account import forms as account_forms
from allauth.account.models import EmailAddress
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.adapter import origin_of
from accounts.models import ApplicationPassword, Author, User
from accounts.roles import may_write
from accounts.services import settle_address
from accounts.tasks import send_password_link
from blog.media.forms import PictureField

MAX_LINKS = 5
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LABELS = {
    "login": _("Email"),
    "remember": _("Stay signed in on this device"),
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
    "code": _("Code"),
    "name": _("Name of this key"),
    "passwordless": _("Sign in with this key alone"),
}
HELP_TEXTS = {
    "passwordless": _(
        "A passkey: no password is asked for. The key checks a finger, face or PIN."
    ),
}


class PlainWords:
    """Give allauth's fields our labels, and no placeholder: it says the label twice, and vanishes."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = HELP_TEXTS.get(name, field.help_text)


class LoginForm(PlainWords, account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ResetPasswordForm(PlainWords, account_forms.ResetPasswordForm):
    """Whether the address has an account is found out after the answer, which is always the same."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"]

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = self.cleaned_data["email"]
        transaction.on_commit(partial(send_password_link.enqueue, email, origin_of(request)))
        return email


class ResetPasswordKeyForm(PlainWords, account_forms.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(PlainWords, account_forms.ChangePasswordForm):
    pass


class SetPasswordForm(PlainWords, account_forms.SetPasswordForm):
    pass


class ChangeEmailForm(PlainWords, account_forms.AddEmailForm):
    def clean_email(self) -> str:
        # PostgreSQL would refuse more as an error.
        longest = User._meta.get_field("email").max_length
        MaxLengthValidator(longest)(self.cleaned_data["email"])
        return super().clean_email()

    def save(self, request: HttpRequest) -> EmailAddress:
        """Keep the present address until the new one is confirmed: allauth drops one it did not check."""
        settle_address(user=self.user)
        return super().save(request)


class ReauthenticateForm(PlainWords, account_forms.ReauthenticateForm):
    pass


class CodeForm(PlainWords, mfa_forms.AuthenticateForm):
    pass


class ReauthenticateCodeForm(PlainWords, mfa_forms.ReauthenticateForm):
    pass


class ActivateTOTPForm(PlainWords, totp_forms.ActivateTOTPForm):
    pass


class AddKeyForm(PlainWords, webauthn_forms.AddWebAuthnForm):
    pass


class EditKeyForm(PlainWords, webauthn_forms.EditWebAuthnForm):
    pass


class SignUpForm(forms.Form):
    """The address that asks for an account. Whether it has one, only its mailbox is told."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=100,  # as under comments
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NewAccountForm(forms.Form):
    """What an account needs once its address is proved."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Stands beside your comments."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,  # as Django's own forms
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_name(self) -> str:
        name = " ".join(CONTROLS.sub(" ", self.cleaned_data["name"]).split())
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return name

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        name = self.cleaned_data.get("name", "")
        validate_password(password, User(email=self.email, display_name=name))
        return password


class ProfileForm(forms.ModelForm):
    """What staff see of a person. The address to sign in with has a page of its own."""

    class Meta:
        model = User
        fields = ["display_name", "locale", "wants_desk_mail"]
        help_texts = {"display_name": _("How colleagues see you. Readers see your author box.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_staff:
            self.fields["display_name"].help_text = _("Stands beside your comments.")
        if not may_write(self.instance):
            del self.fields["wants_desk_mail"]
        if self.instance.is_staff and len(settings.LANGUAGES) > 1:
            languages = [("", _("That of the site")), *settings.LANGUAGES]
            self.fields["locale"] = forms.ChoiceField(
                label=self.fields["locale"].label, choices=languages, required=False
            )
        else:
            del self.fields["locale"]


class ApplicationPasswordForm(forms.ModelForm):
    """Which program a new password is for."""

    class Meta:
        model = ApplicationPassword
        fields = ["name"]
        labels = {"name": _("Name of the program")}
        help_texts = {"name": _("By it you know the password again when you revoke it.")}


class AuthorForm(forms.ModelForm):
    """The author box, as its owner may change it. The address of the author's page stays."""

    upload = PictureField(
        label=_("New photo"),
        required=False,
        help_text=_("JPEG, PNG, WebP, GIF or AVIF, up to 20 MB. It is shown square."),
    )
    remove_photo = forms.BooleanField(label=_("Show no photo"), required=False)

    class Meta:
        model = Author
        fields = ["name", "bio"]
        labels = {"name": _("Public name"), "bio": _("About you")}
        help_texts = {
            "name": _("Stands above your articles."),
            "bio": _("One or two sentences, shown below them."),
        }
        widgets = {"bio": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.photo_id is None:
            del self.fields["remove_photo"]


class AuthorLinkForm(forms.Form):
    """A link under the author box. Both fields empty: no link."""

    label = forms.CharField(label=_("Name"), max_length=50, required=False)
    url = forms.URLField(label=_("Address"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("label") and not data.get("url") and "url" not in self.errors:
            self.add_error("url", _("Add the address, or empty the name too."))
        if data.get("url") and not data.get("label"):
            data["label"] = (urlsplit(data["url"]).hostname or "")[:50]
        return data


class BaseAuthorLinkFormSet(BaseFormSet):
    def links(self) -> list[tuple[str, str]]:
        """Return the links of a valid formset as (label, address)."""
        filled = (form.cleaned_data for form in self if form.cleaned_data.get("url"))
        return [(data["label"], data["url"]) for data in filled]


AuthorLinkFormSet = cast(
    "type[BaseAuthorLinkFormSet]",
    formset_factory(
        AuthorLinkForm,
        formset=BaseAuthorLinkFormSet,
        extra=MAX_LINKS,
        max_num=MAX_LINKS,
        validate_max=True,
        absolute_max=MAX_LINKS,
    ),
)
