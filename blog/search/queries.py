"""Search: the same answers from SQLite's FTS5 and PostgreSQL's tsvector.

A result is an article, found by its own text or by a comment, or a page; with `type:comment` it is a comment.
All words must stand in one text. Of a common word the newest matches are ranked, no more.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from blog.articles.models import Article, ArticleQuerySet, Byline, Category
from blog.pages.models import Page
from blog.ratings.models import RatingSummary
from blog.search.models import PAGES_FROM, Document
from blog.search.query import Query, Term, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_RANKED = 2_000  # articles, and as many comments
# Articles that pass the filters: more are not listed, but each match is asked; of few the texts or the
# comments are looked at, instead of the index.
MOST_LISTED = {"sqlite": 12_000, "postgresql": 30_000}
FEW_LISTED, FEW_DISCUSSED = 1_500, 4_000
MOST_UNPACKED = 4_000  # texts or comments with the words, looked at for a phrase on PostgreSQL
TYPES = ("article", "page", "comment")
LEAST_VOTES = 3  # for `rating:`
TITLE, HEAD, BODY, COMMENT, TITLE_PHRASE = 8.0, 4.0, 1.0, 0.5, 8.0
_OF_ARTICLES = {"category", "tag", "author", "year", "rating"}
_FAR = 2**62

# Without the index: 50 microseconds a text, 8 a comment.
_AMONG = (
    "ARRAY(SELECT id FROM search_document WHERE {} = ANY(%s::bigint[]) AND id > %s AND id < %s"
    " AND (words @@ %s::tsquery) IS TRUE ORDER BY id {})"
)
# Of migration 0003: the newest matches, by the index alone.
_NEWEST = "search_newest(%s::tsquery, %s, %s, %s, %s, %s::bigint[])"
# Behind a + FTS5 does not see it: it would be asked once for each number.
_LISTED = "+{} IN (SELECT value FROM json_each(%s))"
# The index knows no order of words: the texts do. IS TRUE keeps the planner from asking the index again.
_PHRASES = "(search_document.words @@ %s::tsquery) IS TRUE"


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
    goes on where this ended. `comments` says how many comments match, as far as was looked.
    """

    older_than: int | None = None
    comments: int = 0
    has_more_comments: bool = False


class Span(NamedTuple):
    """The numbers of the documents of one kind."""

    above: int
    below: int
    is_upwards: bool = False  # the newest comment has the lowest number


_PAGES = Span(PAGES_FROM, _FAR)


def search(query: Query | str, *, by_date: bool = False, before: int | None = None) -> Results:
    """Return what is found, best first (of equals the newest) or newest first.

    At most MOST_RANKED articles, and as many by their comments; *before* is the number of an article, or
    with `type:comment` of a comment, and all that is found is older.
    """
    if isinstance(query, str):
        query = parse(query)
    results = Results()
    if query.is_empty:
        return results
    kinds = {kind.lower() for kind in query.filters.get("type", TYPES)}
    articles = _articles(query.filters)
    listed = _listed(query, articles)
    if listed == []:
        return results  # pages pass no filter, either
    if "article" not in kinds and "comment" in kinds:
        _find_comments(results, query, articles, listed, before)
    else:
        _find_texts(results, query, articles, listed, kinds, before)
    results.sort(
        key=lambda row: (0 if by_date else row.score, row.dated, row.document_id), reverse=True
    )
    return results


def _find_comments(
    results: Results,
    query: Query,
    articles: ArticleQuerySet,
    listed: list[int] | None,
    before: int | None,
) -> None:
    """Add the comments themselves."""
    span = Span(-before if before else -_FAR, 0, is_upwards=True)
    rows, end = _comments(query, articles, listed, span, _numbers(query, listed, [span])[span])
    results.extend(rows)
    results.comments, results.has_more_comments = len(rows), end is not None
    results.older_than = end and -end


def _find_texts(
    results: Results,
    query: Query,
    articles: ArticleQuerySet,
    listed: list[int] | None,
    kinds: set[str],
    before: int | None,
) -> None:
    """Add articles, by their own texts or by comments, and pages."""
    if before:
        articles = articles.filter(pk__lt=before)
    spans = {}
    if "article" in kinds:
        spans["article"] = Span(0, before or PAGES_FROM)
        if "comment" in kinds and query.wanted:
            spans["comment"] = Span(-_FAR, 0, is_upwards=True)
    if "page" in kinds and not before and not _OF_ARTICLES & query.filters.keys():
        spans["page"] = _PAGES
    numbers = _numbers(query, listed, spans.values())
    texts: list[Any] = []
    found: dict[int | None, Result] = {}
    if span := spans.get("article"):
        texts, results.older_than = _articles_found(query, articles, listed, span, numbers[span])
    if span := spans.get("comment"):
        rows, end = _comments(query, articles, listed, span, numbers[span])
        results.comments, results.has_more_comments = len(rows), end is not None
        for row in rows:
            # An older one comes in its turn: who goes on finds each article once.
            if (row.article_id or 0) >= (results.older_than or 0):
                found.setdefault(row.article_id, row)
    if span := spans.get("page"):
        texts += _pages_found(query, numbers[span])
    scores = _scores(query, [text.pk for text in texts])
    for text in texts:
        found.pop(text.article_id, None)
        results.append(
            Result(
                text.article_id, None, text.page_id, text.pk, text.dated, scores.get(text.pk, 0)
            )
        )
    results.extend(found.values())


def _articles_found(
    query: Query,
    articles: ArticleQuerySet,
    listed: list[int] | None,
    span: Span,
    numbers: list[int] | None,
) -> tuple[list[Any], int | None]:
    readable = Exists(articles.filter(pk=OuterRef("article")))
    columns = ("pk", "article_id", "page_id", "dated")
    return _newest_of(query, readable, span, listed, numbers, columns, F("article__publish_at"))


def _pages_found(query: Query, numbers: list[int] | None) -> list[Any]:
    readable = Exists(Page.objects.published().filter(pk=OuterRef("page")))
    columns = ("pk", "article_id", "page_id", "dated")
    rows, _end = _newest_of(query, readable, _PAGES, None, numbers, columns, F("page__updated_at"))
    return rows


def _comments(
    query: Query,
    articles: ArticleQuerySet,
    listed: list[int] | None,
    span: Span,
    numbers: list[int] | None,
) -> tuple[list[Result], int | None]:
    readable = Exists(_with_comments(articles).filter(pk=OuterRef("article"))) & Q(
        comment__status="approved"
    )
    columns = ("pk", "article_id", "comment_id", "dated")
    rows, end = _newest_of(
        query, readable, span, listed, numbers, columns, F("comment__created_at")
    )
    score = COMMENT * len(query.wanted)
    return [
        Result(row.article_id, row.comment_id, None, row.pk, row.dated, score)
        for row in rows
        if row.comment_id
    ], end


def _newest_of(
    query: Query,
    readable: Exists | Q,
    span: Span,
    listed: list[int] | None,
    numbers: list[int] | None,
    columns: tuple[str, ...],
    dated: F,
) -> tuple[list[Any], int | None]:
    """Return the newest readable matches, MOST_RANKED at most, and where that ended if there may be more.

    On PostgreSQL *numbers* are those of the newest matches. Of these some may be hidden, or lack the phrase:
    then more are asked for, but for a phrase only until MOST_UNPACKED texts were looked at.
    """

    def named(documents):  # type: ignore[no-untyped-def]
        found = documents.annotate(dated=dated).values_list(*columns, named=True)
        return list(found[: MOST_RANKED - len(rows)])

    rows: list[Any] = []
    if numbers is None:
        rows = named(_matching(query, readable, span, listed))
        return rows, rows[-1].pk if len(rows) == MOST_RANKED else None
    looked_at, asked = 0, MOST_RANKED
    while numbers:
        rows += named(_with_numbers(query, readable, span, numbers))
        looked_at += len(numbers)
        if len(rows) == MOST_RANKED:
            return rows, rows[-1].pk
        if len(numbers) < asked:
            break
        if query.has_phrases and looked_at >= MOST_UNPACKED:
            return rows, numbers[-1]
        asked *= 2
        rest = (
            span._replace(above=numbers[-1])
            if span.is_upwards
            else span._replace(below=numbers[-1])
        )
        numbers = _numbers(query, listed, [rest], asked)[rest] or []
    return rows, None


def _numbers(
    query: Query, listed: list[int] | None, spans: Iterable[Span], enough: int | None = None
) -> dict[Span, list[int] | None]:
    """Return on PostgreSQL the numbers of the newest documents with the words in each span; one query.

    Fewer than MOST_RANKED, or *enough*, are all there are.
    """
    spans = list(spans)
    if connection.vendor == "sqlite" or not query.wanted or not spans:
        return dict.fromkeys(spans)
    enough = enough or MOST_RANKED
    words = query.tsquery_of_words()
    parts: list[str] = []
    parameters: list[Any] = []
    for span in spans:
        few = FEW_DISCUSSED if span.is_upwards else FEW_LISTED
        if listed is not None and len(listed) <= few:
            key, order = ("article_id", "ASC") if span.is_upwards else ("id", "DESC")
            parts.append(f"({_AMONG.format(key, order)})[1:%s]")
            parameters += [listed, span.above, span.below, words, enough]
        else:
            parts.append(_NEWEST)
            parameters += [words, *span, enough, listed]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        return dict(zip(spans, cursor.fetchone(), strict=True))


def _with_numbers(  # type: ignore[no-untyped-def]
    query: Query, readable: Exists | Q, span: Span, numbers: list[int]
):
    """Return the readable documents of these numbers, with the phrases, if there are any; newest first."""
    # A plain IN is compiled number by number.
    among = "search_document.id = ANY(%s)"
    documents = Document.objects.filter(readable).extra(where=[among], params=[numbers])  # noqa: S610
    if query.has_phrases:
        documents = documents.extra(where=[_PHRASES], params=[query.tsquery()])  # noqa: S610
    return documents.order_by("pk" if span.is_upwards else "-pk")


def _with_comments(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Return those of which strangers may read the comments."""
    hidden = Q(comment_policy=Article.Policy.OFF) | Q(access=Article.Access.PASSWORD)
    return articles.exclude(hidden)


def _listed(query: Query, articles: ArticleQuerySet) -> list[int] | None:
    """Return the numbers of the articles that pass the filters, once for articles and comments.

    None without words or filters, and where many pass: then enough are found by asking for each match, the
    newest first. Where few pass, that would ask for nearly all; 5 microseconds each, as does the list.
    """
    if not (query.wanted and _OF_ARTICLES & query.filters.keys()):
        return None
    most = MOST_LISTED[connection.vendor]
    listed = list(articles.order_by().values_list("pk", flat=True)[: most + 1])
    return listed if len(listed) <= most else None


def _matching(  # type: ignore[no-untyped-def]
    query: Query, readable: Exists | Q, span: Span, listed: list[int] | None = None
):
    """Return the readable documents of a span, on SQLite those with all the words, the newest first.

    EXISTS looks at the articles of the matches only; SQLite would list all articles for an IN. An article's
    document has its number: what is listed needs no EXISTS, and no look at the document before.
    """
    of_articles = listed is not None and not span.is_upwards
    documents = Document.objects.all() if of_articles else Document.objects.filter(readable)
    if not query.wanted:
        documents = documents.filter(pk__gt=span.above, pk__lt=span.below)
        return documents.order_by("pk" if span.is_upwards else "-pk")
    # FTS5 gives its matches by number: a join reads no more of them than are wanted.
    rowid = RawSQL("search_words.rowid", [])
    where = [
        "search_words MATCH %s",
        "search_words.rowid = search_document.id",
        "search_words.rowid > %s AND search_words.rowid < %s",
    ]
    parameters: list[Any] = [query.fts5(), span.above, span.below]
    if listed is not None:
        where.append(
            _LISTED.format(
                "search_document.article_id" if span.is_upwards else "search_words.rowid"
            )
        )
        parameters.append(json.dumps(listed))
    documents = documents.extra(  # noqa: S610
        tables=["search_words"], where=where, params=parameters
    )
    return documents.order_by(rowid.asc() if span.is_upwards else rowid.desc())


def _scores(query: Query, documents: list[int]) -> dict[int, float]:
    """Return the score of each document: for each term the best place where it stands."""
    if not documents or not query.wanted:
        return {}
    words = tuple(query.words())
    phrase = [Term(words)] if len(query.wanted) > 1 else []
    scores = dict.fromkeys(documents, BODY * len(query.wanted))
    places: list[tuple[Term, str]] = [
        (term, name) for term in query.wanted for name in ("title", "head")
    ]
    places += [(term, "title") for term in phrase]
    hits = _hits(places, documents)
    for number in range(len(query.wanted)):
        in_title, in_head = hits[2 * number], hits[2 * number + 1]
        for pk in in_title & scores.keys():
            scores[pk] += TITLE - BODY
        for pk in (in_head - in_title) & scores.keys():
            scores[pk] += HEAD - BODY
    for pk in (hits[-1] & scores.keys()) if phrase else ():
        scores[pk] += TITLE_PHRASE
    return scores


def _hits(places: list[tuple[Term, str]], documents: list[int]) -> list[set[int]]:
    """Return for each term and field the documents that have it there, in one query."""
    parameters: list[Any] = []
    if connection.vendor == "postgresql":
        # The words are stored apart: fetched once, and looked at for each term.
        heads = (
            "WITH heads AS MATERIALIZED (SELECT id, head_words || ''::tsvector AS words"
            " FROM search_document WHERE id = ANY(%s)) "
        )
        part = "SELECT {}, id FROM heads WHERE words @@ %s::tsquery"
        parameters.append(documents)
        parameters += [term.tsquery((name,)) for term, name in places]
    else:
        heads = ""
        part = "SELECT {}, rowid FROM search_words WHERE search_words MATCH %s AND rowid BETWEEN %s AND %s"
        for term, name in places:
            parameters += [f"{name} : {term.fts5()}", min(documents), max(documents)]
    hits: list[set[int]] = [set() for _place in places]
    with connection.cursor() as cursor:
        parts = " UNION ALL ".join(part.format(number) for number in range(len(places)))
        cursor.execute(heads + parts, parameters)
        for number, pk in cursor.fetchall():
            hits[number].add(pk)
    return hits


def _articles(filters: dict[str, list[str]]) -> ArticleQuerySet:
    """Return the articles a stranger may read that pass all the filters."""
    articles = Article.objects.published()
    for value in filters.get("category", []):
        articles = _in_category(articles, value)
    for value in filters.get("tag", []):
        given = Article.tags.through.objects.filter(_named("tag", value))
        articles = articles.filter(pk__in=given.values("article"))
    for value in filters.get("author", []):
        written = Byline.objects.filter(_named("author", value))
        articles = articles.filter(pk__in=written.values("article"))
    for value in filters.get("year", []):
        articles = articles.filter(_in_year(value))
    for value in filters.get("rating", []):
        rated = RatingSummary.objects.filter(
            _rated(value)
        )  # a small table, read before the articles
        articles = articles.exclude(rating_policy=Article.Policy.OFF)
        articles = articles.filter(pk__in=rated.values("article"))
    return articles


def _named(relation: str, value: str) -> Q:
    return Q(**{f"{relation}__slug": value.lower()}) | Q(**{f"{relation}__name__iexact": value})


def _in_category(articles: ArticleQuerySet, value: str) -> ArticleQuerySet:
    chosen = Category.objects.filter(Q(slug=value.lower()) | Q(name__iexact=value)).first()
    return articles.none() if chosen is None else articles.in_category(chosen)


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


def visible_titles(most: int) -> Iterable[tuple[str, str]]:
    """Return title and head of the newest documents that strangers may read."""
    readable = Article.objects.published().filter(pk=OuterRef("article"))
    return _matching(Query(), Exists(readable), Span(0, PAGES_FROM)).values_list("title", "head")[
        :most
    ]
