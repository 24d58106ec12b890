"""What machines ask for."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from blog.articles.models import Article
from blog.public import sitemaps
from blog.site.models import SiteSettings, SiteSettingsManager
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_page,
    make_tag,
)

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITEMAP_IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"


def locations(response):
    return [node.text for node in ElementTree.fromstring(response.content).iter(f"{SITEMAP}loc")]


@pytest.mark.django_db
def test_robots_may_read_what_is_public(client, settings):
    settings.SITE_URL = "https://blog.example.org"

    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /accounts/\nDisallow: /me/\n"
        "Disallow: /search/\n\nSitemap: https://blog.example.org/sitemap.xml\n"
    )


@pytest.mark.django_db
def test_robots_are_kept_out_where_the_owner_wants_it(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"discourage_search_engines": True})

    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"
    assert client.get("/sitemap.xml").status_code == 404
    assert '<meta name="robots" content="noindex">' in client.get("/").content.decode()


@pytest.mark.django_db
def test_sitemap_lists_what_strangers_may_find(client, settings):
    settings.SITE_URL = "https://blog.example.org"
    now = timezone.now()
    parent = make_category(slug="science")
    terms = {
        "authors": [make_author(slug="ada")],
        "categories": [make_category(slug="sea", parent=parent)],
        "tags": [make_tag(slug="tide")],
    }
    shown = make_article(
        slug="shown",
        publish_at=datetime(2024, 5, 17, tzinfo=UTC),
        lead_image=make_image(),
        **terms,
    )
    in_text = make_image()
    shown.pictures.add(in_text, shown.lead_image)
    hidden = {
        "authors": [make_author()],
        "categories": [make_category()],
        "tags": [make_tag()],
    }
    make_page(slug="team", parent=make_page(slug="about"))
    make_page(slug="secret", status="draft")
    make_page(slug="hidden", is_noindex=True)
    make_article(is_noindex=True, **hidden)
    make_article(status=Article.Status.DRAFT, **hidden)
    make_article(publish_at=now + timedelta(days=1), **hidden)
    make_article(expire_at=now - timedelta(seconds=1), **hidden)
    make_article(trashed_at=now, **hidden)

    response = client.get("/sitemap.xml")

    assert locations(response) == [
        "https://blog.example.org" + path
        for path in (
            "/",
            "/category/science/",
            "/category/science/sea/",
            "/tag/tide/",
            "/author/ada/",
            "/about/",
            "/about/team/",
            "/shown/",
        )
    ]
    assert response.content.decode().count("<lastmod>2024-05-17T00:00:00+00:00</lastmod>") == 6
    root = ElementTree.fromstring(response.content)
    assert [node.text for node in root.iter(f"{SITEMAP_IMAGE}loc")] == [
        f"https://blog.example.org{image.file.url}" for image in (shown.lead_image, in_text)
    ]
    # The schema: a sequence, loc first; times with a zone; nothing else of its own.
    assert root.tag == f"{SITEMAP}urlset"
    for url in root:
        names = [node.tag for node in url]
        assert names[:2] == [f"{SITEMAP}loc", f"{SITEMAP}lastmod"]
        assert set(names[2:]) <= {f"{SITEMAP_IMAGE}image"}
        assert datetime.fromisoformat(url.findtext(f"{SITEMAP}lastmod")).tzinfo


@pytest.mark.django_db
def test_sitemap_of_a_new_blog_is_its_home(client):
    assert locations(client.get("/sitemap.xml")) == ["http://testserver/"]


@pytest.mark.django_db
def test_large_sitemap_is_an_index_of_files(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_FILE", 2)
    now = timezone.now().replace(microsecond=0)
    for number in range(5):
        make_article(slug=f"a{number}", authors=[], publish_at=now - timedelta(days=number))
    Article.objects.filter(slug="a3").update(updated_at=now)

    def index_and_times() -> tuple[list[str], list[datetime]]:
        whole = client.get("/sitemap.xml")
        root = ElementTree.fromstring(whole.content)
        times = [datetime.fromisoformat(node.text) for node in root.iter(f"{SITEMAP}lastmod")]
        return locations(whole), times

    index, times = index_and_times()
    files = [locations(client.get(address)) for address in index]
    assert index == [f"http://testserver/sitemap.xml?page={n}" for n in (1, 2, 3)]
    assert [len(file) for file in files] == [3, 2, 1]
    assert times == [now, now, now - timedelta(days=4)]
    assert client.get("/sitemap.xml?page=4").status_code == 404
    assert client.get("/sitemap.xml?page=x").status_code == 404
    Article.objects.update(publish_at=now, updated_at=None)  # an import
    assert index_and_times() == (index, [now] * 3)


@pytest.mark.django_db
def test_pages_name_the_links_that_browsers_may_fetch_ahead(client):
    address = client.get("/").headers["Speculation-Rules"].strip('"')
    response = client.get(address)
    [rule] = response.json()["prefetch"]

    assert response.headers["Content-Type"] == "application/speculationrules+json"
    assert rule["eagerness"] == "moderate"
    assert "/accounts/*" in rule["where"]["and"][1]["not"]["href_matches"]
    assert "Speculation-Rules" not in client.get("/feed/").headers


@pytest.mark.django_db
def test_healthz_says_ok(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response.cookies == {}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_healthz_answers_behind_a_proxy_with_tls(settings):
    """What watches the server itself, a container's health check, asks without the proxy's headers."""
    settings.SECURE_SSL_REDIRECT = True
    client = Client()  # made now: the middleware reads the setting once

    assert client.get("/").status_code == 301
    assert client.get("/healthz").status_code == 200


def test_healthz_notices_a_lost_database(client, monkeypatch):
    class Lost:
        def cursor(self):
            raise DatabaseError

    def lost(manager):
        raise DatabaseError

    monkeypatch.setattr(SiteSettingsManager, "current", lost)
    monkeypatch.setattr("blog.public.views.machines.connection", Lost())

    assert client.get("/healthz").status_code == 503


@pytest.fixture
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (tmp_path / "secret").write_text("secret")
    return settings.MEDIA_ROOT


@pytest.mark.django_db
def test_picture_is_sent_once_and_for_all(client, media_root):
    address = make_article(lead_image=make_image()).lead_image.file.url

    response = client.get(address)

    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8")
    assert response.cookies == {}
    again = client.get(address, headers={"If-Modified-Since": response["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["page.html", "script.js", "drawing.svg", "unknown"])
def test_what_is_no_picture_is_never_shown(client, media_root, name):
    (media_root / name).write_text("<script>alert(1)</script>")

    response = client.get(f"/media/{name}")

    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.getvalue() == b"<script>alert(1)</script>"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "../secret",
        "..%2fsecret",
        "%2e%2e/secret",
        "/etc/passwd",
        "a/../../secret",
        "%00",
        "x" * 5000,
        "none.jpg",
        "folder",
        "folder/",
    ],
)
def test_nothing_else_is_sent(client, media_root, path):
    (media_root / "folder").mkdir()

    assert client.get(f"/media/{path}").status_code in {404, 301}
    assert client.get("/", PATH_INFO=f"/media/{path}").status_code in {404, 301}
