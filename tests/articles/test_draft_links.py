"""Links to drafts: what opens, until when, and the desk's panel for them."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone

from blog.articles.draft_links import forget_links, link_of, make_link, revoke_link, token_of
from blog.articles.models import Article, DraftLink
from tests.factories import make_article, make_author, make_staff

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r'value="http://testserver/draft/([^/"]+)/"')


def make_draft(**fields):
    return make_article(**{"status": Article.Status.DRAFT, "publish_at": None} | fields)


def page_of(article):
    return f"/admin/articles/article/{article.pk}/sharing/"


def test_link_works_to_the_second_and_can_be_made_again():
    link = make_link(article=make_draft(), editor=None, hours=1)
    token = token_of(link)

    with time_machine.travel(link.expires_at - timedelta(seconds=1), tick=False):
        assert link_of(token) == link
    with time_machine.travel(link.expires_at, tick=False):
        assert link_of(token) is None
    assert token_of(DraftLink.objects.get()) == token


def test_revoked_link_stays_revoked_from_the_first_time():
    link = make_link(article=make_draft(), editor=None)

    revoke_link(link=link)
    link.refresh_from_db()
    first = link.revoked_at
    revoke_link(link=link)

    link.refresh_from_db()
    assert (link.revoked_at, link_of(token_of(link))) == (first, None)


def test_forged_words_open_nothing():
    link = make_link(article=make_draft(), editor=None)
    token = token_of(link)
    value, signature = token.split(":")
    made = int(link.created_at.timestamp())
    words = [
        "",
        ":",
        "x",
        value,
        f"{value}:",
        f":{signature}",
        f"{link.pk + 1}-{made}:{signature}",
    ]
    words += [token[:-1], f"{token}x", token.upper(), f"{token}\0", f"é{token}"]
    # Signed by us, but for something else; and for a row that a restored backup has now.
    words.append(signing.Signer(salt="byline.receipt").sign(value))
    words += [
        signing.Signer(salt="byline.draft").sign(other)
        for other in (f"{link.pk}-{made - 1}", f"{link.pk + 1}-{made}")
    ]

    assert [word for word in words if link_of(word)] == []


def test_article_in_the_trash_has_no_link():
    article = make_draft()
    link = make_link(article=article, editor=None)
    Article.objects.update(trashed_at=timezone.now())
    article.refresh_from_db()

    assert link_of(token_of(link)) is None
    with pytest.raises(ValidationError):
        make_link(article=article, editor=None)


def test_useless_links_are_forgotten_after_a_month():
    article = make_draft()
    _expired, revoked, long = (
        make_link(article=article, editor=None, hours=hours) for hours in (1, 30 * 24, 30 * 24)
    )
    revoke_link(link=revoked)
    counts = []

    for days in (29, 32, 61):
        with time_machine.travel(long.created_at + timedelta(days=days), tick=False):
            counts.append(forget_links())

    assert counts == [0, 2, 1]


def test_panel_makes_shows_again_and_revokes(client):
    editor = make_staff("Editor", display_name="Edda")
    client.force_login(editor)
    article = make_draft(title="The kettle")

    made = client.post(
        page_of(article), {"sharing-label": " Ann  of <b>Print ", "sharing-hours": "168"}
    )
    link = DraftLink.objects.get()
    html = client.get(made["Location"]).content.decode()

    assert (link.article, link.label, link.created_by) == (article, "Ann of <b>Print", editor)
    assert link.expires_at - link.created_at > timedelta(days=6, hours=23)
    assert "Ann of &lt;b&gt;Print" in html
    assert ADDRESS.findall(html) == [token_of(link)]
    form = client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    assert ADDRESS.findall(form) == [token_of(link)]

    client.post(page_of(article), {"revoke": link.pk})

    html = client.get(page_of(article)).content.decode()
    assert (ADDRESS.findall(html), "revoked on" in html) == ([], True)


@pytest.mark.parametrize(
    "data", [{"sharing-hours": "2"}, {"sharing-hours": "48", "sharing-label": "x" * 101}, {}]
)
def test_panel_refuses_what_it_does_not_offer(client, data):
    client.force_login(make_staff("Editor"))

    response = client.post(page_of(make_draft()), data)

    assert (response.status_code, DraftLink.objects.count()) == (422, 0)
    assert "errorlist" in response.content.decode()


@pytest.mark.parametrize("key", ["x", "²", "9" * 30, "9" * 5000])
def test_what_is_no_link_is_not_revoked(client, key):
    client.force_login(make_staff("Editor"))

    assert client.post(page_of(make_draft()), {"revoke": key}).status_code == 404


def test_only_those_who_may_edit_the_article_share_it(client):
    author = make_staff("Author")
    own = make_draft(authors=[make_author(user=author)])
    link = make_link(article=make_draft(), editor=None)
    client.force_login(author)

    answers = [
        client.post(page_of(own), {"sharing-hours": "48"}).status_code,
        client.post(page_of(link.article), {"sharing-hours": "48"}).status_code,
        client.post(page_of(own), {"revoke": link.pk}).status_code,
        client.post(page_of(own), {"revoke": "x"}).status_code,
        client.put(page_of(own)).status_code,
    ]

    assert answers == [302, 404, 404, 404, 405]
    link.refresh_from_db()
    assert link.works
    client.force_login(make_staff("Moderator"))
    assert client.get(page_of(own)).status_code in {403, 404}
