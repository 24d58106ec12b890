"""What a reader may send as a vote."""

import pytest
from django.http import QueryDict

from blog.ratings.forms import STAR_CHOICES, RatingForm

SENTENCE = "Choose between one and five stars."


@pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
def test_whole_stars_from_one_to_five_are_taken(stars):
    form = RatingForm(QueryDict(f"stars={stars}"))

    assert form.is_valid()
    assert form.cleaned_data == {"stars": stars, "withdraw": False, "seconds": None}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "stars=",
        "stars=0",
        "stars=6",
        "stars=-1",
        "stars=5.5",
        "stars=5.0",
        "stars=1e9",
        "stars=1" + "0" * 20,
        "stars=" + "9" * 5000,
        "stars=NaN",
        "stars=Infinity",
        "stars=0x4",
        "stars=four",
        "stars=true",
        "stars=null",
        "stars=%00",
        "stars=4%00",
        "stars=%204",
        "stars=%2B4",
        "stars=%D9%A4",  # 4 in Arabic
        "stars=%EF%BC%94",  # 4 in full width
        "stars=%F0%9F%8C%9F",
        "stars=%FF%FE",
        "stars=<script>alert(1)</script>",
        "stars=4' OR 1=1--",
        "stars[]=4",
        "stars[0]=4",
        "stars=4&stars=5",
        "withdraw=",
        "withdraw=false&stars=9",
    ],
)
def test_anything_else_is_refused_with_one_sentence(query):
    form = RatingForm(QueryDict(query))

    assert not form.is_valid()
    assert form.errors == {"stars": [SENTENCE]}
    assert form.first_error() == SENTENCE


@pytest.mark.parametrize(
    "query", ["withdraw=1", "withdraw=1&stars=4", "withdraw=on&stars=", "withdraw=1&stars=99"]
)
def test_withdrawing_needs_no_stars(query):
    form = RatingForm(QueryDict(query))

    assert form.is_valid()
    assert form.cleaned_data["withdraw"] is True
    assert form.first_error() == ""


def test_other_fields_are_ignored():
    form = RatingForm(QueryDict("stars=4&article=7&user=1&title=Mine&status=draft"))

    assert form.is_valid()
    assert form.cleaned_data == {"stars": 4, "withdraw": False, "seconds": None}


def test_every_star_has_its_word():
    assert [(stars, str(label)) for stars, label in STAR_CHOICES] == [
        (1, "Not useful"),
        (2, "Slightly useful"),
        (3, "Useful"),
        (4, "Very useful"),
        (5, "Excellent"),
    ]
