"""What the worker does for reads."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.tasks import task
from django.utils import timezone

from blog.reads.totals import let_old_days_go
from blog.site.local import in_words_of_the_site
from blog.taskqueue import enqueue_once


@task
@in_words_of_the_site()
def begin_day() -> int:
    """Let old days go out of the rankings, a minute after midnight in the site's zone."""
    now = timezone.localtime()
    midnight = datetime.combine(now.date() + timedelta(days=1), time(0, 1), now.tzinfo)
    enqueue_once(begin_day, after=midnight - now)
    return let_old_days_go(now.date())
