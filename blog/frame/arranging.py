"""The order of menu items and of sections. Each move is of one row, in the order as it is then: two editors
who move different rows at once both have their way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from blog.frame.models import MenuItem, Section
from blog.site.arranging import GONE

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ITEMS = 200  # of one menu: every page carries them
MOST_SECTIONS = 30  # of one area

TOO_DEEP = _("A menu has two levels: what stands within an item holds no others.")
GROUP = {MenuItem: "menu", Section: "area"}


def locked_group(row: MenuItem | Section) -> list:
    """Return the rows of its menu or area in their order, locked until the transaction ends."""
    name = GROUP[type(row)]
    rows = type(row)._default_manager.select_for_update().filter(**{name: getattr(row, name)})
    return sorted(rows.order_by("pk"), key=lambda other: (other.position, other.pk))


@transaction.atomic
def put_last(*, row: MenuItem | Section) -> None:
    """Store a new row at the end of its menu or area."""
    rows = locked_group(row)
    row.position = rows[-1].position + 1 if rows else 0
    row.save(force_insert=True)


@transaction.atomic
def move(*, row: MenuItem | Section, to: str) -> None:
    """Move it by one step: "up", "down", "in" (under the item before it) or "out" (after the item over it).

    Where there is no such step nothing moves. Raise ValidationError if it would be too deep.
    """
    rows = locked_group(row)
    row = _still_there(row.pk, rows)
    beside = [other for other in rows if _parent(other) == _parent(row)]
    place = beside.index(row)
    if to == "up" and place > 0:
        _put(row, rows, before=beside[place - 1], parent=_parent(row))
    elif to == "down" and place + 1 < len(beside):
        after = beside[place + 2] if place + 2 < len(beside) else None
        _put(row, rows, before=after, parent=_parent(row))
    elif to == "in" and place > 0:
        _put(row, rows, before=None, parent=beside[place - 1].pk)
    elif to == "out" and _parent(row):
        top = [other for other in rows if _parent(other) is None]
        over = next(at for at, other in enumerate(top) if other.pk == _parent(row))
        after = top[over + 1] if over + 1 < len(top) else None
        _put(row, rows, before=after, parent=None)


@transaction.atomic
def place(*, row: MenuItem | Section, before: int | None, parent: int | None = None) -> None:
    """Put it before that row, or at the end, of those within *parent*, or of the top.

    Raise ValidationError if one of them is gone or stands elsewhere now, or if it would be too deep.
    """
    rows = locked_group(row)
    row = _still_there(row.pk, rows)
    follower = None if before is None else _still_there(before, rows)
    if follower is not None and _parent(follower) != parent:
        raise ValidationError(GONE)
    if follower != row:
        _put(row, rows, before=follower, parent=parent)


def check_place(item: MenuItem, parent: MenuItem | None, rows: Sequence[MenuItem]) -> None:
    """Raise ValidationError unless the item may stand within *parent*, in its locked menu."""
    if parent is None:
        raise ValidationError(GONE)
    # A new item holds nothing: it has no key yet, as the parent of those at the top.
    holds_others = item.pk and any(row.parent_id == item.pk for row in rows)
    if parent.parent_id or parent == item or holds_others:
        raise ValidationError(TOO_DEEP)


def _put(
    row: MenuItem | Section,
    rows: Sequence,
    *,
    before: MenuItem | Section | None,
    parent: int | None,
) -> None:
    """Write the new place, and the position of whatever moves up or down for it."""
    if parent is not None and isinstance(row, MenuItem):
        check_place(row, next((other for other in rows if other.pk == parent), None), rows)
    if isinstance(row, MenuItem) and row.parent_id != parent:
        row.parent_id = parent
        row.version += 1  # the form that is open elsewhere has another place in it
        row.save(update_fields=["parent", "version"])
    order = [other for other in rows if other.pk != row.pk]
    order.insert(order.index(before) if before else len(order), row)
    moved = []
    for position, other in enumerate(order):
        if other.position != position:
            other.position = position
            moved.append(other)
    type(row)._default_manager.bulk_update(moved, ["position"])


def _parent(row: MenuItem | Section) -> int | None:
    return row.parent_id if isinstance(row, MenuItem) else None


def _still_there(key: int, rows: Sequence) -> MenuItem | Section:
    for row in rows:
        if row.pk == key:
            return row
    raise ValidationError(GONE)
