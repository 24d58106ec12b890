"""Likes and reports: what readers say about a comment with one click.

Whoever adds or takes a voice first locks the thread and the comment, in this order, as every decision
does. So the counts of the comment move by exact deltas: they always equal the rows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.comments.bans import ban_of_reader, sentence
from blog.comments.counts import lock_comment
from blog.comments.deciding import transition
from blog.comments.models import Comment, Like, Report
from blog.comments.notices import comment_held

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from accounts.models import User
    from blog.site.models import SiteSettings

LIKES_FROM_NETWORK = 60  # new ones of guests on one article in an hour: schools share an address
REPORTS_FROM_NETWORK = 10
GONE = gettext_lazy("This comment is not there any more.")
TOO_MANY = gettext_lazy("There is a lot from your network just now. Try again in an hour.")


@dataclass(frozen=True)
class Reader:
    """Who says it: a signed-in user, a guest's cookie, or both where a guest has signed in since."""

    user: User | None = None
    visitor: UUID | None = None
    network_hash: str = ""

    def theirs(self) -> Q:
        """Return the condition for rows of this person."""
        condition = Q(pk=None)
        if self.user is not None:
            condition |= Q(user=self.user)
        if self.visitor is not None:
            condition |= Q(visitor=self.visitor)
        return condition

    def as_fields(self) -> dict[str, object]:
        """Return who it is, as a row says it: an account counts before a cookie."""
        visitor = None if self.user else self.visitor
        return {"user": self.user, "visitor": visitor, "network_hash": self.network_hash}


class VoiceRefused(Exception):  # noqa: N818 - names what happened
    """The like or report was not taken; the text says why, in a sentence for the reader."""


class CommentGone(VoiceRefused):
    """A moderator or the writer took the comment away meanwhile."""


class OwnComment(VoiceRefused):
    """Nobody likes their own comment by a click."""


class BannedReader(VoiceRefused):
    """A moderator has closed the comments for this person or network."""


class GuestsMayNot(VoiceRefused):
    """The owner lets only people with an account like comments."""


class TooManyVoices(VoiceRefused):
    """One network says more about the comments of one article than the site allows."""


@transaction.atomic
def like_comment(*, comment: Comment, reader: Reader) -> bool:
    """Add the reader's like and count it; return False where they like it already.

    Who liked as a guest and has signed in since takes that like along. Raises BannedReader,
    CommentGone, OwnComment and TooManyVoices.
    """
    if lock_comment(comment) != Comment.Status.APPROVED:
        raise CommentGone(GONE)
    _refuse_banned(reader)
    if Comment.objects.filter(reader.theirs(), pk=comment.pk).exists():
        raise OwnComment(_("This comment is your own. Others may like it."))
    present = list(Like.objects.filter(reader.theirs(), comment=comment.pk))
    if present:
        _keep_one(present, reader)
        return False
    _limit_pace(Like.objects.all(), comment, reader, LIKES_FROM_NETWORK)
    Like.objects.create(comment_id=comment.pk, **reader.as_fields())
    Comment.objects.filter(pk=comment.pk).update(like_count=F("like_count") + 1)
    return True


@transaction.atomic
def take_back_like(*, comment: Comment, reader: Reader) -> bool:
    """Delete the reader's like; return False where there is none."""
    lock_comment(comment)
    rows = Like.objects.filter(reader.theirs(), comment=comment.pk)
    count, _rows = rows.delete()
    if count:
        Comment.objects.filter(pk=comment.pk).update(like_count=F("like_count") - count)
    return count > 0


def likes_of(reader: Reader, *, article_id: int) -> list[int]:
    """Return the keys of the article's comments that the reader likes, in one query."""
    likes = Like.objects.filter(reader.theirs(), comment__article=article_id)
    return list(likes.order_by("comment").values_list("comment", flat=True).distinct())


@transaction.atomic
def report_comment(
    *, comment: Comment, reader: Reader, reason: str, text: str, site: SiteSettings
) -> Report:
    """Keep what a reader says against a comment; hold it when as many say so as the site asks for.

    One person has one report: sent again while it is open it says the new words, and once a moderator
    has dealt with it, it is not opened again. So a comment that was approved after reports is held
    again only by as many others. Raises BannedReader, CommentGone and TooManyVoices.
    """
    if lock_comment(comment) != Comment.Status.APPROVED:
        raise CommentGone(GONE)
    _refuse_banned(reader)
    present = Report.objects.filter(reader.theirs(), comment=comment.pk).order_by("pk").first()
    if present is not None:
        if present.handled_at is None:
            present.reason, present.text = reason, text
            present.save(update_fields=["reason", "text"])
        return present
    _limit_pace(Report.objects.all(), comment, reader, REPORTS_FROM_NETWORK)
    report = Report.objects.create(
        comment_id=comment.pk, reason=reason, text=text, **reader.as_fields()
    )
    Comment.objects.filter(pk=comment.pk).update(report_count=F("report_count") + 1)
    _hold_if_many(comment, site)
    return report


def _hold_if_many(comment: Comment, site: SiteSettings) -> None:
    """Hold the comment, which is locked and approved, when enough different readers have reported it.

    Guests of one network are one reader here: else anybody hid any comment with a few fresh cookies.
    """
    reports = _open_reports().filter(comment=comment.pk)
    who = reports.values_list("user", "network_hash", "visitor")
    count = len({user or network or visitor for user, network, visitor in who})
    if not site.reports_to_hold or count < site.reports_to_hold:
        return
    reason = ngettext("Reported by %(count)s reader.", "Reported by %(count)s readers.", count)
    transition(
        comment=comment,
        to=Comment.Status.PENDING,
        actor=None,
        reason=reason % {"count": count},
        via="reports",
    )
    comment_held(comment)


def _keep_one(likes: list[Like], reader: Reader) -> None:
    """Let the account keep one like of a person who liked as a guest, too."""
    kept, *surplus = sorted(likes, key=lambda like: like.user_id is None)
    for like in surplus:
        like.delete()
    if surplus:
        rows = Comment.objects.filter(pk=kept.comment_id)
        rows.update(like_count=F("like_count") - len(surplus))
    if reader.user is not None and kept.user_id is None:
        kept.user, kept.visitor = reader.user, None
        kept.save(update_fields=["user", "visitor"])


def _refuse_banned(reader: Reader) -> None:
    """Raise BannedReader for whom a moderator has shut out."""
    ban = ban_of_reader(user=reader.user, visitor=reader.visitor, network_hash=reader.network_hash)
    if ban:
        raise BannedReader(sentence(ban))


def _limit_pace(
    voices: QuerySet[Like] | QuerySet[Report], comment: Comment, reader: Reader, most: int
) -> None:
    """Raise TooManyVoices for a guest whose network said as much about this article within the hour.

    Fresh cookies cost nothing; an account does, and is not counted.
    """
    if reader.user is not None or not reader.network_hash:
        return
    since = timezone.now() - timedelta(hours=1)
    recent = voices.filter(
        comment__article=comment.article_id,
        network_hash=reader.network_hash,
        visitor__isnull=False,
        created_at__gt=since,
    )
    if recent.count() >= most:
        raise TooManyVoices(TOO_MANY)


@dataclass(frozen=True)
class VoiceDrift:
    """A comment whose counts differ from its likes and open reports."""

    comment_id: int
    recorded: tuple[int, int]  # likes, open reports
    counted: tuple[int, int]

    def __str__(self) -> str:
        return (
            f"comment {self.comment_id}: counts say {self.recorded[0]} likes and {self.recorded[1]}"
            f" open reports, rows say {self.counted[0]} and {self.counted[1]}"
        )


def voice_drift() -> list[VoiceDrift]:
    """Return every comment whose counts differ from its rows, in three queries."""
    kept = Comment.objects.filter(Q(like_count__gt=0) | Q(report_count__gt=0))
    recorded = {
        pk: (likes, reports)
        for pk, likes, reports in kept.values_list("pk", "like_count", "report_count")
    }
    likes, reports = _per_comment(Like.objects.all()), _per_comment(_open_reports())
    counted = {pk: (likes[pk], reports[pk]) for pk in {*likes, *reports}}
    return [
        VoiceDrift(pk, recorded.get(pk, (0, 0)), counted.get(pk, (0, 0)))
        for pk in sorted({*recorded, *counted})
        if recorded.get(pk, (0, 0)) != counted.get(pk, (0, 0))
    ]


def _per_comment(voices: QuerySet[Like] | QuerySet[Report]) -> Counter[int]:
    counts = voices.order_by().values_list("comment").annotate(count=Count("pk"))
    return Counter(dict(counts))


def _open_reports() -> QuerySet[Report]:
    return Report.objects.filter(handled_at=None)


def fix_voice_counts() -> list[VoiceDrift]:
    """Count the voices of every comment whose counts are off anew; return what was off."""
    found = voice_drift()
    for comment in Comment.objects.filter(pk__in=[drift.comment_id for drift in found]):
        with transaction.atomic():
            lock_comment(comment)
            likes = Like.objects.filter(comment=comment)
            reports = _open_reports().filter(comment=comment)
            Comment.objects.filter(pk=comment.pk).update(
                like_count=likes.count(), report_count=reports.count()
            )
    return found
