"""What came from another blog, so that a second import knows it again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.media.models import Image
from blog.pages.models import Page


class ImportedItem(models.Model):
    """An article, page or picture of another blog, and what it is here.

    WordPress's GUID alone is not unique in real exports, nor is its number over two blogs: both together
    are. What is deleted here is not brought in again: its row stays, and names nothing.
    """

    guid = models.CharField(_("name there"), max_length=500)
    number = models.PositiveBigIntegerField(_("number there"))
    article = models.ForeignKey(
        Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    page = models.ForeignKey(
        Page, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    image = models.ForeignKey(
        Image, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Of the article or page as it was brought in: another one now says that somebody has edited it here.
    version = models.PositiveIntegerField(default=0)
    # Pictures of its text were not to be had: the next run tries again.
    lacks_pictures = models.BooleanField(default=False)
    imported_at = models.DateTimeField(_("imported"), auto_now_add=True)

    class Meta:
        verbose_name = _("imported item")
        verbose_name_plural = _("imported items")
        constraints = [
            models.UniqueConstraint(fields=["guid", "number"], name="imported_item_once"),
            models.CheckConstraint(
                condition=Q(article__isnull=True, page__isnull=True)
                | Q(article__isnull=True, image__isnull=True)
                | Q(page__isnull=True, image__isnull=True),
                name="imported_item_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.guid


class ImportedComment(models.Model):
    """A comment of an imported article. Once it is deleted here, nothing but its number there is left."""

    item = models.ForeignKey(ImportedItem, on_delete=models.CASCADE, related_name="comments")
    number = models.PositiveBigIntegerField(_("number there"))
    comment = models.ForeignKey(
        Comment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("imported comment")
        verbose_name_plural = _("imported comments")
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="imported_comment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.number}"
