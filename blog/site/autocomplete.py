"""Autocomplete boxes of the staff desk that survive a value no browser would send, and know what is loaded.

Django looks up whatever was sent before it says that it is wrong: a word in place of a number, and the
form with the error in it could not be shown. It also looks up what stands in each box, once to show it
and once more to check it, though most of it came with the row: a form tells its fields by `know()`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin import widgets
from django.db.models import Model

from blog.numbers import MAX_DIGITS, number_in

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin as Base
    from django.db.models import ForeignKey, ManyToManyField
    from django.http import HttpRequest

    Widget = widgets.AutocompleteSelect
else:
    Base, Widget = object, widgets.AutocompleteMixin


class _KnowsRows:
    """For a field of choices: rows that are loaded already are not looked up again."""

    known: Mapping[str, Model] = {}

    def know(self, rows: Iterable[Model | None]) -> None:
        """Take these rows for what their keys mean; they must be among the choices."""
        self.known = {str(row.pk): row for row in rows if row is not None}


class ChoiceField(_KnowsRows, forms.ModelChoiceField):
    def to_python(self, value: Any) -> Model | None:
        return self.known.get(str(value)) or super().to_python(value)


class MultipleChoiceField(_KnowsRows, forms.ModelMultipleChoiceField):
    def _check_values(self, value: Any) -> Any:
        keys = {key for key in value if isinstance(key, str)}
        if len(keys) == len(set(map(str, value))) and keys <= self.known.keys():
            return [row for key, row in self.known.items() if key in keys]  # in their order
        for key in value:
            if len(str(key)) > MAX_DIGITS:  # SQLite's driver would raise
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": key},
                )
        return super()._check_values(value)  # type: ignore[misc]  # the stubs lack it


class _LooksUpKeysOnly(Widget):
    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        keys = [key for key in map(str, value) if number_in(key) is not None]
        field = self.choices.field
        known = getattr(field, "known", {})
        if not keys or not known.keys() >= set(keys):
            return super().optgroups(name, keys, attr)
        options = []
        if not self.is_required and not self.allow_multiple_selected:
            options.append(self.create_option(name, "", "", False, 0))
        for key, row in known.items():
            if key in keys:
                label = field.label_from_instance(row)
                options.append(self.create_option(name, row.pk, label, True, len(options)))
        return [(None, options, 0)]


class Select(_LooksUpKeysOnly, widgets.AutocompleteSelect):
    pass


class SelectMultiple(_LooksUpKeysOnly, widgets.AutocompleteSelectMultiple):
    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # Each choice has a cross. The one for all of them would be a <span> among the <li>.
        return super().build_attrs(*args, **kwargs) | {"data-allow-clear": "false"}


class AutocompleteMixin(Base):
    """For a ModelAdmin or an inline: its `autocomplete_fields` use the boxes above."""

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey", request: "HttpRequest", **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Select(db_field, self.admin_site))
            kwargs.setdefault("form_class", ChoiceField)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField", request: "HttpRequest", **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SelectMultiple(db_field, self.admin_site))
            kwargs.setdefault("form_class", MultipleChoiceField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
