"""Everything that changes a comment. Counts move with the rows, under the lock of the article's thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from blog.articles.models import Article, Byline
from blog.comments.models import Comment, CommentQuerySet, Decision, Thread
from blog.comments.queries import ThreadDrift, thread_drift
from blog.comments.rendering import count_links, render_comment
from blog.comments.rules import Facts, decide
from blog.comments.tasks import mail_about_comment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from blog.site.models import SiteSettings

DOUBLE_SEND = timedelta(
    minutes=10
)  # the same text from the same person or network: sent twice, not meant twice
# What a comment can be made by a decision; `removed` is for good and has a function of its own.
STATES = frozenset(Comment.Status.values) - {Comment.Status.REMOVED}
SHELVED = (Comment.Status.SPAM, Comment.Status.TRASH)
PARENT_IS_GONE = gettext_lazy(
    "The comment you answer is not there any more. Send it again as a comment of its own."
)
COUNTED: dict[str, str] = {
    Comment.Status.APPROVED: "approved_count",
    Comment.Status.PENDING: "pending_count",
}


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
    raised. TooFast comes after that, as in WordPress. The mail is queued once the row is committed; if
    that fails it is logged, since the comment is there.
    """
    _lock_thread(article.pk)
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
    _count(comment.article_id, None, comment.status)
    if comment.status in COUNTED:
        transaction.on_commit(
            partial(mail_about_comment.enqueue, comment_id=comment.pk), robust=True
        )
    return comment


@transaction.atomic
def transition(*, comment: Comment, to: str, actor: User | None, reason: str = "") -> bool:
    """Change the status, log who decided, and move the counts. The only way a status changes.

    Return False where the comment is there already or is gone: of two moderators at once, the second
    changes nothing. A removed comment has no text to bring back and stays removed.
    """
    if to not in STATES:
        raise ValueError(f"A comment cannot be made {to!r}.")
    before = _lock(comment)
    if before in (None, to, Comment.Status.REMOVED):
        return False
    Comment.objects.filter(pk=comment.pk).update(status=to, reason=reason)
    Decision.objects.create(
        comment_id=comment.pk, from_status=before, to_status=to, actor=actor, reason=reason
    )
    _count(comment.article_id, before, to)
    comment.status = to
    comment.reason = reason
    return True


def transition_all(
    *, comments: Iterable[Comment], to: str, actor: User | None, reason: str = ""
) -> int:
    """Decide about many comments; return how many changed. Each in a transaction of its own."""
    return sum(
        transition(comment=comment, to=to, actor=actor, reason=reason)
        for comment in sorted(comments, key=lambda comment: (comment.article_id, comment.pk))
    )


def restore(*, comment: Comment, actor: User | None) -> bool:
    """Take the comment out of the trash or the spam, back to what it was before."""
    return transition(comment=comment, to=status_before(comment), actor=actor)


def status_before(comment: Comment) -> str:
    """Return the status before the comment came to the trash or the spam: pending if it began there."""
    last = (
        comment.decisions.filter(to_status__in=SHELVED)
        .exclude(from_status__in=("", *SHELVED))
        .first()
    )
    return last.from_status if last else Comment.Status.PENDING


@transaction.atomic
def undo(*, decision: Decision, actor: User) -> bool:
    """Take a decision back, unless somebody has decided since or there was nothing before it."""
    comment = decision.comment
    _lock_thread(comment.article_id)
    newest = comment.decisions.first()
    if newest is None or newest.pk != decision.pk or not decision.from_status:
        return False
    return transition(comment=comment, to=decision.from_status, actor=actor, reason=_("Undone."))


@transaction.atomic
def edit_comment(
    *, comment: Comment, actor: User, body: str, name: str, email: str, website: str
) -> Comment:
    """Change what a comment says, as a moderator; the log keeps who and when.

    What was deleted for good meanwhile stays deleted.
    """
    status = _lock(comment)
    if status in (None, Comment.Status.REMOVED):
        return comment
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
    )
    return comment


@transaction.atomic
def reply_as(*, user: User, parent: Comment, body: str) -> Comment:
    """Answer as a moderator or author. The answer is approved, and with it a parent that waits.

    The same answer sent twice is one answer; to a comment that was deleted meanwhile there is none.
    """
    if _lock(parent) in (None, Comment.Status.REMOVED):
        raise ParentGone(PARENT_IS_GONE)
    transition(comment=parent, to=Comment.Status.APPROVED, actor=user)
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
    Decision.objects.create(comment=reply, to_status=reply.status, actor=user)
    _count(parent.article_id, None, reply.status)
    return reply


@transaction.atomic
def delete_comment(*, comment: Comment, actor: User | None) -> None:
    """Delete for good. Where there are replies the place stays, empty of everything personal."""
    _lock_thread(comment.article_id)
    current = Comment.objects.select_for_update().filter(pk=comment.pk).first()
    if current is None or current.status == Comment.Status.REMOVED:
        return
    _count(current.article_id, current.status, None)
    if not current.replies.exists():
        current.delete()
        _clear_empty_place(current.parent_id)
        return
    Comment.objects.filter(pk=current.pk).update(
        status=Comment.Status.REMOVED,
        **dict.fromkeys(
            ("name", "email", "website", "body", "html", "reason", "network_hash", "user_agent"),
            "",
        ),
        user=None,
        visitor=None,
    )
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


def may_moderate(user: User | None, article: Article) -> bool:
    """Say whether this person's word counts here: a moderator, or one of the article's authors."""
    if user is None or not user.is_active:
        return False
    if user.has_perm("comments.moderate_comment"):
        return True
    return Byline.objects.filter(article=article, author__user=user).exists()


def fix_thread_counts() -> list[ThreadDrift]:
    """Count the comments of every article whose counts are off anew; return what was off."""
    found = thread_drift()
    for drift in found:
        with transaction.atomic():
            _lock_thread(drift.article_id)
            rows = Comment.objects.filter(article=drift.article_id)
            Thread.objects.filter(article=drift.article_id).update(
                **{field: rows.filter(status=status).count() for status, field in COUNTED.items()}
            )
    return found


def _lock_thread(article_id: int) -> None:
    """Lock the counts of the article until the transaction ends; make the row where it is missing."""
    locked = Thread.objects.select_for_update().filter(article=article_id)
    if locked.first() is None:
        Thread.objects.get_or_create(article_id=article_id)
        locked.get()


def _lock(comment: Comment) -> str | None:
    """Lock the counts and the comment, always in this order; return its status now, None if it is gone."""
    _lock_thread(comment.article_id)
    rows = Comment.objects.select_for_update().filter(pk=comment.pk)
    return rows.values_list("status", flat=True).first()


def _count(article_id: int, before: str | None, after: str | None) -> None:
    deltas = {}
    if before is not None and before in COUNTED:
        deltas[COUNTED[before]] = F(COUNTED[before]) - 1
    if after is not None and after in COUNTED:
        deltas[COUNTED[after]] = F(COUNTED[after]) + 1
    if deltas:
        Thread.objects.filter(article=article_id).update(**deltas)


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
