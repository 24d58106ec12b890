"""Series as readers see them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from blog.articles.models import Article, Series
from blog.articles.series import put_in_series, save_series
from blog.site.models import SiteSettings
from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db


@pytest.fixture
def tides():
    series = save_series(series=Series(title="The tide", description="How the sea works."))
    now = timezone.now()
    for days, title in ((3, "One"), (9, "Two"), (1, "Three")):
        article = make_article(
            title=title, slug=title.lower(), publish_at=now - timedelta(days=days)
        )
        put_in_series(article=article, series=series)
    draft = make_article(title="Draft", slug="draft-part", status="draft")
    put_in_series(article=draft, series=series, number=2)
    return series


def test_article_says_which_part_it_is_and_leads_on(client, tides):
    html = client.get("/two/").content.decode()

    assert 'Part 2 of 3 of <a href="/series/the-tide/">The tide</a>' in html
    box = html.split('class="band ruled in-series"')[1].split("</nav>", maxsplit=1)[0]
    assert re.findall(r'rel="(\w+)" href="([^"]*)"', box) == [
        ("prev", "/one/"),
        ("next", "/three/"),
    ]
    assert "Draft" not in html
    assert '<b aria-current="page">Two</b>' in box
    Article.objects.filter(slug="three").update(list_title="III")
    links = re.findall(r'<a[^>]* href="/three/">(\w+)</a>', client.get("/two/").content.decode())
    assert links[:2] == ["III", "III"]
    assert "in-series" not in client.get(make_article().get_absolute_url()).content.decode()


def test_series_has_a_page_in_its_order_and_a_feed(client, tides):
    html = client.get("/series/the-tide/").content.decode()

    assert "How the sea works." in html
    assert re.findall(r'card-title"><a href="([^"]*)"', html) == ["/one/", "/two/", "/three/"]
    assert "Draft" not in html
    feed = client.get("/series/the-tide/feed/").content.decode()
    assert re.findall(r"<title>(\w+)</title>", feed) == ["Three", "One", "Two"]
    assert "/series/the-tide/" in client.get("/sitemap.xml").content.decode()
    tides.slug = "ebb"
    save_series(series=tides)
    assert client.get("/series/the-tide/")["Location"] == "/series/ebb/"
    assert client.get("/series/the-tide/feed/atom/")["Location"] == "/series/ebb/feed/atom/"


def test_series_of_one_is_none_yet(client):
    series = save_series(series=Series(title="Alone"))
    article = make_article()
    put_in_series(article=article, series=series)

    assert "Alone" not in client.get(article.get_absolute_url()).content.decode()


def test_neighbours_may_be_those_of_the_category(client):
    cities, sea = make_category(), make_category()
    now = timezone.now()
    for days, title, category in (
        (4, "Trams", cities), (3, "Waves", sea), (2, "Buses", cities), (1, "Ships", sea),
        (0.5, "Ferries", cities),
    ):  # fmt: skip
        make_article(
            title=title,
            slug=title.lower(),
            publish_at=now - timedelta(days=days),
            primary_category=category,
            categories=[category],
        )

    def neighbours() -> list[str]:
        html = client.get("/buses/").content.decode()
        box = html.split('<nav class="turn"')[1].split("</nav>", maxsplit=1)[0]
        return re.findall(r'href="/(\w+)/"', box)

    assert neighbours() == ["waves", "ships"]
    SiteSettings.objects.update_or_create(pk=1, defaults={"neighbours_in_category": True})
    assert neighbours() == ["trams", "ferries"]
