"""What search engines and shared links learn of a page: only what it shows, and nothing that breaks it."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from blog.articles.models import Article, ShareCard
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_page,
    make_rating,
    make_tag,
)

pytestmark = pytest.mark.django_db

SOME_DAY = datetime(2024, 5, 17, 12, 0, 0, 123456, tzinfo=UTC)
HOSTILE = '</script><!--<script>alert("1 & 2")</script>'
# What Google's pages on each type require or recommend, of what a blog can know; there may be no picture.
REQUIRED = {
    "WebSite": {"name", "url", "inLanguage", "publisher"},
    "SearchAction": {"target", "query-input"},
    "EntryPoint": {"urlTemplate"},
    "Organization": {"name", "url"},
    "BlogPosting": {
        *("headline", "author", "datePublished", "dateModified", "publisher"),
        *("mainEntityOfPage", "url", "inLanguage", "isPartOf", "wordCount"),
    },
    "Comment": {"text", "author", "datePublished"},
    "ImageObject": {"url", "width", "height"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position"},
    "ItemList": {"itemListElement"},
    "CollectionPage": {"name", "url", "isPartOf"},
    "WebPage": {"name", "url", "isPartOf", "dateModified"},
    "ContactPage": {"name", "url", "isPartOf", "dateModified"},
    "ProfilePage": {"mainEntity"},
    "Review": {"author", "reviewRating"},
    "Rating": {"ratingValue", "bestRating", "worstRating"},
    "AggregateRating": {"ratingValue", "ratingCount", "bestRating", "worstRating"},
}
# Things of which Google shows the stars of a review.
REVIEWED = {
    *("Book", "Course", "CreativeWorkSeries", "Event", "Game", "LocalBusiness", "Movie"),
    *("MusicRecording", "Product", "Recipe", "SoftwareApplication"),
}


@pytest.fixture(autouse=True)
def address(settings):
    settings.SITE_URL = "https://blog.example.org"


def head_of(client, path):
    html = client.get(path).content.decode()
    names = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html)
    assert len(names) == len(dict(names)), "one of a kind"
    return dict(names)


def graph_of(client, path):
    """Return the things of a page by type; each has what its type must have, and none is empty."""
    html = client.get(path).content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    content = json.loads(block)
    assert content["@context"] == "https://schema.org"
    things = {thing["@type"]: thing for thing in content["@graph"]}
    for thing in all_within(content["@graph"]):
        kind = thing.get("@type")
        assert REQUIRED.get(kind, {"name"}) <= thing.keys() or thing.keys() == {"@id"}, thing
        assert not [name for name, value in thing.items() if value in ("", None, [], {})]
        if kind in {"BreadcrumbList", "ItemList"}:
            steps = thing["itemListElement"]
            assert [step["position"] for step in steps] == [*range(1, len(steps) + 1)]
            assert len(steps) > 1 or kind == "ItemList"
    return things


def all_within(value):
    """Return the things within a value, each with those within it."""
    if isinstance(value, list):
        return [thing for each in value for thing in all_within(each)]
    return [value, *all_within([*value.values()])] if isinstance(value, dict) else []


def test_article_tells_what_it_shows(client):
    parent = make_category(name="Science", slug="science")
    author = make_author(name="Ada & Co.", slug="ada")
    article = make_article(
        title=f"Late {HOSTILE}",
        slug="late",
        excerpt="It was late.",
        publish_at=SOME_DAY,
        updated_at=SOME_DAY + timedelta(hours=1),
        authors=[author],
        categories=[make_category(name="Sea", slug="sea", parent=parent)],
        tags=[make_tag(name="tide")],
        lead_image=make_image(size=(640, 480), alt="A wave"),
        word_count=812,
    )
    comment = make_comment(
        article=article, name="Grace", body="x", html=f"<p>Fish &amp; <b>chips</b> {'x' * 999}"
    )
    make_comment(article=article, status="pending", body="Secret")
    ShareCard.objects.all().delete()

    things = graph_of(client, "/late/")
    posting = things["BlogPosting"]
    meta = head_of(client, "/late/")

    assert list(things) == ["WebSite", "Organization", "BlogPosting", "BreadcrumbList"]
    assert posting["headline"] == f"Late {HOSTILE}"
    assert posting["datePublished"] == "2024-05-17T12:00:00+00:00"
    assert posting["dateModified"] == "2024-05-17T13:00:00+00:00"
    assert posting["author"] == [
        {
            "@type": "Person",
            "@id": "https://blog.example.org/author/ada/#person",
            "name": "Ada & Co.",
            "url": "https://blog.example.org/author/ada/",
        }
    ]
    assert (posting["articleSection"], posting["keywords"]) == (["Sea"], ["tide"])
    assert (posting["wordCount"], posting["commentCount"]) == (812, 1)
    (told,) = posting["comment"]
    assert told["@id"] == f"https://blog.example.org/late/#comment-{comment.pk}"
    assert told["text"].startswith("Fish & chips xxx")
    assert len(told["text"]) == 300
    assert told["author"] == {"@type": "Person", "name": "Grace"}
    assert posting["publisher"] == {"@id": things["Organization"]["@id"]}
    assert [
        (step["name"], step["item"]) for step in things["BreadcrumbList"]["itemListElement"]
    ] == [
        ("Home", "https://blog.example.org/"),
        ("Science", "https://blog.example.org/category/science/"),
        ("Sea", "https://blog.example.org/category/science/sea/"),
        (article.title, "https://blog.example.org/late/"),
    ]
    image = posting["image"]
    assert (image["width"], image["height"], image["caption"]) == (640, 480, "A wave")
    assert (
        image["url"]
        == meta["og:image"]
        == f"https://blog.example.org{article.lead_image.file.url}"
    )
    assert (meta["og:image:width"], meta["og:image:height"]) == ("640", "480")
    assert (meta["og:image:alt"], meta["og:type"]) == ("A wave", "article")
    assert meta["article:modified_time"] == "2024-05-17T13:00:00+00:00"


@pytest.mark.parametrize("count", [0, 3])
def test_stars_are_told_of_declared_reviews_only(client, count):
    plain = make_article(slug="plain")
    review = make_article(
        slug="review", reviewed_type="Movie", reviewed_name="Tides", title="Dull"
    )
    hidden = {"reviewed_type": "Movie", "reviewed_name": "Tides"}
    articles = [
        plain,
        review,
        make_article(slug="off", rating_policy=Article.Policy.OFF, **hidden),
        make_article(slug="away", review_position=Article.ReviewPosition.OFF, **hidden),
    ]
    for article in articles:
        for stars in range(3, 3 + count):
            make_rating(article=article, stars=stars)

    assert {*Article.ReviewedType.values} <= {"", *REVIEWED}
    for article in articles:
        html = client.get(article.get_absolute_url()).content.decode()
        assert html.count("aggregateRating") == (count > 0 and article == review)
    if count:
        movie = graph_of(client, "/review/")["Movie"]
        assert movie["name"] == "Tides"
        assert movie["aggregateRating"] == {
            "@type": "AggregateRating",
            "ratingValue": "4.0",
            "ratingCount": 3,
            "bestRating": 5,
            "worstRating": 1,
        }


def test_pages_tell_where_they_stand(client):
    make_page(title="Write", slug="write", kind="contact", parent=make_page(title="We", slug="we"))

    things = graph_of(client, "/we/write/")

    assert things["ContactPage"]["name"] == "Write"
    assert [step["name"] for step in things["BreadcrumbList"]["itemListElement"]] == [
        "Home",
        "We",
        "Write",
    ]


def test_lists_tell_what_they_list(client):
    author = make_author(
        slug="ada", name="Ada", bio="Counts.\n\nThen counts again.", photo=make_image()
    )
    author.links.create(label="Home", url="https://ada.example/")
    make_article(
        slug="late",
        publish_at=SOME_DAY,
        authors=[author],
        categories=[make_category(slug="sea", description="Of waves")],
        tags=[make_tag(slug="tide", name="Tide")],
    )
    urls = [
        "/",
        "/category/sea/",
        "/tag/tide/",
        "/author/ada/",
        "/2024/",
        "/2024/05/",
        "/top-rated/",
    ]
    descriptions = set()
    for url in urls:
        things = graph_of(client, url)
        meta = head_of(client, url)
        descriptions.add(meta["description"])
        assert meta["og:url"] == f"https://blog.example.org{url}"
        assert meta["og:description"] == meta["description"]
        action = things["WebSite"].get(
            "potentialAction"
        )  # the front page says for all how to search
        template = "https://blog.example.org/search/?q={search_term_string}"
        assert (action and action["target"]["urlTemplate"]) == (template if url == "/" else None)
        if url in {"/author/ada/", "/top-rated/"}:
            continue
        assert [
            each["url"] for each in things["CollectionPage"]["mainEntity"]["itemListElement"]
        ] == ["https://blog.example.org/late/"]

    person = graph_of(client, "/author/ada/")["ProfilePage"]["mainEntity"]
    assert (person["name"], person["sameAs"]) == ("Ada", ["https://ada.example/"])
    assert head_of(client, "/author/ada/")["description"] == "Counts. Then counts again."
    assert head_of(client, "/author/ada/")["og:type"] == "profile"
    assert len(descriptions) == len(urls)
