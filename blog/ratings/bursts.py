"""Votes that came too many or too fast from one network: set aside, and decided about by a moderator.

A vote that is set aside is kept and shown to its voter; only the totals leave it out. Nothing counts it
but a moderator: a thousand fresh cookies that merely wait must not come in by the back door. Who votes
from the same network an hour later is believed again, so a school counts over time whatever is decided.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from blog.prepared import Prepared
from blog.ratings.models import Burst, Rating
from blog.ratings.totals import lock_totals, move_totals

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from blog.articles.models import Article

MANY_WITHIN = timedelta(hours=1)
FAST_WITHIN = timedelta(seconds=10)  # several articles rated within it were not read


def burst_for(*, article: Article, network_hash: str, believed: int) -> Burst | None:
    """Return the burst a guest's new vote belongs to, made if need be; None if the vote counts.

    *believed* votes of one network count on one article within an hour, and on the whole site within
    ten seconds; 0: all do. Call it under the lock of the article's totals. That lock makes the first
    limit exact; votes on different articles at the very same moment may each miss the other.
    """
    if not believed:
        return None
    reason = _doubt(article, network_hash, believed)
    if reason is None:
        return None
    waiting = article.bursts.filter(
        network_hash=network_hash, reason=reason, outcome=Burst.Outcome.WAITING
    )
    return waiting.first() or Burst.objects.create(
        article=article, network_hash=network_hash, reason=reason
    )


def _doubt(article: Article, network_hash: str, believed: int) -> Burst.Reason | None:
    """Say what speaks against the vote. Slices end the counting where the answer is known."""
    now = timezone.now()
    here, anywhere = _latest(believed)
    if len(here(article=article.pk, network=network_hash, since=now - MANY_WITHIN)) >= believed:
        return Burst.Reason.MANY
    if len(anywhere(network=network_hash, since=now - FAST_WITHIN)) >= believed:
        return Burst.Reason.FAST
    return None


@lru_cache(maxsize=8)
def _latest(believed: int) -> tuple[Prepared, Prepared]:
    """Return the queries for so many votes of a network on an article, and anywhere."""
    votes = Rating.objects.filter(visitor__isnull=False).order_by("created_at")
    return (
        Prepared(
            lambda article, network, since: (
                votes.counted()
                .filter(article=article, network_hash=network, created_at__gt=since)
                .values_list("pk")[:believed]
            )
        ),
        Prepared(
            lambda network, since: votes.filter(
                network_hash=network, created_at__gt=since
            ).values_list("pk")[:believed]
        ),
    )


@transaction.atomic
def decide_bursts(
    *, bursts: QuerySet[Burst], outcome: Burst.Outcome, actor: User | None
) -> tuple[int, int]:
    """Release bursts, drop them, or let them wait again; return how many changed, and their votes.

    Released votes count, all others do not; the totals follow. Every decision can be taken back.
    """
    article_ids = set(bursts.order_by().values_list("article_id", flat=True))
    lock_totals(article_ids)
    # Read again: only now does nobody else decide about them.
    pending = dict(
        bursts.order_by()
        .filter(article__in=article_ids)
        .exclude(outcome=outcome)
        .values_list("pk", "article_id")
    )
    is_counted = outcome == Burst.Outcome.RELEASED
    votes = Rating.objects.filter(burst__in=list(pending)).exclude(is_counted=is_counted)
    moved: dict[int, Counter[int]] = {}
    rows = votes.order_by().values_list("article_id", "stars").annotate(Count("pk"))
    for article_id, stars, count in rows:
        moved.setdefault(article_id, Counter())[stars] += count
    votes.update(is_counted=is_counted)
    is_decided = outcome != Burst.Outcome.WAITING
    Burst.objects.filter(pk__in=list(pending)).update(
        outcome=outcome,
        decided_by=actor if is_decided else None,
        decided_at=timezone.now() if is_decided else None,
    )
    for article_id, stars in moved.items():
        taken, given = (Counter[int](), stars) if is_counted else (stars, Counter[int]())
        move_totals(article_id, taken=taken, given=given)
    return len(pending), Rating.objects.filter(burst__in=list(pending)).count()
