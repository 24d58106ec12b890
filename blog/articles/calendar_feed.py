"""The calendar for the calendar programs of one person: iCalendar (RFC 5545) behind a private address."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from blog.articles.calendar import Entry, entries_between
from blog.numbers import number_in

if TYPE_CHECKING:
    from collections.abc import Iterator

BEFORE, AFTER = timedelta(days=31), timedelta(days=180)
MAX_LINE = 75  # bytes (RFC 5545, 3.1)


def feed_token(user: User) -> str:
    """Return the word in the address of this person's calendar.

    It holds until they ask for another one in their profile, change the password or sign out everywhere.
    """
    return _signer(user).sign(str(user.pk))


def user_of_feed(token: str) -> User | None:
    """Return whose calendar it is; None for a forged or withdrawn address, or who may not look any more."""
    key = number_in(token.partition(":")[0]) or 0
    user = User.objects.filter(pk=key, is_active=True, is_staff=True).first()
    if user is None or not user.has_perm("articles.view_article"):
        return None
    try:
        _signer(user).unsign(token)
    except signing.BadSignature:
        return None
    return user


def _signer(user: User) -> signing.Signer:
    renewed = f".{user.calendar_version}" if user.calendar_version else ""
    return signing.Signer(salt=f"byline.calendar.{user.get_session_auth_hash()}{renewed}")


def calendar_feed(user: User, *, title: str, origin: str) -> str:
    """Return what happens from a month ago to half a year from now, as this person may see it.

    `origin` is scheme and host, without a slash at its end.
    """
    now = timezone.now()
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Byline//Calendar//EN",
        f"X-WR-CALNAME:{_text(title)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for entry in entries_between(now - BEFORE, now + AFTER, user=user, may_publish=False):
        lines += _event(entry, now, origin)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, now: datetime, origin: str) -> list[str]:
    address = reverse("admin:articles_article_change", args=[entry.article.pk])
    host = re.sub(r"^\w+://", "", origin)
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.key}@{host}",
        f"DTSTAMP:{_time(now)}",
        _start(entry, now),
        f"SUMMARY:{_text(f'{entry.kind.label}: {entry.article.title}')}",
        f"URL:{origin}{address}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _start(entry: Entry, now: datetime) -> str:
    at = entry.at or now
    return f"DTSTART;VALUE=DATE:{at:%Y%m%d}" if entry.is_all_day else f"DTSTART:{_time(at)}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Return a text with what means something in iCalendar escaped, on one line."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", value)
    return re.sub(r"([\\;,])", r"\\\1", plain)


def _folded(line: str) -> Iterator[str]:
    """Yield a line in parts of at most 75 bytes, never through the middle of a letter."""
    part, size, room = "", 0, MAX_LINE
    for letter in line:
        width = len(letter.encode())
        if size + width > room:
            yield part
            part, size, room = " ", 1, MAX_LINE
        part += letter
        size += width
    yield part
