"""Counting what was asked for, without writing to the database on a GET.

A server appends one short line to a file of its machine, in one write that no other can split; the
worker of that machine counts the lines every few minutes. What this costs: what comes in between its
reading and its deleting the file is not counted, nor is a file that the worker had read when it died,
nor anything beyond a quarter of a megabyte between two counts. The page store answers a repeated
question itself: many within half a minute count once. These are numbers to judge by, not to bill by.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from blog.redirects.models import MissingAddress, Redirect
from blog.redirects.paths import is_plausible

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024
MOST_ADDRESSES = 500  # of those shown, and as many of those hidden
KEPT = timedelta(days=90)  # after it was last asked for


def note_redirect(redirect: Redirect) -> None:
    _append(f"r {redirect.pk}\n")


def note_missing(path: str) -> None:
    """Note an address nobody has, if a person may have asked for it."""
    if not path.endswith("/") and "." not in path.rpartition("/")[2]:
        path += "/"
    if is_plausible(path):
        _append(f"m {path}\n")


def count_asked() -> int:
    """Count what was noted since the last time; return how many notes there were."""
    redirects, missing = _take()
    with transaction.atomic():
        now = timezone.now()
        for pk, times in redirects.items():
            Redirect.objects.filter(pk=pk).update(hits=F("hits") + times, last_hit_at=now)
        asked = dict(missing.most_common(MOST_ADDRESSES))
        known = set(MissingAddress.objects.filter(path__in=asked).values_list("path", flat=True))
        for path in known:
            MissingAddress.objects.filter(path=path).update(
                hits=F("hits") + asked[path], last_at=now
            )
        new = [
            MissingAddress(path=path, hits=times, last_at=now)
            for path, times in asked.items()
            if path not in known
        ]
        MissingAddress.objects.bulk_create(new, ignore_conflicts=True)
        MissingAddress.objects.filter(last_at__lt=now - KEPT).delete()
        _drop_least_asked()
    return redirects.total() + missing.total()


def _drop_least_asked() -> None:
    """Keep the table small, whoever asks for whatever: of addresses asked for once the newest stay."""
    for is_hidden in (False, True):
        rows = MissingAddress.objects.filter(is_hidden=is_hidden)
        extra = rows.order_by("-hits", "-last_at", "-pk").values_list("pk", flat=True)
        MissingAddress.objects.filter(pk__in=list(extra[MOST_ADDRESSES:])).delete()


def _file() -> Path:
    return settings.DATA_DIR / "asked"


def _append(line: str) -> None:
    """Add a line; a full or read-only disk loses it and nothing else."""
    try:
        handle = os.open(_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.fstat(handle).st_size < MOST_BYTES:
                os.write(handle, line.encode())
        finally:
            os.close(handle)
    except OSError as error:
        logger.warning("What was asked for is not counted: %s", error)


def _take() -> tuple[Counter[int], Counter[str]]:
    """Return what was noted, and forget the notes."""
    redirects: Counter[int] = Counter()
    missing: Counter[str] = Counter()
    taken = _file().with_name(f"asked-{os.getpid()}")
    try:
        _file().replace(taken)
        text = taken.read_text(errors="replace")
        taken.unlink()
    except OSError:  # nothing was asked for
        return redirects, missing
    for line in text.split("\n"):
        kind, _space, what = line.partition(" ")
        if kind == "r" and what.isdecimal():
            redirects[int(what)] += 1
        elif kind == "m" and is_plausible(what):
            missing[what] += 1
    return redirects, missing
