"""What rows say, as plain values: the keys of what is kept of pages (`keep` in blog/public/templatetags)."""

from __future__ import annotations

from datetime import datetime
from types import NoneType
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django.db.models import Model

_PLAIN = {str, int, bool, float, NoneType, datetime, SafeString}


def said_by(row: Model | None) -> tuple[object, ...]:
    """Return all that a row holds as it was loaded, without what it leads to.

    Not by name: a column that is added later is in it, too.
    """
    if row is None:
        return ()
    return tuple(
        value if type(value) in _PLAIN else repr(value)
        for name, value in vars(row).items()
        if not name.startswith("_")
    )
