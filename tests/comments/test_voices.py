"""Likes and reports: one each, counted exactly, and what becomes of a comment that many report."""

import uuid
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from blog.comments.batches import decide_all
from blog.comments.deciding import transition
from blog.comments.models import Comment, Decision, Like, Report, Thread
from blog.comments.voices import (
    LIKES_FROM_NETWORK,
    REPORTS_FROM_NETWORK,
    CommentGone,
    OwnComment,
    Reader,
    TooManyVoices,
    fix_voice_counts,
    like_comment,
    likes_of,
    report_comment,
    take_back_like,
    voice_drift,
)
from blog.site.models import SiteSettings
from tests.factories import make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status
SITE = SiteSettings(reports_to_hold=3)


def guest(network: str = "") -> Reader:
    return Reader(visitor=uuid.uuid4(), network_hash=network)


def report(comment: Comment, reader: Reader | None = None, **words: str) -> Report:
    return report_comment(
        comment=comment,
        reader=reader or guest(),
        site=SITE,
        **{"reason": "insult", "text": ""} | words,
    )


def counts(comment: Comment) -> tuple[int, int]:
    comment.refresh_from_db()
    return comment.like_count, comment.report_count


def test_like_counts_once_and_can_be_taken_back():
    comment, reader = make_comment(), guest()

    assert [like_comment(comment=comment, reader=reader) for _ in range(2)] == [True, False]
    assert counts(comment) == (1, 0)
    assert likes_of(reader, article_id=comment.article_id) == [comment.pk]
    assert [take_back_like(comment=comment, reader=reader) for _ in range(2)] == [True, False]
    assert counts(comment) == (0, 0)


@pytest.mark.parametrize("key", ["user", "visitor"])
def test_database_refuses_a_second_like_of_one_person(key):
    comment = make_comment()
    who = {key: make_user() if key == "user" else uuid.uuid4()}
    Like.objects.create(comment=comment, **who)

    with pytest.raises(IntegrityError), transaction.atomic():
        Like.objects.create(comment=comment, **who)


@pytest.mark.parametrize("key", ["user", "visitor"])
def test_nobody_likes_their_own_comment(key):
    who = {key: make_user() if key == "user" else uuid.uuid4()}
    comment = make_comment(**who)

    with pytest.raises(OwnComment):
        like_comment(comment=comment, reader=Reader(**who))

    assert counts(comment) == (0, 0)


def test_guest_who_signs_in_takes_the_like_along():
    comment, user, as_guest = make_comment(), make_user(), guest()
    like_comment(comment=comment, reader=as_guest)
    both = Reader(user=user, visitor=as_guest.visitor)

    assert like_comment(comment=comment, reader=both) is False
    assert [(like.user, like.visitor) for like in Like.objects.all()] == [(user, None)]
    assert counts(comment) == (1, 0)


def test_like_of_guest_and_account_of_one_person_become_one():
    comment, user, as_guest = make_comment(), make_user(), guest()
    like_comment(comment=comment, reader=as_guest)
    like_comment(comment=comment, reader=Reader(user=user))

    like_comment(comment=comment, reader=Reader(user=user, visitor=as_guest.visitor))

    assert [like.user for like in Like.objects.all()] == [user]
    assert counts(comment) == (1, 0)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.APPROVED])
def test_what_is_not_shown_can_neither_be_liked_nor_reported(status):
    comment = make_comment(status=status)

    with pytest.raises(CommentGone):
        like_comment(comment=comment, reader=guest())
    with pytest.raises(CommentGone):
        report(comment)

    assert counts(comment) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_eight_readers_at_once_count_as_eight(at_once):
    comment = make_comment()

    at_once([partial(like_comment, comment=comment, reader=guest()) for _ in range(8)])

    assert counts(comment) == (8, 0)
    assert voice_drift() == []


@pytest.mark.django_db(transaction=True)
def test_one_reader_clicking_eight_times_at_once_counts_as_one(at_once):
    comment, reader = make_comment(), guest()

    done = at_once([partial(like_comment, comment=comment, reader=reader) for _ in range(8)])

    assert sorted(done) == [False] * 7 + [True]
    assert counts(comment) == (1, 0)
    assert Like.objects.count() == 1


def test_one_network_adds_so_many_likes_an_hour_to_an_article(time_machine):
    comment = make_comment()
    Like.objects.bulk_create(
        Like(comment=comment, visitor=uuid.uuid4(), network_hash="a" * 32)
        for _ in range(LIKES_FROM_NETWORK)
    )

    with pytest.raises(TooManyVoices):
        like_comment(comment=comment, reader=guest("a" * 32))
    assert like_comment(comment=comment, reader=guest("b" * 32))
    assert like_comment(comment=comment, reader=Reader(user=make_user(), network_hash="a" * 32))
    other = make_comment()
    assert like_comment(comment=other, reader=guest("a" * 32))


def test_as_many_reports_as_the_site_asks_for_hold_the_comment():
    comment = make_comment()
    for number in range(3):
        assert counts(comment) == (0, number)
        assert comment.status == Status.APPROVED
        report(comment)

    comment.refresh_from_db()
    assert (comment.status, comment.reason) == (Status.PENDING, "Reported by 3 readers.")
    thread = Thread.objects.get(article=comment.article)
    assert (thread.approved_count, thread.pending_count) == (0, 1)
    decision = Decision.objects.get(comment=comment)
    assert (decision.actor, decision.via, decision.to_status) == (None, "reports", "pending")


def test_one_reader_has_one_report_which_says_the_latest_words():
    comment, reader = make_comment(), guest()

    for text in ("First.", "Second.", "Third."):
        report(comment, reader, reason="other", text=text)

    assert [(each.reason, each.text) for each in Report.objects.all()] == [("other", "Third.")]
    assert counts(comment) == (0, 1)


def test_no_number_of_reports_holds_where_the_site_says_so():
    comment = make_comment()
    for _ in range(4):
        report_comment(
            comment=comment,
            reader=guest(),
            reason="spam",
            text="",
            site=SiteSettings(reports_to_hold=0),
        )

    assert counts(comment) == (0, 4)
    assert comment.status == Status.APPROVED


@pytest.mark.parametrize("to", [Status.APPROVED, Status.SPAM, Status.TRASH])
def test_decision_of_a_moderator_deals_with_the_reports(to):
    comment = make_comment()
    for _ in range(3):
        report(comment)
    comment.refresh_from_db()

    transition(comment=comment, to=to, actor=make_staff("Moderator"))

    assert counts(comment) == (0, 0)
    assert not Report.objects.filter(handled_at=None).exists()


def test_same_readers_do_not_hold_an_approved_comment_again_but_others_do():
    comment, readers = make_comment(), [guest() for _ in range(3)]
    for reader in readers:
        report(comment, reader)
    comment.refresh_from_db()
    decide_all(comments=[comment], to=Status.APPROVED, actor=make_staff("Moderator"))

    for reader in readers:
        report(comment, reader)
    assert counts(comment) == (0, 0)
    assert comment.status == Status.APPROVED

    for _ in range(3):
        report(comment)
    comment.refresh_from_db()
    assert comment.status == Status.PENDING


@pytest.mark.django_db(transaction=True)
def test_reports_at_once_hold_the_comment_once(at_once):
    comment = make_comment()

    def send() -> None:
        try:
            report(comment)
        except CommentGone:
            pass  # it is held already

    at_once([send] * 8)

    assert counts(comment) == (0, 3)
    assert Decision.objects.filter(comment=comment, to_status=Status.PENDING).count() == 1


def test_one_network_sends_so_many_reports_an_hour_about_an_article():
    comment = make_comment()
    Report.objects.bulk_create(
        Report(comment=comment, visitor=uuid.uuid4(), network_hash="a" * 32, reason="spam")
        for _ in range(REPORTS_FROM_NETWORK)
    )

    with pytest.raises(TooManyVoices):
        report(comment, guest("a" * 32))


def test_counts_that_are_off_are_found_and_mended(django_assert_num_queries):
    exact, off = make_comment(), make_comment()
    like_comment(comment=exact, reader=guest())
    like_comment(comment=off, reader=guest())
    report(off)
    Comment.objects.filter(pk=off.pk).update(like_count=7, report_count=0)

    with django_assert_num_queries(3):
        [drift] = voice_drift()
    assert (drift.comment_id, drift.recorded, drift.counted) == (off.pk, (7, 0), (1, 1))

    assert fix_voice_counts() == [drift]
    assert counts(off) == (1, 1)
    assert voice_drift() == []
