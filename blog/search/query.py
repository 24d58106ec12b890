"""What a reader asks for: words, "phrases", -not, and filters such as `tag:rail`.

Whatever is typed becomes folded letters and digits here: nothing else reaches the database's syntax.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from blog.search.stemming import fold, lexemes, stem

MAX_LENGTH = 200  # characters
MAX_TERMS = 10
FILTERS = ("category", "tag", "author", "year", "rating", "type")
_LEAST_PREFIX = 3  # letters: fewer would find nearly every article
# Letters of a stem that is shorter than its word: `bus` is `bu` to Porter, as begin but, build and bureau.
_LEAST_STEM = 4
_TERM = re.compile(rf'(-?)(?:({"|".join(FILTERS)}):)?(?:"([^"]*)"|([^\s"]+))')
_WORD = re.compile(r"[^\W_]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
# FTS5's columns with PostgreSQL's weights.
FIELDS = {"title": "A", "head": "B", "body": "D"}


@dataclass(frozen=True)
class Term:
    """One word, or several that follow each other."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_stemmed: bool = True  # as the index holds words

    @property
    def plural(self) -> str:
        """Return what Porter takes for another word: `buses` for `bus`; empty for most."""
        word = self.words[0]
        is_short = self.is_stemmed and len(stem(word)) < min(len(word), _LEAST_STEM)
        return f"{word}es" if len(self.words) == 1 and word.endswith("s") and is_short else ""

    def fts5(self) -> str:
        asked = f'"{" ".join(self.words)}"' + " *" * self.is_prefix
        return f'({asked} OR "{self.plural}")' if self.plural else asked

    def tsquery(self, fields: tuple[str, ...] = tuple(FIELDS)) -> str:
        """Return the condition for PostgreSQL. A phrase does not begin in one field and end in the next."""
        if len(self.words) == 1 and len(fields) == len(FIELDS):
            return self._lexemes(self.words[0], "")
        phrases = (
            " <-> ".join(self._lexemes(word, FIELDS[name]) for word in self.words)
            for name in fields
        )
        return f"({' | '.join(f'({phrase})' for phrase in phrases)})"

    def _lexemes(self, word: str, weight: str) -> str:
        label = f":{'*' * self.is_prefix}{weight}" if self.is_prefix or weight else ""
        found = lexemes(word) if self.is_stemmed else [word]
        found += lexemes(self.plural) if self.plural else []
        return f"({' | '.join(f"'{lexeme}'{label}" for lexeme in found)})"


@dataclass(frozen=True)
class Query:
    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    filters: dict[str, list[str]] = field(default_factory=dict)
    is_stemmed: bool = True

    @property
    def is_empty(self) -> bool:
        return not (self.wanted or self.filters)

    def fts5(self) -> str:
        wanted = " AND ".join(term.fts5() for term in self.wanted)
        unwanted = " OR ".join(term.fts5() for term in self.unwanted)
        return f"({wanted}) NOT ({unwanted})" if unwanted else wanted

    def tsquery(self) -> str:
        return " & ".join(
            [term.tsquery() for term in self.wanted]
            + [f"!{term.tsquery()}" for term in self.unwanted]
        )

    @property
    def has_phrases(self) -> bool:
        return any(len(term.words) > 1 for term in (*self.wanted, *self.unwanted))

    def tsquery_of_words(self) -> str:
        """Return the condition for PostgreSQL without the order of words: what its index can tell."""
        wanted = tuple(replace(term, words=(word,)) for term in self.wanted for word in term.words)
        unwanted = tuple(term for term in self.unwanted if len(term.words) == 1)
        return replace(self, wanted=wanted, unwanted=unwanted).tsquery()

    def whole(self) -> Query:
        """Return the query without words that may go on."""
        return replace(self, wanted=tuple(replace(term, is_prefix=False) for term in self.wanted))

    def words(self) -> list[str]:
        return [word for term in self.wanted for word in term.words]

    def stem(self, word: str) -> str:
        """Return what stands for a word and its other forms."""
        return stem(word) if self.is_stemmed else word

    def stems(self) -> set[str]:
        """Return what stands for all words that are looked for, plurals among them."""
        plurals = [term.plural for term in self.wanted if term.plural]
        return {self.stem(word) for word in (*self.words(), *plurals)}

    def narrowed(self, filters: Mapping[str, str]) -> Query:
        """Return the query with these filters as well; an empty one is none, one of types the only one."""
        merged = {name: list(values) for name, values in self.filters.items()}
        for name, value in filters.items():
            if value:
                merged[name] = [value] if name == "type" else [*merged.get(name, []), value]
        return replace(self, filters=merged)


def clean(text: str) -> str:
    """Return the query as one line without control characters, which PostgreSQL cannot even store."""
    return " ".join(_CONTROL.sub(" ", text)[:MAX_LENGTH].split())


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of *text*, folded."""
    return tuple(_WORD.findall(fold(unicodedata.normalize("NFC", text))))


def parse(text: str, *, is_stemmed: bool = True) -> Query:
    """Return what a cleaned query asks for. The last word is one that may go on: `trav` finds travel."""
    wanted: list[Term] = []
    unwanted: list[Term] = []
    filters: dict[str, list[str]] = {}
    matches = _TERM.findall(text)[:MAX_TERMS]
    last = max((n for n, (_minus, name, *_) in enumerate(matches, 1) if not name), default=0)
    for place, (minus, name, phrase, plain) in enumerate(matches, 1):
        value = (phrase or plain).strip()
        if name and value and not minus:
            filters.setdefault(name, []).append(value)
            continue
        words = words_of(value)[:MAX_TERMS]
        if not words:
            continue
        is_last = place == last and not minus and not phrase and len(words) == 1
        goes_on = is_last and _may_go_on(words[0], is_stemmed=is_stemmed)
        (unwanted if minus else wanted).append(Term(words, goes_on, is_stemmed))
    return Query(tuple(wanted), tuple(unwanted), filters, is_stemmed)


def _may_go_on(word: str, *, is_stemmed: bool) -> bool:
    """Say whether words that begin as this one, or as its stem, are likely to be meant."""
    rest = stem(word) if is_stemmed else word
    return len(word) >= _LEAST_PREFIX and (rest == word or len(rest) >= _LEAST_STEM)
