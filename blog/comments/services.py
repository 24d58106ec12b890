"""Writing: a new comment, a moderator's edit and a moderator's answer.

Counts move with the rows, under the lock of the article's thread. Decisions about what is there are in
`deciding`, deletions in `deleting`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from blog.articles.models import Article
from blog.comments.akismet_check import ask_akismet
from blog.comments.avatars import avatar_of
from blog.comments.bans import ban_of, sentence
from blog.comments.counts import count_new, lock_comment, lock_thread
from blog.comments.deciding import transition
from blog.comments.dropped import drops_of, remember_drop
from blog.comments.judging import Judgement, judge
from blog.comments.models import EDITED, Comment, Decision, Rule
from blog.comments.notices import comment_approved, comment_held
from blog.comments.queries import closing_time
from blog.comments.rendering import render_comment
from blog.comments.spam_signals import forget, remember
from blog.comments.writers import Writer, may_moderate
from blog.prepared import Prepared, PreparedInsert
from blog.spam.work import spend
from blog.taskqueue import enqueue_with_row

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from blog.site.models import SiteSettings

# The same text from the same person or network: sent twice, not meant twice.
DOUBLE_SEND = timedelta(minutes=10)
PARENT_IS_GONE = gettext_lazy(
    "The comment you answer is not there any more. Send it again as a comment of its own."
)
THREAD_IS_CLOSED = gettext_lazy(
    "This thread is closed. Send your text as a comment of its own, if it stands for itself."
)
BINNED_MEANWHILE = gettext_lazy(
    "Somebody has decided about this comment meanwhile. Your answer was not sent:"
)
TOO_QUICK = gettext_lazy("You are posting comments too quickly. Slow down.")

_insert_comment = PreparedInsert(Comment)
_insert_decision = PreparedInsert(Decision)


class Refused(Exception):  # noqa: N818 - names what happened
    """The comment was not stored; the text says why, in a sentence for the writer."""


class Duplicate(Refused):
    """Somebody has said exactly this already."""


class TooFast(Refused):
    """The person or the network writes faster than the site allows."""


class Banned(Refused):
    """A moderator has closed the comments for this person or network."""


class Closed(Refused):
    """The comments of the article closed while the comment was on its way."""


class ParentGone(Refused):
    """A moderator took the comment away while the answer to it was on its way."""


def post_comment(
    *,
    article: Article,
    writer: Writer,
    body: str,
    site: SiteSettings,
    parent: Comment | None = None,
    is_trapped: bool = False,
    seconds_taken: float | None = None,
    work: str = "",
    is_question: bool = False,
    about: str = "",
) -> Comment:
    """Store a comment, decide what becomes of it, and tell those who wait for it.

    The rules are asked before the thread is locked, so that nobody waits for them. Under the lock, the
    same form sent twice at once finds its own first copy: sent again by the same browser or network, that
    is returned; by others, Duplicate is raised. Closed and Banned come before that and TooFast after it, as
    in WordPress. An answer to a proof of work is used up with the comment. Who is to be told is queued with
    the row; if that fails it is logged, since the comment is there. What a rule deletes at once gets its
    number and is gone when this returns: the answer is that to spam, and the page after it says that the
    comment waits. It cannot show the text, which spam does.
    """
    is_trusted = may_moderate(writer.user, article)
    judgement = judge(
        article=article,
        writer=writer,
        body=body,
        is_trusted=is_trusted,
        is_trapped=is_trapped,
        seconds_taken=seconds_taken,
    )
    comment = _draft(article, parent, writer, body, judgement)
    comment.seconds_taken, comment.is_question = seconds_taken, is_question
    comment.about = "" if parent else about
    with transaction.atomic():
        article.thread = lock_thread(article.pk)
        closes_at = closing_time(article, site)
        if closes_at and closes_at <= timezone.now():
            raise Closed(_("Comments are closed. Your text is below, so that you can keep it."))
        if not is_trusted and (ban := ban_of(writer)):
            raise Banned(sentence(ban))
        if copy := _copy_of(article, parent, writer, body):
            return copy
        if parent:
            _check_parent(parent, is_trusted=is_trusted)
        if is_trusted:
            _store(comment)
            return comment
        _limit_pace(writer, site)
        _demand_work(comment, site, work)
        if judgement.verdict.is_deletion:
            _drop(comment)
            remember_drop(comment.pk, writer, pause=site.seconds_between_comments)
        else:
            _store(comment, asks_akismet=bool(site.akismet_key))
    return comment


def _check_parent(parent: Comment, *, is_trusted: bool) -> None:
    """Raise ParentGone for what is not there any more, or where the thread takes no replies."""
    rows = Comment.objects.approved().filter(pk=parent.pk)
    closed = rows.values_list("is_closed", "root__is_closed").first()
    if closed is None:
        raise ParentGone(PARENT_IS_GONE)
    if any(closed) and not is_trusted:
        raise ParentGone(THREAD_IS_CLOSED)


def _draft(
    article: Article, parent: Comment | None, writer: Writer, body: str, judgement: Judgement
) -> Comment:
    """Return the comment as it will be stored."""
    verdict, score = judgement.verdict, judgement.score
    return Comment(
        article=article,
        parent=parent,
        root_id=root_of(parent),
        user=writer.user,
        visitor=writer.visitor,
        name=writer.name,
        email=writer.email,
        website=writer.website,
        body=body,
        html=render_comment(body),
        status=verdict.status,
        reason=verdict.reason[:300],
        rule=verdict.rule,
        score=score.value if score else None,
        signals=score.signals if score else [],
        revision_id=article.current_revision_id,
        network_hash=writer.network_hash,
        user_agent=writer.user_agent[:255],
    )


def _demand_work(comment: Comment, site: SiteSettings, work: str) -> None:
    """Hold the comment of a browser that has not worked, where the site asks for that: it is not lost."""
    if site.proof_of_work and not spend(work, scope=str(comment.article_id)):
        _hold(comment, _("No proof of work."))


def _hold(comment: Comment, reason: str) -> None:
    """Let a comment wait that the rules would have approved."""
    if comment.status == Comment.Status.APPROVED:
        comment.status, comment.reason, comment.rule = Comment.Status.PENDING, reason, None


def _store(comment: Comment, *, asks_akismet: bool = False) -> None:
    """Store a new comment with the first entry of its log. The thread is locked already.

    Where Akismet is asked, the comment waits for that, and nobody is told before.
    """
    may_approve = comment.status == Comment.Status.APPROVED
    comment.avatar_id = avatar_of(comment.user)
    if asks_akismet:
        _hold(comment, _("Waits for Akismet."))
    if comment.status == Comment.Status.APPROVED:
        comment.approved_at = timezone.now()
    _insert_comment(comment)
    _insert_decision(
        Decision(comment_id=comment.pk, to_status=comment.status, reason=comment.reason)
    )
    count_new(comment.article_id, comment.status)
    if comment.status == Comment.Status.PENDING and asks_akismet:
        enqueue_with_row(ask_akismet, comment.pk, may_approve)
    elif comment.status == Comment.Status.PENDING:
        comment_held(comment)
    elif comment.status == Comment.Status.APPROVED:
        comment_approved(comment)


def _drop(comment: Comment) -> None:
    """Keep nothing but a count. The number is never given again: what its writer was told leads nowhere."""
    _insert_comment(comment)
    Comment.objects.filter(pk=comment.pk).delete()
    if rule := comment.rule:
        Rule.objects.filter(pk=rule.pk).update(deleted_count=F("deleted_count") + 1)


def root_of(parent: Comment | None) -> int | None:
    """Return the first comment of the thread that an answer to *parent* belongs to."""
    return (parent.root_id or parent.pk) if parent else None


@transaction.atomic
def edit_comment(
    *,
    comment: Comment,
    actor: User,
    body: str,
    name: str,
    email: str,
    website: str,
    written: datetime | None = None,
    batch: UUID | None = None,
) -> Comment:
    """Change what a comment says, as a moderator; the log keeps who and when, and what it was before.

    *written* is another time it was written, and so another place in its thread.

    What was deleted for good meanwhile stays deleted.
    """
    status = lock_comment(comment)
    if status in (None, Comment.Status.REMOVED):
        return comment
    before = Comment.objects.get(pk=comment.pk)
    earlier = {name: getattr(before, name) for name in EDITED}
    earlier["created_at"] = before.created_at.isoformat()
    lesson = forget(comment)
    comment.body, comment.name, comment.email, comment.website = body, name, email, website
    comment.html = render_comment(body)
    comment.created_at = written or comment.created_at
    comment.edited_at = timezone.now()
    comment.save(update_fields=[*EDITED, "html", "created_at", "edited_at"])
    remember(comment, lesson)
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
def reply_as(
    *, user: User, parent: Comment, body: str, batch: UUID | None = None, seen: str | None = None
) -> Comment:
    """Answer as a moderator or author. The answer is approved, and with it a parent that waits.

    The same answer sent twice is one answer; to a comment that was deleted meanwhile there is none, nor
    to one that somebody has binned since the writer of the answer has *seen* it.
    """
    status = lock_comment(parent)
    if status in (None, Comment.Status.REMOVED):
        raise ParentGone(PARENT_IS_GONE)
    if seen is not None and status not in (seen, Comment.Status.APPROVED):
        raise ParentGone(BINNED_MEANWHILE)
    transition(comment=parent, to=Comment.Status.APPROVED, actor=user, batch=batch)
    if copy := parent.replies.approved().filter(user=user, body=body).first():
        return copy
    reply = Comment.objects.create(
        article_id=parent.article_id,
        parent=parent,
        root_id=root_of(parent),
        user=user,
        avatar_id=avatar_of(user),
        name=user.public_name,
        email=user.email,
        body=body,
        html=render_comment(body),
        status=Comment.Status.APPROVED,
        approved_at=timezone.now(),
        revision_id=parent.article.current_revision_id,
    )
    Decision.objects.create(comment=reply, to_status=reply.status, actor=user, batch=batch)
    count_new(parent.article_id, reply.status)
    comment_approved(reply)
    return reply


def _copies(article: int, name: str, email: str, body: str) -> QuerySet[Comment]:
    """The same text of the same name and email. Not filtered by parent: nothing says that of no parent."""
    gone = (Comment.Status.TRASH, Comment.Status.REMOVED)
    same = Comment.objects.filter(article=article, name=name, email=email, body=body)
    return same.exclude(status__in=gone).order_by("pk")


_copies_of = Prepared(_copies)


def _copy_of(
    article: Article, parent: Comment | None, writer: Writer, body: str
) -> Comment | None:
    """Return the first copy of a form sent twice; raise Duplicate if it is somebody else's.

    WordPress's rule: same article, parent, name, e-mail and text, not in the trash.
    """
    same = _copies_of(article=article.pk, name=writer.name, email=writer.email, body=body)
    parent_id = parent.pk if parent else None
    copy = next((copy for copy in same if copy.parent_id == parent_id), None)
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


_lately = Prepared(
    lambda user, visitor, email, network, pause, minute: Comment.objects.filter(
        Q(user=user, created_at__gt=pause)
        | Q(visitor=visitor, created_at__gt=pause)
        | Q(email=email, created_at__gt=pause)
        | Q(network_hash=network, created_at__gt=minute)
    ).values_list("user_id", "visitor", "email", "network_hash", "created_at")
)


def _limit_pace(writer: Writer, site: SiteSettings) -> None:
    """Raise TooFast by the latest comments of the person and of the network, in one query.

    What rules have deleted at once counts like the others: a machine is not to send it without an end.
    """
    now = timezone.now()
    pause = now - timedelta(seconds=site.seconds_between_comments)
    limit = site.comments_per_network_and_minute
    if not limit and pause == now:
        return
    marks = writer.marks()
    has_dropped, from_network = drops_of(writer, pause=site.seconds_between_comments)
    if has_dropped:
        raise TooFast(TOO_QUICK)
    minute = now - timedelta(minutes=1) if limit else now
    for user, visitor, email, network, at in _lately(**marks, pause=pause, minute=minute):
        is_same = user == marks["user"] or visitor == marks["visitor"] or email == marks["email"]
        if is_same and at > pause:
            raise TooFast(TOO_QUICK)
        from_network += network == marks["network"]
    if limit and from_network >= limit:
        raise TooFast(
            _("There are many comments from your network just now. Try again in a minute.")
        )
