"""Comments that were written elsewhere, before: stored as they were decided there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from blog.comments.avatars import avatar_of
from blog.comments.counts import COUNTED, lock_thread
from blog.comments.models import Comment, Thread
from blog.comments.rendering import render_comment
from blog.comments.services import root_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.articles.models import Article


@transaction.atomic
def store_earlier(*, article: Article, comments: Sequence[Comment]) -> None:
    """Store comments with their times, their statuses and their parents, some of which may be among them.

    Nobody is told and no rule is asked: they are no news. One statement for each level of replies, one for
    the times of each two hundred, and two for the counts.
    """
    lock_thread(article.pk)
    waiting = list(comments)
    times = [each.created_at for each in comments]
    while waiting:
        ready = [each for each in waiting if each.parent is None or each.parent.pk]
        if not ready:
            raise ValueError("These comments answer each other in a circle.")
        waiting = [each for each in waiting if each.parent is not None and not each.parent.pk]
        for comment in ready:
            comment.article = article
            comment.parent = comment.parent  # which has its key now
            comment.root_id = root_of(comment.parent)
            comment.html = render_comment(comment.body)
            comment.avatar_id = avatar_of(comment.user)
            if comment.status == Comment.Status.APPROVED:
                comment.approved_at = comment.created_at
        Comment.objects.bulk_create(ready)
    for comment, at in zip(comments, times, strict=True):
        comment.created_at = at  # which storing has set to now
    Comment.objects.bulk_update(comments, ["created_at"], batch_size=200)
    counts = Counter(COUNTED[each.status] for each in comments if each.status in COUNTED)
    if counts:
        Thread.objects.filter(article=article.pk).update(
            **{name: F(name) + count for name, count in counts.items()}
        )
