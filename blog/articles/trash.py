"""Articles in the trash: how long they stay, and how it is emptied."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone

from blog.articles.models import Article, ArticleQuerySet
from blog.articles.services import delete_article

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

logger = logging.getLogger(__name__)

TRASH_DAYS = 30


def gone_at(article: Article) -> datetime | None:
    """Return when an article in the trash will be deleted for good; None for any other."""
    return article.trashed_at + timedelta(days=TRASH_DAYS) if article.trashed_at else None


def empty_old_trash() -> int:
    """Delete for good what has been in the trash for TRASH_DAYS; return how many articles."""
    before = timezone.now() - timedelta(days=TRASH_DAYS)
    return empty_trash(articles=Article.objects.filter(trashed_at__lt=before))


def empty_trash(*, articles: ArticleQuerySet, actor: User | None = None) -> int:
    """Delete those of the articles that are in the trash, for good; return how many.

    One transaction each, with the row locked: an article that is restored at the same moment stays,
    and nobody waits for the others. Their pictures stay in the library.
    """
    count = 0
    trashed = articles.filter(trashed_at__isnull=False).order_by("pk")
    for article in trashed.only("pk", "title", "trashed_at"):
        title = article.title
        try:
            delete_article(article=article)
        except (ValidationError, Article.DoesNotExist):  # restored or deleted meanwhile
            continue
        who = actor.pk if actor else "nobody"
        logger.info("Deleted article %s “%s” from the trash, by %s.", article.pk, title, who)
        count += 1
    return count
