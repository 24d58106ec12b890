"""How often one network may ask for what is costly to find, counted in the memory of this process.

Nothing is stored: a GET writes nothing. Each process counts for itself, so the limit is a rough one.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from accounts.visitors import network_of

if TYPE_CHECKING:
    from django.http import HttpRequest

MINUTE = 60  # seconds
_MOST_NETWORKS = 10_000  # then all begin anew


counts: dict[tuple[str, str], int] = {}  # by what is asked for and the network, in this minute
_this_minute = [0]


def is_too_fast(request: HttpRequest, what: str, *, most: int) -> bool:
    """Count one more of these from this network; say whether that is more than *most* in a minute.

    Threads may miscount by a few: no lock is worth it.
    """
    key = _key(request, what)
    counts[key] = counts.get(key, 0) + 1
    return counts[key] > most


def was_too_fast(request: HttpRequest, what: str, *, most: int) -> bool:
    """Say whether this network has had its *most* of these in this minute, and count nothing."""
    return counts.get(_key(request, what), 0) >= most


def _key(request: HttpRequest, what: str) -> tuple[str, str]:
    minute = int(time.monotonic()) // MINUTE
    if minute != _this_minute[0] or len(counts) >= _MOST_NETWORKS:
        _this_minute[0] = minute
        counts.clear()
    return what, network_of(request)
