"""Pages as readers get them."""

import re
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from blog.articles.models import Article
from blog.articles.services import save_article
from blog.pages.models import Page
from blog.pages.services import save_page
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_page,
    make_staff,
    make_tag,
)

pytestmark = pytest.mark.django_db


def links(html: str) -> list[tuple[str, str]]:
    main = html.split('<main id="main">')[1].split("</main>", maxsplit=1)[0]
    return re.findall(r'<a href="([^"]*)"[^>]*>(?:<bdi>)?([^<]*)', main)


def test_page_shows_its_text_what_is_above_and_what_is_within(client):
    about = make_page(slug="about", title="About us", body="<p>Who we are.</p>")
    second = make_page(parent=about, slug="team", title="The team", position=2)
    first = make_page(parent=about, slug="history", title="History", position=1)
    make_page(parent=about, slug="plans", title="Plans", status="draft")
    make_page(parent=second, slug="ada", title="Ada")

    html = client.get("/about/").content.decode()
    assert "<p>Who we are.</p>" in html
    assert links(html) == [
        ("/", "Home"),
        ("/about/history/", "History"),
        ("/about/team/", "The team"),
    ]
    assert links(client.get("/about/team/ada/").content.decode()) == [
        ("/", "Home"),
        ("/about/", "About us"),
        ("/about/team/", "The team"),
    ]
    assert first.get_absolute_url() == "/about/history/"
    assert '<link rel="canonical" href="http://testserver/about/">' in html
    assert client.get("/about").headers["Location"] == "/about/"
    assert not client.get("/about/").cookies


def test_page_that_is_not_published_is_there_for_editors_alone(client):
    for fields in ({"status": "draft"}, {"trashed_at": timezone.now()}):
        make_page(slug=f"{next(iter(fields))}-page", title="Secret plans", **fields)
    addresses = ("/status-page/", "/trashed_at-page/")

    assert [client.get(address).status_code for address in addresses] == [404, 404]
    client.force_login(make_staff("Moderator"))
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    client.force_login(make_staff("Editor"))
    shown = client.get(addresses[0])
    assert "Secret plans" in shown.content.decode()
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert client.get(addresses[1]).status_code == 404
    for page in Page.objects.all():
        assert page.title not in client.get("/").content.decode()


def test_old_addresses_of_a_page_and_of_what_is_within_it_forward(client):
    about = save_page(page=Page(title="About", status="published"), editor=None)
    team = save_page(page=Page(title="Team", status="published", parent=about), editor=None)
    company = save_page(page=Page(title="Company", status="published"), editor=None)
    about.parent, about.slug = company, "who"
    save_page(page=about, editor=None)

    for old, new in (("about", "company/who"), ("about/team", "company/who/team")):
        moved = client.get(f"/{old}/?a=1")
        assert (moved.status_code, moved["Location"]) == (301, f"/{new}/?a=1")
    team.refresh_from_db()
    assert client.get(team.get_absolute_url()).status_code == 200
    # An article may have the old address now; then it leads nowhere else.
    make_article(slug="about", title="About bridges")
    assert "About bridges" in client.get("/about/").content.decode()


def test_article_and_page_never_have_the_same_address():
    article, page = make_article(slug="bridges"), make_page(slug="about")

    for write in (
        lambda: make_article(slug="about"),
        lambda: make_page(slug="bridges"),
        lambda: Article.objects.filter(pk=article.pk).update(slug="about"),
        lambda: Page.objects.filter(pk=page.pk).update(path="bridges"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    make_page(parent=page, slug="bridges")  # below another one it is another address
    Article.objects.filter(pk=article.pk).update(slug="bridges", title="As it was")

    new = save_article(article=Article(title="About"), editor=None)
    assert new.slug == "about-2"
    new.slug = "about"  # as the import writes it
    assert save_article(article=new, editor=None).slug == "about-2"


def test_pages_are_in_no_list_and_no_feed(client):
    page = make_page(title="Standing still")
    make_article()

    for address in ("/", "/feed/", "/feed/json/"):
        assert page.title not in client.get(address).content.decode()


def test_pictures_of_a_page_are_open_once_it_is_published(client):
    image = make_image()
    page = save_page(
        page=Page(title="About", body=f'<figure><img src="{image.file.url}"></figure>'),
        editor=None,
    )

    def status():
        answer = client.get(image.file.url)
        if answer.streaming:
            list(answer.streaming_content)  # which closes the file
        return answer.status_code

    assert status() == 404
    Page.objects.filter(pk=page.pk).update(status="published")
    assert status() == 200
    Page.objects.filter(pk=page.pk).update(trashed_at=timezone.now())
    assert status() == 404


def test_page_of_authors_names_those_who_have_published(client):
    make_page(slug="authors", kind="authors")
    make_article(authors=[make_author(name="Ada", slug="ada", bio="Counts.")])
    make_article(authors=[make_author(name="Ben")], status="draft")

    html = client.get("/authors/").content.decode()

    assert links(html)[1:] == [("/author/ada/", "Ada")]
    assert "Counts." in html


def test_page_of_archives_counts_by_month_whatever_their_number(
    client, django_assert_max_num_queries
):
    make_page(slug="archives", kind="archives")
    category, tag = (
        make_category(name="Cities", slug="cities"),
        make_tag(name="Trams", slug="trams"),
    )
    for month in (1, 1, 3):
        make_article(
            publish_at=datetime(2024, month, 5, tzinfo=UTC), categories=[category], tags=[tag]
        )
    make_article(publish_at=datetime(2026, 2, 1, tzinfo=UTC))
    make_article(publish_at=datetime(2022, 2, 1, tzinfo=UTC), status="draft")

    with django_assert_max_num_queries(12):
        html = client.get("/archives/").content.decode()
        assert ".tight" in html[: html.index("</style>")]  # nothing moves as site.css comes

    assert re.findall(r'<a href="(/\d[^"]*)">(\w+)</a>(?: <span class="quiet">(\d))?', html) == [
        ("/2026/", "2026", ""),
        ("/2026/02/", "February", "1"),
        ("/2024/", "2024", ""),
        ("/2024/01/", "January", "2"),
        ("/2024/03/", "March", "1"),
    ]
    assert {("/category/cities/", "Cities"), ("/tag/trams/", "Trams")} <= set(links(html))


def test_strange_addresses_are_not_found(client):
    make_page(slug="about")

    for address in (
        "/about/nothing/",
        "/about/feed/",
        "/nothing/at/all/",
        "/about/page/2/",
        "/A/b/",
    ):
        assert client.get(address).status_code == 404, address
    assert client.post("/about/").status_code == 405
