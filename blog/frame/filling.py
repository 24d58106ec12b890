"""A menu to start from: rows of what the site shows by itself while the owner has not made one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from blog.articles.models import Category
from blog.frame.arranging import locked_group
from blog.frame.menus import load_menus
from blog.frame.models import MenuItem
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.frame.menus import Link


@transaction.atomic
def fill_menu(*, menu: str) -> bool:
    """Store what an empty menu shows now, so that it can be changed; say whether it was empty."""
    # Two who press the button at once: there is no row of the menu yet that either could lock.
    SiteSettings.objects.select_for_update().filter(pk=1).first()
    if locked_group(MenuItem(menu=menu)):
        return False
    header = locked_group(MenuItem(menu=MenuItem.Menu.HEADER))
    if menu == MenuItem.Menu.MOBILE and header:
        _copy(header, menu)
    else:
        menus = load_menus()
        _store(menus.footer if menu == MenuItem.Menu.FOOTER else menus.header, menu)
    return True


def _store(links: Iterable[Link], menu: str) -> None:
    # Rows that lead to the categories themselves follow when one of them gets another name.
    categories = {
        category.get_absolute_url(): category for category in Category.objects.filter(parent=None)
    }

    def row_of(link: Link, parent: MenuItem | None, position: int) -> MenuItem:
        row = MenuItem(menu=menu, parent=parent, position=position)
        row.category = categories.get(link.address)
        if row.category is None:
            row.label, row.address = link.label, link.address
        row.save(force_insert=True)
        return row

    position = 0
    for link in links:
        top = row_of(link, None, position)
        for child in link.within:
            position += 1
            row_of(child, top, position)
        position += 1


def _copy(rows: list[MenuItem], menu: str) -> None:
    copies: dict[int | None, MenuItem | None] = {None: None}
    for row in sorted(rows, key=lambda row: row.parent_id is not None):
        key, parent = row.pk, copies.get(row.parent_id)
        row.pk, row.menu, row.parent, row.version = None, menu, parent, 1
        row._state.adding = True
        row.save(force_insert=True)
        copies[key] = row
