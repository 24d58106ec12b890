"""How comments are shown: words masked as the owner wants, long ones folded. Stored is what was typed."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape

SLACK = 4  # a fold hides a quarter of the limit at least: less is no burden
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>\w+)[^>]*>|[^<]+")
_TAG = re.compile(r"<[^>]*>")


def masked(html: str, words: str) -> str:
    """Return the sanitised HTML with these words, one a line, as a letter and stars. Whole words only."""
    pattern = _pattern(words)
    return pattern.sub(_mask, html) if pattern else html


@lru_cache(maxsize=8)
def _pattern(words: str) -> re.Pattern[str] | None:
    """Return what finds the words; what stands first in it is passed over: tags and entities."""
    lines = sorted({" ".join(line.split()) for line in words.splitlines()} - {""}, key=len)
    if not lines:
        return None
    either = "|".join(
        re.escape(escape(line, quote=False)).replace(r"\ ", r"\s+") for line in reversed(lines)
    )
    return re.compile(rf"(<[^>]*>|&#?\w+;)|(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _mask(found: re.Match[str]) -> str:
    if found[1]:
        return found[0]
    word = unescape(found[0])
    return escape(word[0]) + "*" * (len(word) - 1)


@lru_cache(maxsize=1024)  # long ones are few, and shown again
def folded(html: str, limit: int) -> tuple[str, str]:
    """Return what is shown of a comment and what is folded away: "" for one of up to *limit* characters.

    The cut is between blocks, or between words of a paragraph; within a quote or code there is none.
    """
    count, position, cut, closing = 0, 0, 0, ""
    open_tags: list[str] = []
    for token in _TOKEN.finditer(html):
        if cut := position if count >= limit and not open_tags else 0:
            break
        text = "" if token["tag"] else token[0]
        if text and open_tags == ["p"] and count + len(text) > limit:
            space = text.find(" ", max(0, limit - count))
            if space >= 0:
                cut, closing = token.start() + space + 1, "</p>"
                break
        count += len(text)
        if token["tag"] and token["end"]:
            open_tags.pop()
        elif token["tag"] and token["tag"] != "br":
            open_tags.append(token["tag"])
        position = token.end()
    rest = html[cut:] if cut else ""
    if len(_TAG.sub("", rest)) <= limit // SLACK:
        return html, ""
    return html[:cut] + closing, ("<p>" if closing else "") + rest
