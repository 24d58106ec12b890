"""The sections of the home page and of the sidebar, as readers get them."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from blog.articles.models import Article, Byline
from blog.comments.models import Comment
from blog.frame.models import Section
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_rating,
    make_section,
    make_tag,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def fill():
    """Return a function that makes articles, the newest first, in these categories by turns."""

    def make(count: int, categories=(), **fields) -> list[Article]:
        return [
            make_article(
                title=f"Part {number}",
                publish_at=NOW - timedelta(days=1, minutes=number),
                categories=[categories[number % len(categories)]] if categories else [],
                **fields,
            )
            for number in range(count)
        ]

    return make


def blocks(client, path: str = "/", area: str = "blocks") -> list:
    return [
        (block.section.kind, [a.title for a in block.articles])
        for block in client.get(path).context[area]
    ]


def titles(*numbers: int) -> list[str]:
    return [f"Part {number}" for number in numbers]


def test_sections_stand_in_their_order_and_name_no_article_twice(client, fill):
    art, zoo = make_category(name="Art"), make_category(name="Zoo")
    fill(12, [art, zoo])
    Article.objects.filter(title="Part 5").update(is_sticky=True)
    for kind, fields in (
        ("latest", {"length": 2}),
        ("lead", {}),
        ("category", {"category": art, "length": 3}),
        ("latest", {"length": 3}),
        ("category", {"category": zoo, "length": 30}),
    ):
        make_section(kind=kind, **fields)

    assert blocks(client) == [
        ("latest", titles(5, 0)),
        ("lead", titles(1)),
        ("category", titles(2, 4, 6)),
        ("latest", titles(3, 7, 8)),
        ("category", titles(9, 11)),
    ]


def test_picks_of_the_archive_are_others_after_an_hour_and_name_nothing_twice(
    client, fill, monkeypatch
):
    fill(30)
    make_section(kind="archive_picks", length=3)
    make_section(kind="latest", length=3)
    seen, now = [], timezone.now()
    for hours in (0, 0, 1, 2, 3):
        monkeypatch.setattr(timezone, "now", lambda at=now + timedelta(hours=hours): at)
        (_kind, picked), (_kind, latest) = blocks(client)
        assert len({*picked, *latest}) == 6
        seen.append(picked)

    assert seen[0] == seen[1]
    assert len({tuple(picked) for picked in seen}) > 2


def test_rankings_say_who_leads_even_if_named_before(client, fill):
    articles = fill(4)
    for number, article in enumerate(articles):
        make_rating(article=article, stars=5 - number)
        for _ in range(number + 1):
            make_comment(article=article)
    make_section(kind="latest", length=4)
    make_section(kind="most_discussed", length=3)
    make_section(kind="top_rated", length=4)

    assert blocks(client)[1:] == [
        ("most_discussed", titles(3, 2, 1)),
        ("top_rated", titles(0, 1, 2, 3)),
    ]


def test_home_with_ten_sections_costs_fourteen_queries(
    client, fill, django_assert_max_num_queries
):
    tag, author, category = make_tag(), make_author(photo=make_image()), make_category()
    for article in fill(20, [category], lead_image=make_image()):
        article.tags.add(tag)
        Byline.objects.create(article=article, author=author)
        make_rating(article=article)
        make_comment(article=article)
    for kind in Section.Kind:
        given = {"category": category} if kind == "category" else {}
        make_section(kind=kind, length=1, body_html="<p>Words</p>", **given)
    with django_assert_max_num_queries(14) as few:
        client.get("/")

    Section.objects.update(length=4)
    for area in Section.Area:
        for kind in Section.Kind:
            if kind == "category":
                make_section(kind=kind, area=area, category=make_category())
                make_section(kind=kind, area=area, category=category)
            make_section(kind="text" if kind == "category" else kind, area=area)
    with django_assert_max_num_queries(14) as many:
        response = client.get("/")

    assert response.status_code == 200
    assert len(many) == len(few)
    ids = Counter(re.findall(r' id="([^"]+)"', response.content.decode()))
    assert [name for name, count in ids.items() if count > 1] == []


def test_sections_show_what_strangers_may_read(client, fill):
    category, tag, author = (
        make_category(),
        make_tag(name="Secret tag"),
        make_author(name="Secret"),
    )
    [shown] = fill(1, [category])
    make_comment(article=shown, name="Ann", html="<p>One &amp; two</p><p>three</p>")
    make_comment(article=shown, html="<p>Secret</p>", status=Comment.Status.PENDING)
    for fields in (
        {"status": Article.Status.DRAFT},
        {"publish_at": NOW + timedelta(days=1)},
        {"trashed_at": NOW},
        {"expire_at": NOW - timedelta(hours=1)},
    ):
        hidden = make_article(
            title="Secret",
            categories=[category],
            tags=[tag],
            is_sticky=True,
            **{"publish_at": NOW - timedelta(days=400)} | fields,
        )
        Byline.objects.create(article=hidden, author=author)
        make_comment(article=hidden, html="<p>Secret</p>")
    for kind in Section.Kind:
        make_section(kind=kind, category=category if kind == "category" else None, length=9)

    html = client.get("/").content.decode()

    assert "Secret" not in html
    assert "One &amp; two three</a>" in html
    month = NOW - timedelta(days=1)
    assert re.findall(r'<li><a href="(/\d+/[\d/]*)"', html) == [f"/{month:%Y/%m}/"]


def test_empty_sections_are_left_out_and_the_usual_page_comes_back(client, fill):
    fill(2, authors=())
    empty = [
        kind for kind in Section.Kind if kind not in ("lead", "latest", "archive_picks", "search")
    ]
    for kind in empty:
        given = {"category": make_category()} if kind == "category" else {}
        make_section(kind=kind, **given)

    kinds = [kind for kind, _titles in blocks(client)]
    assert kinds == ["archives"]
    Section.objects.filter(kind="archives").delete()
    assert blocks(client) == [("lead", titles(0)), ("latest", titles(1))]


def test_archives_name_months_then_years(client):
    today = timezone.localdate()
    for year, month in ((today.year - 1, 3), (today.year - 1, 2), (today.year - 5, 7)):
        make_article(publish_at=NOW.replace(year=year, month=month, day=9))
    make_section(kind="archives", length=1)

    addresses = re.findall(r'<li><a href="(/\d+/[\d/]*)"', client.get("/").content.decode())

    assert addresses == [
        f"/{today.year - 1}/03/",
        f"/{today.year - 1}/",
        f"/{today.year - 5}/",
    ]


def test_tags_are_larger_the_more_articles_they_have(client, fill):
    tags = [make_tag(name=name) for name in "abcd"]
    for number, article in enumerate(fill(4)):
        article.tags.add(*tags[: number + 1])
    make_section(kind="tags", length=3)

    html = client.get("/").content.decode()

    assert re.findall(r'<li class="size-(\d)"><a[^>]*><bdi>(.)</bdi>', html) == [
        ("4", "a"),
        ("3", "b"),
        ("2", "c"),
    ]


def test_heading_is_the_owners_or_the_kinds(client, fill):
    fill(3)
    category = make_category(name="Art", description="Pictures and songs")
    make_article(categories=[category], publish_at=NOW - timedelta(days=9))
    make_section(kind="latest", length=2)
    make_section(kind="latest", length=1, heading="<b>More</b>")
    make_section(kind="category", category=category)

    html = client.get("/").content.decode()

    assert re.findall(r'<h2 class="band-head"[^>]*>(.*?)</h2>', html) == [
        "Latest",
        "&lt;b&gt;More&lt;/b&gt;",
        f'<a href="{category.get_absolute_url()}">Art</a>',
    ]
    assert "<p>Pictures and songs</p>" in html


def test_sidebar_stands_beside_home_and_lists_but_not_articles(client, fill):
    category = make_category()
    articles = fill(12, [category])
    paths = ["/", "/page/2/", category.get_absolute_url(), "/top-rated/"]
    assert all('class="beside"' not in client.get(path).content.decode() for path in paths)

    make_section(area="sidebar", kind="search")
    make_section(area="sidebar", kind="latest", length=2)

    assert all('class="beside"' in client.get(path).content.decode() for path in paths)
    assert 'class="beside"' not in client.get(articles[0].get_absolute_url()).content.decode()
    # The list has the newest ten, so the sidebar goes on from there.
    assert blocks(client, category.get_absolute_url(), "beside")[1] == ("latest", titles(10, 11))
    assert blocks(client, "/", "beside")[1] == ("latest", titles(10, 11))


def test_list_with_a_sidebar_costs_few_queries(client, fill, django_assert_max_num_queries):
    category = make_category()
    for article in fill(12, [category]):
        make_comment(article=article)
    for kind in ("most_discussed", "recent_comments", "tags", "archives", "authors"):
        make_section(area="sidebar", kind=kind)

    with django_assert_max_num_queries(14):
        client.get(category.get_absolute_url())
