"""Rankings by reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article
from blog.reads.models import ReadTotal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.articles.models import ArticleQuerySet


class Span(TextChoices):
    """A time in which reads are counted; its value is the column of the total."""

    WEEK = "week", _("In the last seven days")
    MONTH = "month", _("In the last thirty days")
    EVER = "ever", _("Of all time")


def most_read(span: Span) -> ArticleQuerySet:
    """Return the published articles with reads, most first: the beginning of an index."""
    column = f"read_total__{span}"
    return (
        Article.objects.published()
        .filter(**{f"{column}__gt": 0})
        .order_by(f"-{column}", "-read_total__article_id")
    )


def reads_of(keys: Iterable[int], span: Span) -> dict[int, int]:
    """Return how often each of these articles was read in that time."""
    return dict(ReadTotal.objects.filter(article__in=keys).values_list("article", span))
