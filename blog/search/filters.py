"""Filters such as `tag:rail`: asked of some articles, or listed where few pass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time
from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from accounts.models import Author
from blog.articles.models import Article, ArticleQuerySet, Category, Place, Tag
from blog.ratings.models import RatingSummary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

OF_ARTICLES = frozenset({"category", "tag", "author", "year", "rating"})
LEAST_VOTES = 3  # for `rating:`
MOST_LISTED = 15_000  # half a microsecond each; where more pass, enough of the newest matches do


@dataclass(frozen=True)
class Passing:
    """The articles a stranger may read that pass all filters.

    `listed` has the numbers of all of them, and perhaps of some others; None where there are too many.
    """

    articles: ArticleQuerySet
    listed: frozenset[int] | None = None

    def before(self, number: int) -> Passing:
        listed = self.listed
        if listed is not None:
            listed = frozenset(key for key in listed if key < number)
        return Passing(self.articles.filter(pk__lt=number), listed)


def passing_and_listed(filters: Mapping[str, Sequence[str]], few: int) -> Passing:
    """Return what passes. Lists are made only until one of them is of *few*."""
    now = timezone.now()
    named = [_names(kind, value) for kind, value in _pairs(filters, "category", "tag", "author")]
    lists: list[QuerySet] = [
        Place.objects.live(now).filter(name__in=names).values_list("article_id", flat=True)
        for names in named
    ]
    published = Article.objects.published(now).order_by()
    lists += [
        published.filter(_in_year(value)).values_list("pk", flat=True)
        for _kind, value in _pairs(filters, "year")
    ]
    lists += [
        RatingSummary.objects.filter(_rated(value)).values_list("article_id", flat=True)
        for _kind, value in _pairs(filters, "rating")
    ]
    return Passing(_passing(filters, named), _listed(lists, few))


def passing(filters: Mapping[str, Sequence[str]]) -> ArticleQuerySet:
    """Return what passes, to ask it of some."""
    named = [_names(kind, value) for kind, value in _pairs(filters, "category", "tag", "author")]
    return _passing(filters, named)


def _passing(filters: Mapping[str, Sequence[str]], named: list[list[str]]) -> ArticleQuerySet:
    articles = Article.objects.published()
    for names in named:
        # The place in a list of this name: one look at an index.
        places = Place.objects.filter(name__in=names, article=OuterRef("pk"))
        articles = articles.filter(Exists(places))
    for _kind, value in _pairs(filters, "year"):
        articles = articles.filter(_in_year(value))
    for _kind, value in _pairs(filters, "rating"):
        articles = articles.exclude(rating_policy=Article.Policy.OFF)
        rated = RatingSummary.objects.filter(_rated(value), article=OuterRef("pk"))
        articles = articles.filter(Exists(rated))
    return articles


def _pairs(filters: Mapping[str, Sequence[str]], *kinds: str) -> list[tuple[str, str]]:
    return [(kind, value) for kind in kinds for value in dict.fromkeys(filters.get(kind, ()))]


def _listed(lists: list[QuerySet], few: int) -> frozenset[int] | None:
    listed: frozenset[int] | None = None
    for rows in lists:
        numbers = frozenset(rows[: MOST_LISTED + 1])
        if len(numbers) <= MOST_LISTED:
            listed = numbers if listed is None else listed & numbers
            if len(listed) <= few:
                break
    return listed


def _names(kind: str, value: str) -> list[str]:
    """Return the names of the lists that are meant: of tags and authors two may have this name or address."""
    rows: dict[str, QuerySet] = {
        "category": Category.objects.all(),
        "tag": Tag.objects.all(),
        "author": Author.objects.all(),
    }
    named = Q(slug=value.lower()) | Q(name__iexact=value)
    name = Concat(Value(f"{kind}:"), Cast("pk", CharField()), output_field=CharField())
    found = rows[kind].filter(named).values_list(name, flat=True)
    return list(found[:1] if kind == "category" else found)


def _in_year(value: str) -> Q:
    """Return the condition for a year of the site's calendar; none match what is no year."""
    if not (value.isascii() and value.isdigit() and len(value) == 4 and 0 < int(value) < MAXYEAR):
        return Q(pk__in=())
    zone = timezone.get_current_timezone()
    first, end = (datetime.combine(date(int(value) + more, 1, 1), time(), zone) for more in (0, 1))
    return Q(publish_at__gte=first, publish_at__lt=end)


def _rated(value: str) -> Q:
    """Return the condition for an average of at least so many stars; none match what is no number of them."""
    stars = re.fullmatch(r"([1-5])(?:[.,](\d))?", value, re.ASCII)
    if stars is None:
        return Q(pk__in=())
    tenths = int(stars[1]) * 10 + int(stars[2] or 0)
    average = GreaterThanOrEqual(F("total") * 10, F("count") * tenths)
    return Q(average, count__gte=LEAST_VOTES)
