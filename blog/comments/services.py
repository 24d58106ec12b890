"""Writing: a new comment, a moderator's edit and a moderator's answer.

Counts move with the rows, under the lock of the article's thread. Decisions about what is there are in
`deciding`, deletions in `deleting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from blog.articles.models import Article, Byline
from blog.comments.counts import fix_thread_counts, lock_comment, lock_thread, move_counts
from blog.comments.deciding import (
    SHELVED,
    STATES,
    restore,
    status_before,
    transition,
    transition_all,
    undo,
)
from blog.comments.deleting import delete_comment, delete_comments
from blog.comments.models import Comment, Decision
from blog.comments.notices import comment_approved, comment_held
from blog.comments.rendering import count_links, render_comment
from blog.comments.rules import Facts, decide

if TYPE_CHECKING:
    from blog.site.models import SiteSettings

# Moved to modules of their own; here until nobody asks for them here.
__all__ = [
    "SHELVED",
    "STATES",
    "delete_comment",
    "delete_comments",
    "fix_thread_counts",
    "restore",
    "status_before",
    "transition",
    "transition_all",
    "undo",
]

DOUBLE_SEND = timedelta(
    minutes=10
)  # the same text from the same person or network: sent twice, not meant twice
PARENT_IS_GONE = gettext_lazy(
    "The comment you answer is not there any more. Send it again as a comment of its own."
)


@dataclass(frozen=True)
class Writer:
    """Who writes, and from where: the user, or the guest as typed."""

    user: User | None = None
    visitor: UUID | None = None
    name: str = ""
    email: str = ""
    website: str = ""
    network_hash: str = ""
    user_agent: str = ""

    def identity(self) -> Q:
        """Return the condition for rows of the same person, as far as we can tell."""
        same = Q()
        if self.user:
            same |= Q(user=self.user)
        if self.visitor:
            same |= Q(visitor=self.visitor)
        if self.email:
            same |= Q(email=self.email)
        return same


class Refused(Exception):  # noqa: N818 - names what happened
    """The comment was not stored; the text says why, in a sentence for the writer."""


class Duplicate(Refused):
    """Somebody has said exactly this already."""


class TooFast(Refused):
    """The person or the network writes faster than the site allows."""


class ParentGone(Refused):
    """A moderator took the comment away while the answer to it was on its way."""


@transaction.atomic
def post_comment(
    *,
    article: Article,
    writer: Writer,
    body: str,
    site: SiteSettings,
    parent: Comment | None = None,
    is_trapped: bool = False,
) -> Comment:
    """Store a comment, decide what becomes of it, and tell those who wait for it.

    The thread is locked first, so that the same form sent twice at once finds its own first copy.
    Sent again by the same browser or network, the first copy is returned; by others, Duplicate is
    raised. TooFast comes after that, as in WordPress. Who is to be told is queued with the row; if that
    fails it is logged, since the comment is there.
    """
    lock_thread(article.pk)
    is_trusted = may_moderate(writer.user, article)
    if copy := _copy_of(article, parent, writer, body):
        return copy
    if parent and not Comment.objects.approved().filter(pk=parent.pk).exists():
        raise ParentGone(PARENT_IS_GONE)
    if not is_trusted:
        _limit_pace(writer, site)
    facts = Facts(
        texts=(body, writer.name, writer.email, writer.website, writer.user_agent),
        links=count_links(body),
        is_trusted=is_trusted,
        is_known=_is_known(writer),
        is_trapped=is_trapped,
    )
    verdict = decide(facts, site)
    comment = Comment.objects.create(
        article=article,
        parent=parent,
        user=writer.user,
        visitor=writer.visitor,
        name=writer.name,
        email=writer.email,
        website=writer.website,
        body=body,
        html=render_comment(body),
        status=verdict.status,
        reason=verdict.reason,
        revision_id=article.current_revision_id,
        network_hash=writer.network_hash,
        user_agent=writer.user_agent[:255],
    )
    Decision.objects.create(comment=comment, to_status=verdict.status, reason=verdict.reason)
    move_counts(comment.article_id, None, comment.status)
    if comment.status == Comment.Status.PENDING:
        comment_held(comment)
    elif comment.status == Comment.Status.APPROVED:
        comment_approved(comment)
    return comment


@transaction.atomic
def edit_comment(
    *,
    comment: Comment,
    actor: User,
    body: str,
    name: str,
    email: str,
    website: str,
    batch: UUID | None = None,
) -> Comment:
    """Change what a comment says, as a moderator; the log keeps who and when, and what it was before.

    What was deleted for good meanwhile stays deleted.
    """
    status = lock_comment(comment)
    if status in (None, Comment.Status.REMOVED):
        return comment
    earlier = Comment.objects.values("body", "name", "email", "website").get(pk=comment.pk)
    comment.body, comment.name, comment.email, comment.website = body, name, email, website
    comment.html = render_comment(body)
    comment.edited_at = timezone.now()
    comment.save(update_fields=["body", "html", "name", "email", "website", "edited_at"])
    Decision.objects.create(
        comment=comment,
        from_status=status,
        to_status=status,
        actor=actor,
        reason=_("Edited."),
        batch=batch,
        earlier=earlier,
    )
    return comment


@transaction.atomic
def reply_as(*, user: User, parent: Comment, body: str, batch: UUID | None = None) -> Comment:
    """Answer as a moderator or author. The answer is approved, and with it a parent that waits.

    The same answer sent twice is one answer; to a comment that was deleted meanwhile there is none.
    """
    if lock_comment(parent) in (None, Comment.Status.REMOVED):
        raise ParentGone(PARENT_IS_GONE)
    transition(comment=parent, to=Comment.Status.APPROVED, actor=user, batch=batch)
    if copy := parent.replies.approved().filter(user=user, body=body).first():
        return copy
    reply = Comment.objects.create(
        article_id=parent.article_id,
        parent=parent,
        user=user,
        name=str(user),
        email=user.email,
        body=body,
        html=render_comment(body),
        status=Comment.Status.APPROVED,
        revision_id=parent.article.current_revision_id,
    )
    Decision.objects.create(comment=reply, to_status=reply.status, actor=user, batch=batch)
    move_counts(parent.article_id, None, reply.status)
    comment_approved(reply)
    return reply


def may_moderate(user: User | None, article: Article) -> bool:
    """Say whether this person's word counts here: a moderator, or one of the article's authors."""
    if user is None or not user.is_active:
        return False
    if user.has_perm("comments.moderate_comment"):
        return True
    return Byline.objects.filter(article=article, author__user=user).exists()


def _copy_of(
    article: Article, parent: Comment | None, writer: Writer, body: str
) -> Comment | None:
    """Return the first copy of a form sent twice; raise Duplicate if it is somebody else's.

    WordPress's rule: same article, parent, name, e-mail and text, not in the trash.
    """
    copy = (
        article.comments.filter(parent=parent, name=writer.name, email=writer.email, body=body)
        .exclude(status__in=(Comment.Status.TRASH, Comment.Status.REMOVED))
        .first()
    )
    if copy is None:
        return None
    is_recent = copy.created_at > timezone.now() - DOUBLE_SEND
    if (
        (writer.user and copy.user_id == writer.user.pk)
        or (writer.visitor and copy.visitor == writer.visitor)
        or (is_recent and writer.network_hash and copy.network_hash == writer.network_hash)
    ):
        return copy
    raise Duplicate(_("Duplicate comment detected; it looks as though you’ve already said that!"))


def _limit_pace(writer: Writer, site: SiteSettings) -> None:
    now = timezone.now()
    pause = timedelta(seconds=site.seconds_between_comments)
    if (same := writer.identity()) and Comment.objects.filter(
        same, created_at__gt=now - pause
    ).exists():
        raise TooFast(_("You are posting comments too quickly. Slow down."))
    limit = site.comments_per_network_and_minute
    recent = Comment.objects.filter(
        network_hash=writer.network_hash, created_at__gt=now - timedelta(minutes=1)
    )
    if limit and writer.network_hash and recent.count() >= limit:
        raise TooFast(
            _("There are many comments from your network just now. Try again in a minute.")
        )


def _is_known(writer: Writer) -> bool:
    if writer.user:
        same = Q(user=writer.user)
    elif writer.email and writer.name:
        same = Q(name__iexact=writer.name, email=writer.email)
    else:
        return False
    return Comment.objects.approved().filter(same).exists()
