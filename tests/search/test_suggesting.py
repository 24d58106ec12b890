"""Suggestions are titles with the words being typed, of what strangers may open, and no others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from blog.articles.models import Article
from blog.pages.models import Page
from blog.search.query import words_of
from blog.search.suggesting import MOST, suggest
from tests.factories import make_article, make_comment, make_page

pytestmark = pytest.mark.django_db


def titles(text):
    return [document.title for document in suggest(words_of(text))]


def test_titles_that_begin_so_come_first_then_the_newest():
    for title in ("Travelling light", "On travel", "Zürich & trams", "The body", "Trains"):
        make_article(title=title, body="<p>Trouble</p>")
    make_comment(body="trouble")
    make_page(title="Trade")

    expected = {
        "tr": ["Trade", "Trains", "Travelling light", "Zürich & trams", "On travel"],
        "TRAVELL": ["Travelling light"],
        "on tr": ["On travel"],
        "tr on": [],  # only the last may be half a word
        "zur": ["Zürich & trams"],
        "zürich": ["Zürich & trams"],
        "tra zu": [],
        "trams zu": ["Zürich & trams"],
        "trou": [],  # in texts only
        "t": [],
        "": [],
        "' OR 1=1 --": [],
        " ".join("abcdefghij"): [],
    }
    assert {text: titles(text) for text in expected} == expected


def test_what_is_hidden_is_not_suggested(django_assert_num_queries):
    now = timezone.now()
    for fields in (
        {"status": Article.Status.DRAFT},
        {"publish_at": now + timedelta(hours=1)},
        {"expire_at": now - timedelta(seconds=1)},
        {"trashed_at": now},
        {"access": Article.Access.PRIVATE},
    ):
        make_article(title="Secret", **fields)
    make_page(title="Secret", status=Page.Status.DRAFT)
    assert titles("secr") == []

    Article.objects.update(
        status="published", publish_at=now, expire_at=None, trashed_at=None, access="open"
    )
    for _number in range(MOST):
        make_article(title="Secret")
    with django_assert_num_queries(2):
        assert len(suggest(["secr"])) == MOST
