"""A link decides once, for one comment, for one person who still may."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from blog.comments.deciding import transition
from blog.comments.deleting import delete_comment
from blog.comments.mail_decisions import follow_link
from blog.comments.models import Comment
from blog.comments.moderation_links import LASTS, LinkRefused, links_for, read_link
from blog.comments.services import edit_comment
from tests.factories import make_comment, make_staff

pytestmark = pytest.mark.django_db
Status = Comment.Status


@pytest.fixture
def moderator():
    return make_staff("Moderator", display_name="Mo")


@pytest.fixture
def comment():
    return make_comment(status=Status.PENDING)


def tokens(comment, moderator):
    return {
        to: url.rstrip("/").rpartition("/")[2] for to, url in links_for(comment, moderator).items()
    }


@pytest.mark.parametrize("to", [Status.APPROVED, Status.SPAM, Status.TRASH])
def test_link_decides_as_its_moderator(comment, moderator, to):
    follow_link(tokens(comment, moderator)[to])

    comment.refresh_from_db()
    decision = comment.decisions.first()
    assert comment.status == to
    assert (decision.actor, decision.via, decision.to_status) == (moderator, "mail", to)


def test_link_works_once_and_ends_the_others(comment, moderator):
    made = tokens(comment, moderator)
    follow_link(made[Status.APPROVED])

    for token in made.values():
        with pytest.raises(LinkRefused, match="You have decided already: “Approved”") as refused:
            follow_link(token)
        assert refused.value.status == 410
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


def test_link_stays_used_when_the_decision_is_taken_back(comment, moderator):
    token = tokens(comment, moderator)[Status.APPROVED]
    follow_link(token)
    comment.refresh_from_db()
    transition(comment=comment, to=Status.PENDING, actor=moderator)

    with pytest.raises(LinkRefused, match="decided already"):
        follow_link(token)


def test_link_says_who_else_has_decided(comment, moderator):
    token = tokens(comment, moderator)[Status.APPROVED]
    other = make_staff("Moderator", display_name="Olu")
    transition(comment=comment, to=Status.SPAM, actor=other)

    with pytest.raises(LinkRefused, match="Olu has decided already: “Spam”"):
        read_link(token)


def test_link_outlives_a_mended_typing_error(comment, moderator):
    token = tokens(comment, moderator)[Status.APPROVED]
    edit_comment(comment=comment, actor=moderator, body="Better", name="A", email="", website="")

    assert follow_link(token).comment.body == "Better"


def test_link_ends_after_a_week(comment, moderator):
    token = tokens(comment, moderator)[Status.APPROVED]

    with time_machine.travel(timezone.now() + LASTS - timedelta(minutes=1)):
        read_link(token)
    with (
        time_machine.travel(timezone.now() + LASTS + timedelta(minutes=1)),
        pytest.raises(LinkRefused, match="seven days") as refused,
    ):
        follow_link(token)
    assert refused.value.status == 410


def test_link_ends_with_the_permission(comment, moderator):
    token = tokens(comment, moderator)[Status.APPROVED]
    moderator.groups.clear()

    with pytest.raises(LinkRefused, match="may not moderate any more") as refused:
        follow_link(token)

    assert refused.value.status == 403
    comment.refresh_from_db()
    assert comment.status == Status.PENDING


@pytest.mark.parametrize("change", ["inactive", "gone"])
def test_link_ends_with_its_moderator(comment, moderator, change):
    token = tokens(comment, moderator)[Status.APPROVED]
    if change == "gone":
        moderator.delete()
    else:
        type(moderator).objects.update(is_active=False)

    with pytest.raises(LinkRefused, match="may not moderate any more"):
        follow_link(token)


@pytest.mark.parametrize("is_answered", [False, True])
def test_link_ends_with_the_comment(comment, moderator, is_answered):
    token = tokens(comment, moderator)[Status.APPROVED]
    if is_answered:
        make_comment(article=comment.article, parent=comment)
    delete_comment(comment=comment, actor=moderator)

    with pytest.raises(LinkRefused, match="deleted meanwhile"):
        follow_link(token)


def test_altered_and_exchanged_links_are_refused(comment, moderator):
    made, others = tokens(comment, moderator), tokens(make_comment(status="pending"), moderator)
    token = made[Status.APPROVED]
    payload, _, signature = token.partition(":")
    wrong = [
        "",
        "x",
        token[:-1],
        f"A{token}",
        f"{others[Status.APPROVED].partition(':')[0]}:{signature}",
        f"{made[Status.SPAM].partition(':')[0]}:{signature}",
        f"{payload}::",
    ]

    for altered in wrong:
        with pytest.raises(LinkRefused, match="not complete") as refused:
            follow_link(altered)
        assert refused.value.status == 404
    assert set(Comment.objects.values_list("status", flat=True)) == {Status.PENDING}


@pytest.mark.django_db(transaction=True)
def test_two_links_at_once_make_one_decision(at_once):
    comment = make_comment(status=Status.PENDING)
    people = [make_staff("Moderator") for _ in range(4)]
    made = [
        tokens(comment, person)[to]
        for person, to in zip(
            people, [Status.APPROVED, Status.SPAM, Status.TRASH, Status.APPROVED], strict=True
        )
    ]

    def use(token):
        try:
            follow_link(token)
        except LinkRefused:
            return False
        return True

    assert sum(at_once([lambda token=token: use(token) for token in made])) == 1
    assert comment.decisions.count() == 1
