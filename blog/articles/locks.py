"""Locks in the other order than everybody else's."""

from __future__ import annotations

import functools
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 200  # milliseconds; after a second the database itself ends one of two, and not always this one
TRIES = 20
_PAUSE = 0.02  # seconds, in which the others come to their turn
_GIVEN_WAY = ("55P03", "40P01")  # lock_not_available, deadlock_detected


def giving_way[**P, R](change: Callable[P, R]) -> Callable[P, R]:
    """Run the change in a transaction that lets go of its locks where it waits for one, and begins anew.

    For changes of a term or an author and of all articles with it. Who saves an article locks that, and
    then the terms it gets: such a change takes both the other way round, and they would wait for each
    other. The text that somebody typed must not be what is refused then. On SQLite one writes at a time.
    """

    @functools.wraps(change)
    def changed(*args: P.args, **kwargs: P.kwargs) -> R:
        def attempt() -> R:
            with transaction.atomic(), _impatience():
                return change(*args, **kwargs)

        for _ in range(TRIES - 1):
            try:
                return attempt()
            except OperationalError as error:
                cause: Any = error.__cause__
                if getattr(cause, "pgcode", None) not in _GIVEN_WAY:
                    raise
            time.sleep(_PAUSE)
        return attempt()

    return changed


@contextmanager
def _impatience() -> Iterator[None]:
    """Wait for a lock for a moment only. A savepoint that is rolled back takes the limit along."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE}")
        yield
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
