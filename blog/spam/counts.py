"""Where the counts are kept: in the table, or in memory for a measurement. Both answer alike."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.db import connection

from blog.spam.models import Token
from blog.spam.sample import Sample
from blog.spam.tokens import evidence_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

type Pair = tuple[int, int]  # in spam, in honest comments

# Reserved rows; tokens have a prefix of one letter and a colon.
COMMENTS = "#comments"  # how many were learnt
LIMITS = "#limits"  # of scoring.Limits: hold and mark, in thousandths
_ASKED = 2_000  # tokens in one query: more than one comment has
_MOVED = 500  # rows in one statement


class Counts(Protocol):
    def of(self, tokens: Collection[str]) -> dict[str, Pair]:
        """Return the counts of those tokens that were seen, of spam and of honest comments."""
        ...

    def move(self, tokens: Iterable[str], *, spam: int = 0, ham: int = 0) -> None:
        """Add to the counts of each token, which may be new."""
        ...

    def put(self, token: str, pair: Pair) -> None:
        """Replace the two numbers of a reserved row."""
        ...


class MemoryCounts:
    """Counts of one measurement."""

    def __init__(self) -> None:
        self.pairs: dict[str, Pair] = defaultdict(lambda: (0, 0))

    def of(self, tokens: Collection[str]) -> dict[str, Pair]:
        return {token: self.pairs[token] for token in tokens if token in self.pairs}

    def move(self, tokens: Iterable[str], *, spam: int = 0, ham: int = 0) -> None:
        for token in tokens:
            before = self.pairs[token]
            self.pairs[token] = (before[0] + spam, before[1] + ham)

    def put(self, token: str, pair: Pair) -> None:
        self.pairs[token] = pair


class StoredCounts:
    """The counts of this site, in the table of tokens."""

    def of(self, tokens: Collection[str]) -> dict[str, Pair]:
        """One query for a comment; many only for the tokens of many comments.

        Not by the ORM, which takes longer over a list of tokens than the database: it is asked for every
        comment that is stored.
        """
        found: dict[str, Pair] = {}
        table = connection.ops.quote_name(Token._meta.db_table)
        for some in batched(tokens, _ASKED, strict=False):
            marks = ", ".join(["%s"] * len(some))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT token, spam, ham FROM {table} WHERE token IN ({marks})",  # noqa: S608 (no value in it)
                    some,
                )
                found |= {token: (spam, ham) for token, spam, ham in cursor.fetchall()}
        return found

    def move(self, tokens: Iterable[str], *, spam: int = 0, ham: int = 0) -> None:
        """Add in one statement for some hundred rows, always in the same order.

        Two decisions at once would otherwise lock the same tokens in different orders and wait for
        each other for ever. Neither F() in an update nor bulk_create can add to a row or make it.
        """
        table = connection.ops.quote_name(Token._meta.db_table)
        for some in batched(sorted(tokens), _MOVED, strict=False):
            values = ", ".join(["(%s, %s, %s)"] * len(some))
            statement = (
                f"INSERT INTO {table} (token, spam, ham) VALUES {values}"  # noqa: S608 - no input in it
                f" ON CONFLICT (token) DO UPDATE SET spam = {table}.spam + excluded.spam,"
                f" ham = {table}.ham + excluded.ham"
            )
            with connection.cursor() as cursor:
                cursor.execute(
                    statement, [value for token in some for value in (token, spam, ham)]
                )

    def put(self, token: str, pair: Pair) -> None:
        Token.objects.update_or_create(token=token, defaults={"spam": pair[0], "ham": pair[1]})


@cache
def start() -> dict[str, Pair]:
    """Return the counts every site starts with: of some hundred texts written for this project.

    They lie in `seed/`, one comment a line, free like the rest of the code: none is taken from anybody's
    data. What a site decides is added to them.
    """
    counts = MemoryCounts()
    for sample, is_spam in start_texts():
        tokens = [COMMENTS, *evidence_of(sample).counted]
        counts.move(tokens, spam=int(is_spam), ham=int(not is_spam))
    return dict(counts.pairs)


def start_texts() -> list[tuple[Sample, bool]]:
    """Return the texts of the start, and whether each is spam."""
    folder = Path(__file__).with_name("seed")
    return [
        (Sample(body=line), is_spam)
        for name, is_spam in (("spam.txt", True), ("honest.txt", False))
        for line in (folder / name).read_text(encoding="utf-8").splitlines()
    ]
