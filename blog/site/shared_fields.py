"""Fields of a form that is made for every comment and every vote."""

from __future__ import annotations

from typing import Any

from django import forms


class SharedFields(dict[str, forms.Field]):
    """The fields of all forms of a kind, where Django copies them for each.

    The copies cost more than looking at what was typed. Only for forms that are not drawn: drawing
    changes fields. As a form's `base_fields` they become its `fields`.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> SharedFields:
        return self
