"""What the worker tells: once a minute whatever is news, and again later where a service did not listen."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.tasks import task
from django.urls import reverse
from django.utils import timezone

from blog.announcing.models import Service, Standing
from blog.announcing.news import gone_for, news_for, remember
from blog.announcing.telling import Unavailable, site_is_public, tell_hub, tell_indexnow
from blog.articles.models import Category
from blog.site.models import SiteSettings
from blog.taskqueue import enqueue_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from blog.articles.models import Article

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)  # between two tries; they begin with a minute and double


@task
def announce() -> int:
    """Tell the services that are switched on what is news; return of how many articles.

    Told first, stored afterwards: a worker that dies between tells it twice, which both services bear. The
    next run is queued first.
    """
    enqueue_once(announce, after=EVERY)
    site = SiteSettings.objects.current()
    if not site_is_public():
        return 0
    count = 0
    if site.websub_hub:
        count += _tell(Service.WEBSUB, lambda now: _hub(site, now))
    if site.indexnow_on and not site.discourage_search_engines:
        count += _tell(Service.INDEXNOW, _search_engines)
    return count


def _tell(service: Service, send: Callable[[datetime], int]) -> int:
    """Send unless the service is left in peace for now; write down how it went."""
    now = timezone.now()
    standing = Standing.objects.filter(service=service).first() or Standing(service=service)
    if standing.next_try_at and standing.next_try_at > now:
        return 0
    try:
        count = send(now)
    except Unavailable as error:
        pause = min(EVERY * 2 ** min(standing.failures, 16), LONGEST_PAUSE)
        standing.failures = min(standing.failures + 1, 1000)
        standing.next_try_at = now + pause
        standing.error = str(error)[:300]
        standing.save()
        logger.warning("%s was not told: %s", service.label, error)
        return 0
    if count:
        standing.told_at, standing.failures = now, 0
        standing.next_try_at, standing.error = None, ""
        standing.save()
    return count


def _hub(site: SiteSettings, now: datetime) -> int:
    articles = list(
        news_for(Service.WEBSUB, now)
        .select_related("series_part__series")
        .prefetch_related("categories", "tags", "bylines__author")
    )
    if articles:
        tell_hub(site.websub_hub, [settings.SITE_URL + path for path in feeds_of(articles)])
        remember(Service.WEBSUB, articles, now)
    return len(articles)


def _search_engines(now: datetime) -> int:
    articles = list(news_for(Service.INDEXNOW, now))
    gone = gone_for(Service.INDEXNOW, now)
    # What is hidden from search engines, or was first published elsewhere, is not ours to push.
    slugs = [each.slug for each in articles if not each.is_noindex and not each.canonical_url]
    slugs += [each.slug for each in gone]
    if slugs:
        tell_indexnow(
            [settings.SITE_URL + reverse("article-detail", args=[slug]) for slug in slugs]
        )
    remember(Service.INDEXNOW, articles, now)
    for each in gone:
        each.delete()
    return len(slugs)


def feeds_of(articles: Iterable[Article]) -> list[str]:
    """Return the paths of all feeds that these articles stand in, each once."""
    paths = dict.fromkeys(_feeds("feed"))
    for article in articles:
        for category in article.categories.all():
            for path in _with_those_above(category):
                paths |= dict.fromkeys(_feeds("category-feed", path))
        for tag in article.tags.all():
            paths |= dict.fromkeys(_feeds("tag-feed", tag.slug))
        if part := getattr(article, "series_part", None):
            paths |= dict.fromkeys(_feeds("series-feed", part.series.slug))
        for byline in article.bylines.all():
            paths |= dict.fromkeys(_feeds("author-feed", byline.author.slug))
    return list(paths)


def _feeds(name: str, *args: str) -> Iterator[str]:
    for suffix in ("", "-atom", "-json"):
        yield reverse(f"{name}{suffix}", args=args)


def _with_those_above(category: Category) -> Iterator[str]:
    slugs = category.path.split("/")
    for number in range(1, len(slugs) + 1):
        yield "/".join(slugs[:number])
