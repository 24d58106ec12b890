"""How many articles each month of the blog has: counted by the index of their times, in two queries."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from blog.articles.models import Article
from blog.public.listing import published_between

LONGEST = 40  # years in which months are counted; what is older is left to the search


class Month(NamedTuple):
    label: str
    address: str
    articles: int


class Year(NamedTuple):
    label: str
    address: str
    articles: int
    months: tuple[Month, ...]


def years_with_months() -> list[Year]:
    """Return the years in which something was published, the newest first, with their months in order."""
    times = Article.objects.published().values_list("publish_at", flat=True)
    oldest = times.order_by("publish_at").first()
    newest = times.order_by("-publish_at").first()
    if oldest is None or newest is None:
        return []
    last = timezone.localtime(newest).year
    first = max(timezone.localtime(oldest).year, last - LONGEST + 1)
    counts = _counts([date(year, m, 1) for year in range(first, last + 1) for m in range(1, 13)])
    years = []
    for year in range(last, first - 1, -1):
        months = tuple(
            Month(
                date_format(month, "F"),
                reverse("month-archive", args=[year, month.month]),
                count,
            )
            for month, count in counts.items()
            if month.year == year and count
        )
        if months:
            address = reverse("year-archive", args=[year])
            years.append(Year(str(year), address, sum(month.articles for month in months), months))
    return years


def _counts(months: list[date]) -> dict[date, int]:
    """Count each month by its own stretch of the index: grouping would call a function for every article."""
    parts: list[str] = []
    params: list[Any] = []
    for number, month in enumerate(months):
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        rows = published_between(month, following).order_by().values("publish_at")
        sql, values = rows.query.sql_with_params()
        parts.append(f"SELECT {number}, count(*) FROM ({sql}) AS month_{number}")  # noqa: S608 - our own
        params += values
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        found = dict(cursor.fetchall())
    return {month: found[number] for number, month in enumerate(months)}
