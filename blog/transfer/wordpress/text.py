"""Turn a text of WordPress, with its blocks, shortcodes and bare lines, into HTML that our sanitiser reads.

Safety is not the matter here: what comes out passes `sanitise_body` like any other text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import nh3

from blog.articles.elements import VOID, Element, parse, serialise
from blog.articles.embeds import OTHER, host_of, kind_of
from blog.articles.figures import card
from blog.articles.rendering import READ_ATTRIBUTES, READ_TAGS, URL_SCHEMES, with_breaks

if TYPE_CHECKING:
    from collections.abc import Callable

# Sites whose address alone on a line WordPress turns into what it leads to; beside those we have names for.
EMBEDDED = frozenset(
    "twitter.com x.com instagram.com facebook.com tiktok.com soundcloud.com open.spotify.com ted.com"
    " wordpress.tv videopress.com dailymotion.com dai.ly flickr.com flic.kr reddit.com tumblr.com imgur.com"
    " mixcloud.com slideshare.net speakerdeck.com scribd.com issuu.com kickstarter.com pinterest.com"
    " bsky.app threads.net codepen.io animoto.com crowdsignal.com poll.fm reverbnation.com".split()
)
FORMS = frozenset(
    "contact-form contact-form-7 wpforms ninja_form ninja_forms gravityform formidable".split()
)
# Where plugins drew their stars: every article has its own here.
_STARS = "taq_review ratings kkstarratings kkratings ratemypost ratemypost-result".split()
_BLOCK = (
    "address article aside blockquote caption center col colgroup dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p section summary table tbody td tfoot"
    " th thead tr ul"
).replace(" ", "|")
_BLOCK_TAG = re.compile(rf"(</?(?:{_BLOCK})(?=[\s/>])[^>]*>)", re.IGNORECASE)
_AS_IT_STANDS = re.compile(
    r"(<(pre|script|style|textarea)\b.*?</\2\s*>)", re.IGNORECASE | re.DOTALL
)
_BREAK_LINE = re.compile(r"<br\s*/?>[ \t]*\n", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_LONE_ADDRESS = re.compile(r"\s*(https?://[^\s<>\"]+)\s*")
_HAS_BLOCKS = re.compile(r"<!--\s+wp:")
_FILLED_LATER = re.compile(
    r"<!--\s+wp:([a-z0-9/-]{1,60})\s[^>]*?/-->|<!--\s+wp:([a-z0-9/-]{1,60})\s+/-->"
)
_SHORTCODE = re.compile(
    r"\[(?P<guard>\[?)(?P<name>[a-zA-Z][\w-]{1,40})(?P<words>(?:\s[^\]\[]{0,2000})?)\](?P<guarded>\]?)"
)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|(\S+)""")
_EMBED_TAG = re.compile(r"<embed\b[^>]*?\bsrc\s*=\s*[\"']?([^\"'\s>]+)[^>]*>", re.IGNORECASE)
_PICTURE_ENDING = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|heic|tiff?)$", re.IGNORECASE)

_MEDIA = {"audio", "video", "source"}
_reader = nh3.Cleaner(
    tags=READ_TAGS | _MEDIA,
    attributes={
        **{tag: {"class"} for tag in READ_TAGS | _MEDIA},
        **{tag: {*names, "class"} for tag, names in READ_ATTRIBUTES.items()},
        "img": {"src", "alt", "role", "class", "data-src", "data-lazy-src"},
        **{tag: {"src", "class"} for tag in _MEDIA},
    },
    clean_content_tags={"script", "style", "title", "template"},
    url_schemes=URL_SCHEMES,
    link_rel=None,
)


@dataclass
class Converted:
    """A text in our form, and what was found in it on the way."""

    html: str = ""
    unknown: Counter[str] = field(default_factory=Counter)  # shortcodes that stay as they are
    dynamic: Counter[str] = field(default_factory=Counter)  # blocks that WordPress fills itself
    has_form: bool = False  # a plugin's, for messages


@dataclass
class Surroundings:
    """What a text refers to: asked for while it is converted."""

    address_of: Callable[[str], str]  # of a link, as it is here
    # Addresses, words and captions of pictures, by their numbers.
    pictures: Callable[[list[int]], list[tuple[str, str, str]]]
    attached: Callable[[], list[int]]  # numbers of the pictures that belong to the text
    # The whole address of a picture, and its words where the text has none.
    picture_at: Callable[[str], tuple[str, str]]


def convert(text: str, around: Surroundings) -> Converted:
    """Return a text in our form: paragraphs, figures, galleries and cards in place of WordPress's."""
    result = Converted()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for first, second in _FILLED_LATER.findall(text):
        name = (first or second).removeprefix("core/")
        if name not in {"spacer", "more", "nextpage", "separator", "block"}:
            result.dynamic[name] += 1
    html = _EMBED_TAG.sub(r'<iframe src="\1"></iframe>', with_breaks(text))
    if not _HAS_BLOCKS.search(html):
        html = _in_paragraphs(_with_shortcodes(html, around, result))
    else:
        html = _with_shortcodes(html, around, result)
    root = Element("", {}, parse(_reader.clean(html)))
    _Tree(around).read(root)
    result.html = serialise(root.children)
    return result


def _in_paragraphs(text: str) -> str:
    """Do what WordPress does to texts without blocks: blank lines part paragraphs, others break lines."""
    parts = _AS_IT_STANDS.split(text)
    # The pattern has two groups: text, whole element, its name, text …
    return "".join(
        _lines_of(part) if place % 3 == 0 else part if place % 3 == 1 else ""
        for place, part in enumerate(parts)
    )


def _lines_of(text: str) -> str:
    text = _TAG.sub(lambda tag: tag[0].replace("\n", " "), text)
    pieces = _BLOCK_TAG.split(_BREAK_LINE.sub("\n", text))
    depth, written = 0, []
    for place, piece in enumerate(pieces):
        if place % 2:
            name = re.sub(r"\W.*", "", piece.strip("</"), flags=re.DOTALL).lower()
            if name not in VOID:
                depth = max(0, depth + (-1 if piece.startswith("</") else 1))
            written.append(piece)
            continue
        paragraphs = [part.strip() for part in _BLANK_LINE.split(piece.strip("\n"))]
        paragraphs = [part for part in paragraphs if part]
        is_plain = depth > 0 and len(paragraphs) < 2  # the text of an item, a cell, a quote
        if is_plain:
            space = " " if piece[:1] == " " or piece[-1:] == " " else ""
            written.append(space + "".join(map(_broken, paragraphs)) + space)
        else:
            written += [f"<p>{_broken(part)}</p>" for part in paragraphs]
    return "".join(written)


def _broken(text: str) -> str:
    """Break lines; an address alone on one is a paragraph of its own, as it is a card in WordPress."""
    lines = text.split("\n")
    if len(lines) > 1 and any(_LONE_ADDRESS.fullmatch(line) for line in lines):
        return "</p><p>".join(line for line in lines if line.strip())
    return "<br>".join(lines)


def _with_shortcodes(text: str, around: Surroundings, result: Converted) -> str:
    """Replace the shortcodes we know; of all others keep the text and count the name."""
    written, end = [], 0
    for match in _SHORTCODE.finditer(text):
        if match.start() < end:
            continue
        name = match["name"].lower()
        written.append(text[end : match.start()])
        end = match.end()
        if match["guard"] and match["guarded"]:
            written.append(match[0][1:-1])  # [[gallery]] is how one writes about it
            continue
        if match["guard"]:
            written.append("[")
        closing = f"[/{match['name']}]"
        close = text.find(closing, match.end()) if name in _ENCLOSING else -1
        inside = text[match.end() : close] if close >= 0 else ""
        make = _SHORTCODES.get(name)
        html = make(_attributes(match["words"]), inside, around) if make else None
        if name in FORMS:
            result.has_form, html = True, ""
        if html is None:
            if not _is_prose(match):
                result.unknown[name] += 1
            end = match.end()
            written.append(match[0][1:] if match["guard"] else match[0])
            continue
        end = close + len(closing) if close >= 0 else match.end()
        written.append(html + match["guarded"])
    return "".join([*written, text[end:]])


def _is_prose(match: re.Match[str]) -> bool:
    """Say whether the brackets hold words, as in [sic] or [my remark], and no plugin's shortcode."""
    words = match["words"].strip()
    return "=" not in words and not re.search(r"[_-]", match["name"])


def _attributes(words: str) -> dict[str, str]:
    """Return the attributes of a shortcode; values without a name are numbered."""
    words = words.replace("”", '"').replace("“", '"').replace("″", '"')
    found: dict[str, str] = {}
    for name, double, single, bare, alone in _ATTRIBUTE.findall(words.removesuffix("/")):
        if name:
            found[name.lower()] = unescape(double or single or bare)
        else:
            found[str(len(found))] = alone
    return found


def _caption(attributes: dict[str, str], inside: str, around: Surroundings) -> str:
    """The picture comes first, with or without a link around it; what follows are its words."""
    picture = re.match(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", inside, re.DOTALL)
    if picture is None:
        return inside
    words = attributes.get("caption") or picture[2].strip()
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n\n<figure>{picture[1]}{caption}</figure>\n\n"


def _gallery(attributes: dict[str, str], inside: str, around: Surroundings) -> str:
    chosen = attributes.get("ids") or attributes.get("include") or ""
    numbers = [int(number) for number in re.findall(r"[0-9]{1,15}", chosen)] or around.attached()
    left_out = {
        int(number) for number in re.findall(r"[0-9]{1,15}", attributes.get("exclude", ""))
    }
    pictures = around.pictures([number for number in numbers if number not in left_out])
    figures = "".join(_figure(*picture) for picture in pictures)
    return f'\n\n<figure class="gallery">{figures}</figure>\n\n' if figures else ""


def _figure(address: str, alt: str, caption: str) -> str:
    words = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(address)}" alt="{escape(alt)}">{words}</figure>'


def _embed(attributes: dict[str, str], inside: str, around: Surroundings) -> str | None:
    address = unescape(inside.strip() or attributes.get("0", "") or attributes.get("src", ""))
    address = address.lstrip("=")  # [youtube=https://…], of old
    return f"\n\n{serialise([card(address, '')])}\n\n" if kind_of(address) else None


def _sound_or_film(attributes: dict[str, str], inside: str, around: Surroundings) -> str | None:
    names = "src mp3 m4a ogg wav flac mp4 m4v webm ogv mov 0".split()
    address = next((attributes[name] for name in names if attributes.get(name)), "")
    if kind_of(address) not in {"", OTHER}:
        return f"\n\n{serialise([card(address, '')])}\n\n"
    return f"\n\n{_file_link(address)}\n\n" if address.startswith("http") else None


def _file_link(address: str) -> str:
    name = unquote(urlsplit(address).path.rpartition("/")[2]) or address
    return f'<p><a href="{escape(address)}">{escape(name)}</a></p>'


_SHORTCODES: dict[str, Callable[[dict[str, str], str, Surroundings], str | None]] = {
    "caption": _caption,
    "wp_caption": _caption,
    "gallery": _gallery,
    "embed": _embed,
    "youtube": _embed,
    "vimeo": _embed,
    "audio": _sound_or_film,
    "video": _sound_or_film,
    **dict.fromkeys(_STARS, lambda *_of_plugin: ""),
}
_ENCLOSING = frozenset({"caption", "wp_caption", "embed", "audio", "video"})


class _Tree:
    """Change the elements that WordPress means in another way than we read them. In place."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around

    def read(self, parent: Element) -> None:
        children: list[Element | str] = []
        for child in parent.children:
            if isinstance(child, str):
                children.append(child)
            else:
                children += self.changed(child)
        parent.children = children

    def changed(self, element: Element) -> list[Element | str]:
        """Return what stands in the place of an element."""
        classes = element.attrs.pop("class", "").split()
        if element.tag in {"code", "pre"}:  # its language
            element.attrs |= {"class": " ".join(classes)} if classes else {}
        if element.tag == "hr" and classes[:1] in (["more"], ["nextpage"]):
            element.attrs["class"] = classes[0]
        if element.tag == "pre" and "wp-block-verse" in classes:
            return self.verse(element)
        if element.tag == "figure" and "gallery" in classes:
            element.attrs["class"] = "gallery"
        if {"wp-block-gallery", "gallery", "tiled-gallery"} & set(classes):
            return self.gallery(element)
        if any(name.startswith(("wp-block-embed", "wp-block-core-embed")) for name in classes):
            return self.embed(element)
        if element.tag in {"audio", "video"}:
            return self.file(element)
        if element.tag == "p" and (address := _lone_address(element)):
            return [self.address(address)]
        if element.tag == "img":
            self.picture(element)
        elif "wp-block-file__button" in classes:  # a second link to the file, “Download”
            return []
        elif element.tag == "a" and element.attrs.get("href"):
            element.attrs["href"] = self.around.address_of(element.attrs["href"])
        self.read(element)
        return [element]

    def verse(self, element: Element) -> list[Element | str]:
        """A poem has its line breaks, and is no code."""
        paragraphs = element.text("\n").strip("\n").split("\n\n")
        return [
            Element(
                "p", {}, [part for line in lines.split("\n") for part in (line, Element("br"))]
            )
            for lines in paragraphs
        ]

    def gallery(self, element: Element) -> list[Element | str]:
        """Keep the pictures with their words, out of whatever lists they stand in, and the words of all."""
        figures: list[Element | str] = []
        pictures: set[int] = set()
        for figure in element.elements("figure", "li"):
            images = [img for img in figure.elements("img") if id(img) not in pictures]
            if len(images) != 1 or any(True for _inner in figure.elements("figure")):
                continue
            pictures.add(id(images[0]))
            self.picture(images[0])
            words = next(figure.elements("figcaption"), None)
            figures.append(Element("figure", {}, [images[0], *([words] if words else [])]))
        for img in element.elements("img"):
            if id(img) not in pictures:
                self.picture(img)
                figures.append(Element("figure", {}, [img]))
        own = [
            child
            for child in element.children
            if isinstance(child, Element) and child.tag == "figcaption"
        ]
        return [Element("figure", {"class": "gallery"}, figures), *own]

    def embed(self, element: Element) -> list[Element | str]:
        """Put a card in the place of an embed's address; words below it stay."""
        words = list(element.elements("figcaption"))
        address = next(
            (found[1] for piece in _strings(element) if (found := _LONE_ADDRESS.fullmatch(piece))),
            "",
        )
        if not address:
            link = next(element.elements("a", "iframe"), None)
            address = (link.attrs.get("href") or link.attrs.get("src", "")) if link else ""
        if not kind_of(address):
            self.read(element)
            return [element]
        return [self.address(address, is_card=True), *words]

    def address(self, address: str, *, is_card: bool = False) -> Element:
        """Return what an address alone in its paragraph is: a card for what WordPress embeds, else a link."""
        here = self.around.address_of(address)
        host = host_of(address).removeprefix("m.")
        is_card = is_card or kind_of(address) != OTHER or host in EMBEDDED
        if here == address and is_card:
            return card(address, "")
        return Element("p", {}, [Element("a", {"href": here}, [address])])

    def file(self, element: Element) -> list[Element | str]:
        """Link to a sound or film: nothing here plays files."""
        sources = [element, *element.elements("source")]
        address = next((each.attrs["src"] for each in sources if each.attrs.get("src")), "")
        return [*parse(_file_link(self.around.address_of(address)))] if address else []

    def picture(self, img: Element) -> None:
        """Take the true address of a picture that scripts would have loaded, and the library's words."""
        lazy = img.attrs.pop("data-src", "") or img.attrs.pop("data-lazy-src", "")
        img.attrs.pop("data-lazy-src", "")
        if lazy and not _PICTURE_ENDING.search(urlsplit(img.attrs.get("src", "")).path):
            img.attrs["src"] = lazy
        img.attrs["src"], words = self.around.picture_at(img.attrs.get("src", ""))
        img.attrs["alt"] = img.attrs.get("alt") or words


def _strings(element: Element) -> list[str]:
    found = []
    for child in element.children:
        found += [child] if isinstance(child, str) else _strings(child)
    return found


def _lone_address(paragraph: Element) -> str:
    if len(paragraph.children) == 1 and isinstance(paragraph.children[0], str):
        found = _LONE_ADDRESS.fullmatch(paragraph.children[0])
        return found[1] if found else ""
    return ""
