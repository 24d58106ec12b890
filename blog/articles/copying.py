"""Duplicate an article: a draft with everything in it but its address, its times and what readers added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext as _

from blog.articles.models import Article
from blog.articles.services import CONTENT_FIELDS, save_article

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

# A copy begins anew: its own address, not published, not first on the front page.
ITS_OWN = {"title", "slug", "status", "publish_at", "expire_at", "is_sticky", "canonical_url"}
ITS_OWN |= {"is_template", "is_trending", "list_title"}


def templates() -> QuerySet[Article]:
    """Return what everybody at the desk may begin an article with."""
    return Article.objects.filter(is_template=True, trashed_at__isnull=True).order_by(
        "title", "pk"
    )


@transaction.atomic
def duplicate(*, article: Article, editor: User) -> Article:
    """Store a draft “Copy of …” with the text, terms, authors, pictures and settings of the article.

    Of a template it has the title, too. Copied is what its row holds, not a draft of changes that waits.
    The one who copies has created the copy, and may edit it for that.
    """
    copy = Article(title=article.title if article.is_template else _title_of_copy(article))
    for name in CONTENT_FIELDS:
        if name not in ITS_OWN:
            setattr(copy, name, getattr(article, name))
    copy.primary_category = article.primary_category
    copy.lead_image = article.lead_image
    copy.share_image = article.share_image
    return save_article(
        article=copy,
        editor=editor,
        authors=[byline.author for byline in article.bylines.select_related("author")],
        categories=list(article.categories.all()),
        tags=list(article.tags.all()),
        note=_("Copy of version %(version)s of “%(title)s”")
        % {"title": article.title, "version": article.version},
    )


def _title_of_copy(article: Article) -> str:
    field = Article._meta.get_field("title")
    assert isinstance(field, models.CharField)  # for the type checker  # noqa: S101
    title = _("Copy of %(title)s") % {"title": article.title}
    return title[: field.max_length]
