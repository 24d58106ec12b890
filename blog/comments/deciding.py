"""Decisions: the one way a comment's status changes, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from blog.comments.counts import lock_comment, move_counts
from blog.comments.models import Comment, Decision
from blog.comments.notices import comment_approved
from blog.comments.reports import dismiss_reports
from blog.comments.spam_signals import learn_from_decision

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User

# What a comment can be made by a decision; `removed` is for good and has a function of its own.
STATES = frozenset(Comment.Status.values) - {Comment.Status.REMOVED}
SHELVED = (Comment.Status.SPAM, Comment.Status.TRASH)


@transaction.atomic
def transition(
    *,
    comment: Comment,
    to: str,
    actor: User | None,
    reason: str = "",
    via: str = "",
    batch: UUID | None = None,
    seen: str | None = None,
) -> bool:
    """Change the status, log who decided and how, and move the counts. The only way a status changes.

    Return False where the comment is there already or is gone, or is not any more what its moderator
    has *seen*: of two at once, the second changes nothing. Decisions of one *batch* are undone together.
    A removed comment has no text to bring back and stays removed. `approved_at` is the
    first time: what is brought back is not new to readers. Who approves or bins a comment has looked at
    the reports it had when they opened it.
    """
    if to not in STATES:
        raise ValueError(f"A comment cannot be made {to!r}.")
    before = lock_comment(comment)
    if before in (None, to, Comment.Status.REMOVED) or seen not in (None, before):
        return False
    changes: dict[str, Any] = {"status": to, "reason": reason}
    if to == Comment.Status.APPROVED:
        changes["approved_at"] = Coalesce("approved_at", timezone.now())
    Comment.objects.filter(pk=comment.pk).update(**changes)
    learn_from_decision(comment=comment, to=to, actor=actor, via=via)
    Decision.objects.create(
        comment_id=comment.pk,
        from_status=before,
        to_status=to,
        actor=actor,
        reason=reason,
        via=via,
        batch=batch,
    )
    move_counts(comment.article_id, before, to)
    comment.status = to
    comment.reason = reason
    if actor is not None and to != Comment.Status.PENDING and comment.report_count:
        dismiss_reports(comment=comment, actor=actor, via=via, batch=batch)
    if to == Comment.Status.APPROVED:
        comment_approved(comment)
    return True


def status_before(comment: Comment) -> str:
    """Return the status before the comment came to the trash or the spam: pending if it began there."""
    last = (
        comment.decisions.filter(to_status__in=SHELVED)
        .exclude(from_status__in=("", *SHELVED))
        .first()
    )
    return last.from_status if last else Comment.Status.PENDING
