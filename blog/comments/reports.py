"""What a moderator makes of readers' reports: they were looked at, and the comment stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.comments.counts import lock_comment
from blog.comments.models import Comment, Decision, Report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from accounts.models import User


@transaction.atomic
def dismiss_reports(
    *,
    comment: Comment,
    actor: User,
    via: str = "",
    batch: UUID | None = None,
    seen: str | None = None,
) -> bool:
    """Close the open reports of a comment, and log it. Return False where there are none to close.

    Nor are they closed where the comment is not any more what its moderator has *seen*.
    """
    status = lock_comment(comment)
    reports = Report.objects.filter(comment=comment, handled_at=None)
    keys = list(reports.values_list("pk", flat=True))
    if status is None or seen not in (None, status) or not (keys or comment.report_count):
        return False
    Report.objects.filter(pk__in=keys).update(handled_at=timezone.now())
    Comment.objects.filter(pk=comment.pk).update(report_count=0)
    comment.report_count = 0
    Decision.objects.create(
        comment_id=comment.pk,
        from_status=status,
        to_status=status,
        actor=actor,
        via=via,
        batch=batch,
        reason=_("Its reports were looked at."),
        earlier={"reports": keys},
    )
    return True


def reopen_reports(*, comment: Comment, keys: Iterable[int]) -> None:
    """Open reports again, and count them. The comment is locked already."""
    Report.objects.filter(comment=comment, pk__in=list(keys)).update(handled_at=None)
    count = Report.objects.filter(comment=comment, handled_at=None).count()
    Comment.objects.filter(pk=comment.pk).update(report_count=count)
