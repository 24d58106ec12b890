"""Titles that have the words being typed, the last of which may be half a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from blog.articles.models import Article
from blog.pages.models import Page
from blog.search.models import Document
from blog.search.query import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_LETTERS = 2
MOST = 6
_MOST_WORDS = 8
_MOST_READ = 300  # of many matches the newest: among them those that begin so come first
_POOL = 30


def suggest(words: Sequence[str]) -> list[Document]:
    """Return documents with their articles or pages, in two queries.

    First come the titles that begin as what is typed, then the newest.
    """
    if len("".join(words)) < LEAST_LETTERS or len(words) > _MOST_WORDS:
        return []
    begin = " ".join(words)
    pool = list(_with_words(words).values_list("pk", "title")[:_POOL])
    pool.sort(key=lambda row: not " ".join(words_of(row[1])).startswith(begin))
    keys = [pk for pk, _title in pool[:MOST]]
    found = (
        Document.objects.select_related("article__lead_image", "page")
        .defer(
            *("head", "body", "article__body", "article__body_html", "article__toc"),
            *("page__body", "page__body_html"),
        )
        .in_bulk(keys)
    )
    return [found[pk] for pk in keys if pk in found]


def _with_words(words: Sequence[str]):  # type: ignore[no-untyped-def]
    """Return the documents that strangers may open with these words in their titles, the newest first."""
    articles = Article.objects.published().filter(pk=OuterRef("article"))
    pages = Page.objects.published().filter(pk=OuterRef("page"))
    documents = Document.objects.filter(Q(Exists(articles)) | Q(Exists(pages)))
    if connection.vendor == "sqlite":
        typed = " AND ".join(f'"{word}"' for word in words)
        return documents.extra(
            tables=["search_titles"],
            where=["search_titles MATCH %s", "search_titles.rowid = search_document.id"],
            params=[f"{typed} *"],
        ).order_by(RawSQL("search_titles.rowid", []).desc())
    typed = " & ".join(f"'{word}'" for word in words)
    found = RawSQL(
        "SELECT id FROM search_titles(%s::tsquery, %s) AS titles(id)", [f"{typed}:*", _MOST_READ]
    )
    return documents.filter(pk__in=found).order_by("-pk")
