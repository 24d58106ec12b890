"""What the worker does for addresses: counts what was asked for."""

from __future__ import annotations

from datetime import timedelta

from django.tasks import task

from blog.redirects import tally
from blog.taskqueue import enqueue_once

EVERY = timedelta(minutes=5)


@task
def count_asked() -> None:
    """Count what was asked for. The next run is queued first: whatever goes wrong below, there is one."""
    enqueue_once(count_asked, after=EVERY)
    tally.count_asked()
