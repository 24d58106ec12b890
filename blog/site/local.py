"""The site's own language, time zone and way to write a day: for pages, mails and feeds."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.dateformat import format as in_format
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

# Django writes "Nov. 23, 2026" in English; our pages have always said "23 November 2026".
OF_LANGUAGE = {"en": "j F Y"}
TIME_OF_DAY = "H:i"
# What an owner is offered, each shown as today.
FORMATS = ("j F Y", "F j, Y", "j. F Y", "D, j M Y", "d.m.Y", "d/m/Y", "m/d/Y", "Y-m-d")
_SAMPLES = (
    datetime(2026, 11, 23, 17, 5, tzinfo=UTC),
    datetime(2025, 2, 3, 4, 59, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
)

_day_format: ContextVar[str] = ContextVar("day_format", default="")


def language_of(site: SiteSettings) -> str:
    """Return the site's language, English where its catalogue is gone."""
    return site.language if site.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def settle(site: SiteSettings) -> None:
    """Speak the site's language from here on, in its zone. Every view begins with it, then `unsettle()`."""
    timezone.activate(ZoneInfo(site.time_zone))
    translation.activate(language_of(site))
    _day_format.set(site.date_format)


def unsettle() -> None:
    """Leave nothing to the next request of this thread."""
    timezone.deactivate()
    translation.deactivate()
    _day_format.set("")


@contextmanager
def in_words_of_the_site() -> Iterator[SiteSettings]:
    """Speak as the pages do; around a task that writes mail, as its decorator. Costs a query."""
    site = SiteSettings.objects.current()
    before = _day_format.get()
    with (
        timezone.override(ZoneInfo(site.time_zone)),
        translation.override(language_of(site)),
    ):
        _day_format.set(site.date_format)
        try:
            yield site
        finally:
            _day_format.set(before)


def day_format() -> str:
    """Return the format of days: the owner's, or that of the language."""
    return _day_format.get() or OF_LANGUAGE.get(translation.get_language(), "DATE_FORMAT")


def day_words(value: date | datetime) -> str:
    """Return a day in the words of the site; a moment is of the day it has in the site's zone."""
    if isinstance(value, datetime):
        zone = timezone.get_current_timezone()
        return _day_words(value.astimezone(zone), zone, day_format(), translation.get_language())
    return date_format(value, day_format())


@lru_cache(maxsize=4096)  # what is made again shows the same days
def _day_words(
    at: datetime, _zone: tzinfo, day_format: str, _language: str | None
) -> str:  # a moment equals itself in every zone, but may be of another day
    return date_format(at, day_format)


def manner() -> tuple[tzinfo, str, str | None]:
    """Return zone, format of days and language: what texts depend on that nobody hands over."""
    return timezone.get_current_timezone(), day_format(), translation.get_language()


def moment_words(value: datetime) -> str:
    """Return day and minute in the words of the site."""
    return f"{day_words(value)}, {date_format(timezone.localtime(value), TIME_OF_DAY)}"


def validate_date_format(value: str) -> None:
    """Raise ValidationError for what does not write a day on every day of the calendar."""
    written = []
    for sample in _SAMPLES:
        try:
            written.append(in_format(sample, value))
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
            written.clear()
            break
    if len({*written}) < len(_SAMPLES) or not value.isprintable():
        raise ValidationError(
            _("This does not write a day. Use letters such as j (day), F (month) and Y (year).")
        )
