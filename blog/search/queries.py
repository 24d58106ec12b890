"""Search: the same answers from SQLite's FTS5 and PostgreSQL's tsvector.

A result is an article, found by its own text or by a comment; with `type:comment` it is a comment.
All words must stand in one text. Of a common word the newest matches are ranked, no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from blog.articles.models import Article, ArticleQuerySet, Byline, Category
from blog.search.models import Document
from blog.search.query import Query, Term, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_RANKED = 2_000  # articles, and as many comments
TITLE, HEAD, BODY, COMMENT, TITLE_PHRASE = 8.0, 4.0, 1.0, 0.5, 8.0

# A function of migration 0002: the matches first, and by the index, whatever the planner thinks.
_POSTGRESQL = "SELECT id FROM search_matches(%s::tsquery) AS matches(id)"


@dataclass(frozen=True)
class Result:
    article_id: int
    comment_id: int | None
    document_id: int
    dated: datetime
    score: float


def search(query: Query | str, *, by_date: bool = False) -> list[Result]:
    """Return what is found, best first (of equals the newest) or newest first.

    At most MOST_RANKED articles, and as many by their comments.
    """
    if isinstance(query, str):
        query = parse(query)
    if query.is_empty:
        return []
    found = _search(query, _articles(query.filters))
    return sorted(
        found,
        key=lambda row: (0 if by_date else row.score, row.dated, row.document_id),
        reverse=True,
    )


def _search(query: Query, articles: ArticleQuerySet) -> Iterable[Result]:
    kinds = {kind.lower() for kind in query.filters.get("type", ["article", "comment"])}
    found: dict[int, Result] = {}
    if "comment" in kinds and (query.wanted or "article" not in kinds):
        rows = _comments(query, articles)
        for row in rows if "article" in kinds else ():
            found.setdefault(row.article_id, row)
        if "article" not in kinds:
            found = {row.document_id: row for row in rows}
    if "article" in kinds:
        for row in _own_texts(query, articles):
            found[row.article_id] = row
    return found.values()


def _own_texts(query: Query, articles: ArticleQuerySet) -> list[Result]:
    rows = list(
        _matching(query, articles).values_list("pk", "article_id", "article__publish_at")[
            :MOST_RANKED
        ]
    )
    scores = _scores(query, [row[0] for row in rows])
    return [
        Result(article_id, None, pk, publish_at, scores.get(pk, 0))
        for pk, article_id, publish_at in rows
        if publish_at
    ]


def _comments(query: Query, articles: ArticleQuerySet) -> list[Result]:
    rows = (
        _matching(query, _with_comments(articles), of_comments=True)
        .filter(comment__status="approved")
        .values_list("pk", "article_id", "comment_id", "comment__created_at")[:MOST_RANKED]
    )
    score = COMMENT * len(query.wanted)
    return [
        Result(article_id, comment_id, pk, created_at, score)
        for pk, article_id, comment_id, created_at in rows
        if comment_id
    ]


def _with_comments(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Return those of which strangers may read the comments."""
    hidden = Q(comment_policy=Article.Policy.OFF) | Q(access=Article.Access.PASSWORD)
    return articles.exclude(hidden)


def _matching(  # type: ignore[no-untyped-def]
    query: Query, articles: ArticleQuerySet, *, of_comments: bool = False
):
    """Return the documents with all the words, of those articles alone, the newest first.

    EXISTS looks at the articles of the matches only; SQLite would list all articles for an IN.
    """
    documents = Document.objects.filter(Exists(articles.filter(pk=OuterRef("article"))))
    of_kind = "< 0" if of_comments else "> 0"
    newest = "pk" if of_comments else "-pk"
    if query.wanted and connection.vendor == "sqlite":
        # FTS5 gives its matches by number: a join reads no more of them than are wanted.
        rowid = RawSQL("search_words.rowid", [])
        return documents.extra(  # noqa: S610
            tables=["search_words"],
            where=[
                "search_words MATCH %s",
                "search_words.rowid = search_document.id",
                f"search_words.rowid {of_kind}",
            ],
            params=[query.fts5()],
        ).order_by(rowid.asc() if of_comments else rowid.desc())
    if query.wanted:
        found = RawSQL(f"{_POSTGRESQL} WHERE id {of_kind}", [query.tsquery()])  # noqa: S611
        return documents.filter(pk__in=found).order_by(newest)
    return documents.filter(**{"pk__lt" if of_comments else "pk__gt": 0}).order_by(newest)


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
    for term, name in places:
        if connection.vendor == "postgresql":
            parameters += [term.tsquery((name,)), documents]
        else:
            parameters += [f"{name} : {term.fts5()}", min(documents), max(documents)]
    part = (
        "SELECT {}, id FROM search_document WHERE head_words @@ %s::tsquery AND id = ANY(%s)"
        if connection.vendor == "postgresql"
        else "SELECT {}, rowid FROM search_words WHERE search_words MATCH %s AND rowid BETWEEN %s AND %s"
    )
    hits: list[set[int]] = [set() for _place in places]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(part.format(n) for n in range(len(places))), parameters)
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


def visible_titles(most: int) -> Iterable[tuple[str, str]]:
    """Return title and head of the newest documents that strangers may read."""
    return _matching(Query(), Article.objects.published()).values_list("title", "head")[:most]
