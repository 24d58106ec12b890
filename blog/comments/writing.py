"""What writers do with their own comments: change them for a while, and take them back at any time.

Who may is settled by the caller: whoever holds the private link of the comment (blog/public/receipts.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.comments.bans import ban_of, sentence
from blog.comments.counts import lock_comment
from blog.comments.deciding import transition
from blog.comments.deleting import delete_comment
from blog.comments.following import forget_asked
from blog.comments.judging import judge, writer_of
from blog.comments.models import EDITED, REMOVED_BY_WRITER, Comment, Decision
from blog.comments.notices import comment_held
from blog.comments.receipts import is_waiting
from blog.comments.rendering import render_comment
from blog.comments.spam_signals import WRITER, forget
from blog.comments.writers import may_moderate

if TYPE_CHECKING:
    from blog.comments.judging import Judgement
    from blog.site.models import SiteSettings

Status = Comment.Status


MOST_EDITS = 20  # each keeps the text before it


class CannotEdit(Exception):  # noqa: N818 - names what happened
    """The comment stays as it is; the text says why, in a sentence for its writer."""


def editable_until(comment: Comment, site: SiteSettings) -> datetime:
    """Return the moment from which the writer may not change the text any more."""
    return comment.created_at + timedelta(minutes=site.comment_edit_minutes)


def why_not_editable(comment: Comment, site: SiteSettings) -> str:
    """Return why the writer cannot change the text now; "" where they can."""
    if comment.status != Status.APPROVED and not is_waiting(comment):
        return _("This comment cannot be changed any more.")
    if timezone.now() >= editable_until(comment, site):
        return _("The time to change this comment is over. You can still withdraw it.")
    if comment.decisions.filter(via=WRITER, earlier__isnull=False).count() >= MOST_EDITS:
        return _("You have changed it often enough. You can still withdraw it.")
    if comment.replies.filter(status__in=(Status.APPROVED, Status.PENDING)).exists():
        return _("Somebody has replied, so the text stays as it was. You can still withdraw it.")
    return ""


def edit_own(*, comment: Comment, body: str, site: SiteSettings) -> Comment:
    """Change the text, keep the old one for moderators, and ask the rules again if it was approved.

    The rules are asked before the lock, as for a new comment. Under the lock of the thread a reply or a
    decision that came first is seen, and one that comes at the same moment waits. Raises CannotEdit
    after the time, after a reply and for whoever is banned meanwhile. The same text again changes
    nothing, so that a form sent twice is one edit.
    """
    writer = writer_of(comment)
    is_trusted = may_moderate(comment.user, comment.article)
    judgement = judge(
        article=comment.article,
        writer=writer,
        body=body,
        is_trusted=is_trusted,
        seconds_taken=comment.seconds_taken,
        again=comment,
    )
    with transaction.atomic():
        current = _locked(comment)
        if current is None:
            raise CannotEdit(_("This comment cannot be changed any more."))
        if reason := why_not_editable(current, site):
            raise CannotEdit(reason)
        if not is_trusted and (ban := ban_of(writer)):
            raise CannotEdit(sentence(ban))
        if body != current.body:
            _change(current, body, judgement)
    return current


def _change(comment: Comment, body: str, judgement: Judgement) -> None:
    """Write the new text and what was there before; an approved comment stands only if the rules let it."""
    verdict, score = judgement.verdict, judgement.score
    forget(comment)  # what somebody approved was another text
    Decision.objects.create(
        comment=comment,
        from_status=comment.status,
        to_status=comment.status,
        actor=None,
        via=WRITER,
        reason=_("Edited by its writer."),
        earlier={name: getattr(comment, name) for name in EDITED},
    )
    comment.body, comment.html = body, render_comment(body)
    comment.edited_at = timezone.now()
    comment.score, comment.signals = (score.value, score.signals) if score else (None, [])
    comment.save(update_fields=["body", "html", "edited_at", "score", "signals"])
    if comment.status == Status.APPROVED and verdict.status != Status.APPROVED:
        transition(
            comment=comment,
            to=verdict.status,
            actor=None,
            reason=verdict.reason[:300],
            via=WRITER,
        )
        if comment.status == Status.PENDING:
            comment_held(comment)


@transaction.atomic
def withdraw_own(*, comment: Comment) -> bool:
    """Take the comment back, whatever its status; say whether there was one to take back.

    Where there are replies its place stays and says so; else nothing of it is left. There is no trash
    for it: the writer wants it gone, and is asked once before. Mail that it asked for and that nobody has
    confirmed ends with it.
    """
    current = _locked(comment)
    if current is None or current.status == Status.REMOVED:
        return False
    forget_asked(current)
    delete_comment(comment=current, actor=None)
    place = Comment.objects.filter(pk=current.pk)
    place.update(reason=REMOVED_BY_WRITER, score=None, signals=[], seconds_taken=None)
    if last := Decision.objects.filter(comment=current.pk, to_status=Status.REMOVED).first():
        last.via, last.reason = WRITER, _("Withdrawn by its writer.")
        last.save(update_fields=["via", "reason"])
    return True


def _locked(comment: Comment) -> Comment | None:
    """Lock the thread and the comment; return it as it is now, None if it is gone."""
    if lock_comment(comment) is None:
        return None
    return Comment.objects.select_related("article", "user").get(pk=comment.pk)
