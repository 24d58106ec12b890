"""A small tree of elements: HTML that was sanitised, read and written again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SAME_AS = {
    "b": "strong", "i": "em", "cite": "em", "dfn": "em", "var": "em", "strike": "s", "del": "s",
    "kbd": "code", "samp": "code", "tt": "code", "h1": "h2", "h5": "h4", "h6": "h4",
}  # fmt: skip
WHITESPACE = re.compile(r"[ \t\n\r\f]+")
VOID = frozenset({"br", "hr", "img", "source"})
MAX_DEPTH = 40  # what is nested deeper loses its element and keeps its text


@dataclass(eq=False)
class Element:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def elements(self, *tags: str) -> Iterator[Element]:
        """Yield the elements inside with one of these tags, in the order of the text."""
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags:
                    yield child
                yield from child.elements(*tags)

    def text(self, line_break: str = " ") -> str:
        """Return the words inside."""
        if self.tag == "br":
            return line_break
        return "".join(
            child if isinstance(child, str) else child.text(line_break) for child in self.children
        )


def parse(html: str) -> list[Element | str]:
    """Read HTML that nh3 has written: every element closed, every attribute quoted."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root.children


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open: list[Element | None] = [self.root]  # None: too deep, its text goes one up
        self.current = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = SAME_AS.get(tag, tag)
        element = Element(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.current.children.append(element)
        elif len(self.open) > MAX_DEPTH:
            self.open.append(None)
        else:
            self.current.children.append(element)
            self.open.append(element)
            self.current = element

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open.pop() is not None:
            self.current = self.open[-1] or self.root

    def handle_data(self, data: str) -> None:
        self.current.children.append(data)


def serialise(nodes: Iterable[Element | str]) -> str:
    """Write nodes as HTML."""
    return "".join(
        escape(node, quote=False) if isinstance(node, str) else _serialise_element(node)
        for node in nodes
    )


def _serialise_element(element: Element) -> str:
    attrs = "".join(f' {name}="{escape(value)}"' for name, value in element.attrs.items())
    if element.tag in VOID:
        return f"<{element.tag}{attrs}>"
    return f"<{element.tag}{attrs}>{serialise(element.children)}</{element.tag}>"


def tidy(value: str) -> str:
    """Return the words with single spaces between them and none around."""
    return WHITESPACE.sub(" ", value).strip()
