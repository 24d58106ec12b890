"""The review of an article before readers see it: one state machine, one log, and who may do what.

It is the review of a draft, or of the unpublished changes to a live article. Whoever may edit an article
may go on while it is in review: the reviewer approves the version that was before them, and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from blog.articles import checks
from blog.articles.models import PUBLISHED, Article, StageChange
from blog.articles.notices import tell_of_step
from blog.articles.permissions import may_decide, may_edit, may_override, may_publish
from blog.taskqueue import enqueue_with_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User

Stage = Article.Stage
MAX_REASON = StageChange._meta.get_field("reason").max_length or 0
# From which stages a step leads where. `published` has no place here: see publishing().
STEPS: dict[str, set[str]] = {
    Stage.IN_REVIEW: {Stage.WRITING, Stage.CHANGES_REQUESTED},
    Stage.CHANGES_REQUESTED: {Stage.IN_REVIEW, Stage.APPROVED},
    Stage.APPROVED: {Stage.IN_REVIEW},
    Stage.WRITING: {Stage.IN_REVIEW, Stage.APPROVED},
}


class NotAllowedError(ValidationError):
    """This person may not take the step; the message says so."""


class BlockedError(ValidationError):
    """Required checks are failed: `failures` says which, the message is one sentence."""

    def __init__(self, failures: Sequence[checks.Failure], title: str) -> None:
        self.failures = list(failures)
        names = dict.fromkeys(checks.name_of(failure.code) for failure in failures)
        super().__init__(
            _("“%(title)s” is not published: it fails required checks (%(names)s).")
            % {"title": title, "names": ", ".join(names)}
        )


def open_steps(user: User, article: Article) -> list[str]:
    """Return the stages to which somebody who may edit the article may move it; no query for most."""
    if article.trashed_at or not has_work(article):
        return []
    decides = {Stage.APPROVED, Stage.CHANGES_REQUESTED}
    steps = [to for to, starts in STEPS.items() if article.stage in starts]
    may = may_decide(user, article) if decides.intersection(steps) else False
    return [to for to in steps if may or to not in decides]


def has_work(article: Article) -> bool:
    """Say whether there is anything to review: a draft, or changes that readers do not see yet."""
    return article.status == Article.Status.DRAFT or article.draft_revision_id is not None


# Steps


@transaction.atomic
def move_stage(
    *,
    article: Article,
    to: str,
    actor: User,
    reason: str = "",
    reviewer: User | None = None,
    seen_version: int | None = None,
) -> StageChange:
    """Take one step of the review, write it into the log and have those concerned told.

    Asking for changes needs a reason. `reviewer` is who is asked to review; None: every editor, or who
    was asked before. `seen_version` is what the actor had before them: an approval is for that version.
    Raise NotAllowedError or ValidationError with a sentence. The row is locked: of two steps at once the
    second starts from where the first has led. The caller's `article` gets the new stage.
    """
    row = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    _check_step(row, to, actor, seen_version)
    if to == Stage.CHANGES_REQUESTED and not reason.strip():
        raise ValidationError(_("Say what is to be changed."))
    if to == Stage.IN_REVIEW and reviewer:
        _check_reviewer(reviewer, row)
        row.reviewer = reviewer
    elif to in {Stage.APPROVED, Stage.CHANGES_REQUESTED}:
        row.reviewer = actor  # who decided is asked again
    change = _log(row, to, actor, reason)
    article.stage, article.reviewer = row.stage, row.reviewer
    return change


def _check_step(row: Article, to: str, actor: User, seen_version: int | None) -> None:
    if row.trashed_at:
        raise NotAllowedError(_("“%s” is in the trash. Restore it first.") % row)
    if not has_work(row):
        raise NotAllowedError(
            _("Everything of “%s” is published: there is nothing to review.") % row
        )
    if row.stage not in STEPS.get(to, ()):
        raise NotAllowedError(
            _("The review stands at “%(stage)s”: this step does not start there.")
            % {"stage": Stage(row.stage).label}
        )
    if not may_edit(actor, row) or to not in open_steps(actor, row):
        raise NotAllowedError(_("Your account may not take this step."))
    if to == Stage.APPROVED and seen_version not in {None, row.version}:
        raise ValidationError(
            _(
                "The article was saved since you opened this page. Look at it before you approve it."
            )
        )


def _check_reviewer(reviewer: User, row: Article) -> None:
    if not reviewer.is_active or not may_decide(reviewer, row):
        raise ValidationError(_("%(name)s may not review this article.") % {"name": reviewer})


@transaction.atomic
def assign(*, article: Article, reviewer: User, actor: User) -> StageChange | None:
    """Ask somebody else to review what is in review; None if that one is asked already."""
    row = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if row.stage != Stage.IN_REVIEW or not may_decide(actor, row):
        raise NotAllowedError(_("Your account may not take this step."))
    _check_reviewer(reviewer, row)
    if row.reviewer_id == reviewer.pk:
        return None
    row.reviewer = reviewer
    change = _log(row, row.stage, actor, _("Reviewer: %(name)s") % {"name": reviewer})
    article.reviewer = reviewer
    return change


@transaction.atomic
def saved(*, article: Article, editor: User | None) -> bool:
    """Take an approval back that was given to another text; say whether there was one.

    Call it where changed content is saved, in the same transaction: what somebody changed who may not
    publish goes to the reviewer again.
    """
    if article.stage != Stage.APPROVED or editor is None or may_publish(editor, article):
        return False
    _log(article, Stage.WRITING, editor, _("Changed after the approval"))
    return True


@transaction.atomic
def publishing(
    *,
    article: Article,
    actor: User | None,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> StageChange | None:
    """Ask whether the article may be published now, or scheduled, and write it into the log.

    The one call of every door of the desk that publishes; it locks the row first and goes on in the same
    transaction. `data` is that of the draft which is to go live, None the article's own row. Raise
    NotAllowedError, or BlockedError while required checks are failed: over these an editor publishes with a
    reason. Without an actor (imports, commands) nothing is asked or told.
    """
    if actor is None:
        return None
    if not may_publish(actor, article):
        raise NotAllowedError(_("Your account may write, but not publish."))
    failures = checks.blocking(article, data)
    codes = published_over(failures, actor=actor, reason=reason, title=article.title)
    return published(article=article, actor=actor, reason=reason, overridden=codes)


def check_change_at_once(article: Article, actor: User | None) -> None:
    """Raise NotAllowedError where readers would see the change, and this person may not publish."""
    is_out = article.status == Article.Status.PUBLISHED
    if is_out and actor and not may_publish(actor, article):
        raise NotAllowedError(
            _("“%s” is published: your account may only propose changes to it.") % article
        )


def published_over(
    failures: Sequence[checks.Failure], *, actor: User, reason: str, title: str
) -> list[str]:
    """Return the codes of the required checks among these that are published over, or raise BlockedError."""
    required = [failure for failure in failures if failure.is_required]
    if required and not (reason.strip() and may_override(actor)):
        raise BlockedError(required, title)
    return list(dict.fromkeys(failure.code for failure in required))


@transaction.atomic
def published(
    *, article: Article, actor: User, reason: str = "", overridden: Sequence[str] = ()
) -> StageChange:
    """Write a publication that was allowed into the log; the review of what comes next begins anew."""
    return _log(article, PUBLISHED, actor, reason, overridden=overridden)


def _log(
    row: Article, to: str, actor: User, reason: str, *, overridden: Sequence[str] = ()
) -> StageChange:
    """Move the row, write the log, and queue the mails, all in the caller's transaction."""
    before = row.stage
    row.stage = Stage.WRITING if to == PUBLISHED else to
    row.save(update_fields=["stage", "reviewer"])
    change = StageChange.objects.create(
        article=row,
        before=before,
        after=to,
        actor=actor,
        reason=reason.strip()[:MAX_REASON],
        overridden=list(overridden),
    )
    enqueue_with_row(tell_of_step, change.pk)
    return change
