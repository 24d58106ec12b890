"""The form in which an article's text is kept: few elements, each in one way.

Whatever HTML comes in (the editor's, Markdown's, a paste from anywhere) is read into a small tree and
written again in this form, so that text which is opened in the editor and saved comes out as it was:

    block   = h2 | h3 | h4 | p | ul | ol | blockquote[cite] | figure | gallery | embed | table | pre
              | hr[class=more, nextpage]
    figure  = img[src, alt, role], figcaption?  li[id=note-…], td, th = text or blocks
    gallery = figure[class=gallery] of figures, figcaption?
    embed   = figure[data-embed] of a[href]
    pre     = code[class=language-…]            table = tbody of tr of th and td [colspan, rowspan]
    marks   = a[href, title, id=noteref-…] > strong > em > s > sub > sup > code, and br

Nothing here is about safety: rendering.py sanitises what this module has written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.articles.elements import WHITESPACE, Element, tidy
from blog.articles.embeds import OTHER, kind_of, page_of
from blog.articles.figures import card, figure_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    PictureSrc = Callable[[str, str], str | None]
    Inner = Callable[[Iterable["Element | str"]], list["Element"]]

MARKS = ("a", "strong", "em", "s", "sub", "sup", "code")  # from the outermost to the innermost
LANGUAGE = re.compile(r"\blanguage-([A-Za-z0-9+#.-]{1,30})(?:\s|$)")

# Of a picture that is mere decoration: its author said so, and did not only leave the words out.
DECORATIVE = "presentation"
# Of a rule that is none: what stands above it is what lists, feeds and phones show first.
MORE = "more"
# Likewise: what stands below it is on the next page of the article.
NEXT_PAGE = "nextpage"

# Footnotes: the sign in the text and the item of the list lead to each other. Nothing else has a name.
NOTE_ID = re.compile(r"note-[0-9]{1,4}")
SIGN_ID = re.compile(r"noteref-[0-9]{1,4}")

Mark = tuple[str, tuple[tuple[str, str], ...]]  # tag and attributes
Marks = tuple[Mark, ...]


def normalised(nodes: Iterable[Element | str], picture_src: PictureSrc) -> list[Element]:
    """Return the blocks of this content in the form described above.

    `picture_src` is given the address of a picture and its words, and returns the address under which
    it may be shown, or None: then a link to it stands in its place, or its words alone.
    """
    flow = _Flow(picture_src)
    flow.read(nodes)
    flow.end_paragraph()
    return flow.blocks


class _Flow:
    """Sort content into blocks: text gathers in a paragraph until something else begins."""

    def __init__(self, picture_src: PictureSrc) -> None:
        self.picture_src = picture_src
        self.blocks: list[Element] = []
        self.runs: list[tuple[str | Element, Marks]] = []

    def end_paragraph(self) -> None:
        if content := _inline(self.runs):
            self.blocks.append(Element("p", {}, content))
        self.runs = []

    def read(self, nodes: Iterable[Element | str], marks: Marks = ()) -> None:
        for node in nodes:
            if isinstance(node, str) or node.tag == "br":
                self.runs.append((node, marks))
            elif node.tag in MARKS:
                self.read(node.children, _with_mark(marks, node))
            elif node.tag == "img":
                self.read_picture(node)
            elif node.tag == "iframe":
                self.read_frame(node)
            else:
                self.end_paragraph()
                self.read_block(node, marks)

    def read_block(self, node: Element, marks: Marks) -> None:
        if make := _BLOCKS.get(node.tag):
            self.blocks.extend(make(node, lambda nodes: normalised(nodes, self.picture_src)))
        else:
            self.read(node.children, marks)
            self.end_paragraph()

    def read_picture(self, node: Element) -> None:
        src, alt = node.attrs.get("src", ""), tidy(node.attrs.get("alt", ""))
        if shown := self.picture_src(src, alt):
            self.end_paragraph()
            picture = Element("img", {"src": shown, "alt": alt})
            if not alt and node.attrs.get("role") == DECORATIVE:
                picture.attrs["role"] = DECORATIVE
            self.blocks.append(Element("figure", {}, [picture]))
        else:
            self.read_link(alt, src)

    def read_frame(self, node: Element) -> None:
        """Let a card stand where a frame of a known site was, and a link for any other."""
        address, words = node.attrs.get("src", ""), node.attrs.get("title", "")
        if kind_of(address) in {"", OTHER}:
            self.read_link(words, address)
        else:
            self.end_paragraph()
            self.blocks.append(card(page_of(address), words))

    def read_link(self, words: str, address: str) -> None:
        """Let a link stand where something of another host cannot, or at least its words."""
        if not address.startswith(("http://", "https://")):
            address = ""
        link = Element("a", {"href": address})
        self.runs.append((tidy(words) or address, _with_mark((), link)))


def _heading(element: Element, inner: Inner) -> Iterator[Element]:
    for block in inner(element.children):
        yield Element(element.tag, {}, block.children) if block.tag == "p" else block


def _quote(element: Element, inner: Inner) -> Iterator[Element]:
    if blocks := inner(element.children):
        cite = element.attrs.get("cite", "")
        is_address = re.fullmatch(r"(https?:/)?/\S+", cite)
        yield Element("blockquote", {"cite": cite} if is_address else {}, [*blocks])


def _rule(element: Element, inner: Inner) -> Iterator[Element]:
    name = element.attrs.get("class", "")
    yield Element("hr", {"class": name} if name in {MORE, NEXT_PAGE} else {})


def _code(element: Element, inner: Inner) -> Iterator[Element]:
    text = element.text(line_break="\n").replace("\r\n", "\n").strip("\n")
    if not text.strip():
        return
    classes = [part.attrs.get("class", "") for part in (element, *element.elements("code"))]
    language = next((found[1] for name in classes if (found := LANGUAGE.search(name))), "")
    attrs = {"class": f"language-{language}"} if language else {}
    yield Element("pre", {}, [Element("code", attrs, [text])])


def _list(element: Element, inner: Inner) -> Iterator[Element]:
    items: list[Element] = []
    for child in element.children:
        if not isinstance(child, Element) or child.tag not in {"li", "ul", "ol"}:
            items += [Element("li", {}, _tight([block])) for block in inner([child])]
        elif child.tag == "li":
            name = child.attrs.get("id", "")
            attrs = {"id": name} if NOTE_ID.fullmatch(name) else {}
            items.append(Element("li", attrs, _tight(inner(child.children))))
        elif items:  # some editors put a list beside the item it belongs to
            items[-1].children.extend(_list(child, inner))
        else:
            items.append(Element("li", {}, [*_list(child, inner)]))
    if items := [item for item in items if item.children]:
        attrs = _list_attrs(element) if element.tag == "ol" else {}
        yield Element(element.tag, attrs, [*items])


def _list_attrs(element: Element) -> dict[str, str]:
    attrs = {}
    start, kind = element.attrs.get("start", ""), element.attrs.get("type", "")
    if re.fullmatch(r"[0-9]{1,6}", start) and int(start) != 1:
        attrs["start"] = str(int(start))
    if kind in {"a", "A", "i", "I"}:
        attrs["type"] = kind
    return attrs


def _tight(blocks: list[Element]) -> list[Element | str]:
    """Write the only paragraph of an item or a cell without its <p>."""
    paragraphs = [block for block in blocks if block.tag == "p"]
    if len(paragraphs) == 1 and blocks[0] is paragraphs[0]:
        return [*blocks[0].children, *blocks[1:]]
    return [*blocks]


def _table(element: Element, inner: Inner) -> Iterator[Element]:
    rows: list[Element] = []
    for section in element.children:
        if not isinstance(section, Element) or section.tag not in {
            "thead",
            "tbody",
            "tfoot",
            "tr",
        }:
            yield from inner([section])  # a caption, mostly: it stands before the table
            continue
        for row in [section] if section.tag == "tr" else section.children:
            cells = row.children if isinstance(row, Element) else ()
            if cells := [
                _cell(cell, inner)
                for cell in cells
                if isinstance(cell, Element) and cell.tag in {"td", "th"}
            ]:
                rows.append(Element("tr", {}, [*cells]))
    if rows:
        yield Element("table", {}, [Element("tbody", {}, [*rows])])


def _cell(element: Element, inner: Inner) -> Element:
    attrs = {}
    for name in ("colspan", "rowspan"):
        value = element.attrs.get(name, "")
        if re.fullmatch(r"[0-9]{1,2}", value) and int(value) > 1:
            attrs[name] = str(int(value))
    return Element(element.tag, attrs, _tight(inner(element.children)))


_BLOCKS: dict[str, Callable[[Element, Inner], Iterator[Element]]] = {
    "h2": _heading,
    "h3": _heading,
    "h4": _heading,
    "blockquote": _quote,
    "hr": _rule,
    "pre": _code,
    "ul": _list,
    "ol": _list,
    "table": _table,
    "figure": figure_blocks,
}


def _with_mark(marks: Marks, element: Element) -> Marks:
    """Return the marks with one more, in the order of MARKS; the inner of two links counts."""
    attrs: dict[str, str] = {}
    if element.tag == "a":
        address = re.sub(r"[\t\n\r]", "", element.attrs.get("href", "")).strip()
        attrs["href"] = address.replace(" ", "%20")
        if not attrs["href"]:
            return marks
        if title := tidy(element.attrs.get("title", "")):
            attrs["title"] = title
        if SIGN_ID.fullmatch(name := element.attrs.get("id", "")):
            attrs["id"] = name
    others = [mark for mark in marks if mark[0] != element.tag]
    mark: Mark = (element.tag, tuple(attrs.items()))
    return tuple(sorted([*others, mark], key=lambda one: MARKS.index(one[0])))


def _inline(runs: list[tuple[str | Element, Marks]]) -> list[Element | str]:
    """Return runs of marked text as nested elements, without the white space nobody sees."""
    return nested(_trimmed(runs))


def nested(runs: Iterable[tuple[str | Element, Marks]]) -> list[Element | str]:
    """Return runs of marked text as nested elements, neighbours with the same mark in one."""
    root = Element("")
    path: list[tuple[Mark | None, Element]] = [(None, root)]
    for content, marks in runs:
        shared = 0
        while shared < min(len(marks), len(path) - 1) and path[shared + 1][0] == marks[shared]:
            shared += 1
        del path[shared + 1 :]
        for mark in marks[shared:]:
            element = Element(mark[0], dict(mark[1]))
            path[-1][1].children.append(element)
            path.append((mark, element))
        path[-1][1].children.append(content)
    return root.children


def _trimmed(runs: list[tuple[str | Element, Marks]]) -> list[tuple[str | Element, Marks]]:
    """Drop the white space nobody sees: doubled, at both ends, around line breaks."""
    kept: list[tuple[str | Element, Marks]] = []
    after_space = True
    for content, marks in runs:
        if isinstance(content, Element):
            _drop_last_space(kept)
            if kept:
                kept.append((Element("br"), ()))
            after_space = True
            continue
        text = WHITESPACE.sub(" ", content)
        if after_space:
            text = text.removeprefix(" ")
        if text:
            kept.append((text, marks))
            after_space = text.endswith(" ")
    while kept and isinstance(kept[-1][0], Element):
        kept.pop()
    _drop_last_space(kept)
    # A no-break space alone is how editors keep an empty paragraph open.
    return kept if any(isinstance(text, str) and text.strip() for text, _marks in kept) else []


def _drop_last_space(runs: list[tuple[str | Element, Marks]]) -> None:
    if runs and isinstance(text := runs[-1][0], str) and text.endswith(" "):
        _text, marks = runs.pop()
        if text := text.removesuffix(" "):
            runs.append((text, marks))
