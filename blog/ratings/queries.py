"""Numbers about articles: one reader's vote, the totals as a page shows them, and their drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from blog.articles.models import Article
from blog.ratings.models import STARS, Rating, RatingSummary

if TYPE_CHECKING:
    from blog.ratings.services import Voter


@dataclass(frozen=True)
class Share:
    """One row of the distribution."""

    stars: int
    votes: int
    percent: int


@dataclass(frozen=True)
class Drift:
    """An article whose totals differ from its votes. Both are votes by stars, one star first."""

    article_id: int
    title: str
    recorded: tuple[int, ...]
    counted: tuple[int, ...]

    def __str__(self) -> str:
        return (
            f"article {self.article_id} ({self.title}): totals say {_in_words(self.recorded)},"
            f" votes say {_in_words(self.counted)}"
        )


def rating_of(article: Article, voter: Voter) -> Rating | None:
    """Return this person's vote: the one they gave signed in, else the one of this browser."""
    return article.ratings.by(user=voter.user, visitor=voter.visitor).first()


def summary_of(article: Article) -> RatingSummary:
    """Return the totals; of an article nobody has rated, an unsaved row of zeros.

    Costs nothing after `select_related("rating_summary")`.
    """
    return getattr(article, "rating_summary", None) or RatingSummary(article=article)


def shares_of(summary: RatingSummary) -> tuple[Share, ...]:
    """Return the distribution in whole per cent, five stars first.

    Equal votes show equal numbers, so the column need not add up to 100. One vote among thousands is
    not 0 %, and all but one are not 100 %.
    """
    return tuple(
        Share(stars, votes, _percent(votes, summary.count))
        for stars, votes in summary.distribution
    )


def drift() -> list[Drift]:
    """Return every article whose totals differ from its votes, in one query.

    The sums follow from the five counts by constraint, so the counts are all there is to compare.
    """
    counted = {f"n{star}": Count("ratings", filter=Q(ratings__stars=star)) for star in STARS}
    recorded = {f"r{star}": Coalesce(f"rating_summary__c{star}", 0) for star in STARS}
    is_off = Q()
    for star in STARS:
        is_off |= ~Q(**{f"n{star}": F(f"r{star}")})
    rows: Any = (  # the names are made above, which no type can follow
        Article.objects.order_by("pk")
        .values("pk", "title")
        .annotate(**recorded, **counted)
        .filter(is_off)
    )
    return [
        Drift(
            article_id=row["pk"],
            title=row["title"],
            recorded=tuple(row[f"r{star}"] for star in STARS),
            counted=tuple(row[f"n{star}"] for star in STARS),
        )
        for row in rows
    ]


def _percent(votes: int, count: int) -> int:
    if votes in (0, count):
        return 100 if votes else 0
    return min(99, max(1, (votes * 200 + count) // (count * 2)))  # half up


def _in_words(counts: tuple[int, ...]) -> str:
    return f"{sum(counts)} ({' '.join(map(str, counts))})"
