"""Proof of work: right answers count once, for their article, for a day."""

import itertools
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from blog.spam.models import SpentChallenge
from blog.spam.work import BITS, LIFE, new_challenge, spend, zero_bits

pytestmark = pytest.mark.django_db


def solve(challenge: str) -> str:
    """Do the work that a browser does."""
    answers = (f"{challenge}~{number}" for number in itertools.count())
    return next(answer for answer in answers if zero_bits(answer) >= BITS)


def test_right_answer_counts_once():
    answer = solve(new_challenge("7"))

    assert [spend(answer, "7"), spend(answer, "7")] == [True, False]


def test_another_answer_to_a_used_challenge_does_not_count():
    challenge = new_challenge("7")
    first = solve(challenge)
    start = int(first.rpartition("~")[2]) + 1
    others = (f"{challenge}~{number}" for number in itertools.count(start))
    second = next(answer for answer in others if zero_bits(answer) >= BITS)

    assert [spend(first, "7"), spend(second, "7")] == [True, False]


def test_of_two_at_once_one_counts(at_once):
    answer = solve(new_challenge("7"))

    assert sorted(at_once([partial(spend, answer, "7")] * 4)) == [False, False, False, True]


def test_answer_counts_for_its_article_only():
    assert not spend(solve(new_challenge("7")), "8")
    assert not SpentChallenge.objects.exists()


def test_answer_counts_for_a_day():
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        answer, late = solve(new_challenge("7")), solve(new_challenge("7"))
    with time_machine.travel(now + LIFE - timedelta(minutes=1), tick=False):
        assert spend(answer, "7")
    with time_machine.travel(now + LIFE + timedelta(minutes=1), tick=False):
        assert not spend(late, "7")


@pytest.mark.parametrize(
    "answer", ["", "~", "~1", "7~1", "x" * 70_000, "7.abc:1:forged~3", "\ud800~1"]
)
def test_made_up_answers_do_not_count(answer):
    assert not spend(answer, "7")


def test_altered_challenge_does_not_count():
    challenge = new_challenge("7")

    assert not spend(solve(challenge.replace("7.", "8.", 1)), "8")
