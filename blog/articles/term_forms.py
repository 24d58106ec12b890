"""What an editor may decide about a category and a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Category, CategoryPathHistory, Tag, TagSlugHistory
from blog.site.claiming import ClaimingForm

if TYPE_CHECKING:
    from django.db.models import QuerySet


class TermForm(ClaimingForm):
    """A category or a tag; its address is made from the name when left empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):  # nothing to fill in for who may only look
            slug.required = False
            slug.help_text = _("Made from the name when left empty.")


class CategoryForm(TermForm):
    history, owner_field, address_field = CategoryPathHistory, "category", "path"

    class Meta:
        model = Category
        fields = ["name", "slug", "parent", "description", "position", "is_default"]

    def validate_constraints(self) -> None:
        """Leave it to place_category(): another default category stops being it."""

    def wanted_address(self, data: dict[str, Any]) -> str:
        slug, parent = data.get("slug"), data.get("parent")
        return f"{parent.path}/{slug}" if parent and slug else slug or ""


class TagForm(TermForm):
    history, owner_field = TagSlugHistory, "tag"

    class Meta:
        model = Tag
        fields = ["name", "slug"]


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
