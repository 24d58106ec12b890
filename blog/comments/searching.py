"""Search comments by words: a full-text index on either database, for moderators alone.

A word is found by how it begins, in the text, name, email, website or the article's title; all words
must be there. What people type is taken apart into letters and digits first: no word reaches the
database as syntax.
"""

from __future__ import annotations

import re
import unicodedata

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from blog.articles.models import Article

MAX_LENGTH = 200  # characters
MAX_WORDS = 10
_WORD = re.compile(r"[^\W_]+")
# The expression of the index `comment_search`, letter by letter; else PostgreSQL reads every comment.
_POSTGRESQL = """
    SELECT id FROM comments_comment WHERE to_tsvector('simple',
    translate(body || ' ' || name || ' ' || email || ' ' || website, '@./:_-+', '       '))
    @@ to_tsquery('simple', %s)
"""
_SQLITE = "SELECT rowid FROM comments_search WHERE comments_search MATCH %s"


def words_of(text: str) -> list[str]:
    """Return the words of a question, as far as they count."""
    return _WORD.findall(unicodedata.normalize("NFC", text)[:MAX_LENGTH])[:MAX_WORDS]


def matching(text: str) -> Q:
    """Return the condition for comments with every word of *text*; none match a text without words."""
    words = words_of(text)
    if not words:
        return Q(pk__in=())
    in_title = Q()
    for word in words:
        in_title &= Q(title__icontains=word)
    return Q(pk__in=_found(words)) | Q(article__in=Article.objects.filter(in_title).values("pk"))


def _found(words: list[str]) -> RawSQL:
    if connection.vendor == "postgresql":
        return RawSQL(_POSTGRESQL, [" & ".join(f"'{word}':*" for word in words)])  # noqa: S611
    return RawSQL(_SQLITE, [" ".join(f'"{word}"*' for word in words)])  # noqa: S611
