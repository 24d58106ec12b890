"""Addresses without a page: the owner's redirects, what is gone, good guesses, WordPress's own forms."""

from datetime import timedelta

import pytest
from django.utils import timezone

from blog.articles.models import Article, SlugHistory
from blog.articles.services import delete_article
from blog.pages.models import Page
from blog.redirects.models import Redirect
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def leads(client, path: str) -> str | int:
    """Return where this address leads, else the status."""
    response = client.get(path)
    return response["Location"] if response.status_code == 301 else response.status_code


def test_a_redirect_leads_where_the_owner_said_and_nowhere_else(client):
    make_article(slug="here")
    for path, target in {
        "/old/": "/here/",
        "/here/": "/never/",
        "/away": "https://example.org/x?a=1#part",
        "/?p=12": "/here/",
        "/caf\u00e9/": "/here/",
        "/gone/": "",
    }.items():
        Redirect.objects.create(path=path, target=target)

    for path, answer in {
        "/old/": "/here/",
        "/old": "/here/",
        "/old/?utm_source=x": "/here/?utm_source=x",
        "/old/?next=//evil.example": "/here/?next=//evil.example",
        "/old//evil.example/": 404,
        "/here/": 200,
        "/away/?b=2": "https://example.org/x?a=1&b=2#part",
        "/caf%C3%A9/": "/here/",
        "/?p=12": "/here/",
        "/?p=12&preview=true": "/here/",
        "/?p=13": 404,
        "/gone/": 410,
        "/gone": 410,
    }.items():
        assert leads(client, path) == answer, path
    assert "This page is gone." in client.get("/gone/").content.decode()


def test_one_article_that_begins_like_the_address_is_meant(client):
    now = timezone.now()
    article = make_article(slug="machines-that-say-no")
    SlugHistory.objects.create(article=article, slug="computers-say-no")
    make_article(slug="bread")
    Page.objects.create(title="About", slug="about-us", path="about-us", status="published")
    Page.objects.create(title="No", slug="imprint", path="imprint")
    make_article(slug="bread-and-butter")
    make_article(slug="bread-and-jam")
    for number, hidden in enumerate(
        (
            {"status": Article.Status.DRAFT},
            {"publish_at": now + timedelta(days=1)},
            {"trashed_at": now},
        )
    ):
        make_article(slug=f"secret-{number}", **hidden)

    for path, answer in {
        "/machines-that/": "/machines-that-say-no/",
        "/Machines-That-Say-No.html": "/machines-that-say-no/",
        "/2019/05/machines-that-say-no/": "/machines-that-say-no/",
        "/2019/05/31/machines-that-say-no/?x=1": "/machines-that-say-no/?x=1",
        "/machines-that-say-no/amp/": "/machines-that-say-no/",
        "/2019/05/computers-say-no/": "/machines-that-say-no/",
        "/2019/05/bread/": "/bread/",
        "/bread-and/": 404,
        "/about/": "/about-us/",
        "/about.html": "/about-us/",
        "/impri/": 404,
        "/mac/": 404,
        "/tag/machines-that/": 404,
        "/category/machines-that/": 404,
        "/secret-0/": 404,
        "/secret/": 404,
        "/2019/05/secret-1/": 404,
        "/machines%5F/": 404,
    }.items():
        assert leads(client, path) == answer, path


def test_wordpress_addresses_arrive(client, django_assert_num_queries):
    make_article(slug="here")

    for path, answer in {
        "/?s=two+words%26": "/search/?q=two+words%26",
        "/?feed=rss2": "/feed/",
        "/?feed=atom": "/feed/atom/",
        "/?name=here": "/here/",
        "/?category_name=a/b": "/category/a/b/",
        "/?tag=//evil.example": 200,
        "/?author=1": 404,
        "/?cat=3": 404,
        "/?unknown=1": 200,
        "/feed/rss2/": "/feed/",
        "/wp-sitemap.xml": "/sitemap.xml",
    }.items():
        assert leads(client, path) == answer, path
    with django_assert_num_queries(0):
        for path in (
            "/wp-login.php",
            "/wp-admin/",
            "/xmlrpc.php",
            "/wp-json/wp/v2/users",
            "/.env",
        ):
            assert client.get(path).status_code == 404, path


def test_what_is_deleted_for_good_is_gone(client):
    article = make_article(slug="once-read", trashed_at=timezone.now())
    SlugHistory.objects.create(article=article, slug="read-before")
    never = make_article(
        slug="never-read", status=Article.Status.DRAFT, publish_at=None, trashed_at=timezone.now()
    )
    private = make_article(slug="a-secret", access="private", trashed_at=timezone.now())
    for each in (article, never, private):
        delete_article(article=each)

    slugs = ("once-read", "read-before", "never-read", "a-secret")
    assert [leads(client, f"/{slug}/") for slug in slugs] == [410, 410, 404, 404]
    make_article(slug="once-read")
    assert leads(client, "/once-read/") == 200
