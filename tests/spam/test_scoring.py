"""Scores: useful from the first day, explained, one query each."""

import json

import pytest

from blog.spam.explain import explain
from blog.spam.sample import HOLD_FROM, SPAM_FROM, Sample
from blog.spam.scoring import score

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "body",
    [
        "Cheap replica watches, order now https://watches.example/shop?ref=8",
        "Please visit my website http://earn-money.example and earn money",
        "ｖｉｓｉｔ my webѕite http://earn-money.example ｆоr free mоney",
        "Subscribe to my channel and I will subscribe back",
    ],
)
def test_new_site_holds_common_spam(body):
    assert score(Sample(body=body)).value > HOLD_FROM


@pytest.mark.parametrize(
    "body",
    [
        "I read this twice, and the second paragraph is still the best thing on the subject.",
        "Thanks, that is exactly what happened to us in spring.",
        "Are you sure about the date? My father was there and remembers it differently.",
        "Vielen Dank, das war mir neu.",
        "👏",
    ],
)
def test_new_site_lets_honest_comments_through(body):
    assert score(Sample(body=body)).value < HOLD_FROM


@pytest.mark.parametrize("words", [1, 500])
def test_score_is_one_query(words, django_assert_num_queries):
    with django_assert_num_queries(1):
        score(Sample(body="one more word " * words))


@pytest.mark.parametrize(
    ("fields", "signal"),
    [
        ({"is_trapped": True}, ["trap"]),
        ({"seconds_taken": 1.2}, ["seconds", 1.2]),
        ({"seconds_taken": 4.0}, ["seconds", 4.0]),
        ({"copies": 2}, ["copies", 2]),
        ({"network_spam": 3}, ["network", 3]),
    ],
)
def test_circumstances_raise_the_score_and_are_named(fields, signal):
    plain = score(Sample(body="Good article"))
    raised = score(Sample(body="Good article", **fields))

    assert raised.value > plain.value
    assert [found for found in raised.signals if found not in plain.signals] == [signal]


@pytest.mark.parametrize("seconds", [None, 5.0, 86_400.0])
def test_unknown_or_human_time_is_no_penalty(seconds):
    assert score(Sample(body="Good article", seconds_taken=seconds)) == score(
        Sample(body="Good article")
    )


def test_trap_marks_even_a_harmless_text():
    assert score(Sample(body="Hello from Finland.", is_trapped=True)).value > SPAM_FROM


def test_signals_survive_json_and_are_explained():
    found = score(
        Sample(
            body="Visit my website http://a.example http://b.example http://c.example",
            seconds_taken=1.23,
            copies=1,
            network_spam=2,
            is_trapped=True,
        )
    )

    sentences = explain(json.loads(json.dumps(found.signals)))

    assert sentences[0].startswith("words of spam: “")
    assert sentences[1:] == [
        "3 links",
        "filled in the field that people do not see",
        "sent 1.2 s after the page",
        "the same text stands here in 1 other comment",
        "2 spam comments came from the same network",
    ]


def test_unknown_signal_is_left_out():
    assert explain([["from a later version", 3], ["links", 1]]) == ["1 link"]
