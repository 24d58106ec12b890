"""One click: many decisions, one sentence, one undo; and two people who click at once."""

from datetime import timedelta

import pytest

from blog.comments.batches import DONE, KEEP, RESTORE, decide_all, decisions_of, sentence, undo
from blog.comments.deciding import transition
from blog.comments.models import Comment, Report, Thread
from blog.comments.services import edit_comment, reply_as
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status


def statuses(*comments):
    return [Comment.objects.get(pk=comment.pk).status for comment in comments]


def test_many_are_decided_and_taken_back_together():
    user, article = make_user(), make_article()
    first = make_comment(article=article, status=Status.PENDING, reason="2 links.")
    second = make_comment(article=article)

    outcome = decide_all(comments=[first, second], to=Status.SPAM, actor=user)
    said = sentence(decisions_of(outcome.batch))
    back = undo(decisions=decisions_of(outcome.batch), actor=user)

    assert said == "2 comments marked as spam."
    assert (outcome.done, back.done, back.late) == (
        [first.pk, second.pk], [first.pk, second.pk], [],
    )  # fmt: skip
    assert statuses(first, second) == [Status.PENDING, Status.APPROVED]
    thread = Thread.objects.get(article=article)
    assert (thread.approved_count, thread.pending_count) == (1, 1)


def test_undo_brings_back_why_a_comment_waited():
    user = make_user()
    comment = make_comment(status=Status.PENDING, reason="2 links.")
    comment.decisions.create(to_status=Status.PENDING, reason="2 links.")

    outcome = decide_all(comments=[comment], to=Status.APPROVED, actor=user)
    undo(decisions=decisions_of(outcome.batch), actor=user)

    comment.refresh_from_db()
    assert (comment.status, comment.reason) == (Status.PENDING, "2 links.")


def test_each_is_restored_to_what_it_was():
    user = make_user()
    first, second = make_comment(status=Status.PENDING), make_comment()
    decide_all(comments=[first, second], to=Status.TRASH, actor=user)

    decide_all(comments=[first, second], to=RESTORE, actor=user)

    assert statuses(first, second) == [Status.PENDING, Status.APPROVED]


def test_comment_that_is_not_any_more_what_was_seen_is_left_alone():
    comment = make_comment(status=Status.APPROVED)

    outcome = decide_all(
        comments=[comment], to=Status.SPAM, actor=make_user(), seen={comment.pk: Status.PENDING}
    )

    assert (outcome.done, outcome.late) == ([], [comment.pk])
    assert statuses(comment) == [Status.APPROVED]


def test_undo_leaves_alone_what_somebody_decided_since():
    user = make_user()
    first, second = make_comment(), make_comment()
    outcome = decide_all(comments=[first, second], to=Status.SPAM, actor=user)
    transition(comment=first, to=Status.TRASH, actor=make_user())

    back = undo(decisions=decisions_of(outcome.batch), actor=user)

    assert (back.done, back.late) == ([second.pk], [first.pk])
    assert statuses(first, second) == [Status.TRASH, Status.APPROVED]


def test_answer_is_taken_back_with_the_approval_that_came_with_it():
    user, comment = make_user(), make_comment(status=Status.PENDING)
    outcome = decide_all(comments=[], to=Status.SPAM, actor=user)  # a batch for the answer
    reply = reply_as(user=user, parent=comment, body="Thank you.", batch=outcome.batch)

    assert sentence(decisions_of(outcome.batch)) == "Your reply is published."
    undo(decisions=decisions_of(outcome.batch), actor=user)

    assert statuses(comment, reply) == [Status.PENDING, Status.TRASH]


@pytest.mark.parametrize(
    ("to", "status"),
    [(KEEP, Status.APPROVED), (Status.APPROVED, Status.PENDING), (Status.SPAM, Status.APPROVED)],
)
def test_who_decides_about_a_reported_comment_has_looked_at_its_reports(to, status):
    user, comment = make_user(), make_comment(name="Lena", status=status, report_count=1)
    report = Report.objects.create(comment=comment, user=make_user(), reason="spam")

    outcome = decide_all(comments=[comment], to=to, actor=user, seen={comment.pk: status})

    comment.refresh_from_db()
    report.refresh_from_db()
    assert (comment.status, comment.report_count) == (status if to == KEEP else to, 0)
    assert report.handled_at is not None
    assert sentence(decisions_of(outcome.batch)) == (
        "The comment by Lena stays; its reports were looked at."
        if to == KEEP
        else f"The comment by Lena is {DONE[to]}."
    )

    undo(decisions=decisions_of(outcome.batch), actor=user)
    comment.refresh_from_db()
    report.refresh_from_db()
    assert (comment.status, comment.report_count, report.handled_at) == (status, 1, None)


def test_there_is_nothing_to_keep_without_reports():
    comment = make_comment()

    outcome = decide_all(comments=[comment], to=KEEP, actor=make_user())

    assert (outcome.done, outcome.late) == ([], [comment.pk])


def test_edited_text_is_taken_back_and_brought_again():
    user, comment = make_user(), make_comment(body="First.", name="Lena")
    fields = {"email": comment.email, "website": ""}
    batch = decide_all(comments=[], to=Status.SPAM, actor=user).batch
    first, second = comment.created_at, comment.created_at - timedelta(days=3)
    fields |= {"written": second}
    edit_comment(comment=comment, actor=user, body="Second.", name="Li", batch=batch, **fields)

    back = undo(decisions=decisions_of(batch), actor=user)
    comment.refresh_from_db()
    assert (comment.body, comment.name, comment.html) == ("First.", "Lena", "<p>First.</p>")
    assert comment.created_at == first

    undo(decisions=decisions_of(back.batch), actor=user)
    comment.refresh_from_db()
    assert (comment.body, comment.name, comment.created_at) == ("Second.", "Li", second)


def test_what_a_text_was_before_goes_when_the_comment_goes():
    from blog.comments.deleting import delete_comment

    user, comment = make_user(), make_comment(body="First.")
    make_comment(article=comment.article, parent=comment)
    edit_comment(
        comment=comment, actor=user, body="Second.", name="Li", email=comment.email, website=""
    )

    delete_comment(comment=comment, actor=user)

    assert not comment.decisions.filter(earlier__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_at_once_one_decides(at_once):
    comment = make_comment(status=Status.PENDING)
    ana, ben = make_user(), make_user()

    def decide(user, to):
        seen = {comment.pk: Status.PENDING}
        return lambda: decide_all(comments=[comment], to=to, actor=user, seen=seen)

    outcomes = at_once([decide(ana, Status.APPROVED), decide(ben, Status.SPAM)])

    assert sorted(len(outcome.done) for outcome in outcomes) == [0, 1]
    assert comment.decisions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_undo_sent_twice_at_once_happens_once(at_once):
    user, comment = make_user(), make_comment()
    batch = decide_all(comments=[comment], to=Status.SPAM, actor=user).batch

    outcomes = at_once([lambda: undo(decisions=decisions_of(batch), actor=user)] * 2)

    assert sorted(len(outcome.done) for outcome in outcomes) == [0, 1]
    assert comment.decisions.count() == 2
