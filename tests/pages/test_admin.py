"""Pages at the desk."""

import re

import pytest
from django.urls import reverse

from blog.articles.models import SlugHistory
from blog.pages.models import Page
from tests.factories import make_article, make_page, make_staff

pytestmark = pytest.mark.django_db

ADD = reverse("admin:pages_page_add")
LIST = reverse("admin:pages_page_changelist")


@pytest.fixture
def desk(client):
    client.force_login(make_staff("Editor"))
    return client


def change(page: Page) -> str:
    return reverse("admin:pages_page_change", args=[page.pk])


def fields(page: Page | None = None, **others) -> dict:
    """Return what the browser sends for the form of that page, or of a new one."""
    sent = {"title": "About", "body": "<p>Who we are.</p>", "kind": "text", "status": "draft"}
    sent |= {"slug": "", "parent": "", "seo_description": ""}
    if page:
        sent |= {"title": page.title, "slug": page.slug, "parent": page.parent_id or ""}
        sent |= {"status": page.status, "opened_version": page.version}
    return sent | others


def test_page_is_written_published_changed_and_binned(desk):
    assert desk.post(ADD, fields(_publish="1")).status_code == 302
    page = Page.objects.get()
    assert (page.path, page.status, page.created_by.email) == (
        "about",
        "published",
        desk.get(LIST).wsgi_request.user.email,
    )
    assert desk.post(change(page), fields(page, slug="who", _save="1")).status_code == 302
    page.refresh_from_db()
    assert (page.path, page.body_html) == ("who", "<p>Who we are.</p>\n")

    desk.post(change(page), fields(page, _trash="1"))
    page.refresh_from_db()
    assert page.trashed_at
    move = reverse("admin:pages_page_move", args=[page.pk])
    desk.post(move, {"restore": "1"})
    page.refresh_from_db()
    assert page.is_live
    desk.post(change(page), fields(page, _unpublish="1"))
    page.refresh_from_db()
    assert not page.is_live


def test_tree_shows_what_stands_within_what_and_moves_it(desk):
    about, contact = make_page(title="About"), make_page(title="Contact")
    make_page(title="Team", parent=about, status="draft")
    binned = make_page(title="Old plans")
    child = make_page(title="Orphan", parent=binned)
    Page.objects.filter(pk=binned.pk).update(trashed_at="2026-01-01T00:00Z")

    def names():
        return re.findall(r"/change/\"><bdi>([^<]*)", desk.get(LIST).content.decode())

    assert names() == ["About", "Team", "Contact", "Orphan", "Old plans"]
    move = reverse("admin:pages_page_move", args=[contact.pk])
    assert desk.post(move, {"to": "up"})["Location"] == f"{LIST}#row-{contact.pk}"
    assert names() == ["Contact", "About", "Team", "Orphan", "Old plans"]
    where = {"before": "", "parent": about.pk}
    told = desk.post(move, where, follow=True).content.decode()
    contact.refresh_from_db()
    assert f"“Contact” is at /{about.path}/{contact.slug}/ now." in told
    assert names() == ["About", "Team", "Contact", "Orphan", "Old plans"]
    refused = {"before": "", "parent": contact.pk}
    there = reverse("admin:pages_page_move", args=[about.pk])
    assert (
        "A page cannot stand within itself."
        in desk.post(there, refused, follow=True).content.decode()
    )
    assert desk.post(move, {"before": "x"}).status_code == 404
    assert desk.get(move).status_code == 405
    assert (
        desk.post(reverse("admin:pages_page_move", args=[10**19]), {"to": "up"}).status_code == 404
    )
    # Within the trash it keeps its place until somebody chooses another one.
    assert desk.post(change(child), fields(child, _save="1")).status_code == 302


def test_what_cannot_be_is_refused_with_the_text_kept(desk):
    page = make_page(slug="about")
    child = make_page(slug="team", parent=page)
    make_article(slug="bridges", title="On bridges")
    SlugHistory.objects.create(slug="tunnels", article=make_article(title="Under the hill"))

    for sent, sentence in (
        ({"slug": "bridges"}, "The article “On bridges” has this address"),
        ({"slug": "about"}, "has this address"),
        ({"slug": "search"}, "belongs to the site itself"),
        ({"slug": "a b"}, "valid “slug”"),
        ({"slug": "rating", "parent": page.pk}, "belongs to the site itself"),
        ({"slug": "tunnels"}, "Old links to this address lead to “Under the hill” now"),
        ({"title": " "}, "This field is required"),
        ({"parent": "x"}, "Select a valid choice"),
        ({"kind": "x"}, "Select a valid choice"),
        ({"body": "<p>" + "x" * 500_001}, "at most 500000"),
    ):
        answer = desk.post(ADD, fields(**{"body": "<p>Kept.</p>"} | sent, _save="1"))
        assert sentence in answer.content.decode(), sent
        assert "Kept." in answer.content.decode() or "body" in sent
    answer = desk.post(change(page), fields(page, parent=child.pk, _save="1"))
    assert "Select a valid choice" in answer.content.decode()
    # The second time it is meant.
    sent = fields(slug="tunnels", claimed_address="tunnels", _save="1")
    assert desk.post(ADD, sent).status_code == 302
    assert not SlugHistory.objects.exists()


def test_second_of_two_who_change_a_page_is_told_and_keeps_the_text(desk):
    page = make_page(title="About")
    first, second = fields(page, body="<p>First.</p>"), fields(page, body="<p>Second.</p>")

    assert desk.post(change(page), first).status_code == 302
    answer = desk.post(change(page), second)
    html = answer.content.decode()
    assert "Somebody else has saved this page" in html
    assert "Second." in html
    version = re.search(r'name="opened_version" value="(\d+)"', html)[1]
    assert desk.post(change(page), second | {"opened_version": version}).status_code == 302
    page.refresh_from_db()
    assert "Second." in page.body


def test_article_cannot_take_the_address_of_a_page(desk):
    make_page(slug="about", title="About us")
    article = make_article()

    quick = reverse("admin:articles_article_quick", args=[article.pk])
    answer = desk.post(quick, {"slug": "about", "title": "x", "opened_version": 1})

    assert "“About us” has this address: page" in answer.content.decode()


def test_preview_shows_what_is_typed_and_stores_nothing(desk, client):
    sent = fields(title="Preview me", body="<p>Typed.<script>x()</script></p>")

    answer = desk.post(reverse("page-preview"), sent)

    html = answer.content.decode()
    assert "<h1>Preview me</h1>" in html
    assert "Typed.</p>" in html
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Page.objects.exists()
    client.force_login(make_staff("Author"))
    assert client.post(reverse("page-preview"), sent).status_code == 403


def test_only_editors_and_administrators_have_pages(client):
    page = make_page()
    for role, status in (("Author", 403), ("Moderator", 403), ("Administrator", 200)):
        client.force_login(make_staff(role))
        assert [client.get(address).status_code for address in (LIST, ADD, change(page))] == [
            status
        ] * 3, role
