"""Erasing what one person left: comments anonymised or removed, votes kept without a name or removed.

In batches, each in a transaction of its own: nobody waits long for a lock, and what was begun and stopped
is finished by asking again. What is erased is found no more, so asking twice changes nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import SignUp
from blog.comments import following
from blog.comments.bans import plain_email
from blog.comments.counts import lock_thread
from blog.comments.models import Avatar, Ban, Comment, Decision, Like, Report, Subscription
from blog.comments.writing import withdraw_own
from blog.outbox.models import Mail
from blog.outbox.services import forget_address, mark_of
from blog.pages.messages import delete_messages
from blog.pages.models import Message
from blog.ratings.models import Rating
from blog.ratings.services import anonymise_votes, delete_votes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from blog.privacy.people import Person

BATCH = 500  # rows in one transaction
_MAILS_AT_ONCE = 50  # comments whose mails are looked for in one query


@dataclass(frozen=True)
class Erased:
    """How many of each were erased."""

    comments: int
    votes: int
    likes: int
    reports: int
    subscriptions: int
    messages: int


def erase(*, person: Person, removes_comments: bool, removes_votes: bool) -> Erased:
    """Erase everything the person left; return how much it was.

    Votes go first: an address leads to them by its comments alone. Subscriptions end, and mail that
    was written is emptied. The account of somebody who signs in stays, as does a block until it ends.
    """
    voices = person.voices() or Q(pk=None)
    votes = _erase_votes(voices, removes_votes)
    likes = _erase_likes(voices, removes_votes)
    reports = _erase_reports(voices)
    subscriptions = _end_subscriptions(person)
    comments = _erase_comments(person, removes_comments)
    messages = _delete_messages(person)
    _delete_pictures(person)
    if person.email:
        forget_address(address=person.email)
        SignUp.objects.filter(email=person.email).delete()
    return Erased(comments, votes, likes, reports, subscriptions, messages)


@transaction.atomic
def close_account(*, person: Person) -> None:
    """Delete the account of somebody who only reads, once all they left is erased. A block stays."""
    user = person.user
    if user is None or not person.may_close_account:
        return
    Ban.objects.filter(user=user, email="").update(email=plain_email(user.email)[:100])
    Ban.objects.filter(user=user).update(user=None)
    user.delete()


def _delete_pictures(person: Person) -> None:
    """Delete the picture beside their comments, whichever way it came: their initial is shown again."""
    condition = Q(user=person.user) if person.user else Q(pk=None)
    if person.email:
        condition |= Q(mark=mark_of(person.email)) | Q(user__email=person.email)
    Avatar.objects.filter(condition).delete()


def _batches(rows: QuerySet) -> Iterator[list[int]]:
    """Yield the keys of the rows, BATCH at a time; they are all looked up before the first goes."""
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        yield pks[start : start + BATCH]


def _erase_votes(voices: Q, removes: bool) -> int:
    change = delete_votes if removes else anonymise_votes
    batches = list(_batches(Rating.objects.filter(voices)))
    return sum(change(votes=Rating.objects.filter(pk__in=batch)) for batch in batches)


def _erase_likes(voices: Q, removes: bool) -> int:
    batches = list(_batches(Like.objects.filter(voices)))
    return sum(_erase_likes_of(batch, removes) for batch in batches)


@transaction.atomic
def _erase_likes_of(pks: list[int], removes: bool) -> int:
    """Take likes back, or leave them without a person; the counts move under the locks of the threads."""
    rows = Like.objects.filter(pk__in=pks)
    for article_id in sorted(set(rows.values_list("comment__article_id", flat=True))):
        lock_thread(article_id)
    likes = list(rows.select_for_update().order_by("pk"))
    if removes:
        for like in likes:
            Comment.objects.filter(pk=like.comment_id).update(like_count=F("like_count") - 1)
        rows.filter(pk__in=[like.pk for like in likes]).delete()
        return len(likes)
    for like in likes:
        like.user, like.visitor, like.network_hash = None, uuid.uuid4(), ""
    Like.objects.bulk_update(likes, ["user", "visitor", "network_hash"])
    return len(likes)


def _erase_reports(voices: Q) -> int:
    batches = list(_batches(Report.objects.filter(voices)))
    return sum(_erase_reports_of(batch) for batch in batches)


@transaction.atomic
def _erase_reports_of(pks: list[int]) -> int:
    """Leave the reason of each report, which a comment may wait for, and nothing of who gave it."""
    reports = list(Report.objects.filter(pk__in=pks).select_for_update().order_by("pk"))
    for report in reports:
        report.user, report.visitor = None, uuid.uuid4()
        report.network_hash = report.text = ""
    Report.objects.bulk_update(reports, ["user", "visitor", "network_hash", "text"])
    return len(reports)


def _end_subscriptions(person: Person) -> int:
    count = following.forget(person.email) if person.email else 0
    rows = Subscription.objects.filter(person.subscriptions() or Q(pk=None))
    return count + rows.delete()[0]


def _delete_messages(person: Person) -> int:
    """Delete what they wrote by a contact form, and empty the mails that quote it."""
    batches = list(_batches(Message.objects.filter(person.messages() or Q(pk=None))))
    return sum(delete_messages(messages=Message.objects.filter(pk__in=batch)) for batch in batches)


def _erase_comments(person: Person, removes: bool) -> int:
    mine = Comment.objects.filter(person.comments() or Q(pk=None))
    batches = list(_batches(mine))
    for batch in batches:
        _empty_mails_about(batch)
        if removes:
            for comment in Comment.objects.filter(pk__in=batch).order_by("-pk"):
                withdraw_own(comment=comment)
        else:
            _anonymise(batch)
    return sum(map(len, batches))


@transaction.atomic
def _anonymise(pks: list[int]) -> None:
    """Leave the text and its place, and nothing of who wrote it; earlier texts go."""
    rows = Comment.objects.filter(pk__in=pks)
    for article_id in sorted(set(rows.values_list("article_id", flat=True))):
        lock_thread(article_id)
    rows.update(
        name=_("Anonymous"),
        email="",
        website="",
        user=None,
        avatar=None,
        visitor=None,
        user_agent="",
        network_hash="",
        seconds_taken=None,
        signals=[],
    )
    Decision.objects.filter(comment__in=pks, earlier__isnull=False).update(earlier=None)


def _empty_mails_about(pks: list[int]) -> None:
    """Empty the mails that quote these comments, to moderators, authors and followers.

    What has not left yet is given up: it would name who wrote. The keys stay, so nothing is written anew.
    Digests tell of several comments; like every mail they are emptied after a month.
    """
    about = list(Comment.objects.filter(pk__in=pks).values_list("pk", "article_id"))
    for start in range(0, len(about), _MAILS_AT_ONCE):
        condition = Q(pk=None)
        for pk, article_id in about[start : start + _MAILS_AT_ONCE]:
            for key in (f"held:{pk}:", f"comment:{article_id}:{pk}:"):
                condition |= Q(key__startswith=key)
            condition |= Q(key=f"approved:{pk}")
        rows = Mail.objects.filter(condition).exclude(to="")
        rows.waiting().update(given_up_at=timezone.now())
        rows.forget()
