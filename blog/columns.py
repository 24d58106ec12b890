"""Columns of the desk's lists, and lines of its forms, that Django would write in a way of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from blog.days import time_element

if TYPE_CHECKING:
    from django.db.models import Model

NOTHING = "–"


def time_column(model: type[Model], name: str, *, label: Any = None) -> Any:
    """Return a column with a day or a moment of the model as the site writes it, in `<time>`.

    A field that is merely named in `list_display` or `readonly_fields` is written as the language does:
    Django knows nothing of the format that an owner chose.
    """
    field: Any = model._meta.get_field(name)

    @admin.display(description=label or field.verbose_name, ordering=name)
    def column(row: Any) -> str:
        value = getattr(row, name)
        return time_element(value) if value else NOTHING

    column.__name__ = name  # the class of its cells
    return column
