"""Sections and tags, by which articles are found."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from blog.articles.models.addresses import MAX_PATH, RESERVED_CATEGORY_SLUGS, TAKEN_BY_THE_SITE
from blog.paths import path_to


class Category(models.Model):
    """A section of the blog. `path` holds the slugs from the root, so that a branch is one prefix."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address"), max_length=100, unique=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("within"),
    )
    path = models.CharField(_("path"), max_length=MAX_PATH, unique=True, editable=False)
    description = models.CharField(_("description"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Order in the menu.")
    )
    is_default = models.BooleanField(
        _("default"),
        default=False,
        help_text=_("What is published in no category goes here. One category at most."),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="category_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("category-detail", self.path)

    def clean(self) -> None:
        """Refuse a place within itself, and addresses that the lists of a category need."""
        if self.slug in RESERVED_CATEGORY_SLUGS:
            raise ValidationError({"slug": TAKEN_BY_THE_SITE})
        if self.parent is None:
            return
        if self.pk and (self.parent.path + "/").startswith(f"{self._stored_path()}/"):
            raise ValidationError(
                {
                    "parent": _(
                        "A category cannot stand within itself. Choose another place for it."
                    )
                }
            )
        if len(f"{self.parent.path}/{self.slug}") > MAX_PATH:
            raise ValidationError(
                {"parent": _("This is too deep: the address would get too long.")}
            )

    def _stored_path(self) -> str:
        return Category.objects.values_list("path", flat=True).get(pk=self.pk)


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("tag-detail", self.slug)


class TagMerge(models.Model):
    """One tag that went into another, with all that it takes to undo that."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address"), max_length=100)
    # None once that tag went into a third one: undoing that one brings it back.
    target = models.ForeignKey(
        Tag,
        on_delete=models.SET_NULL,
        null=True,
        related_name="merges",
        verbose_name=_("merged into"),
    )
    target_slug = models.SlugField(max_length=100, editable=False)
    # Articles that had the tag, those that had only it, and the old addresses that forwarded to it.
    article_ids = models.JSONField(editable=False, default=list)
    only_ids = models.JSONField(editable=False, default=list)
    old_slugs = models.JSONField(editable=False, default=list)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    merged_at = models.DateTimeField(_("merged"), auto_now_add=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("merged tag")
        verbose_name_plural = _("merged tags")
        ordering = ["-merged_at", "-pk"]

    def __str__(self) -> str:
        return self.name
