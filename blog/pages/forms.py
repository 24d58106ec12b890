"""What an editor may decide about a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from blog.articles.forms import MAX_BODY
from blog.articles.models import SlugHistory
from blog.articles.widgets import ArticleEditor
from blog.pages.models import Message, Page, PagePathHistory
from blog.pages.services import settle_place
from blog.site.claiming import FORWARDS, ClaimingForm


class PageForm(ClaimingForm):
    """A page. Saving is the service's business: it also finds what only the locked rows can tell."""

    history, owner_field, address_field = PagePathHistory, "page", "path"
    opening: dict[str, Any] = {}  # what the form opens with in place of what is stored

    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=MAX_BODY,
        strip=False,
        widget=ArticleEditor(has_marks=False),
    )
    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Page
        fields = [
            *("title", "body", "kind", "status", "parent", "slug", "seo_description"),
            "is_noindex",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["path"] = self.instance.path  # what ClaimingForm compares
        self.initial["opened_version"] = self.instance.version if self.instance.pk else None
        if self.instance.pk is None and "title" in self.fields:
            self.fields["title"].widget.attrs["autofocus"] = True
        self.initial.update(self.opening)
        if slug := self.fields.get("slug"):  # nothing to fill in for who may only look
            slug.required = False
        parent = self.fields.get("parent")
        if isinstance(parent, forms.ModelChoiceField):
            parent.queryset = _possible_parents(self.instance)
            parent.empty_label = str(_("– nothing: at the root –"))
            for button in ("add", "change", "delete", "view"):  # that is done in the list of pages
                setattr(parent.widget, f"can_{button}_related", False)
            parent.label_from_instance = _indented  # type: ignore[method-assign, assignment]

    def wanted_address(self, data: dict[str, Any]) -> str:
        slug, parent = data.get("slug"), data.get("parent")
        return f"{parent.path}/{slug}" if parent and slug else slug or ""

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        if not title:
            raise ValidationError(_("Give the page a title."))
        return title

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._check_version(data)
        self._check_old_article(data)
        if not self.errors:
            # On a copy: the instance gets what was typed later, and saving settles it again.
            page = Page(
                pk=self.instance.pk,
                title=data["title"],
                slug=data.get("slug", ""),
                parent=data.get("parent"),
            )
            try:
                settle_place(page)
            except ValidationError as error:
                self.add_error(None, error)
        return data

    def _check_old_article(self, data: dict[str, Any]) -> None:
        """Ask before an address is taken away from an article that once had it, as from a page."""
        wanted = self.wanted_address(data)
        if not wanted or wanted in (data.get("claimed_address"), self.instance.path):
            return
        if old := SlugHistory.objects.filter(slug=wanted).select_related("article").first():
            self._set_data("claimed_address", wanted)
            name = _("“%s”") % old.article if old.article.is_live else _("something else")
            self.add_error("slug", FORWARDS % name)

    def _check_version(self, data: dict[str, Any]) -> None:
        """Refuse to write over what was saved meanwhile, once: the second save knows of it.

        The row is locked until the request ends, so that two savings at once cannot both pass.
        """
        if not self.instance.pk:
            return
        stored = Page.objects.select_for_update().values_list("version", flat=True)
        version = stored.filter(pk=self.instance.pk).first()
        if data.get("opened_version") == version:
            return
        self._set_data("opened_version", str(version or ""))
        self.add_error(
            None,
            _(
                "Somebody else has saved this page since you opened it. Nothing of yours is saved yet: look"
                " at theirs in another window, or save again to put your text in place of it."
            ),
        )


class MessageForm(forms.ModelForm):
    """What becomes of a message: the rest is the sender's."""

    class Meta:
        model = Message
        fields = ["status"]
        widgets = {"status": forms.RadioSelect}


def _possible_parents(page: Page) -> Any:
    rows = Page.objects.filter(Q(trashed_at__isnull=True) | Q(pk=page.parent_id)).order_by("path")
    if page.pk:
        return rows.exclude(pk=page.pk).exclude(path__startswith=f"{page.path}/")
    return rows


def _indented(page: Any) -> str:
    return f"{'— ' * page.path.count('/')}{page.title}"
