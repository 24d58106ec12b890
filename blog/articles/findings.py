"""What the checks found, kept as rows: for the list of articles, the report, and `check_articles`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.tasks import task

from blog.articles.checks import Level, content_of, failures, levels
from blog.articles.models import Article, ChecklistRule, Finding
from blog.taskqueue import enqueue_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from blog.articles.checks import Failure

EVERY = timedelta(days=1)


def store_findings(article: Article, level_of: Mapping[str, str] | None = None) -> list[Failure]:
    """Keep what the article's row fails now, and return it. Call it in the transaction of the save.

    Writes only what is new, and deletes only what is over: a finding keeps the time it was first found.
    """
    now = failures(content_of(article), level_of)
    found = {(failure.code, failure.detail) for failure in now}
    stored = {(row.code, row.detail): row.pk for row in article.findings.all()}
    if over := [pk for key, pk in stored.items() if key not in found]:
        Finding.objects.filter(pk__in=over).delete()
    new = [failure for failure in now if (failure.code, failure.detail) not in stored]
    if new:
        Finding.objects.bulk_create(
            Finding(article=article, code=failure.code, detail=failure.detail) for failure in new
        )
    return now


def check_all(*, live_only: bool = True) -> Iterator[tuple[Article, list[Failure]]]:
    """Check every article anew, keep what is found, and yield those that fail, with what."""
    articles = Article.objects.published() if live_only else Article.objects.all()
    yield from check(list(articles.order_by("pk").values_list("pk", flat=True)))


def check(keys: Iterable[int]) -> Iterator[tuple[Article, list[Failure]]]:
    """Check these articles as `check_all` does all.

    One transaction for each: a row is locked no longer than its own text takes.
    """
    level_of = levels()
    for key in keys:
        with transaction.atomic():
            rows = Article.objects.select_for_update(of=("self",)).select_related("lead_image")
            article = rows.filter(pk=key).first()
            found = store_findings(article, level_of) if article else []
        if article and found:
            yield article, found


@task
def refresh_findings() -> int:
    """Check every article once a day; return how many fail.

    What an article links to or shows may have changed without it. The next run is queued first:
    whatever goes wrong below, there is one.
    """
    enqueue_once(refresh_findings, after=EVERY)
    return look_again.func()


@transaction.atomic
def set_levels(chosen: Mapping[str, str]) -> None:
    """Let checks count as much as *chosen* says by their codes; findings follow.

    What is switched off is forgotten at once, what is switched on is looked for by the worker.
    """
    before = levels()
    for code, level in chosen.items():
        if before.get(code) != level:
            ChecklistRule.objects.update_or_create(code=code, defaults={"level": level})
    off = [code for code, level in chosen.items() if level == Level.OFF]
    Finding.objects.filter(code__in=off).delete()
    if any(before.get(code) == Level.OFF and chosen[code] != Level.OFF for code in chosen):
        transaction.on_commit(lambda: enqueue_once(look_again))


@task
def look_again() -> int:
    """Check every article once."""
    return sum(1 for _found in check_all(live_only=False))
