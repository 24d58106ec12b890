"""How well what was found fits: where in a text each word stands."""

from __future__ import annotations

from typing import Any

from django.db import connection

from blog.search.query import Query, Term

TITLE, HEAD, BODY, COMMENT, TITLE_PHRASE = 8.0, 4.0, 1.0, 0.5, 8.0


def scores_of(query: Query, documents: list[int]) -> dict[int, float]:
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
