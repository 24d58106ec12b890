"""Which articles are news to a service. A query, not an event: what was scheduled is news once it is live."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest

from blog.announcing.models import Told
from blog.articles.models import Article

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from blog.announcing.models import Service
    from blog.articles.models import ArticleQuerySet

RECENT = timedelta(days=2)  # what is older is no news: a service switched on late gets no flood
AT_ONCE = 200  # articles in one message
MOST = 5000  # looked at in one run
KEEP = timedelta(days=30)

_CHANGED_AT = Greatest(F("publish_at"), Coalesce(F("updated_at"), F("publish_at")))


def news_for(service: Service, now: datetime) -> ArticleQuerySet:
    """Return the articles everybody may read that are new or changed, and not told of in this state.

    Two ranges of an index first: asked for in one, SQLite walks all articles, once a minute.
    """
    since = now - RECENT
    recent: set[int] = set()
    for condition in (Q(publish_at__gt=since, publish_at__lte=now), Q(updated_at__gt=since)):
        recent.update(Article.objects.filter(condition).values_list("pk", flat=True)[:MOST])
    told = Told.objects.filter(
        service=service, slug=OuterRef("slug"), changed_at__gte=OuterRef("changed_at")
    )
    return (
        Article.objects.open_to_all(now)
        .filter(pk__in=recent)
        .defer("body", "body_html", "toc")
        .annotate(changed_at=_CHANGED_AT)
        .filter(~Exists(told))
        .order_by("publish_at", "pk")[:AT_ONCE]
    )


def gone_for(service: Service, now: datetime) -> list[Told]:
    """Return what the service was told of and readers no longer find at that address."""
    live = Article.objects.open_to_all(now).filter(slug=OuterRef("slug"))
    return list(Told.objects.filter(~Exists(live), service=service)[:AT_ONCE])


def remember(service: Service, articles: Sequence[Article], now: datetime) -> None:
    """Store that the service was told of these articles; forget what it was told a month ago."""
    Told.objects.bulk_create(
        [
            Told(
                service=service,
                article=article,
                slug=article.slug,
                changed_at=max(filter(None, (article.publish_at, article.updated_at))),
                told_at=now,
            )
            for article in articles
        ],
        update_conflicts=True,
        unique_fields=["service", "slug"],
        update_fields=["article", "changed_at", "told_at"],
    )
    Told.objects.filter(service=service, told_at__lt=now - KEEP).delete()
