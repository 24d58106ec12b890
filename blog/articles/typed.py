"""What stands in an article's form while somebody writes, right or not yet, as a revision keeps it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from accounts.models import Author
from blog.articles.drafts import WORDS
from blog.articles.forms import MAX_BODY, ArticleForm
from blog.articles.models import Article, Category, Tag
from blog.articles.rendering import sanitise_body
from blog.articles.services import CONTENT_FIELDS
from blog.media.models import Image
from blog.numbers import number_in

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

ONE = {"primary_category": "category", "lead_image": "image", "share_image": "image"}
MANY = {"categories": "category", "tags": "tag"}
BYLINES = "bylines"  # the prefix of the rows of authors
MAX_ROWS = 200
MAX_TEXT = 10_000  # characters of anything but the text of the article; the form takes far fewer
# No password is kept as it was typed, nor its hash in what is not saved yet.
SECRET = "password_hash"  # noqa: S105 - the name of a field
# What the form asks beside the content of an article: the words of the lead picture, a note, …
_NOT_ASKED = {*CONTENT_FIELDS, *ONE, *MANY, "opened_version", "lead_upload", "new_password"}
_NOT_ASKED |= {"desk_status"}  # of the row, whatever its text is
ASKED_BESIDE = [name for name in ArticleForm.base_fields if name not in _NOT_ASKED]

Content = dict[str, Any]


class TooLongError(Exception):
    """The text is longer than an article may be."""


def typed_content(post: QueryDict, article: Article | None) -> Content:
    """Return what was typed in the shape of services.snapshot_of; nothing is checked, made or stored.

    `typed` holds, by the names of the form, what an article has no place for: half a date, the words of
    a picture, a note. A field that the form does not send stays as the article has it. The text is
    sanitised like every text in a revision, so that whoever shows one need not ask which kind it is.
    Raise TooLongError above the length that the form takes.
    """
    typed: dict[str, Any] = {}
    data: Content = {"format": 1, "is_trashed": bool(article and article.trashed_at)}
    for name in CONTENT_FIELDS:
        field = cast("models.Field", Article._meta.get_field(name))
        if name == SECRET:
            continue
        if isinstance(field, models.BooleanField):
            data[name] = name in post
        elif isinstance(field, models.DateTimeField):
            data[name], unfinished = _time(post, name)
            if unfinished:
                typed[name] = unfinished
        elif name == "body":
            data[name] = _body(post)
        elif name in post:
            data[name] = _text(post.get(name, ""))
        else:
            data[name] = getattr(article, name) if article else field.get_default()
    data |= _references(post)
    beside = _words_of_picture(article)
    for name in ASKED_BESIDE:
        if name in post and (text := _text(post.get(name, ""))) != beside.get(name, ""):
            typed[name] = text
    return data | {"typed": typed}


def is_same(one: Content, other: Content) -> bool:
    """Say whether what was typed is what is stored, whatever browsers do to ends of lines."""
    first, second = _comparable(one), _comparable(other)
    if "authors" not in one:
        second["authors"] = []
    return first == second


def is_empty(data: Content) -> bool:
    """Say whether nothing was written yet: no word, no picture, no section."""
    texts = any(data.get(name, "").strip() for name in ("title", "subtitle", "excerpt", "body"))
    return not texts and not any(data.get(name) for name in [*ONE, *MANY, "typed"])


def form_values(data: Content) -> dict[str, Any]:
    """Return what to fill ArticleForm with, by the names of its fields: the opposite of typed_content.

    Half a date comes back as the two texts of its boxes.
    """
    values: dict[str, Any] = {name: data[name] for name in CONTENT_FIELDS if name in data}
    for name in CONTENT_FIELDS:
        if isinstance(Article._meta.get_field(name), models.DateTimeField) and values.get(name):
            values[name] = datetime.fromisoformat(values[name])
    for name in ONE:
        values[name] = _key(data.get(name))
    for name in MANY:
        values[name] = [_key(row) for row in data.get(name) or []]
    return values | data.get("typed", {})


def author_keys(data: Content) -> list[int]:
    """Return the keys of the authors in their order."""
    return [row["id"] for row in data.get("authors", [])]


def _text(value: str) -> str:
    # PostgreSQL keeps no NUL, in JSON neither.
    return value[:MAX_TEXT].replace("\0", "")


def _body(post: QueryDict) -> str:
    body = post.get("body", "")
    if len(body) > MAX_BODY:
        raise TooLongError
    return sanitise_body(body)


def _time(post: QueryDict, name: str) -> tuple[str | None, list[str] | None]:
    """Return a time as a revision keeps it, and the two texts where they are none yet."""
    texts = [_text(post.get(f"{name}_{part}", "")).strip() for part in (0, 1)]
    try:
        time = forms.SplitDateTimeField(required=False).clean(texts)
        return (time.astimezone(UTC).isoformat(), None) if time else (None, None)
    except (ValidationError, OverflowError):  # the second in the years 1 and 9999
        return None, texts


def _references(post: QueryDict) -> Content:
    """Return sections, tags, pictures and authors with their names, in one query; unknown keys are none."""
    wanted = {"author": _author_rows(post)}
    for name, kind in ONE.items():
        wanted.setdefault(kind, []).extend(_keys([post.get(name, "")]))
    for name, kind in MANY.items():
        wanted.setdefault(kind, []).extend(_keys(post.getlist(name)))
    names = _names(wanted)

    def reference(kind: str, key: int) -> dict[str, Any] | None:
        return {"id": key, "name": names[kind, key]} if (kind, key) in names else None

    data: Content = {}
    for name, kind in MANY.items():
        keys = sorted(set(_keys(post.getlist(name))))
        data[name] = [row for key in keys if (row := reference(kind, key))]
    for name, kind in ONE.items():
        keys = _keys([post.get(name, "")])
        data[name] = reference(kind, keys[0]) if keys else None
    if f"{BYLINES}-TOTAL_FORMS" in post:  # else nobody was asked
        data["authors"] = [row for key in wanted["author"] if (row := reference("author", key))]
    return data


def _names(wanted: dict[str, list[int]]) -> dict[tuple[str, int], str]:
    picture = Coalesce(NullIf("alt", Value("")), "caption")
    rows: list[tuple[str, QuerySet, Any]] = [
        ("author", Author.objects.all(), F("name")),
        ("category", Category.objects.all(), F("name")),
        ("tag", Tag.objects.all(), F("name")),
        ("image", Image.objects.all(), picture),
    ]
    queries = [
        queryset.filter(pk__in=wanted[kind])
        .order_by()
        .values_list(Value(kind, models.CharField()), "pk", name)
        for kind, queryset, name in rows
        if wanted.get(kind)
    ]
    if not queries:
        return {}
    return {
        (kind, key): name or _("Picture %(number)s") % {"number": key}
        for kind, key, name in queries[0].union(*queries[1:]).order_by()
    }


def _author_rows(post: QueryDict) -> list[int]:
    """Return the keys of the authors by their positions, without the rows that are to go."""
    rows = []
    count = _keys([post.get(f"{BYLINES}-TOTAL_FORMS", "")]) or [0]
    for number in range(min(count[0], MAX_ROWS)):
        row = f"{BYLINES}-{number}"
        keys = _keys([post.get(f"{row}-author", "")])
        if keys and f"{row}-DELETE" not in post:
            rows.append(((_keys([post.get(f"{row}-position", "")]) or [0])[0], keys[0]))
    return list(dict.fromkeys(key for _position, key in sorted(rows, key=lambda row: row[0])))


def _keys(texts: list[str]) -> list[int]:
    keys = [key for key in map(number_in, texts) if key is not None]
    return keys[:MAX_ROWS]


def _key(row: Content | None) -> int | None:
    return row["id"] if row else None


def _words_of_picture(article: Article | None) -> dict[str, str]:
    image = article.lead_image if article else None
    return {field: getattr(image, name) if image else "" for field, name in WORDS.items()}


def _comparable(data: Content) -> Content:
    plain = {
        name: value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
        for name, value in data.items()
        if name in CONTENT_FIELDS and name != SECRET
    }
    plain |= {name: _key(data.get(name)) for name in ONE}
    plain |= {name: sorted(_key(row) or 0 for row in data.get(name) or []) for name in MANY}
    return plain | {"authors": author_keys(data), "typed": data.get("typed") or {}}
