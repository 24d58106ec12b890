"""What authors write line by line beside the text: criteria of a review, sources, highlights."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST = 12  # lines of each kind
LONGEST = 200  # characters of one


class Criterion(NamedTuple):
    """What a review looks at, and how good that is: 0 to 100."""

    name: str
    score: int


class Source(NamedTuple):
    name: str
    url: str


def lines_of(text: str) -> list[str]:
    """Return the lines with something in them."""
    return [line for part in text.splitlines() if (line := " ".join(part.split()))][:MOST]


def criteria_of(text: str) -> list[Criterion]:
    """Return the criteria; what was stored has been checked, and anything else is left out."""
    return [found for line in lines_of(text) if (found := _criterion(line))]


def sources_of(text: str) -> list[Source]:
    return [found for line in lines_of(text) if (found := _source(line))]


def validate_lines(text: str) -> None:
    """Raise ValidationError for more lines, or longer ones, than a page shows."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST:
        raise ValidationError(_("At most %(most)s lines.") % {"most": MOST})
    for line in lines:
        if len(line) > LONGEST:
            sentence = _("At most %(most)s letters in a line: “%(line)s …” is longer.")
            raise ValidationError(sentence % {"most": LONGEST, "line": line[:40]})


def validate_criteria(text: str) -> None:
    """Raise ValidationError unless each line is a name, a colon and a number from 0 to 100."""
    validate_lines(text)
    for line in lines_of(text):
        if _criterion(line) is None:
            sentence = _("“%(line)s”: write a name, a colon and a number from 0 to 100.")
            raise ValidationError(sentence % {"line": line})


def validate_sources(text: str) -> None:
    """Raise ValidationError unless each line ends with an address."""
    validate_lines(text)
    for line in lines_of(text):
        if _source(line) is None:
            sentence = _("“%(line)s”: write a name, then an address that starts with https://.")
            raise ValidationError(sentence % {"line": line})


def _criterion(line: str) -> Criterion | None:
    name, _colon, number = line.rpartition(":")
    number = number.strip()
    if not name.strip() or not (number.isascii() and number.isdigit() and len(number) < 4):
        return None
    return Criterion(name.strip(), int(number)) if int(number) <= 100 else None


def _source(line: str) -> Source | None:
    name, _space, url = line.rpartition(" ")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:  # half an IPv6 address
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return Source(name or host.removeprefix("www."), url)
