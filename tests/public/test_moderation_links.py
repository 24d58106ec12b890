"""The page behind a moderator's link: looking changes nothing, and a button decides, without signing in."""

import re

import pytest

from blog.comments.models import Comment
from blog.comments.moderation_links import links_for
from blog.comments.writing import edit_own
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_staff

pytestmark = pytest.mark.django_db
Status = Comment.Status
READ = re.compile(r'name="read" value="([^"]*)"')


@pytest.fixture
def moderator():
    return make_staff("Moderator", display_name="Mo")


@pytest.fixture
def comment():
    return make_comment(
        article=make_article(title="Saws"), status=Status.PENDING, body="Is it <b>sharp</b>?"
    )


def page(comment, moderator, to=Status.APPROVED):
    return links_for(comment, moderator)[to]


def test_get_shows_and_changes_nothing(client, comment, moderator):
    url = page(comment, moderator)

    for _ in range(2):
        response = client.get(url)
        assert client.head(url).status_code == 200

    html = response.content.decode()
    assert "Approve this comment?" in html
    assert comment.html in html
    comment.refresh_from_db()
    assert comment.status == Status.PENDING
    assert comment.decisions.count() == 0


def test_address_is_kept_from_others(client, comment, moderator):
    for response in (client.get(page(comment, moderator)), client.post("/moderate/x/")):
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert not response.cookies


@pytest.mark.parametrize(
    ("to", "title"),
    [
        (Status.APPROVED, "The comment is approved"),
        (Status.SPAM, "The comment is marked as spam"),
        (Status.TRASH, "The comment is in the trash"),
    ],
)
def test_post_decides(client, comment, moderator, to, title):
    response = client.post(page(comment, moderator, to))

    assert response.status_code == 200
    assert f"<h1>{title}</h1>" in response.content.decode()
    comment.refresh_from_db()
    assert comment.status == to
    assert comment.decisions.get().actor == moderator


def test_what_the_post_says_decides_nothing(client, comment, moderator):
    other = make_comment(status=Status.PENDING)

    client.post(
        page(comment, moderator, Status.SPAM),
        {"to": "approved", "comment": other.pk, "status": "x"},
    )

    comment.refresh_from_db()
    other.refresh_from_db()
    assert (comment.status, other.status) == (Status.SPAM, Status.PENDING)


def test_second_use_says_what_was_decided(client, comment, moderator):
    url = page(comment, moderator)
    client.post(url)

    for response in (client.get(url), client.post(url)):
        assert response.status_code == 410
        assert "You have decided already: “Approved”" in response.content.decode()


def test_text_changed_since_it_was_read_is_not_approved_unread(client, comment, moderator):
    url = page(comment, moderator)
    [before] = READ.findall(client.get(url).content.decode())
    edit_own(comment=comment, body="Buy saws here", site=SiteSettings())

    response = client.post(url, {"read": before})

    assert response.status_code == 409
    assert "The text was changed while you read it." in response.content.decode()
    comment.refresh_from_db()
    assert comment.status == Status.PENDING
    [now] = READ.findall(client.get(url).content.decode())
    assert client.post(url, {"read": now}).status_code == 200
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


def test_link_of_somebody_who_may_not_any_more(client, comment, moderator):
    url = page(comment, moderator)
    moderator.groups.clear()

    assert client.post(url).status_code == 403
    comment.refresh_from_db()
    assert comment.status == Status.PENDING


@pytest.mark.parametrize("token", ["x", "x:y:z", "%00", "é", "a" * 3000])
def test_nonsense_is_answered_politely(client, token):
    response = client.get(f"/moderate/{token}/")

    assert response.status_code == 404
    assert "Copy the whole of it from the mail." in response.content.decode()


def test_other_methods_are_refused(client, comment, moderator):
    assert client.put(page(comment, moderator)).status_code == 405
