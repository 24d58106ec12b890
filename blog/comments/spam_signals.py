"""Where comments meet the spam filter: what it is shown of a new one, and what it learns from decisions.

A comment's lesson is what the latest person said about it: approved is honest, spam is spam, anything else
is no lesson. Rules, mail and the filter itself teach nothing: it would only believe itself more and more.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Length, Substr
from django.tasks import task
from django.utils import timezone

from blog.comments.models import Comment, Decision
from blog.prepared import Prepared
from blog.spam.learning import ENOUGH, calibrate, learn, unlearn
from blog.spam.sample import Sample, Score
from blog.spam.scoring import score
from blog.taskqueue import enqueue_once

if TYPE_CHECKING:
    from accounts.models import User

RECENT = timedelta(days=1)  # networks have another hash after it
LATEST = 50  # comments looked at
ALIKE = 200  # characters compared
READ = frozenset({Comment.Status.PENDING, Comment.Status.APPROVED, Comment.Status.SPAM})
SHORT = 20  # characters: "Thank you!" is said by many
TRIED = 1_000  # comments of each kind that the limits are found among
PAUSE = timedelta(minutes=10)  # between two searches for the limits
WRITER = "writer"  # Decision.via: somebody about their own comment
LESSONS = {Comment.Status.APPROVED.value: False, Comment.Status.SPAM.value: True}
# The decisions that teach: by somebody who moderates, about a comment that was there. The log has more: an
# edit, from a status to itself, and the answer of a moderator, from nothing.
TEACHES = Q(actor__isnull=False) & ~(
    Q(from_status="") | Q(from_status=F("to_status")) | Q(via=WRITER)
)


def sample_of(
    *,
    body: str,
    name: str = "",
    email: str = "",
    website: str = "",
    user_agent: str = "",
    network_hash: str = "",
    seconds_taken: float | None = None,
    is_trapped: bool = False,
) -> Sample:
    """Return what the filter looks at of a new comment. One query, whatever comes in."""
    copies, network_spam = _lately(body, network_hash)
    return Sample(
        body=body,
        name=name,
        email=email,
        website=website,
        user_agent=user_agent,
        own_host=_own_host(),
        seconds_taken=seconds_taken,
        is_trapped=is_trapped,
        copies=copies,
        network_spam=network_spam,
    )


# The latest are found by the key alone: with a time beside it, a database may look through the whole table
# where nobody has written for a day. Older ones come without a status, and are passed over.
_latest = Prepared(
    lambda since: Comment.objects.order_by("-pk").values_list(
        Case(When(created_at__gt=since, then="status"), default=Value("")),
        "network_hash",
        Substr("body", 1, ALIKE),
        Length("body"),
    )[:LATEST]
)


def _lately(body: str, network_hash: str) -> tuple[int, int]:
    """Count the same text, and spam of the same network, among the latest comments of a day.

    Among so many and no more: in a flood, of all times, each comment would look at all before it. Texts
    are the same if they begin alike and are as long; they can have 65,000 characters.
    """
    is_long, text = len(body) > SHORT, (body[:ALIKE], len(body))
    copies = network_spam = 0
    for status, network, *other in _latest(since=timezone.now() - RECENT):
        copies += is_long and tuple(other) == text and status in READ
        network_spam += bool(network) and network == network_hash and status == Comment.Status.SPAM
    return copies, network_spam


def score_comment(sample: Sample) -> Score:
    """Return the score and its signals, for `Comment.score` and `Comment.signals`. One query.

    Ask before the thread is locked: it needs no lock, and others wait for this one.
    """
    return score(sample)


def sample_of_stored(comment: Comment) -> Sample:
    """Return what is learnt from: the parts of a comment that stay as long as it does."""
    return Sample(
        body=comment.body,
        name=comment.name,
        email=comment.email,
        website=comment.website,
        own_host=_own_host(),
    )


def learn_from_decision(*, comment: Comment, to: str, actor: User | None, via: str = "") -> None:
    """Learn what a person has just decided, and take back what was learnt from the decision before.

    To be called under the lock of the comment, before the decision is written into the log: the log says
    what was learnt. Not the status: a comment that a rule has approved has taught nothing.
    """
    if actor is None or via == WRITER:
        return
    was, now = lesson_of(comment), LESSONS.get(to)
    if was == now:
        return
    sample = sample_of_stored(Comment.objects.get(pk=comment.pk))
    if was is not None:
        unlearn(sample, is_spam=was)
    if now is not None:
        learn(sample, is_spam=now)
    transaction.on_commit(partial(enqueue_once, find_limits, after=PAUSE), robust=True)


def lesson_of(comment: Comment) -> bool | None:
    """Return whether the latest person to decide called it spam; None where nothing is learnt.

    An edit by its writer ends a lesson: nobody has decided about the new text, and it may be anything.
    """
    log = Decision.objects.filter(comment=comment)
    own_edit = Q(via=WRITER, from_status=F("to_status"))
    latest = log.filter(TEACHES | own_edit).order_by("-created_at", "-pk")
    via, to = latest.values_list("via", "to_status").first() or (WRITER, "")
    return None if via == WRITER else LESSONS.get(to)


def forget(comment: Comment) -> bool | None:
    """Unlearn a comment before its text changes; return what was learnt, for `remember`.

    Call it before the change is in the log. A moderator's text is learnt anew, a writer's is not.
    """
    lesson = lesson_of(comment)
    if lesson is not None:
        unlearn(sample_of_stored(Comment.objects.get(pk=comment.pk)), is_spam=lesson)
    return lesson


def remember(comment: Comment, lesson: bool | None) -> None:
    """Learn the changed text of a comment as what it was before."""
    if lesson is not None:
        learn(sample_of_stored(comment), is_spam=lesson)


@task
def find_limits() -> None:
    """Find the limits of the score anew among the latest comments that people have decided about."""
    decided: list[tuple[Sample, bool]] = []
    for status, is_spam in LESSONS.items():
        by_people = Decision.objects.filter(TEACHES, to_status=status)
        rows = Comment.objects.filter(status=status, pk__in=by_people.values("comment"))
        decided += [
            (sample_of_stored(comment), is_spam) for comment in rows.order_by("-pk")[:TRIED]
        ]
    if len(decided) >= 2 * ENOUGH:
        calibrate(decided)


def _own_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""
