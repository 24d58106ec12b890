"""Two versions of one article: what somebody typed, and what was saved since their form was opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import cached_property

from blog.articles import diff
from blog.articles.drafts import OF_THE_ROW, ONE, WORDS, waiting_content, was_public
from blog.articles.merging import Choice, Merge, merge_bodies, merge_values
from blog.articles.models import Article, Revision
from blog.articles.services import CONTENT_FIELDS, snapshot_of
from blog.media.models import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

Content = dict[str, Any]
LEAD = "lead_image"  # the picture and its words are chosen together
NEVER_ASKED = {"format", "is_trashed", "typed", "body", "password_hash"}


class UndecidedError(Exception):
    """A choice is missing, or is none of those there are."""


@dataclass(frozen=True)
class Difference:
    """A field of which the versions differ; `choice` is whose stands, None where both changed it."""

    name: str
    label: str
    changes: list[diff.FieldChange]
    choice: Choice | None


@dataclass
class Conflict:
    """Mine, what was saved meanwhile, and what both began with (empty where it is kept no longer)."""

    base: Content
    mine: Content
    theirs: Content
    revision: Revision | None  # that of theirs

    @cached_property
    def text(self) -> Merge:
        return merge_bodies(*(side.get("body") or "" for side in self._sides))

    @cached_property
    def is_same_text(self) -> bool:
        return all(part.mine == part.theirs for part in self.text.parts)

    @cached_property
    def fields(self) -> list[Difference]:
        """Return the fields that differ, without the text; costs a query where a picture was exchanged."""
        choices = merge_values(*(_comparable(side) for side in self._sides))
        changes: dict[str, list[diff.FieldChange]] = {}
        without_text = ({**side, "body": ""} for side in (self.theirs, self.mine))
        for change in diff.compare(*without_text):
            changes.setdefault(LEAD if change.name in WORDS else change.name, []).append(change)
        return [
            Difference(name, changes[name][0].label, changes[name], choices[name])
            for name in changes
            if name in choices
        ]

    @property
    def _sides(self) -> tuple[Content, Content, Content]:
        return self.base, self.mine, self.theirs

    def chosen(self, answers: Mapping[str, str]) -> tuple[str | None, dict[str, Choice]]:
        """Return the text (None: mine as it is) and whose version stands for each field that differs.

        `answers` holds values of Choice by the names of fields, and by `body-1`, `body-2` … for the
        overlapping stretches of the text. Raise UndecidedError where one is missing.
        """
        stretches = [
            _answer(answers, f"body-{number}")
            for number, _part in enumerate(self.text.conflicts, start=1)
        ]
        choices = {field.name: _answer(answers, field.name) for field in self.fields}
        if Choice.BOTH in choices.values():
            raise UndecidedError
        return None if self.is_same_text else self.text.html(stretches), choices


def conflict_of(*, article: Article, opened_version: int | None, mine: Content) -> Conflict:
    """Return what differs between *mine*, begun with that version, and what is stored.

    `mine` is of typed.typed_content(), with the words of the lead picture in `typed`.
    """
    numbered = article.revisions.filter(version__in=[opened_version, article.version])
    revisions = {row.version: row for row in numbered.select_related("author")}
    opened = revisions.get(opened_version)
    is_live = was_public(article)
    theirs = (waiting_content(article) if is_live else None) or snapshot_of(article)
    left_out = {*NEVER_ASKED, *(OF_THE_ROW if is_live else ())} - {"body", "typed"}
    sides = [
        {name: value for name, value in side.items() if name not in left_out}
        for side in (opened.data if opened else {}, mine, theirs)
    ]
    for side in sides[1:]:
        side["typed"] = words_of(side)
    sides[0]["typed"] = _words_before(*sides)
    sides[1].setdefault("authors", theirs["authors"])  # who may not change them is not asked
    base, own, stored = sides
    return Conflict(base, own, stored, revision=revisions.get(article.version))


def words_of(data: Content) -> dict[str, str]:
    """Return the words of the lead picture: those the data has for it, or those it has now."""
    reference, typed = data.get(LEAD), data.get("typed") or {}
    image = None
    if reference and not {*WORDS} <= {*typed}:
        image = Image.objects.filter(pk=reference["id"]).first()
    stored = {field: getattr(image, name) if image else "" for field, name in WORDS.items()}
    return {field: str(typed.get(field, text)).strip() for field, text in stored.items()}


def _words_before(base: Content, mine: Content, theirs: Content) -> dict[str, str]:
    """Return the words the form opened with, as well as anybody knows: they are in no revision.

    Of one and the same picture nobody can tell who changed the words: none, so that it is asked.
    """
    keys = [_plain(LEAD, side.get(LEAD)) for side in (base, mine, theirs)]
    if keys[0] == keys[2] != keys[1]:
        return dict(theirs["typed"])
    if keys[0] == keys[1] != keys[2] and mine["typed"] == words_of({LEAD: mine[LEAD]}):
        return dict(mine["typed"])
    return {}


def _comparable(data: Content) -> Content:
    plain = {name: _plain(name, value) for name, value in data.items() if name not in NEVER_ASKED}
    if LEAD in plain:
        words = data["typed"]
        plain[LEAD] = plain[LEAD], tuple(words.get(field) for field in WORDS)
    return plain


def _plain(name: str, value: Any) -> Any:
    if name in ONE:
        return value["id"] if value else None
    if isinstance(value, list):
        keys = [row["id"] for row in value]
        return keys if name == "authors" else sorted(keys)
    if value and is_time(name):  # forms know no microseconds
        return datetime.fromisoformat(value).replace(microsecond=0)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def is_time(name: str) -> bool:
    return name in CONTENT_FIELDS and isinstance(
        Article._meta.get_field(name), models.DateTimeField
    )


def _answer(answers: Mapping[str, str], name: str) -> Choice:
    try:
        return Choice(answers.get(name, ""))
    except ValueError:
        raise UndecidedError from None
