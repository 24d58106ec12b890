"""Proof of work on the page: only where the site asks for it, the same for everybody, never in the way."""

import pytest
from django.urls import reverse

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.site.models import SiteSettings
from blog.spam.models import SpentChallenge
from blog.spam.work import BITS, new_challenge
from tests.factories import make_article, make_comment, make_rule, make_staff
from tests.spam.test_work import solve

pytestmark = pytest.mark.django_db


KNOWN = {"name": "Marta Quill", "email": "marta@example.org"}


def article_with_known_writer() -> Article:
    """Return an article on which Marta's next comment needs no moderator."""
    article = make_article()
    make_comment(article=article, **KNOWN)
    Comment.objects.update(created_at=article.publish_at)
    return article


def post(client, article: Article, **fields: str) -> Comment:
    fields = KNOWN | {"body": "I came into this sideways."} | fields
    address = reverse("article-comment", args=[article.slug])
    response = client.post(address, fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 303
    return Comment.objects.latest("pk")


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


def test_browser_that_has_worked_comments_as_ever(client, asked):
    article = article_with_known_writer()

    comment = post(client, article, work=solve(new_challenge(str(article.pk))))

    assert (comment.status, comment.reason) == (Comment.Status.APPROVED, "")
    assert SpentChallenge.objects.count() == 1


@pytest.mark.parametrize("work", ["", "x" * 10_000, "made up~7"])
def test_comment_without_work_is_held_and_not_lost(client, asked, work):
    comment = post(client, article_with_known_writer(), work=work)

    assert (comment.status, comment.reason) == (Comment.Status.PENDING, "No proof of work.")


def test_answer_cannot_be_replayed(client, asked):
    article = article_with_known_writer()
    work = solve(new_challenge(str(article.pk)))
    first = post(client, article, work=work)
    Comment.objects.update(created_at=article.publish_at)

    second = post(client, article, work=work, body="And out of it again.")

    assert (first.status, second.status) == (Comment.Status.APPROVED, Comment.Status.PENDING)
    # Nor is one for what a rule deletes at once.
    make_rule(action="delete")
    Comment.objects.update(created_at=article.publish_at)
    address = reverse("article-comment", args=[article.slug])
    work = solve(new_challenge(str(article.pk)))
    client.post(address, KNOWN | {"body": "Gone.", "work": work})
    assert SpentChallenge.objects.count() == 2


def test_refused_comment_spends_nothing(client, asked):
    article = article_with_known_writer()
    work = solve(new_challenge(str(article.pk)))
    address = reverse("article-comment", args=[article.slug])

    page = client.post(address, KNOWN | {"body": "", "work": work, "seconds": "8.5"})

    assert page.status_code == 422
    assert f'value="{work}"' in page.text  # sent again with the text
    assert 'value="8.5"' in page.text
    assert not SpentChallenge.objects.exists()


def test_people_of_the_desk_need_no_work(client, asked):
    client.force_login(make_staff("Moderator"))

    assert post(client, make_article()).status == Comment.Status.APPROVED


def test_site_that_does_not_ask_takes_no_notice(client):
    comment = post(client, article_with_known_writer(), work="made up~7")

    assert comment.status == Comment.Status.APPROVED
    assert not SpentChallenge.objects.exists()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("8.25", 8.25), ("", None), ("nan", None), ("-1", None), ("1e400", None), ("soon\x00", None)],
)
def test_seconds_are_kept_where_they_are_believable(client, typed, stored):
    assert post(client, article_with_known_writer(), seconds=typed).seconds_taken == stored


def test_comment_keeps_its_score_and_the_signals(client):
    comment = post(client, make_article(), body="Visit http://a.example now", seconds="1.5")

    assert 0 < comment.score < 1
    assert {signal[0] for signal in comment.signals} == {"words", "links", "seconds"}
