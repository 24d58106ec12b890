"""What an editor may decide about an article, a category and a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.articles.models import (
    Article,
    Category,
    CategoryPathHistory,
    Revision,
    SlugHistory,
    Tag,
    TagSlugHistory,
)
from blog.articles.widgets import ArticleEditor
from blog.media.forms import PictureField
from blog.media.models import Image
from blog.media.services import store_picture
from blog.site.claiming import ClaimingForm

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

MAX_BODY = 500_000  # characters, a book; sanitising deep nesting takes more than linear time
WORDS = {"lead_alt": "alt", "lead_caption": "caption", "lead_credit": "credit"}


class ArticleForm(ClaimingForm):
    """An article with its lead picture. Saving is the service's business: `article` and `terms`."""

    history, owner_field = SlugHistory, "article"
    # Of the request; the admin sets them on a subclass.
    user: User
    opening: dict[str, Any] = {}  # what the form opens with in place of what is stored

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
            "What the picture shows, for those who cannot see it. Empty: decoration only."
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
    is_substantial = forms.BooleanField(
        label=_("This is a substantial update"),
        required=False,
        help_text=_("Ratings from before and since are told apart under “How is this counted?”"),
    )
    note = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=Revision._meta.get_field("note").max_length,
        help_text=_("What this change is for, in a few words: it stands in the history."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = (
            "title subtitle body excerpt lead_image status publish_at expire_at slug is_sticky categories"
            " primary_category tags comment_policy rating_policy review_position review_title"
            " review_summary seo_title seo_description canonical_url is_noindex share_image"
        ).split()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        image = self.instance.lead_image
        for field, name in WORDS.items():
            self.initial.setdefault(field, getattr(image, name) if image else "")
        self.initial["opened_version"] = self.instance.version if self.instance.pk else None
        self.initial.update(self.opening)
        if not self.user.has_perm("articles.publish_article"):
            self.fields["status"].disabled = True
            self.fields["status"].help_text = _("Your account may write, but not publish.")

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.errors:
            self._keep_upload()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("status") == Article.Status.PUBLISHED and not data.get("publish_at"):
            data["publish_at"] = timezone.now()
        self._check_version()
        self._check_words(data)
        return data

    def _check_version(self) -> None:
        """Refuse to write over what somebody else saved meanwhile; a second save then does.

        The row is locked until the request ends, so that two savings at once cannot both pass.
        """
        if not self.instance.pk:
            return
        stored = Article.objects.select_for_update().get(pk=self.instance.pk)
        if self.cleaned_data.get("opened_version") in {stored.version, None}:
            return
        revision = stored.current_revision
        self._set_data("opened_version", str(stored.version))
        self.add_error(
            None,
            _(
                "%(name)s saved this article while you were writing. Your text is below and not saved yet."
                " Compare it with the article on the site; saving once more replaces what was saved."
            )
            % {"name": revision.author if revision and revision.author else _("Somebody")},
        )

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

    def _words_are_changed(self) -> bool:
        return bool(WORDS.keys() & set(self.changed_data))

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


class CategoryForm(ClaimingForm):
    """A category; its address is made from the name when left empty."""

    history, owner_field, address_field = CategoryPathHistory, "category", "path"

    class Meta:
        model = Category
        fields = ["name", "slug", "parent", "description", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):  # nothing to fill in for who may only look
            slug.required = False
            slug.help_text = _("Made from the name when left empty.")

    def wanted_address(self, data: dict[str, Any]) -> str:
        slug, parent = data.get("slug"), data.get("parent")
        return f"{parent.path}/{slug}" if parent and slug else slug or ""


class TagForm(ClaimingForm):
    """A tag; its address is made from the name when left empty."""

    history, owner_field = TagSlugHistory, "tag"

    class Meta:
        model = Tag
        fields = ["name", "slug"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):  # nothing to fill in for who may only look
            slug.required = False
            slug.help_text = _("Made from the name when left empty.")


class MergeForm(forms.Form):
    """Which of several tags stays."""

    into = forms.ModelChoiceField(
        label=_("Which one stays?"),
        queryset=Tag.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, tags: QuerySet[Tag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField", self.fields["into"]).queryset = tags
