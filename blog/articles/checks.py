"""The checklist before publishing: what there is to check, and what an article fails.

Every check is a pure function over the text, read once. How much each one counts is decided by the
administrators and editors (ChecklistRule); without a row it counts as it says here. A picture without
alternative text is decoration only where its author said so: `role="presentation"` beside `alt=""`. A lead
picture stands for the article in lists and shared links, and is never mere decoration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.articles.dead_links import dead_links
from blog.articles.elements import Element, parse, tidy
from blog.articles.markup import DECORATIVE
from blog.articles.models import ChecklistRule
from blog.articles.models.revision import count_words
from blog.articles.slugs import make_slug
from blog.articles.words import words_in
from blog.media.models import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from django.utils.functional import Promise

    from blog.articles.models import Article

MAX_SLUG = 60  # characters: what a search result shows of an address
MAX_TITLE = 70  # characters: what a search result and a shared link show of a title
MAX_ITEM = 60  # words of an item of a list; what is longer is a paragraph
MIN_WORDS = 300  # of a text: where a site asks for articles and not for notes
MAX_DETAIL = 200  # characters of a quote from the text
BULLET = re.compile(r"\s*(?:[•·▪◦‣●○*–—-]|[0-9]{1,3}[.)])\s+\S")
FILE_ENDING = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|heic|tiff?)$", re.IGNORECASE)
CAMERA = re.compile(r"(?:img|dsc[fn]?|image|picture|photo|screenshot|p|untitled)[ 0-9]*")
Level = ChecklistRule.Level


class Picture(NamedTuple):
    src: str
    alt: str
    caption: str
    is_decorative: bool = False


@dataclass(frozen=True)
class Content:
    """What is checked: an article as its row has it, as a draft would change it, or as it was typed."""

    title: str
    slug: str
    excerpt: str
    body: str  # sanitised
    lead_image: Picture | None
    has_category: bool
    goes_live_at: datetime | None = None  # None: now


@dataclass(frozen=True)
class Reading:
    """A content with what its text is made of."""

    content: Content
    headings: list[tuple[int, str]] = field(default_factory=list)  # level and words
    pictures: list[Picture] = field(default_factory=list)
    items: list[str] = field(default_factory=list)  # of lists, without the lists within them
    bullets: list[str] = field(default_factory=list)  # paragraphs that look like items
    links: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Failure:
    """A check that the content fails, and where: a quote, an address, a file, or nothing."""

    code: str
    detail: str
    level: str

    @property
    def is_required(self) -> bool:
        return self.level == Level.REQUIRED

    @property
    def sentence(self) -> str:
        return str(RULES[self.code].sentence)


class Rule(NamedTuple):
    level: Level  # unless a row says otherwise
    name: Promise
    sentence: Promise  # what is wrong, and what to do
    check: Callable[[Reading], Iterable[str]]


def failed(article: Article, data: dict[str, Any] | None = None) -> list[Failure]:
    """Return the checks that the article fails as its row has it, or as a revision's *data* has it.

    What is switched off is not among them. Without links to this site it takes two queries at most.
    """
    return failures(content_of(article) if data is None else content_of_data(data, article))


def blocking(article: Article, data: dict[str, Any] | None = None) -> list[Failure]:
    """Return the failed checks that keep the article from being published."""
    return [failure for failure in failed(article, data) if failure.is_required]


def failures(content: Content, level_of: Mapping[str, str] | None = None) -> list[Failure]:
    """Return the checks that the content fails, in the order of RULES; `level_of` where it is known.

    Most of what is saved fails nothing, and then nobody needs to know how much each check counts.
    """
    reading = read(content)
    failing = [
        (code, detail)
        for code, rule in RULES.items()
        for detail in dict.fromkeys(rule.check(reading))
    ]
    level_of = (level_of or levels()) if failing else {}
    return [
        Failure(code, detail[:MAX_DETAIL], level_of[code])
        for code, detail in failing
        if level_of[code] != Level.OFF
    ]


def levels() -> dict[str, str]:
    """Return how much each check counts on this site; one query."""
    rows = dict(ChecklistRule.objects.values_list("code", "level"))
    return {code: rows.get(code, rule.level.value) for code, rule in RULES.items()}


def content_of(article: Article) -> Content:
    """Return what the article's row holds."""
    return Content(
        title=article.title,
        slug=article.slug,
        excerpt=article.excerpt,
        body=article.body,
        lead_image=picture_of(article.lead_image),
        has_category=article.primary_category_id is not None,  # which every save sees to
        goes_live_at=article.publish_at,
    )


def content_of_data(data: dict[str, Any], article: Article) -> Content:
    """Return what a revision of the article holds."""
    lead, at = data.get("lead_image"), data.get("publish_at")
    image = None
    if lead:
        is_own = lead["id"] == article.lead_image_id
        image = article.lead_image if is_own else Image.objects.filter(pk=lead["id"]).first()
    return Content(
        title=data.get("title") or "",
        slug=data.get("slug") or "",
        excerpt=data.get("excerpt") or "",
        body=data.get("body") or "",
        lead_image=picture_of(image, data.get("typed") or {}),
        has_category=bool(data.get("categories") or data.get("primary_category")),
        goes_live_at=datetime.fromisoformat(at) if at else None,
    )


def picture_of(image: Image | None, typed: Mapping[str, Any] | None = None) -> Picture | None:
    """Return the lead picture, with the words that were typed for it in place of its own."""
    if image is None:
        return None
    words = {name: (typed or {}).get(f"lead_{name}") for name in ("alt", "caption")}
    if all(text is None for text in words.values()):
        return Picture(str(image.file), image.alt, image.caption)
    return Picture(str(image.file), words["alt"] or "", words["caption"] or "")


# Reading


def read(content: Content) -> Reading:
    """Find in the text what the checks ask for, in one walk through it."""
    reading = Reading(content)
    root = Element("", {}, parse(content.body))
    for element in root.elements("h2", "h3", "h4", "figure", "li", "a", "p"):
        if element.tag == "a":
            reading.links.append(element.attrs.get("href", ""))
        elif element.tag == "p":
            if BULLET.match(text := element.text()):
                reading.bullets.append(tidy(text))
        elif element.tag == "li":
            if "id" not in element.attrs:  # that of a footnote has one
                reading.items.append(tidy(_own_text(element)))
        elif element.tag == "figure":
            reading.pictures.extend(_pictures(element))
        else:
            reading.headings.append((int(element.tag[1]), tidy(element.text())))
    return reading


def _own_text(item: Element) -> str:
    """Return the words of an item without those of the lists within it."""
    return "".join(
        child if isinstance(child, str) else child.text() + " "
        for child in item.children
        if isinstance(child, str) or child.tag not in {"ul", "ol"}
    )


def _pictures(figure: Element) -> Iterator[Picture]:
    """Yield the figure's own picture; those of a gallery have figures of their own."""
    caption = next(figure.elements("figcaption"), None)
    for child in figure.children:
        if isinstance(child, Element) and child.tag == "img":
            yield Picture(
                src=child.attrs.get("src", ""),
                alt=tidy(child.attrs.get("alt", "")),
                caption=tidy(caption.text()) if caption else "",
                is_decorative=child.attrs.get("role") == DECORATIVE,
            )


# The checks: each yields where it fails


def _without_lead_image(reading: Reading) -> Iterator[str]:
    if reading.content.lead_image is None:
        yield ""


def _without_alt(reading: Reading) -> Iterator[str]:
    lead = reading.content.lead_image
    if lead and not lead.alt.strip():
        yield lead.src
    for picture in reading.pictures:
        if not picture.alt and not picture.is_decorative:
            yield picture.src


def _repeating(reading: Reading) -> Iterator[str]:
    """Yield words of pictures that a reader has just read, or that a camera wrote."""
    lead = reading.content.lead_image
    pictures = [lead, *reading.pictures] if lead else reading.pictures
    known = {_plain(words) for _level, words in reading.headings} | {_plain(reading.content.title)}
    for picture in pictures:
        names = known | {_file_words(picture.src)}
        for words in (picture.alt, picture.caption):
            plain = _plain(FILE_ENDING.sub("", words))
            is_name = bool(FILE_ENDING.search(words) or CAMERA.fullmatch(plain))
            if plain and (plain in names or is_name):
                yield words


def _plain(words: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", words.casefold()))


def _file_words(src: str) -> str:
    return _plain(FILE_ENDING.sub("", src.rpartition("/")[2]))


def _out_of_order(reading: Reading) -> Iterator[str]:
    """Yield headings that skip a level, counted from the title, and empty ones."""
    before = 1
    for level, words in reading.headings:
        if level > before + 1 or not words:
            yield words or f"h{level}"
        before = level


def _without_excerpt(reading: Reading) -> Iterator[str]:
    if not reading.content.excerpt.strip():
        yield ""


def _without_category(reading: Reading) -> Iterator[str]:
    if not reading.content.has_category:
        yield ""


def _dead(reading: Reading) -> Iterator[str]:
    content, now = reading.content, timezone.now()
    at = max(content.goes_live_at or now, now)
    links = [*reading.links, *(picture.src for picture in reading.pictures)]
    yield from dead_links(links, at=at, own_slug=content.slug)


def _long_slug(reading: Reading) -> Iterator[str]:
    slug = reading.content.slug or make_slug(reading.content.title)
    if len(slug) > MAX_SLUG:
        yield slug


def _no_list(reading: Reading) -> Iterator[str]:
    """Yield items that are paragraphs, and paragraphs that are items: two of them, for one is a dash."""
    for words in reading.items:
        if words_in(words) > MAX_ITEM:
            yield words
    if len(reading.bullets) > 1:
        yield from reading.bullets


def _long_title(reading: Reading) -> Iterator[str]:
    if len(reading.content.title) > MAX_TITLE:
        yield reading.content.title


def _short(reading: Reading) -> Iterator[str]:
    if count_words({"body": reading.content.body}) < MIN_WORDS:
        yield ""


RULES: dict[str, Rule] = {
    "alt-text": Rule(
        Level.REQUIRED,
        _("Alternative text"),
        _("A picture has no alternative text. Say what it shows, or that it is decoration."),
        _without_alt,
    ),
    "dead-links": Rule(
        Level.REQUIRED,
        _("Links within the site"),
        _("A link or a picture of this site leads to nothing that readers can open."),
        _dead,
    ),
    "category": Rule(
        Level.RECOMMENDED,
        _("Category"),
        _("The article is in no category."),
        _without_category,
    ),
    "lead-image": Rule(
        Level.RECOMMENDED,
        _("Lead picture"),
        _("There is no lead picture for the page and the lists."),
        _without_lead_image,
    ),
    "excerpt": Rule(
        Level.RECOMMENDED,
        _("Excerpt"),
        _("Nobody wrote an excerpt: lists and feeds show the first words."),
        _without_excerpt,
    ),
    "heading-order": Rule(
        Level.RECOMMENDED,
        _("Order of headings"),
        _("A heading is empty or skips a level: 2 follows the title, 3 follows 2."),
        _out_of_order,
    ),
    "repetition": Rule(
        Level.RECOMMENDED,
        _("Words of pictures"),
        _(
            "Alternative text or caption only repeats the title, a heading or the name of the file."
        ),
        _repeating,
    ),
    "slug-length": Rule(
        Level.RECOMMENDED,
        _("Length of the address"),
        _("The address has more than 60 characters."),
        _long_slug,
    ),
    "title-length": Rule(
        Level.RECOMMENDED,
        _("Length of the title"),
        _("The title has more than 70 characters: search results cut it."),
        _long_title,
    ),
    "lists": Rule(
        Level.RECOMMENDED,
        _("Lists"),
        _(
            "An item of a list is a paragraph of more than 60 words, or paragraphs stand for a list."
        ),
        _no_list,
    ),
    "length": Rule(
        Level.OFF,  # a note of three lines is fine on most sites
        _("Length of the text"),
        _("The text has fewer than 300 words."),
        _short,
    ),
}


def name_of(code: str) -> str:
    """Return what a check is called; a code that no check has any more is its own name."""
    return str(RULES[code].name) if code in RULES else code
