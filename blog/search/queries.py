"""Search: the same answers from SQLite's FTS5 and PostgreSQL's tsvector.

A result is an article, found by its own text or by a comment, or a page; with `type:comment` it is a comment.
All words must stand in one text. Of a common word the newest matches are ranked, no more, and of narrow
filters so many are looked at as time allows: docs/performance.md.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import batched
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.pages.models import Page
from blog.search import numbers
from blog.search.filters import OF_ARTICLES, Passing, passing, passing_and_listed
from blog.search.limit import TooLongError, at_most
from blog.search.models import PAGES_FROM, Document
from blog.search.numbers import COMMENTS, PAGES, Span
from blog.search.query import Query, parse
from blog.search.scoring import COMMENT, scores_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

MOST_RANKED = 2_000  # articles, and as many comments
# The newest matches that are looked at for so many that may be read and pass the filters.
MOST_TESTED, MOST_COMMENTS_TESTED = 20_000, 10_000
# Where so few pass the filters, all of them are looked at: articles, comments on such articles.
FEW_LISTED, FEW_DISCUSSED = 1_500, 30_000
MOST_UNPACKED = 2_000  # texts or comments with the words, looked at for a phrase on PostgreSQL
MOST_INSTEAD = 500  # found by words, and by titles, where there is no time for more
TYPES = ("article", "page", "comment")
# Milliseconds: for a search, and for what is shown instead of one that took longer.
LONGEST, LONGEST_INSTEAD = 150, 40


@dataclass(frozen=True)
class Result:
    """An article, a page, or an article found by that comment."""

    article_id: int | None
    comment_id: int | None
    page_id: int | None
    document_id: int
    dated: datetime
    score: float


class Results(list[Result]):
    """What was found, in order.

    `older_than` is set where there were more matches than are ranked: asked with it as `before`, `search`
    goes on where this ended. `comments` says how many comments match, as far as was looked: None where
    articles alone were enough. `is_cut` says that it took too long: these are some of the newest.
    """

    older_than: int | None = None
    comments: int | None = 0
    has_more_comments: bool = False
    is_cut: bool = False


class Row(NamedTuple):
    """A match: the number of its document, the article's where there is one, and its date."""

    number: int
    article_id: int | None
    dated: datetime


Read = tuple[list[Row], int | None]  # and where that ended, if there may be more


def search(query: Query | str, *, by_date: bool = False, before: int | None = None) -> Results:
    """Return what is found, best first (of equals the newest) or newest first.

    At most MOST_RANKED articles, and as many by their comments; *before* is the number of an article, or
    with `type:comment` of a comment, and all that is found is older.
    """
    if isinstance(query, str):
        query = parse(query)
    if query.is_empty:
        return Results()
    try:
        with at_most(LONGEST):
            results = _found(query, before)
    except TooLongError:
        results = _found_instead(query, before)
    results.sort(
        key=lambda row: (0 if by_date else row.score, row.dated, row.document_id), reverse=True
    )
    return results


def _found(query: Query, before: int | None) -> Results:
    results = Results()
    kinds = _kinds(query)
    passed = passing_and_listed(query.filters, FEW_LISTED)
    if passed.listed is not None and not passed.listed:
        return results  # pages pass no filter, either
    if "article" not in kinds and "comment" in kinds:
        rows, end = _comments(query, passed, _comments_before(before))
        results.extend(_by_comments(query, rows))
        results.comments, results.has_more_comments = len(rows), end is not None
        results.older_than = end and -end
        return results
    if before:
        passed = passed.before(before)
    spans = {}
    own = Span(0, before or PAGES_FROM)
    if "article" in kinds and not _are_few(query, passed):
        spans[own] = _asked(passed, MOST_TESTED)
        if "comment" in kinds and query.wanted:
            spans[COMMENTS] = _asked(passed, MOST_COMMENTS_TESTED)
    if "page" in kinds and not before and not OF_ARTICLES & query.filters.keys():
        spans[PAGES] = MOST_RANKED
    first: dict[Span, list[int]] = {}
    if spans:
        first, query = numbers.first_of_each(query, spans, MOST_RANKED)
    texts: list[Row] = []
    if "article" in kinds:
        texts, results.older_than = _articles(query, passed, own, first.get(own))
    found: dict[int | None, Result] = {}
    if "article" in kinds and "comment" in kinds and query.wanted:
        rows = []
        results.comments = None
        # So many say it themselves that those who only have it in comments are not looked for.
        if len(texts) < MOST_RANKED:
            rows, end = _comments(query, passed, COMMENTS, first.get(COMMENTS))
            results.comments, results.has_more_comments = len(rows), end is not None
        for result in _by_comments(query, rows):
            # An older one comes in its turn: who goes on finds each article once.
            if (result.article_id or 0) >= (results.older_than or 0):
                found.setdefault(result.article_id, result)
    if PAGES in spans:
        texts += _read(query, PAGES, _readable_pages, first[PAGES], MOST_RANKED, MOST_RANKED)[0]
    for text in texts:
        found.pop(text.article_id, None)
    results.extend(_by_texts(texts, scores_of(query, [text.number for text in texts])))
    results.extend(found.values())
    return results


def _found_instead(query: Query, before: int | None) -> Results:
    """Return what passes of the newest matches and, of articles, of those with the words in their titles.

    Either is quick, but for a phrase that nothing has: then the titles are what there is.
    """
    results = Results()
    results.is_cut, results.comments = True, None
    kinds = _kinds(query)
    if not kinds & {"article", "comment"}:
        return results
    query = query.whole()
    of_comments = "article" not in kinds
    span = _comments_before(before) if of_comments else Span(0, before or PAGES_FROM)
    rows: set[Row] = set()
    with suppress(TooLongError), at_most(LONGEST_INSTEAD):
        passed = Passing(passing(query.filters))
        readable = _readable_comments(passed) if of_comments else _readable_articles(passed)
        titled = [] if of_comments else numbers.in_titles(query.words(), MOST_INSTEAD)
        titled = [number for number in titled if span.above < number < span.below]
        rows.update(readable(numbers.among(query, titled, span)))
        newest = numbers.newest(query, span, MOST_INSTEAD)
        if query.has_phrases:
            newest = numbers.among(query, newest, span)
        rows.update(readable(newest))
    found = sorted(rows)
    results.extend(_by_comments(query, found) if of_comments else _by_texts(found, {}))
    return results


def _kinds(query: Query) -> set[str]:
    return {kind.lower() for kind in query.filters.get("type", TYPES)}


def _comments_before(before: int | None) -> Span:
    return Span(-before, 0, is_upwards=True) if before else COMMENTS


def _asked(passed: Passing, most: int) -> int:
    """Return how many matches to begin with: where a list says which of them pass, all at once."""
    return MOST_RANKED if passed.listed is None else most


def _are_few(query: Query, passed: Passing) -> bool:
    """Say whether the articles that pass are looked at instead of the index."""
    return passed.listed is not None and (not query.wanted or len(passed.listed) <= FEW_LISTED)


def _articles(query: Query, passed: Passing, span: Span, first: list[int] | None) -> Read:
    readable = _readable_articles(passed)
    if passed.listed is not None and _are_few(query, passed):
        return _read_all(numbers.among(query, passed.listed, span), readable)
    asked = _asked(passed, MOST_TESTED)
    if first is None:
        first = numbers.newest(query, span, asked)
    return _read(query, span, readable, first, asked, MOST_TESTED, passed.listed)


def _readable_articles(passed: Passing) -> Callable[[Sequence[int]], list[Row]]:
    def readable(some: Sequence[int]) -> list[Row]:
        articles = _where(passed.articles, numbers.one_of("articles_article.id", some))
        rows = [Row(pk, pk, at) for pk, at in articles.values_list("pk", "publish_at") if at]
        return sorted(rows, reverse=True)

    return readable


def _readable_pages(some: Sequence[int]) -> list[Row]:
    keys = [number - PAGES_FROM for number in some]
    pages = Page.objects.published().filter(pk__in=keys).values_list("pk", "updated_at")
    return sorted((Row(PAGES_FROM + pk, None, at) for pk, at in pages), reverse=True)


def _comments(query: Query, passed: Passing, span: Span, first: list[int] | None = None) -> Read:
    readable = _readable_comments(passed)
    if passed.listed is not None and len(passed.listed) <= FEW_LISTED:
        some = numbers.of_comments(passed.listed, FEW_DISCUSSED)
        if some is not None:
            some = [number for number in some if number > span.above]
            return _read_all(numbers.among(query, some, span), readable)
    asked = _asked(passed, MOST_COMMENTS_TESTED)
    if first is None:
        lists, query = numbers.first_of_each(query, {span: asked}, MOST_RANKED)
        first = lists[span]
    return _read(query, span, readable, first, asked, MOST_COMMENTS_TESTED)


def _readable_comments(passed: Passing) -> Callable[[Sequence[int]], list[Row]]:
    listed = passed.listed
    # Of these strangers may not read the comments.
    hidden = Q(comment_policy=Article.Policy.OFF) | Q(access=Article.Access.PASSWORD)
    articles = passed.articles.exclude(hidden)

    def readable(some: Sequence[int]) -> list[Row]:
        conditions = [numbers.one_of("comments_comment.id", [-number for number in some])]
        if listed is not None:
            conditions.append(numbers.one_of("article_id + 0", listed))
        comments = _where(Comment.objects.all(), *conditions)
        if listed is None:
            comments = comments.filter(Exists(articles.filter(pk=OuterRef("article"))))
        # The state here: SQLite without statistics would begin with all that are approved.
        rows = [
            Row(-pk, article, at)
            for pk, article, at, status in comments.values_list(
                "pk", "article_id", "created_at", "status"
            )
            if status == Comment.Status.APPROVED
        ]
        if listed is not None:
            # Apart: PostgreSQL would ask for the article before it looks at the list.
            own = numbers.one_of("articles_article.id", {row.article_id or 0 for row in rows})
            readable = frozenset(_where(articles, own).values_list("pk", flat=True))
            rows = [row for row in rows if row.article_id in readable]
        return sorted(rows)

    return readable


def _where[Model: models.Model](
    rows: QuerySet[Model], *conditions: tuple[str, list[Any]]
) -> QuerySet[Model]:
    return rows.extra(  # noqa: S610
        where=[condition for condition, _parameters in conditions],
        params=[parameter for _condition, parameters in conditions for parameter in parameters],
    ).order_by()


def _read(
    query: Query,
    span: Span,
    readable: Callable[[Sequence[int]], list[Row]],
    some: list[int],
    asked: int,
    most_tested: int,
    listed: frozenset[int] | None = None,
) -> Read:
    """Return the newest readable matches, MOST_RANKED at most. *some* are the first, of so many asked for.

    On PostgreSQL also phrases end it: they are looked for in MOST_UNPACKED texts with their words.
    """
    rows: list[Row] = []
    in_texts = query.has_phrases and connection.vendor == "postgresql"
    tested = unpacked = last = 0
    while True:
        tested += len(some)
        chosen = [number for number in some if listed is None or number in listed]
        for part in batched(chosen, MOST_RANKED if in_texts else MOST_TESTED, strict=False):
            if in_texts:
                if unpacked >= MOST_UNPACKED:
                    return rows, last
                unpacked += len(part)
            last = part[-1]
            found = readable(numbers.among(query, part, span) if in_texts else part)
            rows += found[: MOST_RANKED - len(rows)]
            if len(rows) == MOST_RANKED:
                return rows, rows[-1].number
        if len(some) < asked:
            return rows, None
        if tested >= most_tested or (in_texts and unpacked >= MOST_UNPACKED):
            return rows, some[-1]
        span = span.beyond(some[-1])
        # As many as those before let expect, and some more.
        share = tested / max(1, len(rows)) * 1.25
        asked = min(ceil((MOST_RANKED - len(rows)) * share), most_tested - tested)
        some = numbers.newest(query, span, asked)


def _read_all(some: Sequence[int], readable: Callable[[Sequence[int]], list[Row]]) -> Read:
    rows: list[Row] = []
    for part in batched(some, MOST_RANKED, strict=False):
        rows += readable(part)[: MOST_RANKED - len(rows)]
        if len(rows) == MOST_RANKED:
            return rows, rows[-1].number
    return rows, None


def _by_texts(rows: list[Row], scores: dict[int, float]) -> list[Result]:
    return [
        Result(
            article_id,
            None,
            None if article_id else number - PAGES_FROM,
            number,
            dated,
            scores.get(number, 0),
        )
        for number, article_id, dated in rows
    ]


def _by_comments(query: Query, rows: list[Row]) -> list[Result]:
    score = COMMENT * len(query.wanted)
    return [
        Result(article_id, -number, None, number, dated, score)
        for number, article_id, dated in rows
    ]


def visible_titles(most: int) -> Iterable[tuple[str, str]]:
    """Return title and head of the newest documents that strangers may read."""
    readable = Exists(Article.objects.published().filter(pk=OuterRef("article")))
    documents = Document.objects.filter(readable, pk__gt=0, pk__lt=PAGES_FROM).order_by("-pk")
    return documents.values_list("title", "head")[:most]
