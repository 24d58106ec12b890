"""The sections of the home page and of the sidebar: what stands in each, in few queries for all of them.

First it is settled which articles every section shows (`plan_sections`), in one query of their keys. Then
the page loads all its cards at once, and the sections take theirs (`Plan.blocks`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.articles.models import Article, Place
from blog.frame.models import Section
from blog.prepared import Prepared
from blog.public import section_rows
from blog.public.listing import STICKY_LIMIT, counted_comments, keys_of_lists
from blog.public.shown import tags_of_cards
from blog.ratings.queries import top_rated
from blog.reads.queries import Span, most_read

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from blog.site.models import SiteSettings

Area = Section.Area
Kind = Section.Kind

RANKING_LEAST = 3  # fewer are no ranking
POOL = 1_000  # articles, the newest, of which some are picked by chance
MOVES_AFTER = timedelta(hours=1)  # "in the last thirty days" is another thirty days by then

# These name no article twice.
TAKING = (Kind.LEAD, Kind.LATEST, Kind.CATEGORY, Kind.ARCHIVE_PICKS)
RANKINGS = (Kind.MOST_READ, Kind.MOST_DISCUSSED, Kind.TOP_RATED)

_sections = Prepared(lambda: Section.objects.select_related("category"))


def load_sections(site: SiteSettings) -> list[Section]:
    """Return the sections of both areas, in one query. What is read most is not asked where nobody counts."""
    sections = [row for row in _sections() if site.reads_counted or row.kind != Kind.MOST_READ]
    return sorted(sections, key=lambda section: (section.position, section.pk))


@dataclass
class Block:
    """A section with what it shows."""

    section: Section
    articles: list[Article] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)  # comments, authors, tags, months

    @property
    def template(self) -> str:
        kind = Kind(self.section.kind)
        name = _SHOWN_AS.get(kind) or ("ranking" if kind in RANKINGS else kind)
        return f"sections/{name}.html"

    @property
    def heading(self) -> str:
        section = self.section
        if section.heading:
            return section.heading
        if section.kind == Kind.CATEGORY and section.category:
            return section.category.name
        if section.kind == Kind.LATEST:
            return _("Latest")
        return "" if section.kind == Kind.TEXT else section.get_kind_display()

    @property
    def note(self) -> str:
        if self.section.kind == Kind.CATEGORY and self.section.category:
            return self.section.category.description
        if self.section.kind == Kind.MOST_READ:
            return _("In the last seven days")
        return _("In the last thirty days") if self.section.kind == Kind.MOST_DISCUSSED else ""

    @property
    def address(self) -> str:
        """Return where the heading leads, "" for nowhere."""
        if self.section.kind == Kind.CATEGORY and self.section.category:
            return self.section.category.get_absolute_url()
        return reverse(_PAGES[kind]) if (kind := Kind(self.section.kind)) in _PAGES else ""

    @property
    def is_empty(self) -> bool:
        kind = self.section.kind
        if kind in RANKINGS:
            return len(self.articles) < RANKING_LEAST
        if kind == Kind.TEXT:
            return not self.section.body_html
        return kind != Kind.SEARCH and not (self.articles or self.rows)

    def tags(self) -> Iterator[str]:
        """Yield the tags of what it shows, beside the cards of its articles (shown.py)."""
        kind = Kind(self.section.kind)
        yield from _TAGS.get(kind, ())
        if kind in _ROWS:
            yield from section_rows.tags(self.rows)


_SHOWN_AS = {Kind.ARCHIVE_PICKS: Kind.LATEST}

# The page with more of the same.
_PAGES = {
    Kind.MOST_READ: "most-read",
    Kind.MOST_DISCUSSED: "most-discussed",
    Kind.TOP_RATED: "top-rated",
    Kind.RECENT_COMMENTS: "recent-comments",
    Kind.TAGS: "tags",
}

# Which changes of the site may make a section another one, even one that shows nothing now.
_TAGS: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys(TAKING, ("in:all",)),
    Kind.MOST_READ: ("in:all",),
    Kind.MOST_DISCUSSED: ("in:all", "comments"),
    Kind.TOP_RATED: ("in:all", "ratings"),
    Kind.RECENT_COMMENTS: ("in:all", "comments"),
    Kind.AUTHORS: ("in:all", "bylines", "addresses"),
    Kind.TAGS: ("in:all", "tags"),
    Kind.ARCHIVES: ("in:all",),
}

# One query for all sections of a kind; each then takes as many as it wants.
_ROWS: dict[Kind, Callable[[int], list[Any]]] = {
    Kind.RECENT_COMMENTS: section_rows.comments,
    Kind.AUTHORS: section_rows.authors,
    Kind.TAGS: section_rows.tags_by_use,
}


@dataclass
class Plan:
    """The sections of a page, the keys of the articles of each, and what else stands in it."""

    sections: Sequence[Section]
    picked: Mapping[int, list[int]]
    rows: Mapping[int, list[Any]]

    @property
    def keys(self) -> set[int]:
        return {key for keys in self.picked.values() for key in keys}

    def blocks(self, area: str, cards: Mapping[int, Article]) -> list[Block]:
        """Return the sections of that area which have something to show."""
        blocks = [
            Block(
                section,
                [cards[key] for key in self.picked.get(section.pk, ()) if key in cards],
                self.rows.get(section.pk, []),
            )
            for section in self.sections
            if section.area == area
        ]
        return [block for block in blocks if not block.is_empty]

    def tags(self, cards: Mapping[int, Article]) -> Iterator[str]:
        """Yield the tags of all that the sections show or would show if there were something."""
        yield from tags_of_cards(articles=[cards[key] for key in self.keys if key in cards])
        for section in self.sections:
            yield from Block(section, rows=self.rows.get(section.pk, [])).tags()


def plan_sections(sections: Sequence[Section], *, taken: Collection[int] = ()) -> Plan:
    """Settle what each section shows. Articles in *taken* stand elsewhere on the page.

    The home page's sections come first: what they show, the sidebar need not.
    """
    ordered = sorted(sections, key=lambda section: section.area != Area.HOME)
    periods = section_rows.Periods() if _longest(ordered, Kind.ARCHIVES) else None
    lists = _lists(ordered, len(taken)) | (periods.lists() if periods else {})
    found = keys_of_lists(lists)
    if longest := _longest(ordered, Kind.TOP_RATED):
        found[Kind.TOP_RATED] = top_rated(longest)[0]
    rows: dict[int, list[Any]] = {}
    for kind, load in _ROWS.items():
        if longest := _longest(ordered, kind):
            loaded = load(longest)
            rows |= {s.pk: loaded[: s.length] for s in ordered if s.kind == kind}
    if periods:
        rows |= {s.pk: periods.shown(found, s.length) for s in ordered if s.kind == Kind.ARCHIVES}
    return Plan(ordered, _picked(ordered, found, set(taken)), rows)


def _longest(sections: Sequence[Section], kind: Kind) -> int:
    return max((section.length for section in sections if section.kind == kind), default=0)


def _lists(sections: Sequence[Section], taken: int) -> dict[str, QuerySet]:
    """Return the lists of articles that the sections choose from, each long enough for all of them."""
    kinds = {section.kind for section in sections}
    enough = taken + sum(_wanted(section) for section in sections if section.kind in TAKING)
    lists: dict[str, QuerySet] = {}
    if not sections:
        return lists  # the common case, and a queryset takes time to write
    latest = Article.objects.published().latest_first()
    if kinds & {Kind.LEAD, Kind.LATEST}:
        lists["sticky"] = latest.filter(is_sticky=True)[:STICKY_LIMIT]
        lists["latest"] = latest[: enough + STICKY_LIMIT]
    for section in sections:
        if section.kind == Kind.CATEGORY and section.category:
            of_category = Place.objects.live(timezone.now()).latest_first()
            lists[f"category {section.category_id}"] = of_category.filter(
                name=f"category:{section.category_id}"
            ).values_list("article")[:enough]
    if Kind.ARCHIVE_PICKS in kinds:
        lists[Kind.ARCHIVE_PICKS] = latest[:POOL]
    if longest := _longest(sections, Kind.MOST_READ):
        lists[Kind.MOST_READ] = most_read(Span.WEEK)[:longest]
    if longest := _longest(sections, Kind.MOST_DISCUSSED):
        lists[Kind.MOST_DISCUSSED] = counted_comments()[:longest]
    return lists


def _picked(
    sections: Sequence[Section], found: Mapping[str, list[int]], taken: set[int]
) -> dict[int, list[int]]:
    """Return the keys of the articles of each section; only rankings name one a second time."""
    newest = [*found.get("sticky", ()), *found.get("latest", ())]
    picked = {}
    for section in sections:
        if section.kind in RANKINGS:
            picked[section.pk] = found.get(section.kind, [])[: section.length]
        elif section.kind in TAKING:
            pool = newest
            if section.kind == Kind.CATEGORY:
                pool = found[f"category {section.category_id}"]
            elif section.kind == Kind.ARCHIVE_PICKS:
                pool = _by_chance(found[section.kind], section)
            free = [key for key in dict.fromkeys(pool) if key not in taken]
            picked[section.pk] = free[: _wanted(section)]
            taken.update(picked[section.pk])
    return picked


def _by_chance(keys: list[int], section: Section) -> list[int]:
    """Return the keys in an order that is the same for an hour, so that a page made again shows the same."""
    hour = int(timezone.now().timestamp() // MOVES_AFTER.total_seconds())
    return Random(f"{section.pk} {hour}").sample(keys, len(keys))  # noqa: S311 - nothing hangs on it


def _wanted(section: Section) -> int:
    return 1 if section.kind == Kind.LEAD else section.length
