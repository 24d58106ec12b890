"""The site's own language, time zone and format of days, settled for whatever is written next."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.dateformat import format as in_format
from django.utils.translation import gettext_lazy as _

from blog.days import own_format
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

# What an owner is offered, each shown as today.
FORMATS = ("j F Y", "F j, Y", "j. F Y", "D, j M Y", "d.m.Y", "d/m/Y", "m/d/Y", "Y-m-d")
_SAMPLES = (
    datetime(2026, 11, 23, 17, 5, tzinfo=UTC),
    datetime(2025, 2, 3, 4, 59, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
)


def language_of(site: SiteSettings) -> str:
    """Return the site's language, English where its catalogue is gone."""
    return site.language if site.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def settle(site: SiteSettings) -> None:
    """Speak the site's language from here on, in its zone. Every view begins with it, then `unsettle()`."""
    timezone.activate(ZoneInfo(site.time_zone))
    translation.activate(language_of(site))
    own_format.set(site.date_format)


def unsettle() -> None:
    """Leave nothing to the next request of this thread."""
    timezone.deactivate()
    translation.deactivate()
    own_format.set("")


@contextmanager
def in_words_of_the_site() -> Iterator[SiteSettings]:
    """Speak as the pages do; around a task that writes mail, as its decorator. Costs a query."""
    site = SiteSettings.objects.current()
    before = own_format.get()
    with (
        timezone.override(ZoneInfo(site.time_zone)),
        translation.override(language_of(site)),
    ):
        own_format.set(site.date_format)
        try:
            yield site
        finally:
            own_format.set(before)


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
