"""Feeds are valid, whole, and say nothing that the pages would not."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.public.feeds import absolute_html
from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_tag,
)

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
SOME_DAY = datetime(2024, 5, 17, 12, tzinfo=UTC)
LISTS = ["/", "/category/cities/", "/tag/bus/", "/author/ada/", "/2024/", "/2024/05/"]
FEEDS = [f"{address}feed/{form}" for address in LISTS for form in ("", "atom/", "json/")]


@pytest.fixture(autouse=True)
def address(settings):
    settings.SITE_URL = "https://blog.example.org"


@pytest.fixture
def terms():
    return {
        "authors": [make_author(slug="ada", name="Ada & Co.")],
        "categories": [make_category(slug="cities", name="Cities")],
        "tags": [make_tag(slug="bus", name="Bus")],
    }


def titles(response):
    if "json" in response["Content-Type"]:
        return [item["title"] for item in json.loads(response.content)["items"]]
    root = ElementTree.fromstring(response.content)
    return [node.findtext("title") for node in root.iter("item")] or [
        node.findtext(f"{ATOM}title") for node in root.iter(f"{ATOM}entry")
    ]


def check_rss(root):
    """Raise AssertionError where RSS 2.0 or the extensions we use ask for something else."""
    (channel,) = root
    assert (root.tag, root.attrib) == ("rss", {"version": "2.0"})
    for name in ("title", "link", "description", "language"):
        assert channel.findtext(name)
    (own,) = [node for node in channel.iter(f"{ATOM}link") if node.attrib["rel"] == "self"]
    assert own.attrib["type"] == "application/rss+xml"
    for item in channel.iter("item"):
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
        assert item.findtext("title") or item.findtext("description")
        for name in ("title", "link", "description", "guid", "pubDate", "enclosure", CONTENT):
            assert len(item.findall(name)) <= 1
        for node in item.iter("enclosure"):
            assert node.attrib["url"].startswith("https://")
            assert int(node.attrib["length"]) > 0
            assert "/" in node.attrib["type"]


def check_atom(root):
    """Raise AssertionError where RFC 4287 asks for something else."""
    assert root.tag == f"{ATOM}feed"
    for node in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(node.findall(f"{ATOM}{name}")) == 1
            assert node.findtext(f"{ATOM}{name}")
        for name in ("updated", "published"):
            for found in node.findall(f"{ATOM}{name}"):
                assert datetime.fromisoformat(found.text).tzinfo
        assert node.findtext(f"{ATOM}author/{ATOM}name")
        rels = [link.attrib["rel"] for link in node.findall(f"{ATOM}link")]
        assert rels.count("alternate") == 1
    assert [link.attrib["rel"] for link in root.findall(f"{ATOM}link")].count("self") == 1
    ids = [node.findtext(f"{ATOM}id") for node in root.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))


def check_json(feed):
    """Raise AssertionError where JSON Feed 1.1 asks for something else."""
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert "content_html" in item
        assert all(author["name"] for author in item["authors"])
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo


def check(response):
    if response["Content-Type"].startswith("application/feed+json"):
        return check_json(json.loads(response.content))
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    return check_rss(root) if root.tag == "rss" else check_atom(root)


def test_feed_lists_published_articles_only(client, terms):
    now = timezone.now()
    make_article(title="Shown & sound", publish_at=SOME_DAY, **terms)
    make_article(title="Secret", publish_at=SOME_DAY, status=Article.Status.DRAFT, **terms)
    make_article(title="Secret", publish_at=now + timedelta(days=1), **terms)
    make_article(title="Secret", publish_at=SOME_DAY, expire_at=now - timedelta(days=1), **terms)
    make_article(title="Secret", publish_at=SOME_DAY, trashed_at=now, **terms)

    for feed in FEEDS:
        response = client.get(feed)

        assert titles(response) == ["Shown & sound"]
        assert response.cookies == {}
        assert "Cookie" not in response.get("Vary", "")
        check(response)


def test_feed_costs_the_same_for_one_and_ten(client, terms, django_assert_max_num_queries):
    counts = []
    for more in (1, 11):
        for _ in range(more):
            make_article(publish_at=SOME_DAY, lead_image=make_image(), **terms)
        counts.append([])
        for feed in FEEDS:
            with django_assert_max_num_queries(7) as queries:
                response = client.get(feed)
            counts[-1].append(len(queries))
            assert len(titles(response)) == min(10, 1 + (more > 1) * more)
            check(response)

    assert counts[0] == counts[1]


def test_search_can_be_followed(client, terms):
    """What is found lately comes, newest first; a stranger's words are in no store, and no kept page."""
    old = make_article(title="Bus", publish_at=SOME_DAY, **terms)
    make_article(title="A <late> bus", publish_at=SOME_DAY + timedelta(days=1), **terms)
    make_article(title="A bus elsewhere", publish_at=SOME_DAY)
    make_article(title="Secret bus", status=Article.Status.DRAFT, **terms)
    comment = make_comment(article=old, name="Rider", body="The bus, again")
    make_comment(article=old, body="A held bus", status=Comment.Status.PENDING)
    words = {"q": "bus", "tag": "bus"}
    page = client.get("/search/", words).context["feed_url"]

    for form in ("", "atom/", "json/"):
        response = client.get(page.replace("feed/", f"feed/{form}"))
        assert titles(response) == ["A <late> bus", "Bus"]
        assert not hasattr(response, "shows")
        assert "Surrogate-Key" not in response
        check(response)
        talk = client.get(f"/search/feed/{form}", words | {"type": "comment"})
        assert titles(talk) == [f"Rider on {comment.article.title}"]
        check(talk)
    own = client.get(page)
    assert client.get(page, headers={"If-None-Match": own["ETag"]}).status_code == 304
    assert ElementTree.fromstring(own.content)[0].find(f"{ATOM}link").attrib["href"] == (
        f"https://blog.example.org{page}"
    )
    for query in ({}, {"q": '"'}, {"q": "bus", "page": "x"}):
        assert client.get("/search/feed/", query).status_code == 404


def test_every_feed_names_the_hub_that_is_told(client, terms):
    make_article(publish_at=SOME_DAY, **terms)
    hub = "https://hub.example/"
    SiteSettings.objects.update_or_create(pk=1, defaults={"websub_hub": hub})

    for feed in ["/feed/", "/tag/bus/feed/atom/", "/author/ada/feed/json/", "/comments/feed/"]:
        assert (hub in client.get(feed).content.decode()) == ("comments" not in feed)


def test_feed_can_be_read_in_a_browser(client):
    make_article(slug="late")

    for feed in ["/feed/", "/feed/atom/"]:
        content = client.get(feed).content.decode()
        root = ElementTree.fromstring(content)
        assert '<?xml-stylesheet type="text/css" href="/static/css/feed.css"?>' in content
        assert "This is a feed." in "".join(root.find(f".//{XHTML}div").itertext())
        assert [link.attrib["href"] for link in root.iter(f"{XHTML}a")] == [
            "https://blog.example.org/",
            "https://blog.example.org/late/",
        ]


def test_rss_has_all_of_an_article(client, terms):
    article = make_article(
        title="Late again",
        slug="late-again",
        publish_at=SOME_DAY,
        updated_at=SOME_DAY + timedelta(hours=1),
        created_at=SOME_DAY,
        excerpt="It was late.",
        body='<p>The <a href="/bus/">bus</a></p><img src="/media/b.jpg" alt="">',
        lead_image=make_image(),
        **terms,
    )
    Article.objects.update(created_at=SOME_DAY)

    response = client.get("/feed/")
    channel = ElementTree.fromstring(response.content)[0]
    item = channel.find("item")

    assert channel.findtext("title") == "Byline"
    assert channel.findtext("link") == "https://blog.example.org/"
    assert channel.find(f"{ATOM}link").attrib["href"] == "https://blog.example.org/feed/"
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) == article.updated_at
    assert item.findtext("link") == "https://blog.example.org/late-again/"
    assert item.findtext("guid") == f"tag:blog.example.org,2024-05-17:article-{article.pk}"
    assert item.find("guid").attrib == {"isPermaLink": "false"}
    assert parsedate_to_datetime(item.findtext("pubDate")) == SOME_DAY
    assert item.findtext(f"{ATOM}updated") == "2024-05-17T13:00:00+00:00"
    assert item.findtext(CREATOR) == "Ada & Co."
    assert [node.text for node in item.iter("category")] == ["Cities", "Bus"]
    assert item.findtext("description") == "It was late."
    assert item.findtext(CONTENT) == (
        '<p>The <a href="https://blog.example.org/bus/">bus</a></p>'
        '<img src="https://blog.example.org/media/b.jpg" alt="">'
    )
    assert item.find("enclosure").attrib == {
        "url": f"https://blog.example.org{article.lead_image.file.url}",
        "length": str(article.lead_image.file.size),
        "type": "image/jpeg",
    }


def test_atom_has_all_of_an_article(client, terms):
    article = make_article(title="Late", slug="late", publish_at=SOME_DAY, **terms)

    feed = ElementTree.fromstring(client.get("/tag/bus/feed/atom/").content)
    entry = feed.find(f"{ATOM}entry")

    assert feed.findtext(f"{ATOM}id") == "https://blog.example.org/tag/bus/feed/atom/"
    assert feed.findtext(f"{ATOM}title") == "Bus – Byline"
    assert feed.findtext(f"{ATOM}updated") == "2024-05-17T12:00:00+00:00"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Byline"
    assert entry.findtext(f"{ATOM}id").endswith(f":article-{article.pk}")
    assert entry.findtext(f"{ATOM}published") == "2024-05-17T12:00:00+00:00"
    assert entry.find(f"{ATOM}link").attrib["href"] == "https://blog.example.org/late/"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Ada & Co."
    assert entry.findtext(f"{ATOM}content") == article.body_html
    assert entry.find(f"{ATOM}content").attrib == {"type": "html"}


def test_json_feed_has_all_of_an_article(client, terms):
    article = make_article(title="Late", slug="late", publish_at=SOME_DAY, excerpt="So.", **terms)

    feed = json.loads(client.get("/feed/json/").content)
    item = feed["items"][0]
    item_id = item.pop("id")

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://blog.example.org/feed/json/"
    assert item_id.endswith(f":article-{article.pk}")
    assert item == {
        "url": "https://blog.example.org/late/",
        "title": "Late",
        "content_html": article.body_html,
        "summary": "So.",
        "date_published": "2024-05-17T12:00:00+00:00",
        "date_modified": "2024-05-17T12:00:00+00:00",
        "authors": [{"name": "Ada & Co."}],
        "tags": ["Cities", "Bus"],
    }


@pytest.mark.parametrize("feed", ["/feed/", "/feed/atom/", "/feed/json/", "/comments/feed/"])
def test_empty_feed_is_valid_and_stays_the_same(client, feed):
    response = client.get(feed)

    assert response.status_code == 200
    assert titles(response) == []
    assert client.get(feed).content == response.content


@pytest.mark.parametrize("feed", ["/feed/", "/feed/atom/", "/feed/json/", "/comments/feed/"])
def test_unchanged_feed_is_not_sent_again(client, feed):
    make_comment(article=make_article(publish_at=SOME_DAY))
    response = client.get(feed)

    by_tag = client.get(feed, headers={"If-None-Match": response["ETag"]})
    by_time = client.get(feed, headers={"If-Modified-Since": response["Last-Modified"]})

    assert (by_tag.status_code, by_time.status_code) == (304, 304)


@pytest.mark.parametrize("feed", ["/feed/", "/feed/atom/", "/comments/feed/"])
def test_feed_holds_only_what_xml_can_hold(client, feed):
    article = make_article(
        title="A\x0bB ]]> & <b>\ufffe", body="<p>\x1b \x08 ]]></p>", excerpt="\x0c"
    )
    make_comment(article=article, name="N\x07", body="\x01 ]]>")

    ElementTree.fromstring(client.get(feed).content)


@pytest.mark.parametrize(
    "feed", ["/category/no/feed/", "/tag/no/feed/", "/author/no/feed/", "/no/feed/"]
)
def test_feed_of_nothing_known_is_404(client, feed):
    assert client.get(feed).status_code == 404


def test_comments_feed_shows_approved_comments_on_published_articles(client):
    article = make_article(title="Late", slug="late")
    comment = make_comment(article=article, name="Grace", body="Indeed")
    for status in ("pending", "spam", "trash", "removed"):
        make_comment(article=article, status=status, body="Secret")
    make_comment(article=make_article(status=Article.Status.DRAFT), body="Secret")
    make_comment(article=make_article(trashed_at=timezone.now()), body="Secret")
    make_comment(article=make_article(comment_policy=Article.Policy.OFF), body="Secret")

    response = client.get("/comments/feed/")
    channel = ElementTree.fromstring(response.content)[0]
    item = channel.find("item")

    assert titles(response) == ["Grace on Late"]
    assert channel.findtext("title") == "Comments on: Byline"
    assert channel.findtext("description") == "Comments on: Byline"
    assert item.findtext("link") == f"https://blog.example.org/late/comments/{comment.pk}/"
    assert item.findtext(CONTENT) == "<p>Indeed</p>"
    assert "Secret" not in response.content.decode()
    assert comment.email not in response.content.decode()


def test_article_feed_shows_the_comments_of_one_article(client):
    article = make_article(title="Late", slug="late")
    make_comment(article=article, name="Grace")
    make_comment(name="Elsewhere")

    for form in ("atom/", "json/", ""):
        response = client.get(f"/late/feed/{form}")
        assert titles(response) == ["Grace"]
        check(response)
        check(client.get(f"/comments/feed/{form}"))
    assert ElementTree.fromstring(response.content)[0].findtext("title") == "Comments on: Late"


def test_nameless_comment_is_anonymous(client):
    make_comment(article=make_article(slug="late"), name="")

    assert titles(client.get("/late/feed/")) == ["Anonymous"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Article.Status.DRAFT},
        {"publish_at": datetime(2999, 1, 1, tzinfo=UTC)},
        {"publish_at": SOME_DAY, "expire_at": SOME_DAY + timedelta(days=1)},
        {"trashed_at": SOME_DAY},
        {"comment_policy": Article.Policy.OFF},
    ],
)
def test_article_feed_of_a_hidden_article_is_404(client, fields):
    make_comment(article=make_article(slug="late", **fields))
    assert Comment.objects.count() == 1

    assert client.get("/late/feed/").status_code == 404


def test_feed_has_the_sites_name(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"title": "Tides & <Times>"})

    root = ElementTree.fromstring(client.get("/feed/").content)

    assert root[0].findtext("title") == "Tides & <Times>"


def test_addresses_are_those_of_the_request_where_no_other_is_set(client, settings):
    settings.SITE_URL = ""
    make_article(slug="late", body='<img src="/media/b.jpg">')

    item = json.loads(client.get("/feed/json/").content)["items"][0]

    assert item["url"] == "http://testserver/late/"
    assert item["content_html"] == '<img src="http://testserver/media/b.jpg">'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/x/">', '<a href="https://b.org/x/">'),
        ('<img alt="a > b" src="/x.jpg">', '<img alt="a > b" src="https://b.org/x.jpg">'),
        ('<a href="#top">', '<a href="https://b.org/p/#top">'),
        ('<a href="//c.org/">', '<a href="//c.org/">'),
        ('<a href="https://c.org/x">', '<a href="https://c.org/x">'),
        ('<p>Write src="/x" here</p>', '<p>Write src="/x" here</p>'),
        (
            '<blockquote cite="/x"></blockquote>',
            '<blockquote cite="https://b.org/x"></blockquote>',
        ),
        ('<img alt=" src=" src="/x">', '<img alt=" src=" src="https://b.org/x">'),
    ],
)
def test_addresses_in_a_text_become_whole(html, expected):
    assert absolute_html(html, home="https://b.org", page="https://b.org/p/") == expected
