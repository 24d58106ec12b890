"""The totals by which rankings go: old days leave them, and proof that they equal the days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from blog.reads.models import DailyReads, ReadTotal

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

WEEK, MONTH = 7, 30  # days, today among them
BATCH = 500  # rows under one lock: nobody waits long for it


@dataclass(frozen=True)
class ReadDrift:
    article_id: int
    recorded: int
    counted: int

    def __str__(self) -> str:
        return f"article {self.article_id}: total says {self.recorded}, days say {self.counted}"


def let_old_days_go(today: date) -> int:
    """Set what week and month come to on that day; return how many totals were looked at.

    A read adds to its day before it adds to the total. So whoever holds the lock of the total sees in the
    days all that the total has, and nothing is lost or counted twice.
    """
    count = last = 0
    while keys := list(
        ReadTotal.objects.filter(month__gt=0, pk__gt=last)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    ):
        _set(keys, week=_days_since(today, WEEK), month=_days_since(today, MONTH))
        count, last = count + len(keys), keys[-1]
    return count


def read_drift() -> list[ReadDrift]:
    """Return every article whose total of all times differs from its days."""
    rows = ReadTotal.objects.annotate(counted=_days()).exclude(ever=F("counted"))
    found = [ReadDrift(row.article_id, row.ever, row.counted) for row in rows]
    missing = DailyReads.objects.filter(article__read_total=None).values("article")
    return found + [
        ReadDrift(row["article"], 0, row["counted"])
        for row in missing.annotate(counted=Sum("count")).order_by("article")
    ]


def fix_read_drift() -> None:
    """Set every total to what its days say."""
    today = timezone.localdate()
    missing = DailyReads.objects.filter(article__read_total=None)
    ReadTotal.objects.bulk_create(
        [ReadTotal(article_id=pk) for pk in missing.values_list("article", flat=True).distinct()],
        ignore_conflicts=True,
    )
    keys = list(ReadTotal.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        week, month = _days_since(today, WEEK), _days_since(today, MONTH)
        _set(keys[start : start + BATCH], week=week, month=month, ever=_days())


def _set(keys: list[int], **values: Combinable) -> None:
    with transaction.atomic():
        locked = ReadTotal.objects.select_for_update().filter(pk__in=keys).order_by("pk")
        list(locked.values_list("pk"))
        ReadTotal.objects.filter(pk__in=keys).update(**values)


def _days_since(today: date, days: int) -> Coalesce:
    return _days(Q(day__gt=today - timedelta(days=days)))


def _days(condition: Q | None = None) -> Coalesce:
    """Return the sum of an article's days, as a value of its total."""
    days = DailyReads.objects.filter(condition or Q(), article=OuterRef("article"))
    sums = days.order_by().values("article").annotate(number=Sum("count")).values("number")
    return Coalesce(Subquery(sums), 0)
