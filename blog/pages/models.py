"""What stands still: pages such as About and Contact, in a tree, and what people write to the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from blog.articles.models import MAX_PATH, validate_article_slug
from blog.paths import path_to

if TYPE_CHECKING:
    from accounts.models import User


class PageQuerySet(models.QuerySet["Page"]):
    def published(self) -> PageQuerySet:
        """Pages that strangers may read."""
        return self.filter(status=Page.Status.PUBLISHED, trashed_at__isnull=True)

    def visible_to(self, user: User) -> PageQuerySet:
        """Pages this person may read: those who edit pages also see drafts."""
        return (
            self.filter(trashed_at__isnull=True)
            if user.has_perm("pages.change_page")
            else self.published()
        )


class Page(models.Model):
    """A page of the site. `path` holds the addresses from the root, such as `about/team`."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        CONTACT = "contact", _("Text with a contact form")
        AUTHORS = "authors", _("Text with a list of the authors")
        ARCHIVES = "archives", _("Text with the archives")

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("address"),
        max_length=100,
        validators=[validate_article_slug],
        help_text=_("Made from the title when left empty."),
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("within"),
    )
    path = models.CharField(_("path"), max_length=MAX_PATH, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Order among the pages beside it.")
    )
    body = models.TextField(_("text"), blank=True)
    body_html = models.TextField(editable=False, blank=True)
    seo_description = models.CharField(
        _("description for search engines"), max_length=300, blank=True
    )
    is_noindex = models.BooleanField(_("hide from search engines"), default=False)
    version = models.PositiveIntegerField(editable=False, default=1)
    updated_at = models.DateTimeField(_("last updated"), auto_now=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    trashed_at = models.DateTimeField(
        _("in the trash since"), null=True, blank=True, editable=False
    )

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="page_has_address"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("page", self.path)
