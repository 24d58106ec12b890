"""Write the text of an article as Markdown that says the same: `markdown_to_html` gives the text back.

What Markdown has no words for (a gallery, a footnote, merged cells) stands in it as HTML, which CommonMark
lets through. What was written is read again to prove it: a block that would come back otherwise gets its
marks as HTML, or is HTML as a whole.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from blog.articles.elements import Element, parse, serialise
from blog.articles.markup import MARKS, MORE, NEXT_PAGE
from blog.articles.rendering import markdown_to_html, sanitise_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Node = Element | str

# Letters that would begin something where they stand: escaped there alone, so that texts stay readable.
_SPECIAL = re.compile(
    r"[\\`*\[\]]|(?<!\w)_|_(?!\w)|<(?=[a-zA-Z/!?])|&(?=#?\w+;)|~(?=~)|(?<=~)~|!$", re.ASCII
)
_AT_LINE_START = re.compile(r"(?m)^(#{1,6}(?=\s|$)|[-+](?=\s|$|-)|>|=+\s*$|~~~)")
_NUMBER_AT_LINE_START = re.compile(r"(?m)^(\d{1,9})([.)])(?=\s|$)")
_SIGNS = {"strong": "**", "em": "*", "s": "~~"}
_COMMENTS = {MORE: "<!--more-->", NEXT_PAGE: "<!--nextpage-->"}
BETWEEN_LISTS = "<!-- -->"  # else the second would go on with the first


class CannotSay(Exception):  # noqa: N818 - caught within this module
    """Markdown has no words for this block."""


def as_markdown(body: str, *, picture_address: Callable[[str], str]) -> str:
    """Return a sanitised text as Markdown; `picture_address` is given and returns a picture's address."""
    blocks = [node for node in parse(body) if isinstance(node, Element)]
    originals = [sanitise_body(serialise([block])) for block in blocks]
    addresses: dict[str, str] = {}
    for picture in Element("", {}, [*blocks]).elements("img"):
        src = picture.attrs["src"]
        picture.attrs["src"] = picture_address(src)
        addresses[picture.attrs["src"]] = src

    def reads_as(text: str, html: str) -> bool:
        return html == markdown_to_html(text, picture_src=lambda src, _alt: addresses.get(src))

    whole = _joined(blocks, [_written(block) for block in blocks])
    if reads_as(whole, "\n".join(originals)):
        return whole
    parts = []
    for block, original in zip(blocks, originals, strict=True):
        tries = (_written(block, with_signs=signs) for signs in (True, False))
        parts.append(next((text for text in tries if reads_as(text, original)), _html(block)))
    whole = _joined(blocks, parts)
    if reads_as(whole, "\n".join(originals)):
        return whole
    return "\n\n".join(map(_html, blocks))  # two blocks that are one beside each other


def _joined(blocks: Sequence[Element], parts: Sequence[str]) -> str:
    """Return what was written for the blocks as one text, two lists kept apart."""
    together = [*parts[:1]]
    for (before, block), text in zip(pairwise(blocks), parts[1:], strict=True):
        if before.tag == block.tag and block.tag in {"ul", "ol"}:
            together.append(BETWEEN_LISTS)
        together.append(text)
    return "\n\n".join(together)


def _html(block: Element) -> str:
    """Return the block as HTML in one line: an empty one would end it."""
    return serialise([block]).replace("\n", "&#10;")


def _written(block: Element, *, with_signs: bool = True) -> str:
    """Return the block as Markdown, its marks by Markdown's signs or as HTML, which nothing can mistake."""
    try:
        return _WRITERS[block.tag](block, with_signs) if block.tag in _WRITERS else _html(block)
    except CannotSay:
        return _html(block)


def _heading(block: Element, with_signs: bool) -> str:
    words = _inline(block.children, with_signs)
    if "\n" in words:
        raise CannotSay
    return f"{'#' * int(block.tag[1])} {words}"


def _paragraph(block: Element, with_signs: bool) -> str:
    text = _inline(block.children, with_signs)
    text = _AT_LINE_START.sub(lambda match: f"\\{match[0]}", text)
    return _NUMBER_AT_LINE_START.sub(r"\1\\\2", text)


def _quote(block: Element, with_signs: bool) -> str:
    if block.attrs:
        raise CannotSay
    return _indented(_blocks_within(block, with_signs), "> ", first="> ")


def _list(block: Element, with_signs: bool) -> str:
    if "type" in block.attrs:
        raise CannotSay
    number = int(block.attrs.get("start", "1"))
    items = []
    for item in block.children:
        if not isinstance(item, Element) or item.attrs:  # a footnote's
            raise CannotSay
        sign = f"{number}. " if block.tag == "ol" else "- "
        items.append(_indented(_blocks_within(item, with_signs), " " * len(sign), first=sign))
        number += 1
    return ("\n\n" if any("\n\n" in item for item in items) else "\n").join(items)


def _indented(text: str, by: str, *, first: str) -> str:
    lines = (f"{by}{line}".rstrip() if line or by.strip() else "" for line in text.split("\n"))
    return first + "\n".join(lines)[len(by) :]


def _blocks_within(element: Element, with_signs: bool) -> str:
    """Return the blocks of an item or a quote; an item's only paragraph stands there without its <p>."""
    blocks: list[Element] = []
    words: list[Node] = []
    for child in element.children:
        if isinstance(child, str) or child.tag in {*MARKS, "br"}:
            words.append(child)
            continue
        if words:
            blocks.append(Element("p", {}, words))
            words = []
        blocks.append(child)
    if words:
        blocks.append(Element("p", {}, words))
    parts = [_written(block, with_signs=with_signs) for block in blocks]
    if len(parts) == 2 and blocks[0].tag == "p" and blocks[1].tag in {"ul", "ol"}:
        return "\n".join(parts)
    return _joined(blocks, parts)


def _code(block: Element, with_signs: bool) -> str:
    code = next(block.elements("code"))
    text = code.text()
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{code.attrs.get('class', '').removeprefix('language-')}\n{text}\n{fence}"


def _rule(block: Element, with_signs: bool) -> str:
    return _COMMENTS.get(block.attrs.get("class", ""), "---")


def _figure(block: Element, with_signs: bool) -> str:
    picture, *rest = block.children
    if block.attrs or not isinstance(picture, Element):  # a gallery or a card
        raise CannotSay
    if picture.tag != "img" or "role" in picture.attrs:
        raise CannotSay
    caption = rest[0].children if rest and isinstance(rest[0], Element) else []
    if any(isinstance(child, Element) for child in caption):
        raise CannotSay
    title = f" {_quoted(''.join(map(str, caption)))}" if caption else ""
    return f"![{_escaped(picture.attrs['alt'])}]({_target(picture.attrs['src'])}{title})"


def _table(block: Element, with_signs: bool) -> str:
    rows = [row.children for row in block.elements("tr")]
    for number, row in enumerate(rows):
        for cell in row:
            is_head = isinstance(cell, Element) and cell.tag == "th"
            if not isinstance(cell, Element) or cell.attrs or is_head != (number == 0):
                raise CannotSay
    lines = [
        [_cell(cell, with_signs) for cell in row if isinstance(cell, Element)] for row in rows
    ]
    if len(lines) < 2 or len({len(line) for line in lines}) > 1:
        raise CannotSay
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Element, with_signs: bool) -> str:
    return _inline(cell.children, with_signs).replace("\\\n", "<br>").replace("|", "\\|")


_WRITERS: dict[str, Callable[[Element, bool], str]] = {
    "h2": _heading,
    "h3": _heading,
    "h4": _heading,
    "p": _paragraph,
    "blockquote": _quote,
    "ul": _list,
    "ol": _list,
    "pre": _code,
    "hr": _rule,
    "figure": _figure,
    "table": _table,
}


def _inline(nodes: Iterable[Node], with_signs: bool) -> str:
    parts = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(_escaped(node))
        elif node.tag == "br":
            parts.append("\\\n")
        elif node.tag in MARKS:
            parts.append(_mark(node, with_signs))
        else:
            raise CannotSay
    return "".join(parts)


def _mark(mark: Element, with_signs: bool) -> str:
    if mark.tag == "code" and with_signs:
        return _code_span(mark.text())
    words = _inline(mark.children, with_signs)
    if mark.tag == "a" and with_signs and "href" in mark.attrs and "id" not in mark.attrs:
        title = f" {_quoted(mark.attrs['title'])}" if "title" in mark.attrs else ""
        return f"[{words}]({_target(mark.attrs['href'])}{title})"
    if mark.tag in _SIGNS and with_signs:
        return f"{_SIGNS[mark.tag]}{words}{_SIGNS[mark.tag]}"
    attrs = "".join(f' {name}="{escape(value)}"' for name, value in mark.attrs.items())
    return f"<{mark.tag}{attrs}>{words}</{mark.tag}>"


def _code_span(text: str) -> str:
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    needs_space = text.startswith("`") or text.endswith("`")
    needs_space = needs_space or bool(re.fullmatch(r" .*\S.* ", text))
    space = " " if needs_space else ""
    return f"{fence}{space}{text}{space}{fence}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", text)


def _target(address: str) -> str:
    """Return an address as a link's target, in angles where a bracket would end it."""
    return f"<{address}>" if re.search(r"[\s()]", address) else address


def _quoted(text: str) -> str:
    text = re.sub(r'[\\"]|&(?=#?\w+;)', lambda match: f"\\{match[0]}", text)
    return f'"{text}"'
