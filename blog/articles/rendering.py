"""Turn what an author wrote into what a reader gets: sanitised, with anchors, once per save."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

import nh3
from django.core.files.storage import default_storage
from markdown_it import MarkdownIt
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from blog.articles.elements import Element, parse, serialise
from blog.articles.embeds import KINDS, name_of
from blog.articles.markup import DECORATIVE, MARKS, MORE, NEXT_PAGE, NOTE_ID, SIGN_ID, normalised
from blog.articles.slugs import make_slug
from blog.articles.words import first_words, words_in
from blog.media.models import Image
from blog.media.queries import images_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

    from blog.articles.markup import PictureSrc

WORDS_BEFORE_FOLD = 150
WORDS_WORTH_FOLDING = 150  # a shorter rest is shown at once
MOST_FIRST = 480  # characters that a card has room for, and the column
FIRST_WORDS = 40  # of a summary that nobody wrote
MAX_HIGHLIGHTED = 20_000  # characters; longer code stays plain, since some lexers are slow
URL_SCHEMES = {"http", "https", "mailto", "tel"}

# The one allow-list of article texts. Everything is written by markup.py and then passes this last.
BODY_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title", "id"},
    "blockquote": {"cite"},
    "code": {"class"},
    "figcaption": set(),
    "figure": {"class", "data-embed"},
    "hr": {"class"},
    "img": {"src", "alt", "role"},
    "li": {"id"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
BODY_TAGS = set(BODY_ATTRIBUTES) | set(
    "h2 h3 h4 p ul table tbody tr pre strong em s sub sup br".split()
)
# What rendering adds to it.
PAGE_ATTRIBUTES = BODY_ATTRIBUTES | {
    "a": {"href", "title", "id", "rel"},
    "div": {"class", "tabindex"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "img": {"src", "srcset", "sizes", "alt", "role", "width", "height", "loading", "decoding"},
    "p": {"class"},
    "pre": {"tabindex"},
    "source": {"type", "srcset", "sizes"},
    "span": {"class"},
    "th": {"colspan", "rowspan", "scope"},
}
PAGE_TAGS = BODY_TAGS | {"div", "picture", "source", "span", "thead"}
CLASSES = {
    "code": re.compile(r"language-[A-Za-z0-9+#.-]{1,30}"),
    "div": re.compile(r"wide"),
    "figure": re.compile(r"gallery"),
    "hr": re.compile(f"{MORE}|{NEXT_PAGE}"),
    "p": re.compile(r"opening"),
    "span": re.compile(r"[a-z]{1,3}[0-9]?"),
}
NAMES = {"a": SIGN_ID, "li": NOTE_ID}
# How wide a picture of the text stands, for browsers choosing a file (article.css). No ranges: old ones.
SIZES = "(min-width: 75rem) 37rem, (min-width: 60rem) calc(92vw - 13rem), 92vw"
GALLERY_SIZES = "(min-width: 40rem) 18rem, 92vw"
OWN_FILES = re.compile(r"/[^\s,/\\][^\s,\\]* [0-9]+w(, /[^\s,/\\][^\s,\\]* [0-9]+w)*")
# What can be read, and is then written in fewer elements.
READ_ATTRIBUTES = BODY_ATTRIBUTES | {"iframe": {"src", "title"}, "pre": {"class"}}
READ_TAGS = BODY_TAGS | set(
    "b i cite dfn var strike del kbd samp tt h1 h5 h6 thead tfoot caption div section article main"
    " aside header footer nav address center details summary dl dt dd iframe".split()
)
# Other things on the page of an article have these ids.
RESERVED_ID = re.compile(
    r"main|top|comments?|respond|rating|share|related|author|kept-text"
    r"|.*-title|(comment|author|note|noteref)-[0-9]+"
)


def _only_known_values(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "id" and tag in NAMES:
        return value if NAMES[tag].fullmatch(value) else None
    if attribute == "role":
        return value if value == DECORATIVE else None
    if attribute == "class":
        return value if CLASSES[tag].fullmatch(value) else None
    if attribute == "data-embed":
        return value if value in KINDS else None
    if attribute == "srcset":
        return value if OWN_FILES.fullmatch(value) else None
    if attribute == "src":
        return value if tag == "iframe" or is_local(value) else None
    return value


def _cleaner(
    tags: set[str], attributes: dict[str, set[str]], *, reads: bool = False
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=attributes,
        attribute_filter=None if reads else _only_known_values,
        clean_content_tags={"script", "style", "title", "template"},
        url_schemes=URL_SCHEMES,
        link_rel=None,
    )


_reader = _cleaner(READ_TAGS, READ_ATTRIBUTES, reads=True)
_body = _cleaner(BODY_TAGS, BODY_ATTRIBUTES)
_page = _cleaner(PAGE_TAGS, PAGE_ATTRIBUTES)
_CONTROLS = dict.fromkeys((*range(9), 11, *range(14, 32), 127)) | {12: " "}


# As WordPress writes it; with words of its own there, which our button does not say.
_MORE_COMMENT = re.compile(r"<!--\s{0,20}more\b[^>]{0,200}-->")
_PAGE_COMMENT = re.compile(r"<!--\s{0,20}nextpage\s{0,20}-->")
PAGE_BREAK = f'<hr class="{NEXT_PAGE}">'  # in a rendered text, too


def is_local(address: str) -> bool:
    """Say whether a browser will look for this address on our own host, and nowhere else."""
    return re.match(r"/(?![/\\])", address) is not None and not re.search(r"[\t\n\r]", address)


def sanitise_body(html: str, *, picture_src: PictureSrc | None = None) -> str:
    """Return the HTML in the form in which texts are kept: safe, and always written the same way.

    Pictures of other hosts become links, since nothing on a page is loaded from elsewhere.
    `picture_src(address, words)` may give pictures another address; else our own keep theirs.
    """
    return "\n".join(_body.clean(serialise([block])) for block in _blocks(html, picture_src))


def with_breaks(html: str) -> str:
    """Return HTML with our rules in place of the comments that say where a text folds and where pages end."""
    return _PAGE_COMMENT.sub(PAGE_BREAK, _MORE_COMMENT.sub(f'<hr class="{MORE}">', html))


def _blocks(html: str, picture_src: PictureSrc | None = None) -> list[Element]:
    # Controls before and after: they come in as they are, or written as &#1;
    text = _reader.clean(with_breaks(html).translate(_CONTROLS)).translate(_CONTROLS)
    return normalised(parse(text), picture_src or _local_src)


def _local_src(address: str, alt: str) -> str | None:
    return address if is_local(address) else None


@dataclass
class RenderedBody:
    """What is stored beside a text. `html[:fold_at]` shows at once, the rest after Show More."""

    html: str = ""
    fold_at: int | None = None
    toc: list[dict[str, str | int]] = field(default_factory=list)
    word_count: int = 0
    first_words: str = ""
    image_ids: set[int] = field(default_factory=set)  # of the pictures in the text


def render_body(html: str) -> RenderedBody:
    """Make the page's HTML of a text: anchors, picture sizes, table heads, highlighted code.

    Costs one query, for the rows of the pictures. Each block is sanitised after everything else was
    done to it, so that no step can undo what the sanitiser did.
    """
    blocks = _blocks(html)
    words = [words_in(_text_of(block)) for block in blocks]
    # A mark at the very beginning says nothing.
    end = next((number for number, block in enumerate(blocks) if _is_mark(block)), 0)
    summary = _words_above(blocks[:end]) if end else _first_words(blocks)
    rendered = RenderedBody(word_count=sum(words), first_words=summary)
    rendered.toc = _give_ids(blocks)
    if blocks and blocks[0].tag == "p" and blocks[0].text()[:1].isalpha():
        blocks[0].attrs["class"] = "opening"
    for rule in (rule for block in blocks for rule in block.elements("hr")):
        rule.attrs.pop("class", None)  # a text is not divided within a list, a quote or a table
    rendered.image_ids = _prepare_pictures(blocks)
    parts = [
        "" if _is_mark(block) else _page.clean(serialise([_prepared(block)])) + "\n"
        for block in blocks
    ]
    rendered.html = "".join(parts)
    fold = end or _fold_before(blocks, words)
    rendered.fold_at = None if fold is None else sum(map(len, parts[:fold]))
    return rendered


def words_in_body(html: str) -> int:
    """Return what render_body() counts, without making a page of the text."""
    return sum(words_in(_text_of(block)) for block in _blocks(html))


def text_pages(html: str) -> list[str]:
    """Return the pages of a rendered text; nothing but breaks at its ends makes none."""
    return [page for page in map(str.lstrip, html.split(PAGE_BREAK)) if page] or [""]


def _text_of(block: Element) -> str:
    """Return the words of a block, with spaces between the blocks within it."""
    parts = []
    for child in block.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.tag == "br" or child.tag in MARKS:
            parts.append(child.text())
        else:
            parts.append(f" {_text_of(child)} ")
    return "".join(parts)


def _is_mark(block: Element) -> bool:
    return block.tag == "hr" and block.attrs.get("class") == MORE


def _words_above(blocks: Iterable[Element]) -> str:
    """Return what stands above the author's mark, as far as a card has room."""
    return _cut(" ".join(" ".join(block.text() for block in blocks if block.tag == "p").split()))


def _first_words(blocks: Iterable[Element]) -> str:
    """Return the beginning of the running text, for cards and feeds."""
    words = " ".join(" ".join(block.text() for block in blocks if block.tag == "p").split())
    first = first_words(words, FIRST_WORDS)
    return _cut(first) if first == words or len(first) > MOST_FIRST else f"{first} …"


def _cut(words: str) -> str:
    """Return as much as a card has room for, in whole words where there are spaces between them."""
    if len(words) <= MOST_FIRST:
        return words
    whole = words[:MOST_FIRST].rpartition(" ")[0]
    return f"{whole if len(whole) > MOST_FIRST / 2 else words[:MOST_FIRST]} …"


def _give_ids(blocks: Sequence[Element]) -> list[dict[str, str | int]]:
    """Give every heading an id of its own, leave none twice, and return the table of contents."""
    toc: list[dict[str, str | int]] = []
    used: set[str] = set()
    # So that a thousand equal headings are not counted through anew.
    numbers: Counter[str] = Counter()
    top = {id(block) for block in blocks}
    root = Element("", {}, [*blocks])
    for note in root.elements("a", "li"):
        if (name := note.attrs.get("id")) in used:  # copied: the first keeps the name
            del note.attrs["id"]
        elif name:
            used.add(name)
    for heading in root.elements("h2", "h3", "h4"):
        text = " ".join(heading.text().split())
        name = wanted = make_slug(text, 60).replace("_", "-") or "section"
        while name in used or RESERVED_ID.fullmatch(name):
            numbers[wanted] += 1
            name = f"{wanted}-{numbers[wanted] + 1}"
        used.add(name)
        heading.attrs["id"] = name
        if id(heading) in top:
            toc.append({"id": name, "text": text, "level": int(heading.tag[1])})
    return toc


def _prepare_pictures(blocks: Sequence[Element]) -> set[int]:
    """Give the pictures their sizes and files, and return the keys of their rows.

    The sizes are said so that the text does not jump when they arrive.
    """
    root = Element("", {}, [*blocks])
    names = {_stored_name(img.attrs["src"]) for img in root.elements("img")} - {""}
    images = images_at(names) if names else {}
    in_gallery: set[int] = set()
    for figure in root.elements("figure"):
        if figure.attrs.get("class") == "gallery":
            in_gallery |= {id(inner) for inner in figure.elements("figure")}
        elif (img := figure.children[0]) and isinstance(img, Element) and img.tag == "img":
            sizes = GALLERY_SIZES if id(figure) in in_gallery else SIZES
            figure.children[0] = _picture(img, images.get(_stored_name(img.attrs["src"])), sizes)
    return {image.pk for image in images.values()}


def lock_pictures(body: str) -> None:
    """Lock the rows of the pictures in a sanitised text, in the transaction that renders and stores it.

    A task that makes their files at this moment then comes before, and the text has the new addresses,
    or after, and finds the stored text to render it again.
    """
    if keys := pictures_in(body):
        list(Image.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def pictures_in(body: str) -> set[int]:
    """Return the keys of the stored pictures in a sanitised text: much quicker than rendering it."""
    names = {_stored_name(unescape(src)) for src in re.findall(r'<img src="([^"]*)"', body)} - {""}
    return {image.pk for image in images_at(names).values()} if names else set()


def _picture(img: Element, image: Image | None, sizes: str) -> Element:
    """Return the picture as the page shows it, in several files where there are any."""
    if image is None:
        img.attrs |= {"loading": "lazy", "decoding": "async"}
        return img
    files = image.files
    img.attrs["src"] = files.src
    if files.srcset:
        img.attrs |= {"srcset": files.srcset, "sizes": sizes}
    img.attrs |= {"width": str(image.width), "height": str(image.height)}
    img.attrs |= {"loading": "lazy", "decoding": "async"}
    sources: list[Element | str] = [
        Element("source", {"type": kind, "srcset": srcset, "sizes": sizes})
        for kind, srcset in files.sources
    ]
    return Element("picture", {}, [*sources, img]) if sources else img


def _stored_name(src: str) -> str:
    """Return the name under which the library keeps the file at this address, or ""."""
    start = default_storage.url("")
    return unquote(src.removeprefix(start)) if src.startswith(start) else ""


def _prepared(element: Element) -> Element:
    """Return the element as it stands on the page. Changes what it is given."""
    for position, child in enumerate(element.children):
        if isinstance(child, Element):
            element.children[position] = _prepared(child)
    if element.tag == "a" and element.attrs["href"].startswith(("http://", "https://", "//")):
        element.attrs["rel"] = "noopener"
    elif element.tag == "figcaption":
        element.children = [Element("span", {}, element.children)]
    elif "data-embed" in element.attrs:
        _name_place(element)
    elif element.tag == "pre":
        element.attrs["tabindex"] = "0"  # it scrolls, and a keyboard must reach what scrolls
        _highlight(element)
    elif element.tag == "table":
        _name_heads(element)
        return Element("div", {"class": "wide", "tabindex": "0"}, [element])
    return element


def _name_place(embed: Element) -> None:
    """Say on a card where its link leads."""
    link = next(embed.elements("a"))
    name = name_of(embed.attrs["data-embed"], link.attrs["href"])
    embed.children.insert(1, Element("span", {}, [name]))


def _highlight(pre: Element) -> None:
    code = next(pre.elements("code"))
    language = code.attrs.get("class", "").removeprefix("language-")
    text = code.text()
    if not language or len(text) > MAX_HIGHLIGHTED:
        return
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return
    code.children = parse(highlight(text, lexer, HtmlFormatter(nowrap=True)).removesuffix("\n"))


def _name_heads(table: Element) -> None:
    """Set rows of heads on top apart, and say what each head is the head of."""
    body = next(table.elements("tbody"))
    rows = [row for row in body.children if isinstance(row, Element)]
    heads = 0
    while heads < len(rows) - 1 and all(_is_head(cell) for cell in rows[heads].children):
        heads += 1
    for number, row in enumerate(rows):
        for cell in row.children:
            if isinstance(cell, Element) and cell.tag == "th":
                cell.attrs["scope"] = "col" if number < heads else "row"
    if heads:
        body.children = [*rows[heads:]]
        table.children.insert(0, Element("thead", {}, [*rows[:heads]]))


def _is_head(cell: Element | str) -> bool:
    return isinstance(cell, Element) and cell.tag == "th"


def _fold_before(blocks: Sequence[Element], words: Sequence[int]) -> int | None:
    """Return the block before which a phone folds the text, or None to show all of it.

    That is the next heading once enough was shown, if it comes soon; else the next paragraph.
    """
    total, shown, paragraph = sum(words), 0, None
    for number, block in enumerate(blocks):
        if total - shown < WORDS_WORTH_FOLDING or shown >= 3 * WORDS_BEFORE_FOLD:
            break
        if shown >= WORDS_BEFORE_FOLD:
            if block.tag in {"h2", "h3", "h4"}:
                return number
            is_after_heading = blocks[number - 1].tag in {"h2", "h3", "h4"}
            if paragraph is None and block.tag == "p" and not is_after_heading:
                paragraph = number
        shown += words[number]
    return paragraph


def markdown_to_html(text: str, *, picture_src: PictureSrc | None = None) -> str:
    """Return Markdown as the HTML of a text: with tables, and a picture's title as its caption."""
    return sanitise_body(_markdown.render(text), picture_src=picture_src)


def _figure(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object
) -> str:
    token = tokens[index]
    words = renderer.renderInlineAsText(token.children or [], options, env)  # type: ignore[arg-type]
    picture = Element("img", {"src": str(token.attrs.get("src", "")), "alt": words})
    figure = Element("figure", {}, [picture])
    if title := str(token.attrs.get("title", "")):
        figure.children.append(Element("figcaption", {}, [title]))
    return serialise([figure])


_markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_markdown.add_render_rule("image", _figure)
