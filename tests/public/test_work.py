"""Proof of work on the page: only where the site asks for it, the same for everybody, never in the way."""

import pytest
from django.urls import reverse

from blog.site.models import SiteSettings
from blog.spam.models import SpentChallenge
from blog.spam.work import BITS
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> None:
    SiteSettings.objects.update_or_create(pk=1, defaults={"proof_of_work": True})


def test_challenge_is_fresh_and_leaves_no_trace(client, asked):
    address = reverse("comment-challenge", args=[7])

    first, second = client.get(address), client.get(address)

    assert first.json()["bits"] == BITS
    assert first.json()["challenge"] != second.json()["challenge"]
    assert "no-store" in first["Cache-Control"]
    assert not first.cookies
    assert not SpentChallenge.objects.exists()


def test_site_that_does_not_ask_gives_no_challenge(client):
    assert client.get(reverse("comment-challenge", args=[7])).status_code == 404


def test_page_asks_browsers_only_where_the_site_does(client):
    address = make_article().get_absolute_url()
    assert "data-work" not in client.get(address).text

    SiteSettings.objects.update_or_create(pk=1, defaults={"proof_of_work": True})
    page = client.get(address)

    assert "data-work=" in page.text
    assert "js/work.js" in page.text
    assert not page.cookies
    assert page.text == client.get(address).text  # the same for everybody
