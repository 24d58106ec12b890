"""Following by mail: whoever asks proves the address first, and ends it with one click."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.comments.following_links import (
    CONFIRM_WITHIN,
    addresses_for,
    confirm_url,
    read_confirmation,
)
from blog.comments.letters import post_letter
from blog.comments.models import Comment, Subscription, Thread
from blog.outbox.services import cancel, forget_address, mark_of, one_line, was_queued
from blog.site.local import in_words_of_the_site
from blog.site.models import SiteSettings
from blog.taskqueue import SOON, enqueue_with_row

if TYPE_CHECKING:
    from accounts.models import User
    from blog.comments.models import SubscriptionQuerySet

Kind = Subscription.Kind
ONE_MAIL_EVERY = timedelta(hours=1)  # to confirm or manage, to one address
KEEP_ENDED = timedelta(days=30)
MOST_STRANGERS = 30  # in an hour: who follow a person and have not proved their address
# Comments of a person; a mail leaves within seconds, or waits for a mail server.
MOST_TAKEN_BACK = 20
_ADDRESS = re.compile(r"://|@|\w\.\w{2}")  # of a page or of mail; not in "J.R. Bell"


class TooManyAsk(Exception):  # noqa: N818 - likewise
    """More strangers than usual want to follow people; the text says when to try again."""


@transaction.atomic
def follow(*, comment: Comment, kind: str) -> None:
    """Follow the replies to a comment, or all of its article, in the name of its writer.

    A signed-in writer's address counts as proved, and so does one that this browser has confirmed
    before. Else a mail asks. Nothing tells the writer which of these it was: that would tell who is
    known here. What was binned asks nobody: machines must not write to others through this site.
    """
    email = (comment.user.email if comment.user else comment.email).lower()
    if not email or not _is_on(comment.article_id) or comment.status in _BINNED:
        return
    is_proved = bool(comment.user) or has_confirmed(email, comment.visitor)
    subscription, _created = Subscription.objects.get_or_create(
        article_id=comment.article_id,
        comment=comment if kind == Kind.REPLIES else None,
        email=email,
        defaults={"kind": kind, "visitor": comment.visitor},
    )
    if is_proved:
        _start(Subscription.objects.filter(pk=subscription.pk), comment.visitor)
    elif not (subscription.confirmed_at and not subscription.ended_at):
        _ask(subscription, comment.visitor)


_BINNED = (Comment.Status.SPAM, Comment.Status.TRASH, Comment.Status.REMOVED)


def _ask(subscription: Subscription, visitor: UUID | None) -> None:
    """Have the address asked, and note when: so long the link holds, and so it counts for the limit."""
    subscription.created_at = timezone.now()
    subscription.save(update_fields=["created_at"])
    enqueue_with_row(mail_confirmation, subscription.pk, visitor and str(visitor))


def _is_on(article_id: int) -> bool:
    """Say whether the comments of the article are mailed to who follows them."""
    is_off = Thread.objects.filter(article=article_id, mail_is_off=True)
    return SiteSettings.objects.current().following_on and not is_off.exists()


def has_confirmed(email: str, visitor: UUID | None) -> bool:
    """Say whether somebody with this browser has proved that the address is theirs."""
    confirmed = Subscription.objects.filter(email=email, confirmed_at__isnull=False)
    return visitor is not None and confirmed.filter(visitor=visitor).exists()


def _start(subscriptions: SubscriptionQuerySet, visitor: UUID | None) -> None:
    """Make them active. Who proved the address is remembered here, and never before."""
    now = timezone.now()
    subscriptions.filter(Q(confirmed_at__isnull=True) | Q(ended_at__isnull=False)).update(
        confirmed_at=now, ended_at=None, visitor=visitor
    )


@transaction.atomic
def follow_person(*, person: User, email: str, visitor: UUID | None, is_proved: bool) -> None:
    """Follow what one person with an account writes anywhere here.

    Whoever asks need not have written anything, so this could be made to mail strangers: an address is
    asked once a day, and only so many strangers in an hour; then TooManyAsk is raised. As for articles,
    nobody is told whether an address is known. Nobody follows themselves.
    """
    email = email.lower()
    if email == person.email or not SiteSettings.objects.current().following_on:
        return
    is_proved = is_proved or has_confirmed(email, visitor)
    if not is_proved:
        _limit_strangers()
    subscription, _created = Subscription.objects.get_or_create(
        person=person, email=email, defaults={"kind": Kind.PERSON, "visitor": visitor}
    )
    if is_proved:
        _start(Subscription.objects.filter(pk=subscription.pk), visitor)
    elif not (subscription.confirmed_at and not subscription.ended_at) and not was_queued(
        to=email, key_start="confirm:", since=timezone.now() - timedelta(days=1)
    ):
        _ask(subscription, visitor)


def _limit_strangers() -> None:
    """Raise TooManyAsk where many were asked lately. Whoever was asked before and is asked again counts."""
    since = timezone.now() - timedelta(hours=1)
    open_ = Q(confirmed_at__isnull=True) | Q(ended_at__isnull=False)
    asked = Subscription.objects.filter(open_, kind=Kind.PERSON, created_at__gt=since)
    if asked.count() >= MOST_STRANGERS:
        raise TooManyAsk(_("Many people ask for this just now. Try again in an hour."))


@task(priority=SOON)
@in_words_of_the_site()
def mail_confirmation(subscription_id: int, visitor: str | None) -> None:
    """Ask the address whether it wants to follow; at most once an hour, whoever claims to own it.

    The mail repeats nothing that the one who asked could have written. The name of a person may be of their
    own making: what could be read as an address in it is not mailed to strangers.
    """
    rows = Subscription.objects.select_related("article", "person")
    subscription = rows.filter(pk=subscription_id).first()
    if subscription is None or (subscription.article and not subscription.article.is_live):
        return
    if not _may_write_to(subscription.email, "confirm"):
        return
    title = one_line(subscription.what)
    if subscription.person_id and _ADDRESS.search(title):
        title = _("Somebody")
    post_letter(
        template="confirm",
        key=_hourly_key("confirm", subscription.email),
        to=subscription.email,
        subject=_("Do you want to follow “%(title)s”?") % {"title": title},
        context={
            "subscription": subscription,
            "title": title,
            "confirm_url": confirm_url(subscription, visitor),
        },
    )


def ask_for_manage_link(email: str) -> None:
    """Have the link to all subscriptions of the address mailed, if it has any.

    The queue keeps what was asked of it for a while, so it is told a row, never the address. For an
    unknown address it is asked, too, so that the answer takes as long.
    """
    rows = Subscription.objects.filter(email=email.lower()).order_by("pk")
    enqueue_with_row(mail_manage_link, rows.values_list("pk", flat=True).first() or 0)


@task(priority=SOON)
@in_words_of_the_site()
def mail_manage_link(subscription_id: int) -> None:
    """Mail the link to all subscriptions of the address of this one; at most once an hour."""
    subscription = Subscription.objects.filter(pk=subscription_id).first()
    if subscription is None or not _may_write_to(subscription.email, "manage"):
        return
    post_letter(
        template="manage",
        key=_hourly_key("manage", subscription.email),
        to=subscription.email,
        subject=_("What you follow"),
        context=addresses_for(subscription),
    )


def _may_write_to(email: str, kind: str) -> bool:
    since = timezone.now() - ONE_MAIL_EVERY
    return not was_queued(to=email, key_start=f"{kind}:", since=since)


def _hourly_key(kind: str, email: str) -> str:
    """Of two requests at once, one mail: the look at the last hour alone would let both through."""
    return f"{kind}:{mark_of(email)}:{timezone.now():%Y-%m-%dT%H}"


def confirm(token: str) -> Subscription:
    """Start what the link is for. Used again it changes nothing: what was ended since stays ended."""
    asked = read_confirmation(token)
    _start(asked.covered(), asked.visitor)
    return asked.subscription


def start(subscription: Subscription) -> None:
    """Start one that its address has seen on the page of all of them: that it can, proves the address."""
    _start(Subscription.objects.filter(pk=subscription.pk), None)


def end(subscription: Subscription) -> None:
    """End one; mail about it that has not left yet is taken back."""
    _end(Subscription.objects.filter(pk=subscription.pk))
    if subscription.article_id:
        cancel(key_start=f"comment:{subscription.article_id}:", to=subscription.email)
        return
    recent = Comment.objects.approved().filter(user=subscription.person_id).order_by("-created_at")
    for article_id, pk in recent.values_list("article", "pk")[:MOST_TAKEN_BACK]:
        cancel(key_start=f"comment:{article_id}:{pk}:", to=subscription.email)


def end_all(email: str) -> None:
    """End all of an address, unconfirmed ones too."""
    _end(Subscription.objects.filter(email=email.lower()))
    cancel(key_start="comment:", to=email)


def forget_asked(comment: Comment) -> None:
    """Delete what the comment asked for and nobody has confirmed; call it before its writer is gone.

    An article's followers are rows of their own: what another comment of the same browser there may have
    asked for stays. The mail that asks is taken back where there is nothing left to ask.
    """
    email = comment.email.lower()
    if not email or comment.visitor is None:
        return
    mine = Q(article=comment.article_id, email__iexact=email, visitor=comment.visitor)
    if Comment.objects.filter(mine).exclude(pk=comment.pk).exists():
        return
    unconfirmed = Subscription.objects.filter(email=email, confirmed_at__isnull=True)
    unconfirmed.filter(article=comment.article_id, visitor=comment.visitor).delete()
    if not unconfirmed.filter(ended_at__isnull=True).exists():
        cancel(key_start="confirm:", to=email)


def _end(subscriptions: SubscriptionQuerySet) -> None:
    subscriptions.filter(ended_at__isnull=True).update(ended_at=timezone.now())


@transaction.atomic
def change(subscription: Subscription, *, kind: str) -> bool:
    """Follow all of the article instead of the replies, or the replies instead of all.

    Replies need a comment to reply to: the newest of this address there. Return False without one.
    """
    if subscription.kind == kind:
        return True
    if kind not in Subscription.OF_AN_ARTICLE or not subscription.article_id:
        return False
    comment = None
    if kind == Kind.REPLIES:
        comment = (
            Comment.objects.filter(article=subscription.article_id)
            .filter(Q(email=subscription.email) | Q(user__email=subscription.email))
            .exclude(status__in=_BINNED)
            .order_by("-created_at", "-pk")
            .first()
        )
        if comment is None:
            return False
    other, _created = Subscription.objects.get_or_create(
        article_id=subscription.article_id,
        comment=comment,
        email=subscription.email,
        defaults={"kind": kind, "visitor": subscription.visitor},
    )
    _start(Subscription.objects.filter(pk=other.pk), subscription.visitor)
    _end(Subscription.objects.filter(pk=subscription.pk))
    return True


@transaction.atomic
def forget(email: str) -> int:
    """Delete all subscriptions of an address, and its mail; return how many subscriptions there were."""
    count, _rows = Subscription.objects.filter(email=email.strip().lower()).delete()
    forget_address(address=email)
    return count


def forget_stale() -> None:
    """Delete what was never confirmed, and what ended a while ago."""
    now = timezone.now()
    Subscription.objects.filter(
        Q(confirmed_at__isnull=True, created_at__lt=now - CONFIRM_WITHIN)
        | Q(ended_at__lt=now - KEEP_ENDED)
    ).delete()


def subscriptions_of(email: str) -> SubscriptionQuerySet:
    """Return what an address follows or was asked about, the newest first."""
    rows = Subscription.objects.filter(email=email.lower(), ended_at__isnull=True)
    return rows.select_related("article", "comment", "person").order_by("-created_at", "-pk")


def followers_of(comment: Comment) -> list[Subscription]:
    """Return the active subscriptions a new comment concerns: replies, people, then articles.

    Who follows a person need not know the password of the article: what stands behind one is not mailed
    to them. What was approved before somebody asked is no news to them: it is only brought back.
    """
    if not SiteSettings.objects.current().following_on:
        return []
    concerned = Q(pk=None)
    if _is_on(comment.article_id):
        concerned |= Q(kind=Kind.ALL, article=comment.article_id)
        concerned |= Q(kind=Kind.REPLIES, comment__isnull=False, comment=comment.parent_id)
    if comment.user_id and not comment.article.is_protected:
        concerned |= Q(kind=Kind.PERSON, person=comment.user_id)
    rows = Subscription.objects.active().filter(
        concerned, created_at__lte=comment.approved_at or timezone.now()
    )
    return list(rows.order_by("-kind", "pk"))  # the alphabet has them in this order backwards


def own_subscription(comment: Comment) -> Subscription | None:
    """Return the active subscription by which the writer of a comment follows it."""
    email = (comment.user.email if comment.user else comment.email).lower()
    if not email or not _is_on(comment.article_id):
        return None
    rows = Subscription.objects.active().filter(article=comment.article_id, email=email)
    return rows.filter(Q(comment=comment) | Q(comment__isnull=True)).order_by("-kind").first()


def subscription_shown_to(comment: Comment) -> Subscription | None:
    """Return what the writer of a comment follows here, as far as they may be told.

    Anybody can type an address. That somebody else follows the article under it is not theirs to know.
    """
    subscription = own_subscription(comment)
    if subscription is None or subscription.comment_id or comment.user_id:
        return subscription
    is_same_browser = comment.visitor is not None and subscription.visitor == comment.visitor
    return subscription if is_same_browser else None
