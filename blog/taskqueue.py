"""Ways into the queue of tasks: once, later, or with a row that must be stored whatever happens.

A task that comes round puts its next run into the queue, so that one worker is all there is to run.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult, get_date_max

from blog.prepared import PreparedInsert

if TYPE_CHECKING:
    from django.tasks import Task

logger = logging.getLogger(__name__)

NOW = timedelta(0)
KEEP_SUCCESSFUL = timedelta(hours=6)  # results of tasks; a failed one stays for a fortnight
KEEP_FAILED = timedelta(days=14)
DEAD_AFTER = timedelta(minutes=15)  # far longer than any of our tasks takes
SOON = 10  # priority of what somebody waits for: mail before pictures


def enqueue_once(task: Task, *, after: timedelta = NOW) -> None:
    """Queue *task* to run after a while, unless a run of it waits already.

    Of two callers at once both may queue it: a task that comes round must bear running twice. With a
    backend that cannot wait (the tests'), what is to run later does not run.
    """
    if not isinstance(task.get_backend(), DatabaseBackend):
        if after == NOW:
            task.enqueue()
        return
    runs = DBTaskResult.objects.filter(task_path=task.module_path)
    if not runs.filter(status=TaskResultStatus.READY).exists():
        (task.using(run_after=timezone.now() + after) if after else task).enqueue()


def enqueue_with_row(task: Task, *args: Any) -> None:
    """Queue *task* in the caller's transaction: row and task are stored together, or neither.

    A server that dies between the two loses none of them. Where no task can be queued at all that is
    logged, and the row is stored: somebody has typed it.
    """
    try:
        # What fails here must not take the caller's row with it.
        if isinstance(task.get_backend(), DatabaseBackend):
            _insert(_row_of(task, args), apart=True)
        else:
            with transaction.atomic():
                task.enqueue(*args)
    except Exception:
        logger.exception("%s%r could not be queued.", task.module_path, args)


_insert = PreparedInsert(DBTaskResult)


def _row_of(task: Task, args: tuple[Any, ...]) -> DBTaskResult:
    """Return what the backend stores for a task, which takes it a third of the time a comment takes."""
    return DBTaskResult(
        args_kwargs={"args": list(args), "kwargs": {}},
        priority=task.priority,
        task_path=task.module_path,
        queue_name=task.queue_name,
        run_after=task.run_after or get_date_max(),
        backend_name=task.backend,
    )


def revive(*tasks: Task) -> int:
    """Queue again what a worker has begun and never ended; return how many. Only what may run twice."""
    begun = DBTaskResult.objects.running().filter(
        task_path__in=[task.module_path for task in tasks],
        started_at__lt=timezone.now() - DEAD_AFTER,
    )
    return begun.update(status=TaskResultStatus.READY, started_at=None)


def forget_results() -> None:
    """Delete the results of tasks that ended long ago."""
    now = timezone.now()
    DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_SUCCESSFUL).delete()
    DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILED).delete()
