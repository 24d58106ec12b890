"""Lists show what everybody may read, page by page, at a price that does not grow."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import Article
from blog.articles.queries import load_authors
from blog.public import listing
from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_rating,
    make_tag,
)

pytestmark = pytest.mark.django_db

SOME_DAY = datetime(2024, 5, 17, 12, tzinfo=UTC)
EVERY_LIST = [
    "/",
    "/category/cities/",
    "/tag/bus/",
    "/author/ada/",
    "/2024/",
    "/2024/05/",
    "/search/?q=bus",
]


@pytest.fixture
def terms():
    """Make what an article needs to be in every list."""
    return {
        "authors": [make_author(slug="ada", name="Ada")],
        "categories": [make_category(slug="cities", name="Cities")],
        "tags": [make_tag(slug="bus", name="Bus")],
    }


@pytest.fixture
def fill(terms):
    """Return a function that puts *count* articles with everything on a card into every list."""

    def fill(count):
        return [
            make_article(
                title=f"The bus, part {number}",
                publish_at=SOME_DAY - timedelta(minutes=number),
                excerpt="It was late.",
                lead_image=make_image(),
                primary_category=terms["categories"][0],
                **terms,
            )
            for number in range(count)
        ]

    return fill


def make_hidden(**terms):
    """Make the four kinds of articles strangers must not see, each of which could show otherwise."""
    common = {"publish_at": SOME_DAY, "excerpt": "A bus, kept secret.", **terms}
    return [
        make_article(title="Secret bus draft", **common | {"status": Article.Status.DRAFT}),
        make_article(
            title="Secret bus tomorrow",
            **common | {"publish_at": timezone.now() + timedelta(days=1)},
        ),
        make_article(title="Secret bus of old", **common, expire_at=SOME_DAY + timedelta(days=1)),
        make_article(title="Secret bus in the bin", **common, trashed_at=timezone.now()),
    ]


@pytest.mark.parametrize("address", EVERY_LIST)
def test_list_shows_published_articles_only(client, fill, terms, address):
    fill(1)
    make_hidden(is_sticky=True, **terms)

    html = client.get(address).content.decode()

    assert html.count("The bus, part 0</a>") == 1
    assert "Secret" not in html


@pytest.mark.parametrize("address", EVERY_LIST)
def test_list_costs_at_most_ten_queries_whatever_its_length(
    client, fill, address, django_assert_max_num_queries
):
    fill(1)
    with django_assert_max_num_queries(10) as short:
        client.get(address)
    fill(9)
    with django_assert_max_num_queries(10) as long:
        response = client.get(address)

    assert response.content.decode().count("The bus, part") >= 10
    assert len(long) == len(short)


@pytest.mark.parametrize(
    "address", [*EVERY_LIST, "/robots.txt", "/sitemap.xml", "/feed/", "/nothing-here/"]
)
def test_page_is_the_same_for_everybody(client, fill, address):
    fill(2)

    stranger = client.get(address)
    client.cookies["visitor"] = "anything"
    returning = client.get(address)

    assert stranger.cookies == {}
    assert "Cookie" not in stranger.get("Vary", "")
    assert returning.content == stranger.content


@pytest.mark.parametrize("address", EVERY_LIST)
def test_list_answers_304_until_something_changes(client, fill, address):
    fill(1)
    etag = client.get(address)["ETag"]

    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    fill(1)
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_pages_hold_every_article_once_and_in_order(client):
    # All at the same moment: only the key tells them apart.
    articles = [make_article(publish_at=SOME_DAY) for _ in range(25)]
    tag = make_tag(slug="bus")
    tag.articles.set(articles)

    pages = [client.get(address).context["articles"] for address in pages_of("/tag/bus/", 3)]

    assert [len(page) for page in pages] == [10, 10, 5]
    assert [article.pk for page in pages for article in page] == sorted(
        (article.pk for article in articles), reverse=True
    )


def pages_of(address, count):
    return [address, *(f"{address}page/{number}/" for number in range(2, count + 1))]


@pytest.mark.parametrize(
    "address", ["/", "/category/cities/", "/tag/bus/", "/author/ada/", "/2024/", "/2024/05/"]
)
def test_past_the_last_page_is_nothing(client, fill, address):
    fill(11)

    statuses = [
        client.get(f"{address}page/{number}/").status_code
        for number in ("2", "3", "0", "999999999", "9999999999999", "-1", "x")
    ]

    assert statuses == [200, 404, 404, 404, 404, 404, 404]


def test_first_page_has_one_address(client, fill):
    fill(11)

    assert client.get("/tag/bus/page/1/")["Location"] == "/tag/bus/"
    assert client.get("/page/1/")["Location"] == "/"
    elsewhere = client.get("/", PATH_INFO="//evil.example/page/1/")
    assert elsewhere["Location"] == "/evil.example/"


def test_page_size_is_the_owners_choice(client, fill):
    SiteSettings.objects.update_or_create(pk=1, defaults={"articles_per_page": 3})
    fill(4)

    assert len(client.get("/tag/bus/").context["articles"]) == 3


def test_navigation_names_neighbours_and_the_page_itself(client, fill):
    SiteSettings.objects.update_or_create(pk=1, defaults={"articles_per_page": 1})
    fill(9)

    pager = client.get("/tag/bus/page/5/").context["pager"]

    assert [label for label, _ in pager.links] == ["1", "…", "4", "5", "6", "…", "9"]
    assert pager.links[0][1] == "/tag/bus/"
    assert (pager.newer, pager.older) == ("/tag/bus/page/4/", "/tag/bus/page/6/")
    assert pager.count == 9


def test_sticky_article_stands_first_on_the_first_page_only_and_in_addition(client, fill):
    articles = fill(11)
    oldest = articles[-1]
    Article.objects.filter(pk=oldest.pk).update(is_sticky=True)

    front = client.get("/")
    second = client.get("/page/2/")

    assert front.content.decode().count("The bus, part") >= 11
    assert front.context["blocks"][0].articles == [oldest]
    assert second.context["articles"] == [oldest]
    assert client.get("/tag/bus/").context["articles"][0] == articles[0]


def test_front_page_names_no_article_twice(client, fill):
    fill(10)

    html = client.get("/").content.decode()

    assert [html.count(f"The bus, part {n}</a>") for n in range(10)] == [1] * 10


def test_front_page_gives_a_section_its_own_block(client, fill, terms):
    in_section = fill(4)
    others = [
        make_article(title=f"Other {n}", publish_at=SOME_DAY - timedelta(days=1)) for n in range(3)
    ]

    blocks = client.get("/").context["blocks"]

    assert [(block.section.kind, block.articles) for block in blocks] == [
        ("lead", in_section[:1]),
        ("latest", others[::-1]),
        ("category", in_section[1:]),
    ]
    assert blocks[2].section.category == terms["categories"][0]


def test_front_page_lists_what_is_discussed(client):
    articles = [make_article() for _ in range(4)]
    quiet = make_article(comment_policy=Article.Policy.OFF)
    for number, article in enumerate([*articles, quiet]):
        for _ in range(number):
            make_comment(article=article)

    discussed = client.get("/").context["blocks"][-1]

    assert discussed.section.kind == "most_discussed"
    assert discussed.articles == [articles[3], articles[2], articles[1]]


def test_new_blog_says_what_to_do(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "Nothing is published here yet." in response.content.decode()


@pytest.mark.parametrize("address", ["/category/cities/", "/tag/bus/", "/author/ada/"])
def test_empty_list_says_so(client, terms, address):
    response = client.get(address)

    assert response.status_code == 200
    assert "Nothing is published here yet." in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/category/none/",
        "/tag/none/",
        "/author/none/",
        "/2023/",
        "/2024/06/",
        "/2024/13/",
        "/0000/",
        "/9999/",
    ],
)
def test_list_of_nothing_known_is_404(client, fill, address):
    fill(1)

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", EVERY_LIST)
def test_list_is_only_read(client, fill, address):
    fill(1)

    assert client.post(address).status_code == 405


def test_category_shows_what_is_within_it(client):
    parent = make_category(slug="science", name="Science")
    child = make_category(slug="sea", name="Sea", parent=parent)
    make_category(slug="science-fiction")  # begins alike, lies elsewhere
    in_both = make_article(categories=[parent, child])
    below = make_article(categories=[child], publish_at=SOME_DAY)

    page = client.get("/category/science/")

    assert page.context["articles"] == [in_both, below]
    assert page.context["links"] == [("Sea", "/category/science/sea/")]
    assert client.get("/category/science/sea/").context["articles"] == [in_both, below]
    assert client.get("/category/science-fiction/").context["articles"] == []


def test_months_follow_the_sites_calendar(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    # Already the first of June there.
    article = make_article(publish_at=datetime(2024, 5, 31, 20, tzinfo=UTC))

    assert client.get("/2024/05/").status_code == 404
    assert client.get("/2024/06/").context["articles"] == [article]
    assert client.get("/2024/").context["links"] == [("June", "/2024/06/")]


def test_card_shows_what_readers_think(client, fill):
    article = fill(1)[0]
    make_rating(article=article, stars=5)
    make_rating(article=article, stars=4)
    make_comment(article=article)

    html = client.get("/tag/bus/").content.decode()

    assert "Rated </span>4.5<" in html
    assert "out of 5 by 2 readers" in html
    assert "1 comment<" in html.replace("\n", "")


def test_card_without_votes_or_comments_says_so(client, fill):
    fill(1)

    html = client.get("/tag/bus/").content.decode()

    assert "Not rated yet" in html
    assert "0 comments" in html


def test_card_hides_what_is_switched_off(client, fill):
    article = fill(1)[0]
    make_comment(article=article)
    Article.objects.update(comment_policy="off", rating_policy="off")

    html = client.get("/tag/bus/").content.decode()

    assert "Not rated yet" not in html
    assert "1 comment" not in html


def test_names_are_text(client):
    author = make_author(slug="eve", name="<script>eve()</script>", bio="<b onclick=x>bio</b>")
    make_article(title='"><img src=x onerror=t()>', authors=[author], excerpt="<i>e</i>")

    for address in ("/", "/author/eve/"):
        html = client.get(address).content.decode()
        assert "<script>eve" not in html
        assert "<img src=x" not in html
        assert "<b onclick" not in html
        assert "<i>e</i>" not in html


def test_missing_slash_is_added(client, fill):
    fill(1)

    assert client.get("/tag/bus")["Location"] == "/tag/bus/"


def test_canonical_address_is_that_of_the_page(client, fill, settings):
    settings.SITE_URL = "https://blog.example.org"
    fill(11)

    html = client.get("/tag/bus/page/2/?utm_source=x").content.decode()

    assert '<link rel="canonical" href="https://blog.example.org/tag/bus/page/2/">' in html
    assert f'href="{reverse("tag-feed", args=["bus"])}"' in html


@pytest.mark.django_db
def test_a_list_too_long_to_count_goes_on_page_by_page(client, monkeypatch):
    monkeypatch.setattr(listing, "MOST_COUNTED", 3)
    SiteSettings.objects.update_or_create(pk=1, defaults={"articles_per_page": 2})
    tag, now = make_tag(name="Rivers", slug="rivers"), timezone.now()
    for day in range(7):
        make_article(title=f"Day {day}.", publish_at=now - timedelta(days=day + 1), tags=[tag])
    make_article(title="Elsewhere.")

    pages = [client.get(f"/tag/rivers/page/{number}/").text for number in (2, 3, 4)]
    pages.insert(0, client.get("/tag/rivers/").text)
    for number, page in enumerate(pages):
        days = {day for day in range(7) if f"Day {day}." in page}
        assert days == {2 * number, 2 * number + 1} - {7}, number + 1
        assert "more than 3 articles" in page
        assert ('rel="next"' in page) is (number < 3)
        assert "Elsewhere." not in page
    assert 'href="/tag/rivers/page/4/"' not in pages[0]  # nobody counted so far
    for number in (5, 10**12):
        assert client.get(f"/tag/rivers/page/{number}/").status_code == 404


def test_bylines_of_a_card_can_be_asked_further():
    ada, ben = make_author(), make_author()
    article, other = make_article(authors=[ada]), make_article(authors=[ben])
    for card in (listing.load_cards([article.pk])[article.pk], article):
        load_authors(article)
        assert [byline.author for byline in card.bylines.all()] == [ada]
        assert [card.bylines.filter(author=author).exists() for author in (ada, ben)] == [
            True,
            False,
        ]
        assert card.bylines.exclude(author=ada).count() == 0
    assert other.bylines.get().author == ben
