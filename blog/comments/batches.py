"""What one click decided: one comment or many, said in one sentence and taken back by one click."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.comments.counts import lock_comment
from blog.comments.deciding import status_before, transition
from blog.comments.models import EDITED, Comment, Decision
from blog.comments.rendering import render_comment
from blog.comments.reports import dismiss_reports, reopen_reports

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User

RESTORE = "restore"  # back to what it was before it came to the spam or the trash
KEEP = "keep"  # it stays what it is: its reports were looked at
Status = Comment.Status
DONE = {
    Status.APPROVED: gettext_lazy("approved"),
    Status.PENDING: gettext_lazy("held"),
    Status.SPAM: gettext_lazy("marked as spam"),
    Status.TRASH: gettext_lazy("moved to the trash"),
}


@dataclass(frozen=True)
class Outcome:
    """What became of a click. `late` are the comments about which somebody else was quicker."""

    batch: UUID
    done: list[int]
    late: list[int]


def decide_all(
    *,
    comments: Iterable[Comment],
    to: str,
    actor: User,
    seen: dict[int, str] | None = None,
    via: str = "",
) -> Outcome:
    """Decide about some comments, each in a transaction of its own, in the order of their locks.

    *seen* says by primary key which status the moderator had before them: what is something else by
    now is not touched. Who keeps a comment has looked at its reports.
    """
    outcome = Outcome(uuid.uuid4(), [], [])
    for comment in sorted(comments, key=lambda comment: (comment.article_id, comment.pk)):
        is_done = _decide(comment, to, actor, (seen or {}).get(comment.pk), via, outcome.batch)
        (outcome.done if is_done else outcome.late).append(comment.pk)
    return outcome


@transaction.atomic
def _decide(
    comment: Comment, to: str, actor: User, seen: str | None, via: str, batch: UUID
) -> bool:
    if to == KEEP:
        return dismiss_reports(comment=comment, actor=actor, via=via, batch=batch, seen=seen)
    if to == RESTORE:
        to = status_before(comment)
    return transition(comment=comment, to=to, actor=actor, via=via, seen=seen, batch=batch)


def decisions_of(batch: UUID) -> list[Decision]:
    """Return the decisions of one click, oldest first, with their comments."""
    decisions = Decision.objects.filter(batch=batch).select_related("comment__article", "actor")
    return list(decisions.order_by("pk"))


def undo(*, decisions: list[Decision], actor: User, via: str = "") -> Outcome:
    """Take back what one click decided, each comment in a transaction of its own.

    Late is every comment about which somebody has decided since. An answer that was published by it goes
    to the trash, an edited text is again what it was.
    """
    outcome = Outcome(uuid.uuid4(), [], [])
    by_comment: dict[int, list[Decision]] = {}
    for decision in sorted(decisions, key=lambda each: (each.comment.article_id, each.comment_id)):
        by_comment.setdefault(decision.comment_id, []).append(decision)
    for pk, group in by_comment.items():
        is_done = _undo_group(group, actor=actor, via=via, batch=outcome.batch)
        (outcome.done if is_done else outcome.late).append(pk)
    return outcome


@transaction.atomic
def _undo_group(decisions: list[Decision], *, actor: User, via: str, batch: UUID) -> bool:
    """Take back all of the decisions about one comment, the last of them first, or none."""
    comment = decisions[0].comment
    if lock_comment(comment) in (None, Status.REMOVED):
        return False
    last = max(decision.pk for decision in decisions)
    newest = comment.decisions.order_by("-pk").first()
    if newest is None or newest.pk != last:
        return False
    is_done = False
    for decision in sorted(decisions, key=lambda each: -each.pk):
        is_done |= _revert(decision, actor=actor, via=via, batch=batch)
    return is_done


def _revert(decision: Decision, *, actor: User, via: str, batch: UUID) -> bool:
    comment = decision.comment
    if decision.earlier and "reports" in decision.earlier:
        reopen_reports(comment=comment, keys=decision.earlier["reports"])
        return _log_return(decision, actor, via, batch, _("Its reports are open again."))
    if decision.earlier:
        comment.refresh_from_db(fields=[*EDITED, "created_at"])
        text_now = {field: getattr(comment, field) for field in EDITED}
        text_now["created_at"] = comment.created_at.isoformat()
        _bring_back(comment, decision.earlier)
        reason = _("The edit is undone.")
        return _log_return(decision, actor, via, batch, reason, earlier=text_now)
    if decision.from_status == "" and decision.actor_id:
        return transition(comment=comment, to=Status.TRASH, actor=actor, via=via, batch=batch)
    if decision.from_status in ("", decision.to_status):
        return False
    return transition(
        comment=comment,
        to=decision.from_status,
        actor=actor,
        via=via,
        batch=batch,
        reason=_reason_before(decision),
    )


def _log_return(
    decision: Decision,
    actor: User,
    via: str,
    batch: UUID,
    reason: str,
    earlier: dict[str, str] | None = None,
) -> bool:
    Decision.objects.create(
        comment=decision.comment,
        from_status=decision.to_status,
        to_status=decision.to_status,
        actor=actor,
        via=via,
        batch=batch,
        reason=reason,
        earlier=earlier,
    )
    return True


def _reason_before(decision: Decision) -> str:
    """Return why the comment was what it is about to be again: what a moderator has to know."""
    earlier = Decision.objects.filter(
        comment=decision.comment_id, to_status=decision.from_status, pk__lt=decision.pk
    )
    before = earlier.exclude(Q(from_status=decision.from_status)).order_by("-pk").first()
    return before.reason if before else ""


def _bring_back(comment: Comment, earlier: dict[str, str]) -> None:
    for field in EDITED:
        setattr(comment, field, earlier[field])
    if at := earlier.get("created_at"):  # not of an edit by its writer
        comment.created_at = datetime.fromisoformat(at)
    comment.html = render_comment(comment.body)
    comment.edited_at = timezone.now()
    comment.save(update_fields=[*EDITED, "created_at", "html", "edited_at"])


def sentence(decisions: list[Decision]) -> str:
    """Say what one click did: “The comment by Lena is approved.”, “12 comments marked as spam.”."""
    replies = [decision for decision in decisions if not decision.from_status]
    if replies:
        return _("Your reply is published.")
    if not decisions:
        return ""
    count = len({decision.comment_id for decision in decisions})
    if count == 1:
        return _one(decisions)
    states = {decision.to_status for decision in decisions}
    if all(decision.from_status == decision.to_status for decision in decisions):
        text = ngettext("%(count)s comment stays.", "%(count)s comments stay.", count)
        return text % {"count": count}
    done = DONE[Status(states.pop())] if len(states) == 1 else _("put back")
    text = ngettext("%(count)s comment %(done)s.", "%(count)s comments %(done)s.", count)
    return text % {"count": count, "done": done}


def _one(decisions: list[Decision]) -> str:
    last = decisions[-1]
    names = {"name": last.comment.name or _("Anonymous")}
    if moves := [each for each in decisions if each.from_status != each.to_status]:
        last = moves[-1]
    elif last.earlier and "reports" in last.earlier:
        return _("The comment by %(name)s stays; its reports were looked at.") % names
    else:
        return _("The comment by %(name)s is changed.") % names
    return _("The comment by %(name)s is %(done)s.") % (
        names | {"done": DONE[Status(last.to_status)]}
    )
