"""Whom a private note speaks to with an @: people of this desk, by the names that they have here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.models import User
from blog.articles.people import is_asked, is_author, people
from blog.articles.permissions import editors_of_their_own, may_edit, reviewers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.articles.models import Article, Note

MOST = 10  # people whom one note tells
MOST_OFFERED = 200
_BEFORE = r"(?<![\w@.])@"
_AFTER = r"(?!\w)"


def named_in(text: str) -> list[User]:
    """Return whom a text names, in its order; no query where it holds no @.

    Of two names the longer one is meant. A name that two people have names neither of them.
    """
    if "@" not in text:
        return []
    by_name: dict[str, set[User]] = {}
    for person in User.objects.filter(is_active=True, is_staff=True).select_related("author"):
        for name in names_of(person):
            by_name.setdefault(_plain(name), set()).add(person)
    known = {name: who.pop() for name, who in by_name.items() if len(who) == 1}
    if not known:
        return []
    found = (known.get(_plain(match[1])) for match in marks(known).finditer(text))
    return list(dict.fromkeys(person for person in found if person))[:MOST]


def references(text: str, named: list[User]) -> list[dict[str, Any]]:
    """Return what a note keeps of whom it names, so that it is shown without a query: {id, name}."""
    return [
        {"id": person.pk, "name": name}
        for person in named
        for name in names_of(person)
        if marks([name]).search(text)
    ]


def outside(note: Note) -> list[str]:
    """Return the names of those whom a note names, and who may not see it; no query where it names none."""
    if not note.mentioned:
        return []
    named = people(Q(pk__in=[reference["id"] for reference in note.mentioned]))
    told = {person.pk for person in named if may_edit(person, note.article)}
    return [reference["name"] for reference in note.mentioned if reference["id"] not in told]


def names_of(person: User) -> list[str]:
    """Return the names of a person, without what is only an address."""
    author = getattr(person, "author", None)
    names = [person.display_name, author.name if author else ""]
    return [name for name in dict.fromkeys(" ".join(name.split()) for name in names) if name]


def to_offer(article: Article) -> list[str]:
    """Return the names of those who may see a note on this article, in two queries, however many they are."""
    near = editors_of_their_own().filter(is_author(article) | is_asked(article))
    rows = [
        *near.select_related("author")[:MOST_OFFERED],
        *reviewers().select_related("author")[:MOST_OFFERED],
    ]
    return sorted({names[-1] for person in rows if (names := names_of(person))})


def marks(names: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of these names with their @ in a text, of two names the longer one first."""
    longest_first = sorted(names, key=len, reverse=True)
    each = (r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    return re.compile(f"{_BEFORE}({'|'.join(each)}){_AFTER}", re.IGNORECASE)


def _plain(name: str) -> str:
    return " ".join(name.split()).lower()
