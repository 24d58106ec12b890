"""How soon moderators usually answer: said only where it is known, and the same to everybody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache

from blog.comments.answering import usual_wait
from blog.comments.deciding import transition
from blog.comments.models import Comment, Decision
from tests.factories import make_article, make_comment, make_staff

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def decide():
    """Hold a comment, and let a moderator (or nobody) decide about it after a while."""
    moderator, article = make_staff("Moderator"), make_article()

    def call(wait: timedelta, *, actor=moderator, to="approved", via=""):
        with time_machine.travel(NOON, tick=False) as time:
            comment = make_comment(article=article, status="pending")
            Decision.objects.create(comment=comment, to_status="pending", actor=None)
            time.shift(wait)
            transition(comment=comment, to=to, actor=actor, via=via)

    return call


def test_nothing_is_said_before_ten_decisions_of_people(decide):
    for _comment in range(9):
        decide(timedelta(hours=1))
    decide(timedelta(hours=1), actor=None)
    decide(timedelta(hours=1), to="trash", via="ban")

    assert usual_wait() == ""
    decide(timedelta(hours=1))
    assert usual_wait() == ""  # kept for an hour
    cache.clear()
    assert usual_wait() == "Usually answered within an hour."


@pytest.mark.parametrize(
    ("wait", "sentence"),
    [
        (timedelta(seconds=5), "Usually answered within an hour."),
        (timedelta(hours=3, minutes=1), "Usually answered within 4 hours."),
        (timedelta(hours=24), "Usually answered within 24 hours."),
        (timedelta(hours=25), "Usually answered within 2 days."),
    ],
)
def test_median_is_told_in_plain_words(decide, wait, sentence):
    for other in [timedelta(0)] * 4 + [timedelta(days=90)] * 4:
        decide(other)
    for _comment in range(3):
        decide(wait)

    assert usual_wait() == sentence


def test_old_decisions_do_not_count(decide, monkeypatch):
    monkeypatch.setattr("blog.comments.answering.LATEST", 10)
    for _comment in range(10):
        decide(timedelta(days=30))
    for _comment in range(10):
        decide(timedelta(hours=2))

    assert usual_wait() == "Usually answered within 2 hours."
    assert Comment.objects.count() == 20
