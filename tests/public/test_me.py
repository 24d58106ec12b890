"""What is one reader's own: a fragment for a browser that has acted before."""

import pytest
from django.test import Client

from tests.factories import make_article
from tests.public.test_article_page import INVISIBLE
from tests.public.test_commenting import PLAIN, post
from tests.public.test_rating import rate

pytestmark = pytest.mark.django_db


def test_reader_gets_back_the_vote_and_the_waiting_comment(client):
    article = make_article()
    rate(client, article, 4)
    post(client, article)

    response = client.get(f"/me/{article.pk}/")

    html = response.content.decode()
    assert "Your Rating:" in html
    assert PLAIN["body"] in html
    assert (response["Cache-Control"], response.cookies) == ("private, no-store", {})


def test_two_readers_never_share_what_is_theirs(client):
    article = make_article()
    rate(client, article, 4)
    post(client, article)
    other = Client()
    rate(other, article, 1)

    html = other.get(f"/me/{article.pk}/").content.decode()

    assert PLAIN["body"] not in html
    assert 'value="1" checked' in html


def test_browser_that_has_not_acted_has_nothing_here(client):
    assert client.get(f"/me/{make_article().pk}/").status_code == 404


@pytest.mark.parametrize("state", INVISIBLE)
def test_nothing_is_told_of_an_article_that_is_not_published(client, state):
    rate(client, make_article(), 4)

    assert client.get(f"/me/{make_article(**INVISIBLE[state]).pk}/").status_code == 404
