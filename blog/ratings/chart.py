"""Votes over time, as bars of a small picture that the server draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from blog.ratings.models import Rating

DAYS = 30
HEIGHT = 60  # of the highest bar, in units of the picture
STEP = 10  # from one bar to the next


@dataclass(frozen=True)
class Bar:
    """One day: the counted votes below, those set aside on top of them."""

    day: date
    counted: int
    aside: int
    x: int
    counted_y: int
    counted_height: int
    aside_y: int
    aside_height: int


def votes_by_day(votes: QuerySet[Rating]) -> list[Bar]:
    """Return a bar for each of the last thirty days of the site's calendar, in one query."""
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    start = timezone.make_aware(datetime.combine(first, time()))
    rows = (
        votes.filter(created_at__gte=start)
        .order_by()
        .annotate(day=TruncDate("created_at"))
        .values_list("day")
        .annotate(
            counted=Count("pk", filter=Q(is_counted=True)),
            aside=Count("pk", filter=Q(is_counted=False)),
        )
    )
    counts = {day: (counted, aside) for day, counted, aside in rows}
    highest = max((counted + aside for counted, aside in counts.values()), default=0)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [
        _bar(number, day, *counts.get(day, (0, 0)), highest=highest)
        for number, day in enumerate(days)
    ]


def _bar(number: int, day: date, counted: int, aside: int, *, highest: int) -> Bar:
    top = _height(counted + aside, highest)
    counted_height = _height(counted, highest)
    return Bar(
        day=day,
        counted=counted,
        aside=aside,
        x=number * STEP,
        counted_y=HEIGHT - counted_height,
        counted_height=counted_height,
        aside_y=HEIGHT - top,
        aside_height=top - counted_height,
    )


def _height(votes: int, highest: int) -> int:
    """Return the height of so many votes; a single one among thousands can still be seen."""
    return max(1, round(votes * HEIGHT / highest)) if votes else 0
