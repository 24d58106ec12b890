"""The totals of an article's votes, moved by exact deltas under a row lock.

Only votes that count are in them: those set aside with a burst (bursts.py) are kept beside.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, F

from blog.prepared import Prepared, PreparedUpdate
from blog.ratings.models import STARS, Rating, RatingSummary
from blog.ratings.queries import Drift, drift

if TYPE_CHECKING:
    from collections.abc import Iterable


_locked = Prepared(
    lambda article: (
        RatingSummary.objects.select_for_update().filter(article=article).values_list("article")
    )
)
_one_more = {
    star: PreparedUpdate(
        lambda article: RatingSummary.objects.filter(article=article),
        count=F("count") + 1,
        total=F("total") + star,
        **{f"c{star}": F(f"c{star}") + 1},
    )
    for star in STARS
}


def lock_totals(article_ids: Iterable[int]) -> None:
    """Lock the summary rows until the transaction ends, always in the same order; make missing ones.

    SQLite has no row locks and needs none: IMMEDIATE transactions write one after the other.
    """
    for article_id in sorted(article_ids):
        if not _locked(article=article_id):
            RatingSummary.objects.select_for_update().get_or_create(article_id=article_id)


def count_new(article_id: int, stars: int) -> None:
    """Count a vote that was not there before."""
    _one_more[stars](article=article_id)


def move_totals(article_id: int, *, taken: Counter[int], given: Counter[int]) -> None:
    """Write the difference. F() keeps it exact whatever this process believes the totals to be."""
    moved = given.copy()
    moved.subtract(taken)
    deltas: dict[str, Any] = {f"c{star}": n for star, n in moved.items() if n}
    if not deltas:
        return
    deltas["count"] = sum(moved.values())
    deltas["total"] = sum(star * n for star, n in moved.items())
    RatingSummary.objects.filter(article=article_id).update(
        **{field: F(field) + n for field, n in deltas.items()}
    )


@transaction.atomic
def bring_earlier(article_id: int, *, count: int, total: int) -> None:
    """Count *count* votes of a former site, *total* stars together, instead of those brought before.

    Zeros take them out again. Raises IntegrityError where they cannot be votes of one to five stars.
    """
    lock_totals([article_id])
    RatingSummary.objects.filter(article=article_id).update(
        count=F("count") - F("earlier_count") + count,
        total=F("total") - F("earlier_total") + total,
        earlier_count=count,
        earlier_total=total,
    )


def fix_drift() -> list[Drift]:
    """Count the votes of every article whose totals are off anew; return what was off."""
    found = drift()
    for article in found:
        _recount(article.article_id)
    return found


@transaction.atomic
def _recount(article_id: int) -> None:
    """Set the totals of one article to its votes, which stand still while the lock is held.

    Votes of a former site have no rows: they stay as they are.
    """
    lock_totals([article_id])
    rows = Rating.objects.counted().filter(article=article_id).order_by().values_list("stars")
    votes = dict(rows.annotate(Count("pk")))
    RatingSummary.objects.filter(article=article_id).update(
        count=F("earlier_count") + sum(votes.values()),
        total=F("earlier_total") + sum(stars * count for stars, count in votes.items()),
        **{f"c{star}": votes.get(star, 0) for star in STARS},
    )
