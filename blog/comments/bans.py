"""Whose comments are closed: bans, what they hide, and lifting them.

A network has another hash every day (accounts/visitors.py): the ban of one ends at midnight, UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.comments.counts import lock_comment
from blog.comments.deciding import transition
from blog.comments.models import Ban, Comment
from blog.comments.notices import moderators
from blog.comments.writers import Writer
from blog.days import day_words
from blog.prepared import Prepared

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.models import User
    from blog.comments.models import CommentQuerySet

# Not as spam: a ban is about a person, and the filter learns from spam.
HIDDEN_AS = Comment.Status.TRASH
_HIDES: dict[str, tuple[str, ...]] = {
    Ban.Hides.NOTHING: (),
    Ban.Hides.WAITING: (Comment.Status.PENDING,),
    Ban.Hides.EVERYTHING: (Comment.Status.PENDING, Comment.Status.APPROVED),
}


_longest = Prepared(
    lambda user, visitor, email, network, now: (
        Ban.objects.active(now)
        .filter(Q(user=user) | Q(visitor=visitor) | Q(email=email) | Q(network_hash=network))
        .order_by(F("until").desc(nulls_first=True))[:1]
    )
)


def ban_of(writer: Writer) -> Ban | None:
    """Return the ban in force that ends last, in one query; None for whoever has none."""
    marks = writer.marks()
    found = _longest(**marks | {"email": plain_email(marks["email"])}, now=timezone.now())
    return found[0] if found else None


def ban_of_reader(*, user: User | None, visitor: UUID | None, network_hash: str) -> Ban | None:
    """Return the ban of somebody who likes, reports or votes; moderators share networks with others."""
    if user and user.has_perm("comments.moderate_comment"):
        return None
    email = user.email if user else ""
    return ban_of(Writer(user, visitor, email=email, network_hash=network_hash))


def sentence(ban: Ban) -> str:
    """Return all that a banned person is told."""
    if ban.until is None:
        return _("Comments are closed for you.")
    return _("Comments are closed for you until %(day)s.") % {"day": last_day(ban.until)}


def last_day(until: datetime) -> str:
    """Return the day on which a ban ends, in words."""
    return day_words(until)


def plain_email(email: str) -> str:
    """Return an address without case and without what follows a plus: mail to it reaches the same person."""
    local, at, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def comments_of(ban: Ban) -> CommentQuerySet:
    """Return everything written by whom the ban is about, whatever became of it."""
    who = Q()
    if ban.user_id:
        who |= Q(user=ban.user_id)
    if ban.email:
        local, _at, domain = ban.email.rpartition("@")
        who |= Q(email=ban.email)
        who |= Q(email__startswith=f"{local}+", email__endswith=f"@{domain}")
    if ban.visitor:
        who |= Q(visitor=ban.visitor)
    if ban.network_hash:
        who |= Q(network_hash=ban.network_hash)
    return Comment.objects.filter(who) if who else Comment.objects.none()


def ban(
    *,
    actor: User,
    user: User | None = None,
    email: str = "",
    visitor: UUID | None = None,
    network_hash: str = "",
    until: datetime | None = None,
    reason: str = "",
    hides: str = Ban.Hides.NOTHING,
    comment: Comment | None = None,
) -> Ban:
    """Close the comments for a person or a network, and hide what is asked of theirs.

    Hidden comments go to the trash, each by a decision in the log. Not in one transaction with the ban: a
    comment on its way is either refused by it or there to be hidden, and many threads are not locked at
    once. What moderators wrote is not hidden: they may share a network with whom they ban.
    """
    made = Ban.objects.create(
        user=user,
        email=plain_email(email) if email else "",
        visitor=visitor,
        network_hash=network_hash,
        until=until,
        reason=reason,
        hides=hides,
        comment=comment,
        created_by=actor,
    )
    if statuses := _HIDES[hides]:
        _wait_for_comments_on_their_way()
        rows = comments_of(made).filter(status__in=statuses).exclude(user__in=moderators())
        for hidden in rows.order_by("article_id", "pk"):
            transition(
                comment=hidden,
                to=HIDDEN_AS,
                actor=actor,
                reason=_("The writer was banned."),
                via="ban",
                batch=made.batch,
            )
    return made


def lift(*, ban: Ban, actor: User) -> int | None:
    """End a ban and bring back what it hid; return how many. None where it was lifted before.

    A comment about which somebody has decided since stays as they decided.
    """
    lifted = Ban.objects.filter(pk=ban.pk, lifted_at=None).update(lifted_at=timezone.now())
    if not lifted:
        return None
    rows = Comment.objects.filter(decisions__batch=ban.batch, status=HIDDEN_AS).distinct()
    return sum(_bring_back(comment, ban, actor) for comment in rows.order_by("article_id", "pk"))


@transaction.atomic
def _bring_back(comment: Comment, ban: Ban, actor: User) -> bool:
    if lock_comment(comment) != HIDDEN_AS:
        return False  # somebody has decided at this moment
    newest = comment.decisions.order_by("-pk").first()
    if newest is None or newest.batch != ban.batch:
        return False
    return transition(
        comment=comment,
        to=newest.from_status,
        actor=actor,
        reason=_("The ban was lifted."),
        via="ban",
    )


@transaction.atomic
def _wait_for_comments_on_their_way() -> None:
    """Return once every comment is stored that was checked before the ban was there.

    Each of them holds the lock of a thread. SQLite has one writer at a time, and none is on its way.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE comments_thread IN EXCLUSIVE MODE")
