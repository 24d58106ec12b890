"""Which addresses an article may have, and those that articles, categories and tags once had."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

# First parts of our own addresses (DESIGN §5): an article there could never be reached.
RESERVED_SLUGS = frozenset(
    "accounts admin api author category comments draft favicon feed following healthz latest me media"
    " message moderate most-discussed most-read oembed page preview privacy reads receipt robots search"
    " series sitemap static tag tags top-rated".split()
)
# Parts of the address of a category's lists: /category/<path>/page/2/.
RESERVED_CATEGORY_SLUGS = frozenset({"page", "feed"})
MAX_PATH = 500
# Apps above whose rows stand at the root, too, put a function here: it returns those rows, each with a
# `slug`. Articles stay clear of them.
others_at_the_root: list[Callable[[], QuerySet]] = []
TAKEN_BY_THE_SITE = _("This address belongs to the site itself. Choose another.")


def validate_article_slug(value: str) -> None:
    """Raise ValidationError where the address is taken by the site itself or reads like a year."""
    if value in RESERVED_SLUGS or re.fullmatch(r"\d+", value):
        raise ValidationError(TAKEN_BY_THE_SITE)


def validate_free_at_the_root(slug: str) -> None:
    """Raise ValidationError where something else than an article has this address."""
    for rows in others_at_the_root:
        if taken := rows().filter(slug=slug).first():
            raise ValidationError(
                _("“%(name)s” has this address: %(kind)s. Choose another.")
                % {"name": taken, "kind": taken._meta.verbose_name}
            )


class SlugHistory(models.Model):
    """An address an article once had: asked for, it forwards to the present one."""

    article = models.ForeignKey(
        "Article",
        on_delete=models.CASCADE,
        related_name="old_slugs",
        verbose_name=_("article"),
    )
    slug = models.SlugField(_("address"), max_length=200, unique=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self) -> str:
        return self.slug


class CategoryPathHistory(models.Model):
    """A path a category once had, such as `science/robots`: it forwards to the present one."""

    category = models.ForeignKey(
        "Category",
        on_delete=models.CASCADE,
        related_name="old_paths",
        verbose_name=_("category"),
    )
    path = models.CharField(_("path"), max_length=MAX_PATH, unique=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("old address of a category")
        verbose_name_plural = _("old addresses of categories")

    def __str__(self) -> str:
        return self.path


class TagSlugHistory(models.Model):
    """An address a tag once had, or one that was merged into it: it forwards to the present one."""

    tag = models.ForeignKey(
        "Tag", on_delete=models.CASCADE, related_name="old_slugs", verbose_name=_("tag")
    )
    slug = models.SlugField(_("address"), max_length=100, unique=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("old address of a tag")
        verbose_name_plural = _("old addresses of tags")

    def __str__(self) -> str:
        return self.slug
