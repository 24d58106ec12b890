"""How comments are shown: words masked as the owner wants, long ones folded. Stored is what was typed."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape

SLACK = 4  # a fold hides a quarter of the limit at least: less is no burden
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>\w+)[^>]*>|[^<]+")
_TAG = re.compile(r"<[^>]*>")
_BETWEEN = r"(?:\s|<[^>]*>)+"  # the words of a phrase: half of it may be emphasised


def masked(html: str, words: str) -> str:
    """Return the sanitised HTML with these words, one a line, as a letter and stars. Whole words only.

    Mask first, then cut: of a phrase that is cut nothing would be found.
    """
    pattern = _pattern(words)
    return pattern.sub(_mask, html) if pattern else html


def masked_text(text: str, words: str) -> str:
    """Return plain text, for mails and excerpts, with these words masked."""
    return unescape(masked(escape(text, quote=False), words)) if words else text


@lru_cache(maxsize=8)
def _pattern(words: str) -> re.Pattern[str] | None:
    """Return what finds the words; what stands first in it is passed over: tags and entities."""
    lines = sorted({" ".join(line.split()) for line in words.splitlines()} - {""}, key=len)
    if not lines:
        return None
    either = "|".join(
        re.escape(escape(line, quote=False)).replace(r"\ ", _BETWEEN) for line in reversed(lines)
    )
    return re.compile(rf"(<[^>]*>|&#?\w+;)|(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _mask(found: re.Match[str]) -> str:
    if found[1]:
        return found[0]
    tags, texts = _TAG.findall(found[0]), _TAG.split(found[0])
    words = [unescape(text) for text in texts]
    stars = [
        escape(words[0][0]) + "*" * (len(words[0]) - 1),
        *("*" * len(word) for word in words[1:]),
    ]
    return "".join(stars[:1] + [tag + text for tag, text in zip(tags, stars[1:], strict=True)])


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
