"""What this process knows of changes: which tags are out of date since when."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection
from django.utils import timezone

from blog.pagestore.models import Change

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

POLL_EVERY = 0.2  # seconds: how long another server's change may stay unseen
PAUSE_WHILE_DOWN = 1  # seconds, on top
KEPT = timedelta(days=1)
LONGEST_SILENCE = KEPT.total_seconds() / 2  # seconds; after that rows may be missing
MOST_TAGS = 50_000

# Everything that other transactions may still commit has a number at or above the snapshot's xmin.
_POSTGRESQL = """
    SELECT bounds.oldest, change.id, change.tag, change.transaction_id
    FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest) AS bounds
    LEFT JOIN pagestore_change AS change ON change.transaction_id >= %s
    ORDER BY change.id
"""
_SQLITE = "SELECT id, tag FROM pagestore_change WHERE id >= %s ORDER BY id"


@dataclass(frozen=True)
class Moment:
    """A point in this process's reading (`sequence`) and in the database's writing (`position`).

    `read_at` is the monotonic time at which that reading began: nothing older has been missed.
    """

    sequence: int
    position: int
    read_at: float


class Changes:
    """Reads the change rows at most every 200 ms, and at once after a write on this machine.

    `marker` is a file that grows by a byte with every write of any process here: its size is asked for
    with each request, which costs two microseconds.
    """

    def __init__(self, marker: Path) -> None:
        self.marker = marker
        self.lock = Lock()
        self.sequence = 0
        # SQLite: the next id. PostgreSQL: the oldest transaction that was running.
        self.position = 0
        self.last: dict[str, tuple[int, int]] = {}  # tag: (sequence, position)
        self.forgotten = 0  # pages older than this sequence may miss a change
        self.forgotten_position = 0  # and than this position
        self.seen: set[int] = set()  # ids at or above `position`, read already
        self.read_at = float("-inf")
        self.asked_at = float("-inf")  # when the last reading that worked began
        self.marker_size = -1
        self.is_down = False

    def now(self, *, at_once: bool = False) -> Moment:
        """Return the present moment, after reading what is due. Never raises: see `is_down`."""
        size = self._size()
        if at_once or size != self.marker_size or time.monotonic() - self.read_at >= POLL_EVERY:
            with self.lock:
                if (
                    at_once
                    or size != self.marker_size
                    or time.monotonic() - self.read_at >= POLL_EVERY
                ):
                    self._read(size)
        read_at = self.asked_at  # first: a reading may end between this line and the next
        return Moment(self.sequence, self.position, read_at)

    def since(self, tags: Iterable[str], sequence: int) -> bool:
        """Say whether one of the tags has changed after that point of our reading."""
        if sequence < self.forgotten:
            return True
        last = self.last
        return any(last[tag][0] > sequence for tag in tags if tag in last)

    def reaches(self, position: int) -> bool:
        """Say whether all is known that was written from that position on.

        A page from a later point than the database has reached is from before a backup was restored.
        """
        return self.forgotten_position <= position <= self.position

    def sequence_of(self, tags: Iterable[str], position: int) -> int:
        """Return the point of our reading up to which a page holds that another process rendered then."""
        now, last = self.sequence, self.last
        later = (last[tag] for tag in tags if tag in last)
        return min((sequence - 1 for sequence, at in later if at >= position), default=now)

    def only(self, beginnings: tuple[str, ...], tags: Iterable[str], sequence: int) -> bool:
        """Say whether no tag has changed since but ones with these beginnings."""
        last = self.last
        later = (tag for tag in tags if tag in last and last[tag][0] > sequence)
        return sequence >= self.forgotten and all(tag.startswith(beginnings) for tag in later)

    def announce(self) -> None:
        """Tell every process on this machine to read before it answers again."""
        try:
            with self.marker.open("ab") as file:
                file.write(b".")
        except OSError:
            self.read_at = float("-inf")  # a full disk: at least this process reads at once

    def forget(self) -> None:
        """Begin anew, as a process does that has just started."""
        with self.lock:
            self.sequence += 1
            self.forgotten = self.sequence
            self.position = 0
            self.last.clear()
            self.seen.clear()
            self.read_at = float("-inf")

    def _size(self) -> int:
        try:
            return self.marker.stat().st_size
        except OSError:
            return 0

    def _read(self, size: int) -> None:
        if time.monotonic() - self.read_at > LONGEST_SILENCE:
            self.forgotten = self.sequence + 1
            self.sequence += 1
        asked_at = time.monotonic()
        try:
            rows = self._rows()
        except Exception:  # whatever the driver raises: pages stay readable without it
            self.is_down = True
            self.read_at = time.monotonic() + PAUSE_WHILE_DOWN
            return
        finally:
            close_old_connections()
        self.is_down = False
        for tag, position in rows:
            # In this order: a thread that does not wait for us must not take the page to be newer.
            self.last[tag] = (self.sequence + 1, position)
            self.sequence += 1
        if len(self.last) > MOST_TAGS:
            self.last.clear()
            self.sequence += 1
            self.forgotten = self.sequence
            self.forgotten_position = self.position
        self.marker_size = size
        self.asked_at = asked_at
        self.read_at = time.monotonic()

    def _rows(self) -> list[tuple[str, int]]:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(_SQLITE, [self.position])
                found = cursor.fetchall()
                if found:
                    self.position = found[-1][0] + 1
                return [(tag, pk) for pk, tag in found]
            cursor.execute(_POSTGRESQL, [self.position])
            rows = cursor.fetchall()
        self.position = rows[0][0]
        new = [
            (pk, tag, number) for _oldest, pk, tag, number in rows if pk and pk not in self.seen
        ]
        self.seen = {pk for _oldest, pk, _tag, number in rows if pk and number >= self.position}
        return [(tag, number) for _pk, tag, number in new]


def forget_old_changes() -> int:
    """Delete the rows no process needs any more; return how many."""
    return Change.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
