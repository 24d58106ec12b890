"""Deleting for good: one comment, or all the spam. Places that replies need stay, empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from blog.comments.counts import lock_thread, move_counts
from blog.comments.deciding import SHELVED
from blog.comments.models import Comment, CommentQuerySet, Decision

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


@transaction.atomic
def delete_comment(*, comment: Comment, actor: User | None) -> None:
    """Delete for good. Where there are replies the place stays, empty of everything personal."""
    lock_thread(comment.article_id)
    current = Comment.objects.select_for_update().filter(pk=comment.pk).first()
    if current is None or current.status == Comment.Status.REMOVED:
        return
    move_counts(current.article_id, current.status, None)
    if not current.replies.exists():
        current.delete()
        _clear_empty_place(current.parent_id)
        return
    Comment.objects.filter(pk=current.pk).update(
        status=Comment.Status.REMOVED,
        **dict.fromkeys(
            (
                *("name", "email", "website", "body", "html", "about"),
                *("reason", "network_hash", "user_agent"),
            ),
            "",
        ),
        signals=[],  # words of the text
        user=None,
        visitor=None,
    )
    current.subscriptions.all().delete()
    current.decisions.filter(earlier__isnull=False).update(earlier=None)
    Decision.objects.create(
        comment=current,
        from_status=current.status,
        to_status=Comment.Status.REMOVED,
        actor=actor,
        reason=_("Deleted for good."),
    )


def _clear_empty_place(pk: int | None) -> None:
    """Delete places that were kept for replies and have none left, up the thread."""
    removed = Comment.objects.filter(status=Comment.Status.REMOVED, replies=None)
    while pk is not None:
        place = removed.filter(pk=pk).first()
        if place is None:
            return
        pk = place.parent_id
        place.delete()


def delete_comments(*, comments: QuerySet[Comment], actor: User | None) -> int:
    """Delete many for good, replies before what they answer; return how many."""
    pks = list(comments.order_by("-pk").values_list("pk", flat=True))
    for start in range(0, len(pks), 500):
        chunk = Comment.objects.filter(pk__in=pks[start : start + 500])
        _delete_shelved(chunk)
        for comment in chunk.order_by("-pk"):
            delete_comment(comment=comment, actor=actor)
    return len(pks)


@transaction.atomic
def _delete_shelved(comments: CommentQuerySet) -> None:
    """Delete those nobody sees, counts or answered, all at once: spam comes by the thousand.

    A moderator who brings one back meanwhile holds its row: it is found changed and stays.
    """
    answered = Exists(Comment.objects.filter(parent=OuterRef("pk")))
    rows = comments.filter(~answered, status__in=SHELVED).order_by("pk").select_for_update()
    parents = dict(rows.values_list("pk", "parent_id"))
    Comment.objects.filter(pk__in=parents).delete()
    for parent in set(parents.values()):
        _clear_empty_place(parent)
