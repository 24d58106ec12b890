"""What the worker does for SQLite: lets it look once a day at how much there is of everything."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.tasks import task

from blog.taskqueue import enqueue_once

EVERY = timedelta(days=1)
# Entries of each index, as SQLite advises: 10 ms with 50,000 comments, where the whole takes 80.
LOOK_AT = 400


@task
def look_at_sizes() -> None:
    """Let SQLite choose its plans by the sizes of today; PostgreSQL does so by itself.

    No `PRAGMA optimize`: before SQLite 3.46 it looks only at what this connection has asked for, and the
    worker's has asked for next to nothing. The next run is queued first: whatever goes wrong below,
    there is one.
    """
    enqueue_once(look_at_sizes, after=EVERY)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={LOOK_AT}")
            cursor.execute("ANALYZE")
