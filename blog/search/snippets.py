"""The best piece of a text, with what was found in <mark>."""

import re
from bisect import bisect_left

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from blog.search.query import Query
from blog.search.stemming import fold

_LENGTH = 240  # characters
_BEFORE = 60  # characters of context
_MOST_HITS = 200
_ELLIPSIS = "…"

Hit = tuple[int, int, str]  # begin, end, the stem that was asked for


def snippet(text: str, query: Query) -> SafeString:
    """Return the piece of *text* with most of the words, marked; empty where it has none."""
    text = " ".join(text.split())
    hits = _hits(text, query)
    if not hits:
        return SafeString()
    begin = max(_best(hits) - _BEFORE, 0)
    if begin:
        begin = text.find(" ", begin, begin + _BEFORE) + 1 or begin
    end = begin + _LENGTH
    if end < len(text):
        end = max(text.rfind(" ", begin, end), begin + _LENGTH // 2)
    inside = [(a - begin, b - begin, name) for a, b, name in hits if a >= begin and b <= end]
    marked = _mark(text[begin:end], inside)
    return mark_safe(_ELLIPSIS * bool(begin) + marked + _ELLIPSIS * (end < len(text)))  # noqa: S308


def marked(text: str, query: Query) -> SafeString:
    """Return the whole of a short text with what was found in <mark>."""
    return _mark(text, _hits(text, query))


def _mark(text: str, hits: list[Hit]) -> SafeString:
    pieces, at = [], 0
    for begin, end, _stem in hits:
        pieces += [escape(text[at:begin]), "<mark>", escape(text[begin:end]), "</mark>"]
        at = end
    return mark_safe("".join([*pieces, escape(text[at:])]))  # noqa: S308


def _hits(text: str, query: Query) -> list[Hit]:
    """Return where the words stand. A word is looked at when it begins as one of those asked for."""
    stem = query.stem
    stems = query.stems()
    if not stems:
        return []
    prefixes = tuple(stem(word) for term in query.wanted if term.is_prefix for word in term.words)
    begins = "|".join(re.escape(each[:-1][:4]) for each in sorted(stems))
    hits: list[Hit] = []
    for match in re.finditer(rf"(?<![^\W_])(?:{begins})[^\W_]*", fold(text)):
        own = stem(match[0])
        if own in stems or (prefixes and own.startswith(prefixes)):
            hits.append((match.start(), match.end(), own))
            if len(hits) == _MOST_HITS:
                break
    return hits


def _best(hits: list[Hit]) -> int:
    """Return where to begin so that as many different words as possible are seen."""
    begins = [begin for begin, _end, _stem in hits]
    best, most = begins[0], 0
    for number, begin in enumerate(begins):
        last = bisect_left(begins, begin + _LENGTH - 2 * _BEFORE)
        different = len({name for _begin, _end, name in hits[number:last]})
        if different > most:
            best, most = begin, different
    return best
