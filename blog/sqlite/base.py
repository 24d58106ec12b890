"""Django's SQLite with a queue before the write lock.

SQLite has no queue: who finds the lock taken sleeps, longer each time, and looks again. Two threads that
write all the time spend more than half of it asleep beside a free lock (measured: 8 ms for a comment
from one thread, 19 ms from two). Here writers wait for each other, in a process by a lock of Python's
and between processes by one of the file system's, looked at every half millisecond. SQLite's own lock
stays what protects the data: the queue may be left out by anybody.
"""

import fcntl
import os
import sqlite3
import time
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.utils.dateparse import parse_datetime

LONGEST_WAIT = 20  # seconds; then SQLite itself says that it is locked
LOOK_EVERY = 0.0005  # seconds


class Queue:
    """The writers of one database file in this process, one of which may stand before the others' files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = Lock()
        self.file: int | None = None  # its descriptor, open as long as the process

    def enter(self) -> bool:
        """Wait for one's turn; return False for a turn that never came."""
        end = time.monotonic() + LONGEST_WAIT
        if not self.lock.acquire(timeout=LONGEST_WAIT):
            return False
        try:
            if self.file is None:
                self.file = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            while time.monotonic() < end:
                try:
                    fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(LOOK_EVERY)
                else:
                    return True
        except OSError:
            return True  # a folder that cannot be written to: the queue of this process is enough
        self.lock.release()
        return False

    def leave(self) -> None:
        try:
            if self.file is not None:
                fcntl.flock(self.file, fcntl.LOCK_UN)
        finally:
            self.lock.release()


_queues: dict[str, Queue] = {}
# A fork would share its parent's open file, and so its turn.
os.register_at_fork(after_in_child=_queues.clear)


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor, which remembers how it has written a statement in SQLite's style."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is None:
            return _converted(query)
        return super().convert_query(query, param_names=param_names)


@lru_cache(maxsize=500)
def _converted(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class Operations(DatabaseOperations):
    """Django's, with what a stored time needs instead of a parser for every way to write one.

    Of a plain column the driver has made a time already; of an expression it is still a text.
    """

    def convert_datetimefield_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        try:
            if not isinstance(value, datetime):
                value = datetime.fromisoformat(value)
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        except (TypeError, ValueError):
            return super().convert_datetimefield_value(value, expression, connection)


# Called by the driver for each time it reads. Django's looks up a parser, which begins with the same.
def _time(stored: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(stored.decode())
    except ValueError:
        return parse_datetime(stored.decode())


sqlite3.register_converter("datetime", _time)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations
    queue: Queue | None = None  # while this connection has its turn

    def create_cursor(self, name: str | None = None) -> Cursor:
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        if self.queue is None and not self.is_in_memory_db():
            name = str(self.settings_dict["NAME"])
            queue = _queues.setdefault(name, Queue(Path(f"{name}-queue")))
            self.queue = queue if queue.enter() else None
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._leave_after_transaction()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_after_transaction()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _leave_after_transaction(self) -> None:
        if self.connection is None or not self.connection.in_transaction:
            self._leave()

    def _leave(self) -> None:
        queue, self.queue = self.queue, None
        if queue is not None:
            queue.leave()
