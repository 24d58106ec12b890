"""The counts of an article's comments: locked first, moved with the rows, mended where they are off."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from blog.comments.models import Comment, Thread
from blog.comments.queries import ThreadDrift, thread_drift
from blog.prepared import Prepared, PreparedUpdate

COUNTED: dict[str, str] = {
    Comment.Status.APPROVED: "approved_count",
    Comment.Status.PENDING: "pending_count",
}
_locked = Prepared(lambda article: Thread.objects.select_for_update().filter(article=article))
_one_more = {
    status: PreparedUpdate(
        lambda article: Thread.objects.filter(article=article), **{field: F(field) + 1}
    )
    for status, field in COUNTED.items()
}


def lock_thread(article_id: int) -> Thread:
    """Lock the counts of the article until the transaction ends; make the row where it is missing."""
    locked = _locked(article=article_id)
    if not locked:
        Thread.objects.get_or_create(article_id=article_id)
        locked = _locked(article=article_id)
    return locked[0]


def lock_comment(comment: Comment) -> str | None:
    """Lock the counts and the comment, always in this order; return its status now, None if it is gone."""
    lock_thread(comment.article_id)
    rows = Comment.objects.select_for_update().filter(pk=comment.pk)
    return rows.values_list("status", flat=True).first()


def count_new(article_id: int, status: str) -> None:
    """Count a comment that was not there before."""
    if status in _one_more:
        _one_more[status](article=article_id)


def move_counts(article_id: int, before: str | None, after: str | None) -> None:
    deltas = {}
    if before is not None and before in COUNTED:
        deltas[COUNTED[before]] = F(COUNTED[before]) - 1
    if after is not None and after in COUNTED:
        deltas[COUNTED[after]] = F(COUNTED[after]) + 1
    if deltas:
        Thread.objects.filter(article=article_id).update(**deltas)


def fix_thread_counts() -> list[ThreadDrift]:
    """Count the comments of every article whose counts are off anew; return what was off."""
    found = thread_drift()
    for drift in found:
        with transaction.atomic():
            lock_thread(drift.article_id)
            rows = Comment.objects.filter(article=drift.article_id)
            Thread.objects.filter(article=drift.article_id).update(
                **{field: rows.filter(status=status).count() for status, field in COUNTED.items()}
            )
    return found
