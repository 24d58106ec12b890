"""Articles on other people's pages: told to whoever asks, framed by whoever likes, and nothing else is."""

import json
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from blog.articles.models import Article, SlugHistory
from tests.factories import make_article, make_author, make_image
from tests.public.test_article_page import INVISIBLE

pytestmark = pytest.mark.django_db

HOST = "https://blog.example.org"


@pytest.fixture(autouse=True)
def address(settings):
    settings.SITE_URL = HOST


def ask(client, url=f"{HOST}/late/", **more):
    return client.get("/oembed", {"url": url} | more)


def test_an_article_is_told_as_a_card(client):
    article = make_article(
        slug="late",
        title='Late <"&',
        authors=[make_author(name="Ada", slug="ada"), make_author(name="Grace")],
        lead_image=make_image(size=(640, 480)),
    )
    SlugHistory.objects.create(article=article, slug="old")

    answer = json.loads(ask(client).content)
    frame = answer.pop("html")

    assert answer == {
        "version": "1.0",
        "type": "rich",
        "title": 'Late <"&',
        "author_name": "Ada, Grace",
        "author_url": f"{HOST}/author/ada/",
        "provider_name": "Byline",
        "provider_url": f"{HOST}/",
        "cache_age": 3600,
        "width": 600,
        "height": 240,
        "thumbnail_url": HOST + article.lead_image.file.url,
        "thumbnail_width": 640,
        "thumbnail_height": 480,
    }
    assert frame == (
        f'<iframe src="{HOST}/late/embed/" width="600" height="240" title="Late &lt;&quot;&amp;"'
        ' loading="lazy"></iframe>'
    )
    assert json.loads(ask(client, url=f"{HOST}/old/").content)["title"] == article.title
    for asked, width in (("300", 300), ("9", 220), ("9999", 600), ("x", 600), ("-1", 600)):
        narrow = json.loads(ask(client, maxwidth=asked).content)
        assert narrow["width"] == width
        assert "thumbnail_url" not in narrow
    root = ElementTree.fromstring(ask(client, format="xml").content)
    assert {node.tag: node.text for node in root} == {
        name: str(value) for name, value in answer.items()
    } | {"html": frame}
    Article.objects.update(title="Late\x0b\x1f \ufffe!")
    assert ElementTree.fromstring(ask(client, format="xml").content).findtext("title") == "Late !"
    assert ask(client, format="yaml").status_code == 501


def test_nothing_else_is_told(client):
    for number, fields in enumerate(INVISIBLE.values()):
        make_article(slug=f"secret-{number}", **fields)
    make_article(slug="late")
    make_article(slug="locked", access=Article.Access.PASSWORD, password_hash="x")
    make_article(slug="private", access=Article.Access.PRIVATE)
    urls = [f"{HOST}/locked/", f"{HOST}/private/"]
    urls += [f"{HOST}/secret-{number}/" for number in range(len(INVISIBLE))]
    urls += [
        "",
        "late",
        "/late/",
        "https://elsewhere.example/late/",
        f"{HOST}/",
        f"{HOST}/late/feed/",
    ]
    urls += [f"{HOST}/none/", "http://[", f"{HOST}/late/\0", f"{HOST}/%00/", "javascript:alert(1)"]
    for url in urls:
        assert ask(client, url=url).status_code == 404
    assert client.get("/oembed").status_code == 404
    for slug in ["locked", "private", *(f"secret-{number}" for number in range(len(INVISIBLE)))]:
        assert client.get(f"/{slug}/embed/").status_code == 404


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_card_alone_may_be_framed(client):
    article = make_article(slug="late", title="Late <b>", lead_image=make_image())
    SlugHistory.objects.create(article=article, slug="old")

    response = client.get("/late/embed/")
    policy = response["Content-Security-Policy"]
    page = client.get("/late/")
    tags = Tags()
    tags.feed(response.content.decode())
    links = Tags()
    links.feed(page.content.decode())

    assert "X-Frame-Options" not in response
    assert "frame-ancestors *" in policy
    assert "script-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert response["X-Robots-Tag"] == "noindex"
    assert response.cookies == {}
    assert not {tag for tag, _attrs in tags.found} & {"script", "form", "iframe", "style", "b"}
    assert ("base", {"target": "_top"}) in tags.found
    assert [attrs["href"] for tag, attrs in tags.found if tag == "a"] == [
        f"{HOST}/",
        f"{HOST}/late/",
    ]
    assert client.get("/old/embed/")["Location"] == "/late/embed/"
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    (found,) = [
        attrs["href"]
        for tag, attrs in links.found
        if tag == "link" and attrs.get("type") == "application/json+oembed"
    ]
    assert (
        json.loads(client.get(unescape(found).removeprefix(HOST)).content)["title"] == "Late <b>"
    )
