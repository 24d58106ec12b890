"""The numbers of the documents that have the words: all that is asked of the index itself.

They are cheap, a microsecond each: what else is asked of a match, whether it may be read and passes the
filters, is asked of so many only as are wanted.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from blog.search.models import PAGES_FROM, Document

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from blog.search.query import Query

_FAR = 2**62


class Span(NamedTuple):
    """The numbers of the documents of one kind."""

    above: int
    below: int
    is_upwards: bool = False  # the newest comment has the lowest number

    def beyond(self, number: int) -> Span:
        """Return what is older than that document."""
        return self._replace(above=number) if self.is_upwards else self._replace(below=number)


ARTICLES = Span(0, PAGES_FROM)
COMMENTS = Span(-_FAR, 0, is_upwards=True)
PAGES = Span(PAGES_FROM, _FAR)


def newest(query: Query, span: Span, most: int) -> list[int]:
    """Return the newest that have all the words; on SQLite the phrases, which PostgreSQL's index lacks."""
    if not query.wanted:
        documents = Document.objects.filter(pk__gt=span.above, pk__lt=span.below)
        ordered = documents.order_by("pk" if span.is_upwards else "-pk")
        return list(ordered.values_list("pk", flat=True)[:most])
    if connection.vendor == "postgresql":
        sql = "SELECT unnest(search_newest(%s::tsquery, %s, %s, %s, %s))"
        parameters = [query.tsquery_of_words(), *span, most]
    else:
        sql, parameters = _on_sqlite("%s", span), [query.fts5(), span.above, span.below, most]
    return [number for (number,) in _asked(sql, parameters)]


def first_of_each(
    query: Query, asked: dict[Span, int], enough: int
) -> tuple[dict[Span, list[int]], Query]:
    """Return the newest of each span, as many as are asked for, in one question; and what was asked for.

    The last word is not the beginning of others where *enough* texts have it as it stands: a beginning costs
    15 to 30 ms where a million documents have it. Comments are left out where the span before is full.
    """
    if not query.wanted:
        return {span: newest(query, span, most) for span, most in asked.items()}, query
    whole = query.whole()
    spans = list(asked)
    alone = [term for term in whole.wanted if term not in query.wanted]
    kind = COMMENTS if spans[0].is_upwards else ARTICLES
    ask = _first_on_postgresql if connection.vendor == "postgresql" else _first_on_sqlite
    is_whole, lists = ask(
        query, whole, replace(query, wanted=tuple(alone), unwanted=()), kind, asked, enough
    )
    found = {span: rows for span, rows in zip(spans, lists, strict=True) if rows is not None}
    return found, whole if is_whole else query


def _first_on_postgresql(
    query: Query, whole: Query, alone: Query, kind: Span, asked: dict[Span, int], enough: int
) -> tuple[bool, list[list[int] | None]]:
    newest_of = "search_newest(words, %s, %s, %s, %s)"
    (first, most), *rest = asked.items()
    parts = ["is_whole", "first"]
    parameters: list[Any] = []
    for span, wanted in rest:
        parts.append(
            f"CASE WHEN cardinality(first) < {most} THEN {newest_of} END"
            if span.is_upwards
            else newest_of
        )
        parameters += [*span, wanted]
    parameters += [*first, most, whole.tsquery_of_words(), query.tsquery_of_words()]
    is_whole = "false"
    if alone.wanted:
        is_whole = f"cardinality(search_newest(%s::tsquery, %s, %s, %s, %s)) = {enough}"
        parameters += [alone.tsquery_of_words(), *kind, enough]
    # OFFSET 0 keeps what stands within from being written, and done, again.
    sql = (
        f"SELECT {', '.join(parts)} FROM (SELECT is_whole, words, {newest_of} AS first FROM ("
        "SELECT is_whole, CASE WHEN is_whole THEN %s::tsquery ELSE %s::tsquery END AS words"
        f" FROM (SELECT {is_whole} AS is_whole OFFSET 0) AS a OFFSET 0) AS b OFFSET 0) AS c"
    )
    ((answer, *lists),) = _asked(sql, parameters)
    return answer, lists


def _first_on_sqlite(
    query: Query, whole: Query, alone: Query, kind: Span, asked: dict[Span, int], enough: int
) -> tuple[bool, list[list[int] | None]]:
    words = "(SELECT CASE WHEN is_whole THEN %s ELSE %s END FROM word)"
    (first, most), *rest = asked.items()
    sql, parameters = "WITH word AS MATERIALIZED (SELECT 0 AS is_whole)", []
    if alone.wanted:
        count = f"SELECT count(*) = {enough} AS is_whole FROM ({_on_sqlite('%s', kind)})"
        sql = f"WITH word AS MATERIALIZED ({count})"
        parameters += [alone.fts5(), kind.above, kind.below, enough]
    sql += (
        f", first AS MATERIALIZED ({_on_sqlite(words, first)})"
        " SELECT -1, is_whole FROM word UNION ALL SELECT 0, rowid FROM first"
    )
    parameters += [whole.fts5(), query.fts5(), first.above, first.below, most]
    for place, (span, wanted) in enumerate(rest, start=1):
        more = f" AND (SELECT count(*) FROM first) < {most}" if span.is_upwards else ""
        sql += f" UNION ALL SELECT {place}, rowid FROM ({_on_sqlite(words, span, more)})"
        parameters += [whole.fts5(), query.fts5(), span.above, span.below, wanted]
    lists: list[list[int]] = [[] for _span in asked]
    (_place, is_whole), *rows = _asked(sql, parameters)
    for place, number in rows:
        lists[place].append(number)
    is_full = len(lists[0]) == most
    return bool(is_whole), [
        None if is_full and place and span.is_upwards else lists[place]
        for place, span in enumerate(asked)
    ]


def _on_sqlite(words: str, span: Span, more: str = "") -> str:
    return (
        f"SELECT rowid FROM search_words WHERE search_words MATCH {words} AND rowid > %s AND rowid < %s"
        f"{more} ORDER BY rowid {'ASC' if span.is_upwards else 'DESC'} LIMIT %s"
    )


def among(query: Query, numbers: Collection[int], span: Span) -> list[int]:
    """Return those of the *numbers* that have the words and phrases, the newest first.

    PostgreSQL looks at the texts, 50 microseconds each, 2 a comment; SQLite at all matches between.
    """
    if query.wanted and numbers:
        if connection.vendor == "postgresql":
            # IS TRUE keeps the planner from asking the index.
            condition, parameters = one_of("id", numbers)
            rows = _asked(
                f"SELECT id FROM search_document WHERE {condition} AND (words @@ %s::tsquery) IS TRUE",
                [*parameters, query.tsquery()],
            )
        else:
            # Behind a + FTS5 does not see it: it would be asked once for each number.
            rows = _asked(
                "SELECT rowid FROM search_words WHERE search_words MATCH %s AND rowid BETWEEN %s AND %s"
                " AND +rowid IN (SELECT value FROM json_each(%s))",
                [query.fts5(), min(numbers), max(numbers), json.dumps(list(numbers))],
            )
        numbers = [number for (number,) in rows]
    return sorted(numbers, reverse=not span.is_upwards)


def of_comments(articles: Collection[int], most: int) -> list[int] | None:
    """Return the numbers of the comments on these articles, approved or not, or None where they are more."""
    condition, parameters = one_of("article_id", articles)
    rows = _asked(
        f"SELECT -id FROM comments_comment WHERE {condition} LIMIT %s",
        [*parameters, most + 1],
    )
    return [number for (number,) in rows] if len(rows) <= most else None


def in_titles(words: Sequence[str], most: int) -> list[int]:
    """Return the newest documents with the words in their titles, as they are typed."""
    if not words:
        return []
    if connection.vendor == "postgresql":
        sql = "SELECT search_titles(%s::tsquery, %s)"
        typed = " & ".join(f"'{word}'" for word in words)
    else:
        sql = "SELECT rowid FROM search_titles WHERE search_titles MATCH %s ORDER BY rowid DESC LIMIT %s"
        typed = " AND ".join(f'"{word}"' for word in words)
    return [number for (number,) in _asked(sql, [typed, most])]


def one_of(column: str, numbers: Collection[int]) -> tuple[str, list[Any]]:
    """Return the condition and its parameter: a plain IN is compiled number by number."""
    if connection.vendor == "postgresql":
        # As text: the driver would look at each of them twice.
        return f"{column} = ANY(%s::bigint[])", [f"{{{','.join(map(str, numbers))}}}"]
    return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(numbers))]


def _asked(sql: str, parameters: list[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
