"""What those who may decide set on comments that stand: pinned, featured, closed, a question, its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from blog.comments.counts import lock_comment, lock_thread
from blog.comments.models import Comment, Decision, Thread

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from blog.articles.models import Article

# By the word in a form: the field, its value, and what the log says.
MARKS = {
    "pin": ("is_pinned", True, _("Pinned.")),
    "unpin": ("is_pinned", False, _("No longer pinned.")),
    "feature": ("is_featured", True, _("Featured.")),
    "unfeature": ("is_featured", False, _("No longer featured.")),
    "close": ("is_closed", True, _("Its thread is closed.")),
    "open": ("is_closed", False, _("Its thread is open again.")),
    "question": ("is_question", True, _("Marked as a question.")),
    "no-question": ("is_question", False, _("No question.")),
}
ANSWERS = {"answer", "no-answer"}


@transaction.atomic
def mark_comment(*, comment: Comment, mark: str, actor: User) -> bool:
    """Set or take one of MARKS, and log it; False where it is so already, or the comment is not shown.

    Threads are pinned, replies are not: False for these, too.
    """
    field, value, reason = MARKS[mark]
    if lock_comment(comment) != Comment.Status.APPROVED:
        return False
    rows = Comment.objects.filter(pk=comment.pk).exclude(**{field: value})
    if field == "is_pinned":
        rows = rows.filter(root=None)
    changes: dict[str, bool | None] = {field: value}
    if mark == "no-question":
        changes["answer"] = None
    return bool(rows.update(**changes)) and _log(comment, actor, str(reason))


@transaction.atomic
def choose_answer(*, reply: Comment, is_answer: bool, actor: User) -> bool:
    """Make the reply the answer to the question it stands under, or take that back.

    Return False where there is no question, or nothing to change. The question is the nearest comment
    above that is marked as one; it has one answer, the last chosen.
    """
    if lock_comment(reply) != Comment.Status.APPROVED:
        return False
    question = question_above(reply)
    if question is None or (question.answer_id == reply.pk) is is_answer:
        return False
    Comment.objects.filter(pk=question.pk).update(answer=reply if is_answer else None)
    reason = _("Chosen as the answer.") if is_answer else _("No longer the answer.")
    return _log(reply, actor, str(reason))


def question_above(reply: Comment) -> Comment | None:
    """Return the nearest question above a reply as it is now, in a query for each level."""
    parent = Comment.objects.filter(replies=reply).first()
    while parent is not None and not parent.is_question:
        parent = parent.parent
    return parent


@transaction.atomic
def close_comments_at(*, article: Article, at: datetime | None) -> None:
    """Let the comments of an article close at a time, which may be over; None: by the site's settings."""
    lock_thread(article.pk)
    Thread.objects.filter(article=article).update(closes_at=at)


@transaction.atomic
def mail_followers(*, article: Article, wants_mail: bool) -> None:
    """Let the comments of an article be mailed to who follows them, or not. Its authors hear as ever."""
    lock_thread(article.pk)
    Thread.objects.filter(article=article).update(mail_is_off=not wants_mail)


def _log(comment: Comment, actor: User, reason: str) -> bool:
    status = Comment.Status.APPROVED
    Decision.objects.create(
        comment_id=comment.pk,
        from_status=status,
        to_status=status,
        actor=actor,
        reason=reason,
        via="page",
    )
    return True
