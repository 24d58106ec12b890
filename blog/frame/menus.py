"""The menus as pages show them: all of them in one query, as plain values that a kept part can name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import BooleanField, CharField, Exists, F, OuterRef, Q, Value
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language, gettext

from blog.articles.models import Article, Category, title_for
from blog.frame.addresses import is_address
from blog.frame.models import MenuItem
from blog.pages.models import Page
from blog.paths import path_to
from blog.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet


MOST_LATEST = 5  # articles under an item: every page carries them
_OF_A_LINK = ("slug", "title", "list_title", "access")


class TopCategory(NamedTuple):
    """A top category of the site."""

    pk: int
    name: str
    path: str
    description: str

    def get_absolute_url(self) -> str:
        return path_to("category-detail", self.path)


class Link(NamedTuple):
    """An item of a menu. Without an address it is a heading over the items within it."""

    label: str
    address: str
    opens_new_tab: bool
    within: tuple[Link, ...] = ()


class Menus(NamedTuple):
    """Every menu of a page. An owner's empty menu is what the site shows by itself."""

    sections: tuple[TopCategory, ...]
    header: tuple[Link, ...]
    footer: tuple[Link, ...]
    mobile: tuple[Link, ...]  # empty: the same as the header's

    @property
    def footer_columns(self) -> tuple[tuple[Link | None, tuple[Link, ...]], ...]:
        """Return the footer's columns: an item over others heads its own, the single ones share one."""
        columns: list[tuple[Link | None, tuple[Link, ...]]] = []
        for link in self.footer:
            if link.within:
                columns.append((link, link.within))
            elif columns and columns[-1][0] is None:
                columns[-1] = (None, (*columns[-1][1], link))
            else:
                columns.append((None, (link,)))
        return tuple(columns)

    def current(self, path: str) -> str:
        """Return the address of the item for this path or for the list it is a page of, or ""."""
        first, _page, number = path.rpartition("page/")
        address = first if number.rstrip("/").isdigit() else path
        return address if address and address in _addresses(self) else ""


class _Row(NamedTuple):
    menu: str  # "" for a top category
    pk: int
    parent: int | None
    place: int
    order: str
    label: str
    address: str
    opens_new_tab: bool
    shows_latest: bool
    description: str
    category_path: str | None
    category_name: str | None
    tag_slug: str | None
    tag_name: str | None
    page_path: str | None
    page_title: str | None
    article_slug: str | None
    article_title: str | None
    article_access: str | None


def _rows(at: datetime) -> QuerySet:
    """Return the rows of all menus that strangers may see, and the top categories."""
    live = Article.objects.published(at).filter(pk=OuterRef("article"))
    shown = Page.objects.published().filter(pk=OuterRef("page"))
    items = MenuItem.objects.filter(
        Q(article=None) | Exists(live), Q(page=None) | Exists(shown)
    ).annotate(
        place=F("position"),
        order=_text(""),
        description=_text(""),
        category_path=F("category__path"),
        category_name=F("category__name"),
        tag_slug=F("tag__slug"),
        tag_name=F("tag__name"),
        page_path=F("page__path"),
        page_title=F("page__title"),
        article_slug=F("article__slug"),
        article_title=F("article__title"),
        article_access=F("article__access"),
    )
    nothing = {
        name: _text("")
        for name in _Row._fields
        if name.startswith(("tag_", "page_", "article_")) or name in ("menu", "label", "address")
    }
    categories = Category.objects.filter(parent=None).annotate(
        place=F("position"),
        order=F("name"),
        opens_new_tab=Value(False, BooleanField()),
        shows_latest=Value(False, BooleanField()),
        category_path=F("path"),
        category_name=F("name"),
        **nothing,
    )
    top, own = categories.order_by(), items.order_by()
    return (
        own.values_list(*_Row._fields)
        .union(top.values_list(*_Row._fields), all=True)
        .order_by("place", "order", "pk")
    )


def _text(value: str) -> Value:
    return Value(value, CharField())


_prepared_rows = Prepared(_rows)


def load_menus() -> Menus:
    """Return every menu: in one query, and one for each category whose newest articles open under it."""
    now = timezone.now()
    rows = tuple(_prepared_rows(at=now))
    latest = tuple(
        (row.pk, tuple(_latest_of(row.category_path, now)))
        for row in map(_Row._make, rows)
        if row.shows_latest and row.category_path and row.parent is None
    )
    return _menus(rows, latest, get_language())


def _latest_of(path: str, now: datetime) -> Iterable[Link]:
    """Yield links to the newest articles of a category, with those within it."""
    articles = Article.objects.published(now).in_category(Category(path=path)).latest_first()
    for article in articles.only(*_OF_A_LINK)[:MOST_LATEST]:
        yield Link(article.card_title, article.get_absolute_url(), False)


@lru_cache(maxsize=16)
def _menus(
    rows: tuple[tuple, ...],
    latest: tuple[tuple[int, tuple[Link, ...]], ...],
    _language: str | None,
) -> Menus:
    found = [_Row._make(row) for row in rows]
    sections = tuple(
        TopCategory(row.pk, row.category_name or "", row.category_path or "", row.description)
        for row in found
        if not row.menu
    )
    newest = dict(latest)
    trees = {
        menu: _tree([row for row in found if row.menu == menu], newest) for menu in MenuItem.Menu
    }
    return Menus(
        sections=sections,
        header=trees[MenuItem.Menu.HEADER] or links_to(sections),
        footer=trees[MenuItem.Menu.FOOTER] or _footer_of(sections),
        mobile=trees[MenuItem.Menu.MOBILE],
    )


def _tree(rows: list[_Row], latest: Mapping[int, tuple[Link, ...]]) -> tuple[Link, ...]:
    """Return the items with those within them. A heading that nothing stands under is left out.

    An item whose place is not shown stands by itself, as does a third level or a loop, which only a
    write past the forms could make: nothing disappears with something else.
    """
    top = {row.pk for row in rows if row.parent is None}
    links = []
    for row in rows:
        if row.parent not in top:
            within = [_link(child) for child in rows if child.parent == row.pk and row.pk in top]
            shown = (*(child for child in within if child.address), *latest.get(row.pk, ()))
            link = _link(row, shown)
            if link.address or link.within:
                links.append(link)
    return tuple(links)


def _link(row: _Row, within: tuple[Link, ...] = ()) -> Link:
    address = row.address
    if row.category_path:
        address = path_to("category-detail", row.category_path)
    elif row.tag_slug:
        address = path_to("tag-detail", row.tag_slug)
    elif row.page_path:
        address = path_to("page", row.page_path)
    elif row.article_slug:
        address = path_to("article-detail", row.article_slug)
    elif address:
        address = iri_to_uri(address) if is_address(address) else ""
    article_title = row.article_title and title_for(row.article_access or "", row.article_title)
    names = (row.label, row.category_name, row.tag_name, row.page_title, article_title)
    label = next((name for name in names if name), row.address)
    return Link(label, address, bool(row.opens_new_tab), within)


def _footer_of(sections: tuple[TopCategory, ...]) -> tuple[Link, ...]:
    """Return the footer of a site whose owner has not made one."""
    feeds = (
        ("RSS", "feed"),
        ("Atom", "feed-atom"),
        ("JSON Feed", "feed-json"),
        (gettext("Comments feed"), "comments-feed"),
    )
    follow = tuple(Link(label, path_to(name), False) for label, name in feeds)
    columns = (
        (gettext("Sections"), links_to(sections)),
        (gettext("Follow"), follow),
        (gettext("Desk"), (Link(gettext("Sign in"), path_to("account_login"), False),)),
    )
    return tuple(Link(heading, "", False, within) for heading, within in columns if within)


def links_to(sections: Iterable[TopCategory]) -> tuple[Link, ...]:
    return tuple(Link(section.name, section.get_absolute_url(), False) for section in sections)


@lru_cache(maxsize=16)
def _addresses(menus: Menus) -> frozenset[str]:
    links = [*menus.header, *menus.footer, *menus.mobile]
    return frozenset(each.address for link in links for each in (link, *link.within))
