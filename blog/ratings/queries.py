"""Numbers about articles: one reader's vote, the totals as a page shows them, and their drift."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from blog.articles.models import Article
from blog.ratings.models import STARS, Burst, Rating, RatingSummary

if TYPE_CHECKING:
    from datetime import datetime

    from blog.ratings.services import Voter

MEAN_OF = 2000  # articles with most votes
BEST = 200  # articles of each number of votes
BORROWED = 10  # votes of the site's mean with which every article begins in a ranking


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


@dataclass(frozen=True)
class Votes:
    """Some votes, as many as count."""

    count: int
    total: int

    @property
    def average(self) -> float | None:
        return self.total / self.count if self.count else None


@dataclass(frozen=True)
class Update:
    """The votes before and since the last substantial update of an article."""

    at: datetime
    before: Votes
    since: Votes


def rating_of(article: Article, voter: Voter) -> Rating | None:
    """Return this person's vote: the one they gave signed in, else the one of this browser."""
    return article.ratings.by(user=voter.user, visitor=voter.visitor).first()


def summary_of(article: Article) -> RatingSummary:
    """Return the totals; of an article nobody has rated, an unsaved row of zeros.

    Costs nothing after `select_related("rating_summary")`.
    """
    return getattr(article, "rating_summary", None) or RatingSummary(article=article)


def shares_of(summary: RatingSummary) -> tuple[Share, ...]:
    """Return the distribution of the votes that are rows here in whole per cent, five stars first.

    Equal votes show equal numbers, so the column need not add up to 100. One vote among thousands is
    not 0 %, and all but one are not 100 %.
    """
    return tuple(
        Share(stars, votes, _percent(votes, summary.own_count))
        for stars, votes in summary.distribution
    )


def update_of(article: Article) -> Update | None:
    """Return the votes before and since the last substantial update; None where none was marked.

    A vote says which version it saw; one given or changed since is about the new one. Those of a former
    site were before.
    """
    # The newest comes first.
    revision = article.revisions.filter(is_substantial=True).only("version", "created_at").first()
    if revision is None:
        return None
    is_since = Q(revision__version__gte=revision.version)
    sums = article.ratings.counted().aggregate(
        count=Count("pk"),
        total=Coalesce(Sum("stars"), 0),
        since_count=Count("pk", filter=is_since),
        since_total=Coalesce(Sum("stars", filter=is_since), 0),
    )
    since = Votes(sums["since_count"], sums["since_total"])
    earlier = summary_of(article)
    before = Votes(
        sums["count"] - since.count + earlier.earlier_count,
        sums["total"] - since.total + earlier.earlier_total,
    )
    return Update(at=revision.created_at, before=before, since=since)


def waiting_votes(article: Article) -> int:
    """Return how many votes of this article are set aside until a moderator decides."""
    return Rating.objects.filter(
        burst__article=article, burst__outcome=Burst.Outcome.WAITING, is_counted=False
    ).count()


@dataclass(frozen=True)
class Totals:
    """How many articles have just these totals."""

    count: int
    total: int
    articles: int

    def score(self, mean: float) -> float:
        """Return (C·m + Σ) / (C + n): m is *mean*, the site's; C is BORROWED."""
        return (BORROWED * mean + self.total) / (BORROWED + self.count)


def top_rated(most: int) -> tuple[list[int], float]:
    """Return the keys of the best rated articles that strangers may read, and the mean of votes.

    A single five stands below forty times 4.8 (Totals.score). The scores of all articles move with each
    vote anywhere, so no index could hold them. But of articles with equally many votes the best are the
    beginning of an index; more than those of each number are only looked at where many of them are hidden.
    The mean is that of the MEAN_OF articles with most votes.
    """
    rated = RatingSummary.objects.filter(count__gt=0)
    largest = rated.order_by("-count", "-total")[:MEAN_OF]
    sums = largest.aggregate(votes=Sum("count"), stars=Sum("total"))
    mean = sums["stars"] / sums["votes"] if sums["votes"] else 3.0
    rows = _best_of_each_count()
    best = [Totals(*pair, articles) for pair, articles in Counter(rows).items()]
    keys = _best_of(best, most, mean)
    if (
        len(keys) < most
        and max(Counter(count for count, _total in rows).values(), default=0) >= BEST
    ):
        groups = rated.order_by().values("count", "total").annotate(articles=Count("pk"))
        every = [Totals(*row) for row in groups.values_list("count", "total", "articles")]
        keys = _best_of(every, most, mean)
    return keys, mean


def _best_of(found: list[Totals], most: int, mean: float) -> list[int]:
    found = sorted(found, key=lambda each: (-each.score(mean), -each.count))
    keys: list[int] = []
    while found and len(keys) < most:  # once, unless many of the best are hidden
        part = found[: _enough(found, most - len(keys))]
        del found[: len(part)]
        keys += _open_with(part, mean)[: most - len(keys)]
    return keys


def _best_of_each_count() -> list[tuple[int, int]]:
    """Return the count and total of the BEST best articles of each number of votes.

    From one number the index leads to the next: there are few. SQLite has no LATERAL, PostgreSQL would ask
    the other form for every article.
    """
    numbers = (
        "WITH RECURSIVE numbers (n) AS (SELECT max(count) FROM ratings_ratingsummary UNION ALL"
        " SELECT (SELECT max(count) FROM ratings_ratingsummary WHERE count < numbers.n)"
        " FROM numbers WHERE numbers.n > 1)"
    )
    of_number = "FROM ratings_ratingsummary WHERE count = numbers.n ORDER BY total DESC LIMIT %s"
    if connection.vendor == "postgresql":
        best = f"CROSS JOIN LATERAL (SELECT count, total {of_number}) AS best"
    else:
        keys = f"SELECT article_id {of_number}"
        best = f"CROSS JOIN ratings_ratingsummary AS best ON best.article_id IN ({keys})"  # in this order
    with connection.cursor() as cursor:
        cursor.execute(
            f"{numbers} SELECT best.count, best.total FROM numbers {best} WHERE numbers.n > 0",
            [BEST],
        )
        return cursor.fetchall()


def _enough(found: list[Totals], wanted: int) -> int:
    """Return how many of the totals have at least as many articles as are wanted, of 200 at most."""
    for number, articles in enumerate(accumulate(each.articles for each in found), start=1):
        if articles >= wanted or number == 200:
            return number
    return len(found)


def _open_with(totals: list[Totals], mean: float) -> list[int]:
    """Return the keys of the articles with these totals that strangers may read, the best first."""
    with_these = Q()
    for each in totals:
        with_these |= Q(rating_summary__count=each.count, rating_summary__total=each.total)
    rows = (
        Article.objects.open_to_all()
        .exclude(rating_policy=Article.Policy.OFF)
        .filter(with_these)
        .values_list("rating_summary__count", "rating_summary__total", "pk")
    )
    scored = [(Totals(count, total, 1).score(mean), count, pk) for count, total, pk in rows]
    return [pk for _score, _count, pk in sorted(scored, reverse=True)]


def drift() -> list[Drift]:
    """Return every article whose totals differ from its votes, in one query.

    The sums follow from the five counts by constraint, so the counts are all there is to compare.
    """
    counted = {
        f"n{star}": Count("ratings", filter=Q(ratings__stars=star, ratings__is_counted=True))
        for star in STARS
    }
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


def votes_compared() -> dict[str, int]:
    """Return what a comparison of totals and votes is about: how many of each, and the votes beside them.

    `earlier` are those of a former site, which have no rows to be compared with.
    """
    votes = Rating.objects.aggregate(
        counted=Count("pk", filter=Q(is_counted=True)),
        aside=Count("pk", filter=Q(is_counted=False)),
    )
    totals = RatingSummary.objects.aggregate(
        totals=Count("pk"), earlier=Coalesce(Sum("earlier_count"), 0)
    )
    return votes | totals


def _percent(votes: int, count: int) -> int:
    if votes in (0, count):
        return 100 if votes else 0
    return min(99, max(1, (votes * 200 + count) // (count * 2)))  # half up


def _in_words(counts: tuple[int, ...]) -> str:
    return f"{sum(counts)} ({' '.join(map(str, counts))})"
