"""What the form offers to narrow a search down by, in one query, which also tells how words are held."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, Value
from django.db.models.functions import Cast, ExtractYear
from django.utils import timezone

from accounts.models import Author
from blog.articles.models import Article, Category, Place
from blog.search.models import Index

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_AUTHORS = 300  # more are found by `author:`
MOST_YEARS = 60
_INDENT = "\N{NO-BREAK SPACE}" * 3


@dataclass
class Choices:
    """Pairs of a value and a label."""

    is_stemmed: bool = True
    categories: list[tuple[str, str]] = field(default_factory=list)
    authors: list[tuple[str, str]] = field(default_factory=list)
    years: list[tuple[str, str]] = field(default_factory=list)


def load_choices() -> Choices:
    """Return the categories, the authors of published articles and the years since the first of them."""
    choices = Choices()
    for kind, value, label, order in _rows():
        if kind == "category":
            choices.categories.append((value, _INDENT * order.count("/") + label))
        elif kind == "author" and len(choices.authors) < MOST_AUTHORS:
            choices.authors.append((value, label))
        elif kind == "first":
            now = timezone.localtime().year
            years = range(now, max(int(value), now - MOST_YEARS) - 1, -1)
            choices.years = [(str(year), str(year)) for year in years]
        elif kind == "unstemmed":
            choices.is_stemmed = False
    return choices


def _rows() -> QuerySet:
    published = Article.objects.published()
    written = Place.objects.live(timezone.now()).of_each("author")
    oldest = published.order_by("publish_at").values("pk")[:1]
    parts = [
        _part(Category.objects.all(), "category", "slug", "name", "path"),
        _part(Author.objects.filter(Exists(written)), "author", "slug", "name", "name"),
        _part(
            Article.objects.filter(pk__in=oldest),
            "first",
            ExtractYear("publish_at"),
            "slug",
            "slug",
        ),
        _part(Index.objects.filter(is_stemmed=False), "unstemmed", "pk", "pk", "pk"),
    ]
    return parts[0].union(*parts[1:], all=True).order_by("kind", "order")


def _part(rows: QuerySet, kind: str, value: Any, label: str, order: str) -> QuerySet:
    text = CharField()
    return (
        rows.order_by()
        .annotate(
            kind=Value(kind, text),
            value=Cast(value, text),
            label=Cast(label, text),
            order=Cast(order, text),
        )
        .values_list("kind", "value", "label", "order")
    )
