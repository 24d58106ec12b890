"""Say what differs between two revisions, field by field, as people call the fields and their values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.articles.diff.html import text_diff, word_diff
from blog.articles.models import Article
from blog.articles.services import CONTENT_FIELDS
from blog.days import moment_words
from blog.media.models import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Data = Mapping[str, Any]

PICTURES = ("lead_image", "share_image")
LISTS = ("authors", "categories", "tags")  # only of the authors the order says something
LABELS = {
    "is_trashed": gettext_lazy("in the trash"),
    "authors": gettext_lazy("authors"),
    "categories": gettext_lazy("categories"),
    "tags": gettext_lazy("tags"),
    "lead_alt": gettext_lazy("alternative text of the lead picture"),
    "lead_caption": gettext_lazy("caption of the lead picture"),
    "lead_credit": gettext_lazy("credit of the lead picture"),
}
WORDS = ("lead_alt", "lead_caption", "lead_credit")  # of a draft, for the row of its picture
SECRET = "password_hash"  # noqa: S105 - the name of a field, of which nobody is shown the value
OWN_NAMES = {"format", "typed"}  # of the revision itself: nothing an article has
MAX_UNKNOWN = 2_000  # characters of a value that we know nothing about


@dataclass(frozen=True)
class FieldChange:
    """One field that differs: both values in one, with <ins> and <del>."""

    name: str
    label: str
    html: SafeString
    is_body: bool = False


def compare(before: Data, after: Data) -> list[FieldChange]:
    """Return every field that differs between the data of two revisions, the text first.

    A field that one of them lacks counts as empty there, since older revisions know fewer; one that we
    do not know is shown as it is stored. Costs a query where a picture was exchanged.
    """
    before, after = _with_words(before), _with_words(after)
    names = [name for name in _order(before, after) if _is_different(name, before, after)]
    pictures = _pictures_of(names, before, after)
    return [
        FieldChange(name, _label(name), _change(name, before, after, pictures), name == "body")
        for name in names
    ]


def _with_words(data: Data) -> Data:
    """Return the data with the words that a draft has for its lead picture among the fields."""
    typed = data.get("typed")
    if not isinstance(typed, dict):
        return data
    return {**data, **{name: typed[name] for name in WORDS if typed.get(name)}}


def _order(before: Data, after: Data) -> list[str]:
    known = ["title", "subtitle", "body", "excerpt", *PICTURES[:1], "authors", "categories"]
    known += [*WORDS, "primary_category", "tags", *CONTENT_FIELDS, *PICTURES[1:], "is_trashed"]
    others = sorted(({*before} | {*after}) - {*known} - OWN_NAMES)
    return list(dict.fromkeys([*known, *others]))


def _label(name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    if name in _FIELDS:
        return str(_FIELDS[name].verbose_name)
    return name


_FIELDS = {
    field.name: field for field in Article._meta.get_fields() if isinstance(field, models.Field)
}


def _value(name: str, data: Data) -> Any:
    if name in data:
        return data[name]
    if name in CONTENT_FIELDS:
        default = _FIELDS[name].get_default()
        return None if isinstance(default, datetime) else default
    if name == "is_trashed":
        return False
    if name in WORDS:
        return ""
    return [] if name in LISTS else None


def _is_different(name: str, before: Data, after: Data) -> bool:
    one, other = _value(name, before), _value(name, after)
    if name in LISTS:
        return _keys(one, is_ordered=name == "authors") != _keys(other, name == "authors")
    if _is_reference(one) and _is_reference(other):
        return bool(one["id"] != other["id"])
    return bool(one != other)


def _keys(rows: Any, is_ordered: bool = False) -> list[str]:
    """Return what tells rows apart: their keys, not their names, which change without the article."""
    keys = [str(row.get("id") if isinstance(row, dict) else row) for row in _rows(rows)]
    return keys if is_ordered else sorted(keys)


def _rows(rows: Any) -> list[Any]:
    return rows if isinstance(rows, list) else []


def _change(name: str, before: Data, after: Data, pictures: Mapping[int, Image]) -> SafeString:
    one, other = _value(name, before), _value(name, after)
    if name == "body":
        return word_diff(_text(one), _text(other))
    if name in LISTS:
        return _lists(_rows(one), _rows(other), is_ordered=name == "authors")
    if name in PICTURES:
        return _gone_and_come(_picture(one, pictures), _picture(other, pictures))
    field = _FIELDS.get(name)
    if name in WORDS:
        return text_diff(_text(one), _text(other))
    is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
    if is_text and name != SECRET:
        return text_diff(_text(one), _text(other))
    return _gone_and_come(escape(_words(name, one)), escape(_words(name, other)))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _words(name: str, value: Any) -> str:
    """Return a value as people say it: a time in the site's zone, yes and no, the label of a choice."""
    field = _FIELDS.get(name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value == "":
        return _("nothing")
    if name == SECRET:
        return _("a password")
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    if isinstance(field, models.DateTimeField):
        return _moment(value)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:MAX_UNKNOWN]


def _moment(value: Any) -> str:
    try:
        return moment_words(datetime.fromisoformat(value))
    except (TypeError, ValueError):  # of a format we do not know, or without its zone
        return str(value)


def _lists(before: list[Any], after: list[Any], *, is_ordered: bool) -> SafeString:
    keys, after_keys = _keys(before, is_ordered=True), _keys(after, is_ordered=True)
    names = dict(zip(keys, map(_name, before), strict=True))
    names |= dict(zip(after_keys, map(_name, after), strict=True))
    if is_ordered and sorted(keys) == sorted(after_keys):
        in_order = [", ".join(names[key] for key in one) for one in (keys, after_keys)]
        return _gone_and_come(escape(in_order[0]), escape(in_order[1]))
    parts = [escape(names[key]) for key in after_keys if key in keys]
    parts += [_marked("del", escape(names[key])) for key in keys if key not in after_keys]
    parts += [_marked("ins", escape(names[key])) for key in after_keys if key not in keys]
    return format_html_join(", ", "{}", ((part,) for part in parts))


def _name(row: Any) -> str:
    return str(row.get("name", row.get("id", ""))) if isinstance(row, dict) else str(row)


def _gone_and_come(before: SafeString, after: SafeString) -> SafeString:
    return format_html("{} {}", _marked("del", before), _marked("ins", after))


def _marked(tag: str, content: SafeString) -> SafeString:
    said = _("added:") if tag == "ins" else _("removed:")
    start, end = mark_safe(f"<{tag}>"), mark_safe(f"</{tag}>")  # noqa: S308 (our own two tags)
    return format_html('{}<span class="visually-hidden">{} </span>{}{}', start, said, content, end)


def _pictures_of(names: Iterable[str], before: Data, after: Data) -> dict[int, Image]:
    values = [_value(name, data) for name in names if name in PICTURES for data in (before, after)]
    keys = {value["id"] for value in values if _is_reference(value)}
    return Image.objects.in_bulk(keys) if keys else {}


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), int)


def _picture(value: Any, pictures: Mapping[int, Image]) -> SafeString:
    if not value:
        return escape(_("nothing"))
    if _is_reference(value) and (image := pictures.get(value["id"])):
        return format_html(
            '<img class="preview" src="{}" alt="" loading="lazy"> {}',
            image.files.small,
            _name(value),
        )
    return escape(_("%(name)s (deleted since)") % {"name": _name(value)})
