"""What an editor may decide about an article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.articles import form_checks, review
from blog.articles.drafts import ONE, WORDS, was_public
from blog.articles.embeds import player_of
from blog.articles.models import (
    Article,
    Revision,
    SlugHistory,
    validate_free_at_the_root,
)
from blog.articles.widgets import ArticleEditor
from blog.media.forms import PictureField
from blog.media.models import Image
from blog.media.services import store_picture
from blog.site.autocomplete import ChoiceField, MultipleChoiceField
from blog.site.claiming import ClaimingForm
from blog.site.times import LocalDateTimeField

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.models import User
    from blog.articles.checks import Failure
    from blog.articles.models import WorkingStatus

# The fields that the table's own rules are about; `clean` may change them all, too.
CONSTRAINED = {"status", "publish_at", "expire_at"}  # the form itself asks about access
# Choices of which none stands for the one the article has: not every form asks for them.
KEPT = {"access", "lead_placement", "criteria_style", "post_format"}
STATUS: dict[str, Any] = {
    "label": _("Working status"),
    "help_text": _("What the draft is until it goes to review. Readers never see it."),
}
MAX_BODY = 500_000  # characters, a book; sanitising deep nesting takes more than linear time


class StatusField(forms.TypedChoiceField):
    """The working status of an article, out of those that offer() was given.

    What it was when the form was opened travels along: only who chose another one changes it, so that a
    form that was open for long takes back nothing that was set meanwhile.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.rows: dict[str, WorkingStatus] = {}
        self.opened: str | None = None  # what it was then, as the form says that comes back
        super().__init__(
            required=False, empty_value=None, show_hidden_initial=True, **{**STATUS, **kwargs}
        )

    def offer(self, rows: Iterable[WorkingStatus], *, opened: str | None = None) -> None:
        self.opened = opened
        self.rows = {str(row.pk): row for row in rows}
        self.choices = [("", _("– none –")), *((key, row.name) for key, row in self.rows.items())]

    def valid_value(self, value: Any) -> bool:
        """Take what was not changed, though somebody may have moved the article away from it meanwhile."""
        return value == self.opened or super().valid_value(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and str(initial or "") != str(data or "")

    def was_moved(self, now: int | None) -> bool:
        """Say whether somebody else has moved the article since the form was opened."""
        return self.opened is not None and self.opened != str(now or "")

    def _coerce(self, value: Any) -> WorkingStatus | None:
        return self.rows.get(str(value))


class ArticleForm(ClaimingForm):
    """An article with its lead picture. Saving is the service's business: `article` and `terms`."""

    history, owner_field = SlugHistory, "article"
    # Of the request; the admin sets them on a subclass.
    user: User
    statuses: list[WorkingStatus] = []  # those that this person may choose
    opening: dict[str, Any] = {}  # what the form opens with in place of what is stored
    typed: dict[str, Any]  # what a draft keeps beside the fields: set by choose_lead_image
    # The article as it is stored, locked once the form was checked; None for a new one.
    stored: Any = None

    body = forms.CharField(
        label=_("Text"), required=False, max_length=MAX_BODY, strip=False, widget=ArticleEditor
    )
    lead_upload = PictureField(
        label=_("New picture"),
        required=False,
        help_text=_(
            "JPEG, PNG, WebP, GIF or AVIF, up to 20 MB. Or choose one from the library below."
        ),
    )
    lead_alt = forms.CharField(
        label=_("Alternative text"),
        required=False,
        max_length=Image._meta.get_field("alt").max_length,
        help_text=_(
            "What the picture shows, for those who cannot see it: in lists and shared links, too."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    lead_caption = forms.CharField(
        label=_("Caption"),
        required=False,
        max_length=Image._meta.get_field("caption").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    lead_credit = forms.CharField(
        label=_("Credit"),
        required=False,
        max_length=Image._meta.get_field("credit").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        min_length=4,
        max_length=200,
        help_text=_(
            "For “Whoever knows the password”. Write it down: it is stored so that nobody can read it."
            " Empty: the one it has."
        ),
        widget=forms.TextInput(
            attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    is_substantial = forms.BooleanField(
        label=_("This is a substantial update"),
        required=False,
        help_text=_("Ratings from before and since are told apart under “How is this counted?”"),
    )
    desk_status = StatusField()
    note = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=Revision._meta.get_field("note").max_length,
        help_text=_("What this change is for, in a few words: it stands in the history."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    changes_at = LocalDateTimeField(
        label=_("Changes go live at"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("For “Schedule changes”. Empty: when somebody publishes them."),
    )
    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    is_behind = False  # the article was saved since the form was opened
    # Why it is published over required checks; asked for (_blocked.html) only where that is needed.
    publish_reason = forms.CharField(required=False, max_length=review.MAX_REASON)
    blocked: list[Failure] = []  # what keeps it from being published
    # Codes of the checks it is published over; None: saving does not publish.
    overridden: list[str] | None = None

    class Meta:
        model = Article
        fields = (
            "title subtitle body excerpt lead_image status publish_at expire_at slug is_sticky categories"
            " primary_category tags comment_policy rating_policy review_position review_title"
            " review_summary seo_title seo_description canonical_url is_noindex share_image access"
            " lead_placement highlights sources via hides_lead_image hides_share hides_authors"
            " hides_neighbours hides_related criteria criteria_style criteria_total reviewed_type"
            " reviewed_name reviewed_url is_template is_trending list_title post_format lead_embed"
        ).split()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" not in self.fields:
            return  # of somebody who may only look
        self.fields["slug"].required = False
        for name in KEPT.intersection(self.fields):
            self.fields[name].required = False
        image = self._shown_image()
        self.stored_words = {
            field: getattr(image, name) if image else "" for field, name in WORDS.items()
        }
        for field, text in self.stored_words.items():
            self.initial.setdefault(field, text)
        self.initial["opened_version"] = self.instance.version if self.instance.pk else None
        if self.instance.pk is None and "title" in self.fields:
            self.fields["title"].widget.attrs["autofocus"] = True
        self.initial["desk_status"] = self.instance.working_status_id
        if self.statuses:
            opened = self.data.get(self.add_initial_prefix("desk_status"))
            cast("StatusField", self.fields["desk_status"]).offer(self.statuses, opened=opened)
        else:  # past being written, perhaps since the form was opened: nobody is asked
            del self.fields["desk_status"]
        self.is_live = was_public(self.instance)
        self._know_rows()
        self.initial.update(self.opening)
        if "password_hash" in self.opening:
            self.instance.password_hash = self.opening["password_hash"]
        if self.is_live:
            self.fields["status"].disabled = True
            self.fields["status"].help_text = _("Changes wait until they are published.")
        if not self.user.has_perm("articles.publish_article"):
            self.fields["status"].disabled = True
            self.fields["status"].help_text = _("Your account may write, but not publish.")
        if not self.user.has_perm("media.add_image"):
            self.fields["lead_upload"].disabled = True
            self.fields["lead_upload"].help_text = _(
                "Your account may choose a picture, but not upload one."
            )

    def _know_rows(self) -> None:
        """Tell the fields what came with the article, so that they do not look it up again."""
        if not self.instance.pk:
            return
        for name in ("lead_image", "share_image", "primary_category"):
            self._field_knows(name, [getattr(self.instance, name)])
        for name in ("categories", "tags"):
            self._field_knows(name, getattr(self.instance, name).all())

    def _field_knows(self, name: str, rows: Iterable[Any]) -> None:
        field = self.fields.get(name)
        # Those who may only look have none.
        if isinstance(field, ChoiceField | MultipleChoiceField):
            field.know(rows)

    def _shown_image(self) -> Image | None:
        """Return the lead picture that the form opens with: of the article, or of its waiting draft."""
        key = self.opening.get("lead_image", self.instance.lead_image_id)
        if key == self.instance.lead_image_id:
            return self.instance.lead_image
        return Image.objects.filter(pk=key).first()

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.errors:
            self._keep_upload()

    def _get_validation_exclusions(self) -> set[str]:
        """Leave out what was looked up a moment ago, and the uniqueness of an address that stays."""
        known = {name for name in ONE if name in self.fields}
        if "slug" not in self.changed_data and self.instance.pk:
            known.add("slug")
        return super()._get_validation_exclusions() | known  # type: ignore[misc]  # the stubs lack it

    def validate_constraints(self) -> None:
        """Ask only where a field changed that they are about: each costs three statements."""
        if not self.instance.pk or CONSTRAINED.intersection(self.changed_data):
            super().validate_constraints()

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug and "slug" in self.changed_data:
            validate_free_at_the_root(slug)
        return slug

    def clean_changes_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["changes_at"]
        if "_schedule" not in self.data:
            return at
        if at is None:
            raise ValidationError(_("When are the changes to go live? Enter a date and a time."))
        if at <= timezone.now():
            raise ValidationError(
                _("This time is over. Choose a later one, or publish the changes now.")
            )
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data |= {n: getattr(self.instance, n) for n in KEPT if n in data and not data[n]}
        if data.get("reviewed_type") and not data.get("reviewed_name"):
            self.add_error("reviewed_name", _("What is it called that you review?"))
        self._check_lead(data)
        if data.get("is_template") and data.get("status") == Article.Status.PUBLISHED:
            self.add_error(
                "is_template", _("A template is not published. Copy the article first.")
            )
        if data.get("status") == Article.Status.PUBLISHED and not data.get("publish_at"):
            data["publish_at"] = timezone.now()
        self._check_version()
        self._check_words(data)
        self._check_access(data)
        self._check_publication(data)
        return data

    def _check_lead(self, data: dict[str, Any]) -> None:
        """Ask for an address of which there is a player, where a film or sound is to lead."""
        wanted = data.get("post_format")
        sentences = {
            Article.Format.VIDEO: _("Enter the address of a film on YouTube or Vimeo."),
            Article.Format.AUDIO: _("Enter the address of something on SoundCloud or Spotify."),
        }
        if wanted not in sentences or "lead_embed" in self.errors:
            return
        player = player_of(data.get("lead_embed", ""))
        if player is None or player.kind != wanted:
            self.add_error("lead_embed", sentences[wanted])

    def _check_publication(self, data: dict[str, Any]) -> None:
        """Ask the checklist before anything is stored, when saving would publish or schedule the article."""
        is_out = self.instance.pk and self.instance.status == Article.Status.PUBLISHED
        is_scheduled = is_out and not self.is_live  # of a live article only a draft is saved
        if is_scheduled:
            try:
                review.check_change_at_once(self.instance, self.user)
            except review.NotAllowedError as error:
                self.add_error(None, error)
        asks = {"_publish", "_schedule"} & set(self.data)
        if not is_out:
            asks |= {"status"} if data.get("status") == Article.Status.PUBLISHED else set()
        if self.errors or is_scheduled or not asks or "_trash" in self.data:
            return
        if not self.user.has_perm("articles.publish_article"):
            return
        try:
            self.overridden = form_checks.published_over(
                data,
                slug=self.instance.slug,
                user=self.user,
                has_new_words=self._words_are_changed(),
            )
        except review.BlockedError as error:
            self.blocked = error.failures
            self.add_error(None, error)

    def _check_version(self) -> None:
        """Refuse to write over what was saved meanwhile: admin.conflicts then asks what is to stand.

        The row is locked until the request ends, so that two savings at once cannot both pass.
        """
        if not self.instance.pk:
            return
        rows = Article.objects.select_for_update(of=("self",))
        related = ("draft_revision", "current_revision", *ONE)
        self.stored = rows.select_related(*related).get(pk=self.instance.pk)
        if self.cleaned_data.get("opened_version") in {self.stored.version, None}:
            return
        self.is_behind = True
        self.add_error(None, _("This article was saved meanwhile. Your text is not saved yet."))

    def _check_access(self, data: dict[str, Any]) -> None:
        """A protected article has a password; only what everybody may read stands first on the blog."""
        access = data.get("access", self.instance.access)
        if access == Article.Access.PASSWORD:
            if "new_password" not in self.errors and not (
                data.get("new_password") or self.instance.password_hash
            ):
                self.add_error("new_password", _("Choose the password that readers will need."))
        elif data.get("new_password"):
            self.add_error(
                "access", _("A password asks for “Whoever knows the password”. Choose that, too.")
            )
        if access != Article.Access.OPEN and data.get("is_sticky"):
            self.add_error("is_sticky", _("Only what everybody may read can be sticky."))

    def choose_password(self) -> None:
        """Hash the new password; an article that asks for none any more forgets the old one."""
        if self.instance.access != Article.Access.PASSWORD:
            self.instance.password_hash = ""
        elif password := self.cleaned_data.get("new_password"):
            self.instance.password_hash = make_password(password)

    def _check_words(self, data: dict[str, Any]) -> None:
        """The words of a picture belong to whoever uploaded it, and to editors."""
        image = data.get("lead_image")
        if not self._words_are_changed() or data.get("lead_upload") or not image:
            return
        if image.uploaded_by_id != self.user.pk and not self.user.has_perm("media.edit_any_image"):
            self.add_error(
                "lead_alt",
                _("Somebody else uploaded this picture: only editors may change its words."),
            )
            return
        # The words are the picture's: nothing that readers see elsewhere changes by saving this article.
        others = Article.objects.published().exclude(pk=self.instance.pk)
        shown = others.filter(Q(lead_image=image) | Q(pictures=image)).only("title").first()
        if shown:
            sentence = _(
                "Readers see this picture in “%(title)s”, too. Change its words in the picture library:"
                " there they change everywhere at once."
            )
            self.add_error("lead_alt", sentence % {"title": shown.title})

    def _words_are_changed(self) -> bool:
        """Say whether the words differ from those of the picture that the form was opened with."""
        return any(
            self.cleaned_data.get(field, "").strip() != text
            for field, text in self.stored_words.items()
        )

    def choose_lead_image(self) -> None:
        """Store an uploaded picture for a draft; its words and the mark of an update wait in `typed`."""
        if self.cleaned_data.get("lead_upload"):
            self.instance.lead_image = self._keep_upload()
        self.typed = {}
        if self.instance.lead_image and self._words_are_changed():
            self.typed = {field: self.cleaned_data.get(field, "") for field in WORDS}
        if self.cleaned_data.get("is_substantial"):
            self.typed["is_substantial"] = "on"

    def store_lead_image(self) -> None:
        """Store the uploaded picture, or the changed words of the one that was chosen."""
        if self.cleaned_data.get("lead_upload"):
            self.instance.lead_image = self._keep_upload()
        elif self.instance.lead_image and self._words_are_changed():
            for name, text in self._words().items():
                setattr(self.instance.lead_image, name, text.strip())
            self.instance.lead_image.save(update_fields=list(WORDS.values()))

    def _keep_upload(self) -> Image | None:
        """Store the picture, and choose it in a form that comes back: no browser sends a file again."""
        picture = self.cleaned_data.pop("lead_upload", None)
        if picture is None:
            return None
        image = store_picture(picture=picture, uploaded_by=self.user, **self._words())
        self._set_data("lead_image", str(image.pk))
        return image

    def _words(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(field, "") for field, name in WORDS.items()}
