"""Writing mail into the outbox and taking it out again. Nothing here talks to a mail server."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from blog.outbox.models import Mail
from blog.outbox.tasks import deliver
from blog.taskqueue import enqueue_once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MAX_SUBJECT = 200  # characters
# They turn the direction of what follows: a name could make a subject read as another one.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HEADER = re.compile(r"[A-Za-z][A-Za-z-]*")


def queue_mail(
    *, key: str, to: str, subject: str, body: str, headers: Mapping[str, str] | None = None
) -> None:
    """Write a mail, in the caller's transaction; it is sent once that is committed.

    Asked for again with the same key, nothing changes, whatever became of the first; of two at once
    the database takes one. Raises ValueError for a header whose name is none.
    """
    for name in headers or {}:
        if not _HEADER.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header.")
    mail = Mail(
        key=key,
        to=one_line(to).lower()[:254],
        subject=shorten(one_line(subject), MAX_SUBJECT),
        body="".join(sign for sign in body if sign in "\n\t" or _is_readable(sign)),
        headers={name: one_line(value) for name, value in (headers or {}).items()},
        next_try_at=timezone.now(),
    )
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    transaction.on_commit(partial(enqueue_once, deliver), robust=True)


def one_line(text: str) -> str:
    """Return *text* on a single line, without anything that could start a header or turn a line round."""
    words = " ".join(text.split())  # every kind of line break is space to Python
    return "".join(sign for sign in _TURNS.sub("", words) if _is_readable(sign))


def shorten(text: str, length: int) -> str:
    """Return at most *length* characters of *text*, with a sign that there was more."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def was_queued(*, to: str, key_start: str, since: datetime) -> bool:
    """Say whether a mail of this kind was written to the address since then."""
    return Mail.objects.filter(
        to=one_line(to).lower(), key__startswith=key_start, created_at__gt=since
    ).exists()


def send_again(*, mail: Mail) -> bool:
    """Put a mail back into the queue, with all its tries; False if its text is gone already."""
    now = timezone.now()
    rows = Mail.objects.filter(pk=mail.pk).exclude(to="").exclude(claimed_until__gt=now)
    changed = rows.update(
        next_try_at=now,
        claimed_until=None,
        handed_over_at=None,
        attempts=0,
        sent_at=None,
        given_up_at=None,
        error="",
    )
    transaction.on_commit(partial(enqueue_once, deliver), robust=True)
    return bool(changed)


def cancel(*, to: str, key_start: str) -> int:
    """Take back mails to an address that nobody has begun to send; return how many."""
    rows = Mail.objects.waiting().filter(
        to=one_line(to).lower(), key__startswith=key_start, handed_over_at__isnull=True
    )
    return rows.update(given_up_at=timezone.now(), error=_("Not wanted any more."))


def forget_address(*, address: str) -> int:
    """Empty every mail to an address, sent or not; return how many."""
    rows = Mail.objects.filter(to=one_line(address).lower())
    rows.waiting().update(given_up_at=timezone.now())
    return rows.forget()


def _is_readable(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cs"}


def mark_of(address: str) -> str:
    """Return a mark of an address for keys: always the same, and the address cannot be read from it."""
    return salted_hmac("byline.outbox.key", address.lower(), algorithm="sha256").hexdigest()[:24]
