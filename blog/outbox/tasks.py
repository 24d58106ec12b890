"""What the worker does for the outbox: at once after a commit, and once a minute."""

from __future__ import annotations

from datetime import timedelta

from django.tasks import task

from blog.outbox.delivery import deliver_due
from blog.taskqueue import SOON, enqueue_once, forget_results

EVERY = timedelta(minutes=1)
KEEP_TEXT = timedelta(days=30)  # addresses and texts of mail that is dealt with


@task(priority=SOON)
def deliver() -> int:
    """Send what is due; return how many mails left. The first mail of a site starts the sweeps."""
    enqueue_once(sweep, after=EVERY)
    return deliver_due()


@task(priority=SOON)
def sweep() -> int:
    """Send what is due again, and what a worker that died has left; clean up.

    The next run is queued first: whatever goes wrong below, there is one.
    """
    enqueue_once(sweep, after=EVERY)
    sent = deliver_due()
    forget_results()
    return sent
