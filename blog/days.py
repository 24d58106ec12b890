"""Days and moments in the words of the site: on pages, at the desk, in mails."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache

from django.utils import timezone, translation
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

TIME_OF_DAY = "H:i"

# The owner's format; "" where days are written as the language does (blog/formats/).
own_format: ContextVar[str] = ContextVar("day_format", default="")


def day_format() -> str:
    """Return the format of days: the owner's, or that of the language."""
    return own_format.get() or "DATE_FORMAT"


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


def time_element(value: date | datetime) -> SafeString:
    """Return `<time>` with a moment, or a day, in words and for machines."""
    if isinstance(value, datetime):
        zone = timezone.get_current_timezone()
        return SafeString(time_html(value, zone, translation.get_language(), day_format()))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), day_words(value))


@lru_cache(maxsize=4096)  # a page that is made again shows the same times
def time_html(value: datetime, zone: tzinfo, language: str | None, day_format: str) -> str:
    """Return `<time>` for those who ask once for zone, language and format, and have many values.

    The common format is written here: Django takes one apart for every value.
    """
    local = value.astimezone(zone)
    if language == "en" and day_format == "DATE_FORMAT":
        words = f"{local.day} {_months(language)[local.month]} {local.year}, {local:%H:%M}"
    else:
        words = escape(f"{date_format(local, day_format)}, {local:%H:%M}")
    return f'<time datetime="{local.isoformat(timespec="minutes")}">{words}</time>'


@cache
def _months(language: str) -> dict[int, str]:
    return {number: str(name) for number, name in MONTHS.items()}
