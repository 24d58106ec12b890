"""Autocomplete boxes of the staff desk that survive a value no browser would send.

Django looks up whatever was sent before it says that it is wrong: a word in place of a number, and the
form with the error in it could not be shown.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.admin import widgets

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin as Base
    from django.db.models import ForeignKey, ManyToManyField
    from django.http import HttpRequest
else:
    Base = object

MAX_DIGITS = 18  # of a key: more does not fit the column


class _LooksUpKeysOnly(widgets.AutocompleteMixin):
    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        keys = [key for key in map(str, value) if key.isdecimal() and len(key) <= MAX_DIGITS]
        return super().optgroups(name, keys, attr)


class Select(_LooksUpKeysOnly, widgets.AutocompleteSelect):
    pass


class SelectMultiple(_LooksUpKeysOnly, widgets.AutocompleteSelectMultiple):
    pass


class AutocompleteMixin(Base):
    """For a ModelAdmin or an inline: its `autocomplete_fields` use the boxes above."""

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey", request: "HttpRequest", **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Select(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField", request: "HttpRequest", **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)
