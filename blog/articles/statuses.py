"""Working statuses: who may move an article into which, and the one way to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from blog.articles.models import Article, StageChange, WorkingStatus
from blog.articles.notices import tell_of_step
from blog.taskqueue import enqueue_with_row

if TYPE_CHECKING:
    from accounts.models import User


def statuses_for(user: User, article: Article | None = None) -> list[WorkingStatus]:
    """Return those which this person may choose, and the one the article has; one query.

    None for an article that nobody is writing any more.
    """
    if article is not None and not article.is_being_written:
        return []
    own = article.working_status_id if article else None
    return list(WorkingStatus.objects.filter(_may_choose(user) | Q(pk=own)))


def _may_choose(user: User) -> Q:
    """Return the condition for those that the roles of this person allow."""
    if user.is_superuser:
        return Q(pk__isnull=False)
    roles = WorkingStatus.roles.through.objects.filter(workingstatus=OuterRef("pk"))
    own = user.groups.order_by().values("pk")
    return Q(~Exists(roles)) | Q(Exists(roles.filter(group__in=own)))


@transaction.atomic
def set_status(*, article: Article, status: WorkingStatus | None, actor: User) -> bool:
    """Move the article to a working status, or to none; say whether that changed anything.

    It goes into the log, and in no revision: readers see nothing of it. Raise ValidationError where
    the actor's roles do not allow it, and for what waits for a review or is published.
    """
    row = _locked(article)
    if row.working_status_id == (status.pk if status else None):
        return False
    if not row.is_being_written:
        raise ValidationError(
            _("“%s” is past being written: it has no working status any more.") % row
        )
    may_choose = WorkingStatus.objects.filter(_may_choose(actor))
    if status and not may_choose.filter(pk=status.pk).exists():
        raise ValidationError(
            _("Your role may not move an article to “%(status)s”.") % {"status": status}
        )
    _move(row, status, actor)
    article.working_status = status
    return True


def mark_assigned(*, article: Article, actor: User) -> None:
    """Say of an article without a status that it is assigned, where this desk has a word for that.

    For a caller in whose transaction the row is locked. One that has a status keeps it: whoever set it
    knew more.
    """
    if article.working_status_id or not article.is_being_written:
        return
    if status := WorkingStatus.objects.filter(is_for_assigned=True).first():
        _move(article, status, actor)


def _locked(article: Article) -> Article:
    rows = Article.objects.select_for_update(of=("self",)).select_related("working_status")
    return rows.get(pk=article.pk)


def _move(row: Article, status: WorkingStatus | None, actor: User) -> None:
    before = row.working_status
    row.working_status = status
    row.save(update_fields=["working_status"])
    change = StageChange.objects.create(
        article=row,
        before=row.stage,
        after=row.stage,
        actor=actor,
        status_before=before.name if before else "",
        status_after=status.name if status else "",
    )
    enqueue_with_row(tell_of_step, change.pk)
