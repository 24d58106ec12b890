"""What a visitor may type. Article and writer come from the view, never from the client."""

from __future__ import annotations

import copy
import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Field, Layout, Row
from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from blog.comments.disguises import undisguised
from blog.comments.models import MAX_BODY, MAX_WEBSITE, Comment, Report, Subscription
from blog.comments.queries import can_be_followed
from blog.comments.rendering import clean_text
from blog.comments.services import PARENT_IS_GONE
from blog.site.shared_fields import SharedFields

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import QueryDict

    from accounts.models import User
    from blog.articles.models import Article
    from blog.site.models import SiteSettings

# What is no letter, digit or sign to a person: a name of these alone is no name.
_BLANK = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u2800\u3164]"
)
_UNSEEN = re.compile(r"[\u00ad\u034f\u180e\u200b\u2060-\u2064]")  # in no name of any language


def is_blank(text: str) -> bool:
    """Say whether a person sees nothing in it."""
    return not _BLANK.sub("", text)


def seconds_of(text: str | None) -> float | None:
    """Return the seconds from the page to the post; None where no script has counted them."""
    try:
        seconds = float(text or "nan")
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def clean_website(text: str) -> str:
    """Return the address of a website, with https:// where no scheme was typed, or "".

    Raise ValidationError for what is no address of the web.
    """
    website = clean_text(text).strip()
    if website and not re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", website, re.IGNORECASE):
        website = f"https://{website}"
    try:
        if website:
            URLValidator(schemes=["http", "https"])(website)
    except forms.ValidationError as error:
        raise forms.ValidationError(
            _("This is not the address of a website. Write it like https://example.org")
        ) from error
    if website and undisguised(website) != website:
        raise forms.ValidationError(
            _("This address can be taken for another one. Write it in plain letters, as xn--….")
        )
    if len(website) > MAX_WEBSITE:
        raise forms.ValidationError(_("This address is too long."))
    return website


class TypedField(forms.CharField):
    """What a person typed, cleaned before it is measured: a browser counts a line's end as one character."""

    def to_python(self, value: Any) -> str:
        return super().to_python(clean_text(str(value or ""))) or ""


class OwnEditForm(forms.Form):
    """The text of a comment, for its writer to change."""

    body = TypedField(
        label=_("Comment"),
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write something first.")},
    )

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        if is_blank(body):
            raise forms.ValidationError(self.fields["body"].error_messages["required"])
        return body


class CommentForm(OwnEditForm):
    """The form under an article. Who is signed in is asked for the text only.

    Its fields are shared until it is drawn, which changes them: a comment that is stored is never drawn.
    """

    name = TypedField(
        label=_("Name"),
        max_length=245,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please tell us what to call you.")},
    )
    email = forms.EmailField(
        label=_("Email"),
        max_length=100,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "aria-describedby": "email-notes"}
        ),
        error_messages={"required": _("Please tell us your email address. It is not published.")},
    )
    website = TypedField(
        label=_("Website"),
        max_length=MAX_WEBSITE,
        required=False,
        # Not of the type "url", which takes neither example.org nor a refused address back.
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"}),
        help_text=_("Optional. Your name will link to it."),
    )
    question = forms.BooleanField(label=_("This is a question"), required=False)
    follow = forms.ChoiceField(
        label=_("Mail me"),
        required=False,
        choices=[
            ("", _("nothing")),
            (Subscription.Kind.REPLIES, _("replies to me")),
            (Subscription.Kind.ALL, _("all new comments here")),
        ],
        help_text=_("We first ask by mail whether it is you. One click ends it."),
    )
    parent = forms.IntegerField(
        required=False, widget=forms.HiddenInput, error_messages={"invalid": PARENT_IS_GONE}
    )
    about = TypedField(required=False, widget=forms.HiddenInput)
    remember = forms.BooleanField(
        label=_("Save my name, email, and website in this browser for the next time I comment."),
        required=False,
    )
    # People do not see it and machines fill it in; what is in it marks the comment as spam, silently.
    topic = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    # Filled in by scripts: seconds from the page to the post, and the answer to a proof of work. What is
    # wrong in them is nobody's mistake: it counts as unknown and is not refused.
    seconds = TypedField(required=False, widget=forms.HiddenInput)
    work = TypedField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        site: SiteSettings,
        article: Article,
        user: User | AnonymousUser,
        **options: Any,
    ) -> None:
        self.base_fields = _fields_for(  # type: ignore[misc]
            is_member=user.is_authenticated,
            needs_names=site.comment_needs_name_and_email,
            may_follow=can_be_followed(article, site),
            may_be_remembered=site.remembering_offered,
        )
        super().__init__(data, **options)
        self.site = site
        self.article = article
        self.user = user

    def take_own_fields(self) -> None:
        """Copy the fields that were shared so far."""
        if isinstance(self.fields, SharedFields):
            self.fields = copy.deepcopy(dict(self.fields))
            self._bound_fields_cache.clear()  # type: ignore[attr-defined]

    @property
    def helper(self) -> FormHelper:
        self.take_own_fields()
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_error_title = _("Your reply was not sent yet")
        trap = Div(Field("topic"), css_class="vh", aria_hidden="true")
        follow = ["follow"] if "follow" in self.fields else []
        remember = ["remember"] if "remember" in self.fields else []
        if self.user.is_authenticated:
            helper.layout = Layout(
                "body", "question", *follow, trap, "parent", "about", "seconds", "work"
            )
        else:
            names = Row(
                Column("name", css_class="col-md-6"), Column("email", css_class="col-md-6")
            )
            helper.layout = Layout(
                "body",
                "question",
                names,
                "website",
                *follow,
                *remember,
                trap,
                "parent",
                "about",
                "seconds",
                "work",
            )
        return helper

    @property
    def is_trapped(self) -> bool:
        return bool(self.cleaned_data.get("topic"))

    @property
    def seconds_taken(self) -> float | None:
        return seconds_of(self.cleaned_data.get("seconds"))

    def clean_name(self) -> str:
        # What cannot be seen tells two names apart that look the same.
        name = " ".join(_UNSEEN.sub("", self.cleaned_data["name"]).split())
        if not is_blank(name):
            return name
        if self.fields["name"].required:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return ""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_follow(self) -> str:
        """Ask for the address where there is none to write to: it may be left out on some sites."""
        follow = self.cleaned_data["follow"]
        if follow and "email" in self.fields and not self.data.get("email", "").strip():
            raise forms.ValidationError(_("Tell us your email address, too."))
        return follow

    def clean_website(self) -> str:
        return clean_website(self.cleaned_data["website"])

    def clean_parent(self) -> Comment | None:
        pk = self.cleaned_data["parent"]
        if pk is None:
            return None
        parent = self.article.comments.approved().filter(pk=pk).first() if 0 < pk < 2**63 else None
        if parent is None:
            raise forms.ValidationError(PARENT_IS_GONE)
        return parent

    def add_error(self, field: str | None, error: Any) -> None:
        """Show what is wrong with the hidden field above the form, and let the next try do without it."""
        self.take_own_fields()
        if field == "parent":
            data = cast("QueryDict", self.data).copy()
            data["parent"] = ""
            self.data = data
            field = None
        elif field == "email":  # its own note keeps Django from naming the error
            self.fields[field].widget.attrs["aria-describedby"] = "id_email_error email-notes"
        super().add_error(field, error)


@cache
def _fields_for(
    *, is_member: bool, needs_names: bool, may_follow: bool, may_be_remembered: bool
) -> SharedFields:
    """Return the fields a reader is shown: sixteen forms, at most."""
    fields = copy.deepcopy(CommentForm.base_fields)
    if is_member:
        for field in ("name", "email", "website", "remember"):
            del fields[field]
    elif not needs_names:
        fields["name"].required = fields["email"].required = False
    if not may_be_remembered:
        fields.pop("remember", None)
    if not may_follow:
        del fields["follow"]
    elif is_member:
        fields["follow"].help_text = _("One click in any of the mails ends it.")
    return SharedFields(fields)


class ReportForm(forms.Form):
    """Why a comment should not stand there."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Report.Reason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what is wrong.")},
    )
    text = TypedField(
        label=_("In your words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Optional, except for “Something else”."),
    )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        is_other = fields.get("reason") == Report.Reason.OTHER
        if is_other and is_blank(fields.get("text", "")):
            self.add_error("text", _("Please say what is wrong."))
        return fields
