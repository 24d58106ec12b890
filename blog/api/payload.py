"""What a program sends: one JSON object, each of its fields of the type that it must be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.api.answers import RefusedError
from blog.articles.calendar import FIRST_YEAR, LAST_YEAR
from blog.site.times import moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

    Read = Callable[[Any], Any]

MOST_IN_A_LIST = 100
_MOST_KEY = 10**18


class WrongTypeError(Exception):
    """A value is none of its field's; the text says what it must be."""


def read(request: HttpRequest, fields: Mapping[str, Read]) -> dict[str, Any]:
    """Return the object in the request's body, each value as its field reads it, or refuse it."""
    if request.content_type != "application/json":
        raise RefusedError(415, _("Send JSON, and say so: Content-Type: application/json."))
    try:
        sent = json.loads(request.body.decode())
    except (ValueError, RecursionError):  # no UTF-8, no JSON, a number of thousands of digits
        raise RefusedError(400, _("This is no JSON in UTF-8.")) from None
    if not isinstance(sent, dict):
        raise RefusedError(400, _("Send one JSON object: { … }."))
    values, errors = {}, {}
    for name, value in sent.items():
        if name not in fields:
            # The name goes back as it came, whatever it holds.
            errors[name.encode(errors="replace").decode()] = [_("There is no such field.")]
            continue
        try:
            values[name] = fields[name](value)
        except WrongTypeError as error:
            errors[name] = [str(error)]
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise RefusedError(422, errors)
    return values


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongTypeError(_("This must be a text."))
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates: no database takes it
        raise WrongTypeError(_("This text holds half a letter.")) from None
    if "\0" in value:  # PostgreSQL has no such text
        raise WrongTypeError(_("This text holds a NUL."))
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongTypeError(_("This must be true or false."))
    return value


def number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST_KEY:
        raise WrongTypeError(_("This must be a number."))
    return value


def number_or_none(value: Any) -> int | None:
    return None if value is None else number(value)


def moment(value: Any) -> datetime | None:
    """Return a moment: ISO 8601, without a zone in that of the site; None for none."""
    if value is None or value == "":
        return None
    try:
        at = datetime.fromisoformat(text(value))
        at = at.astimezone(UTC) if timezone.is_aware(at) else moment_of(at)
    except (ValueError, OverflowError):
        raise WrongTypeError(_("This must be a time such as 2026-03-01T09:00:00Z.")) from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise WrongTypeError(_("No calendar reaches there. Choose another year."))
    return at


def names(value: Any) -> list[str | int]:
    """Return a list of ids or of texts, each as it came."""
    if not isinstance(value, list) or len(value) > MOST_IN_A_LIST:
        raise WrongTypeError(
            _("This must be a list, of %(most)s at most.") % {"most": MOST_IN_A_LIST}
        )
    return [number(item) if isinstance(item, int) else text(item).strip() for item in value]
