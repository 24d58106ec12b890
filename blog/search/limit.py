"""A limit of time for all the questions of one search: what takes longer is given up, not waited for.

PostgreSQL is told with each statement how long that may take: in one message, which is a transaction by
itself, so that no pooler hands the limit on to somebody else, and no question is asked more. SQLite is
interrupted by a second thread: a handler of progress would take Python's lock every few microseconds, and
hardly be asked while FTS5 looks for a phrase.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AGAIN = 0.002  # seconds; who is struck between two statements does not feel it
_STOPPED = ("SQLITE_INTERRUPT", "57014")  # query_canceled


class TooLongError(Exception):
    """The database did not answer in time."""


@contextmanager
def at_most(milliseconds: float) -> Iterator[None]:
    """Raise TooLongError once what is asked of the database within has taken longer. Only for reading."""
    end = time.monotonic() + milliseconds / 1000
    limited = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    try:
        with limited(end):
            yield
    except OperationalError as error:
        cause: Any = error.__cause__
        code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "pgcode", None)
        if code in _STOPPED:
            raise TooLongError from error
        raise


def _left(end: float) -> float:
    """Return the seconds that are left; raise TooLongError where there are none."""
    left = end - time.monotonic()
    if left <= 0:
        raise TooLongError
    return left


@contextmanager
def _on_postgresql(end: float) -> Iterator[None]:
    def ask(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        milliseconds = int(_left(end) * 1000) + 1
        return execute(
            f"SET LOCAL statement_timeout = {milliseconds}; {sql}", params, many, context
        )

    with _savepoint(), connection.execute_wrapper(ask):
        yield


@contextmanager
def _savepoint() -> Iterator[None]:
    """Give an outer transaction its own limit back, and keep it alive. Pages have none, tests do.

    By the driver: it is no question.
    """
    if not connection.in_atomic_block:
        yield
        return
    with connection.connection.cursor() as cursor:
        cursor.execute("SAVEPOINT search_limit")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK TO SAVEPOINT search_limit; RELEASE SAVEPOINT search_limit")


@contextmanager
def _on_sqlite(end: float) -> Iterator[None]:
    connection.ensure_connection()
    raw, turn, is_over = connection.connection, Lock(), Event()

    def strike() -> None:
        is_over.wait(end - time.monotonic())
        while True:
            with turn:  # never after the end: the next statement would be somebody else's
                if is_over.is_set():
                    return
                raw.interrupt()
            is_over.wait(_AGAIN)

    def ask(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        _left(end)
        return execute(sql, params, many, context)

    Thread(target=strike, daemon=True).start()
    try:
        with connection.execute_wrapper(ask):
            yield
    finally:
        with turn:
            is_over.set()
