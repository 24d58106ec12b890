"""What stands in a figure: one picture, a gallery of them, or a card that leads to another site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.articles.elements import Element, tidy
from blog.articles.embeds import kind_of, page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Inner = Callable[[Iterable["Element | str"]], list["Element"]]


def figure_blocks(element: Element, inner: Inner) -> Iterator[Element]:
    """Yield what a figure comes to: pictures, galleries or cards with their words, and all else beside."""
    captions: list[Element | str] = []
    others: list[Element | str] = []
    for child in element.children:
        is_caption = isinstance(child, Element) and child.tag == "figcaption"
        (captions if is_caption else others).append(child)
    blocks, words = inner(others), inner(captions)
    if "data-embed" in element.attrs and (card := _embed(element)):
        blocks = [card]
    elif "gallery" in element.attrs.get("class", "").split():
        blocks = _gallery(blocks)
    # The words belong to the last picture; below anything else, a card too, they are a paragraph.
    if blocks and _lacks_words(blocks[-1]) and words and words[0].tag == "p":
        blocks[-1].children.append(Element("figcaption", {}, words.pop(0).children))
    yield from blocks
    yield from words


def _lacks_words(block: Element) -> bool:
    last = block.children[-1] if block.children else None
    has_words = isinstance(last, Element) and last.tag == "figcaption"
    return block.tag == "figure" and not has_words and "data-embed" not in block.attrs


def _gallery(blocks: list[Element]) -> list[Element]:
    """Gather the pictures in one figure; what else stands among them comes before it."""
    pictures = [block for block in blocks if _is_picture(block)]
    others = [block for block in blocks if not _is_picture(block)]
    if len(pictures) < 2:
        return [*others, *pictures]
    return [*others, Element("figure", {"class": "gallery"}, [*pictures])]


def _is_picture(block: Element) -> bool:
    first = block.children[0] if block.children else None
    return block.tag == "figure" and isinstance(first, Element) and first.tag == "img"


def _embed(element: Element) -> Element | None:
    """Return the card of the first link to a page of the web."""
    for link in element.elements("a"):
        address = re.sub(r"[\t\n\r ]", "", link.attrs.get("href", ""))
        if kind_of(address):
            return card(page_of(address), link.text())
    return None


def card(address: str, words: str) -> Element:
    """Return a card that leads to a page of another site; it loads nothing from there."""
    link = Element("a", {"href": address}, [tidy(words) or address])
    return Element("figure", {"data-embed": kind_of(address)}, [link])
