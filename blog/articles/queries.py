"""Which other articles stand beside one: its neighbours in time, and the related ones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Q

from blog.articles.models import Article, ArticleQuerySet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.articles.models import Category, Tag

RELATED_POOL = 10  # newest articles of the same categories among which shared tags decide


def neighbours_of(article: Article) -> tuple[Article | None, Article | None]:
    """Return the published articles just before and just after this one."""
    if article.publish_at is None:
        return None, None
    live = Article.objects.published().only("title", "slug")
    at, pk = article.publish_at, article.pk
    older = live.filter(Q(publish_at__lt=at) | Q(publish_at=at, pk__lt=pk))
    newer = live.filter(Q(publish_at__gt=at) | Q(publish_at=at, pk__gt=pk))
    return older.latest_first().first(), newer.order_by("publish_at", "pk").first()


def related_to(
    article: Article, *, categories: Sequence[Category], tags: Sequence[Tag], count: int = 3
) -> list[Article]:
    """Return up to *count* other published articles: shared tags first, then the same categories.

    Never empty while anything else is published: the newest fill up. Two queries at the most, both
    by index: which of a section's articles are related is decided among its newest.
    """
    others = _as_cards(Article.objects.published().exclude(pk=article.pk))
    in_categories = Article.categories.through.objects.filter(category__in=categories)
    tagged = Article.tags.through.objects.filter(tag__in=tags)
    related = Q(pk__in=in_categories.values("article")) | Q(pk__in=tagged.values("article"))
    pool = list(others.filter(related)[:RELATED_POOL]) if categories or tags else []
    if len(pool) < count:
        return pool + list(
            others.exclude(pk__in=[other.pk for other in pool])[: count - len(pool)]
        )
    if tags and len(pool) > count:
        shared = Counter(tagged.filter(article__in=pool).values_list("article", flat=True))
        pool.sort(key=lambda other: -shared[other.pk])
    return pool[:count]


def _as_cards(articles: ArticleQuerySet) -> ArticleQuerySet:
    return (
        articles.select_related("lead_image")
        .only("title", "slug", "publish_at", "lead_image")
        .latest_first()
    )
