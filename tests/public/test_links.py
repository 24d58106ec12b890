"""Whatever a page of the site links to is there, and so is the place on it."""

import re
from html import unescape
from urllib.parse import urldefrag, urljoin

import pytest

from blog.articles.models import Series, SeriesPart
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

LINK = re.compile(
    r'<(?:a|h:a|link|iframe|img|source)\b[^>]*?\s(?:href|src)="([^"]*)"|<loc>([^<]*)<'
)
# Served by others, and what each reader has for themselves.
APART = ("/static/", "/accounts/")


@pytest.fixture
def whole_site():
    sea = make_category(slug="sea", parent=make_category(slug="science"))
    author = make_author(slug="ada", bio="Counts.", photo=make_image())
    series = Series.objects.create(title="Tides", slug="tides")
    for number in range(1, 4):
        article = make_article(
            slug=f"late-{number}",
            body='<h2 id="a">A</h2><p>Text</p><h2 id="b">B</h2>',
            toc=[{"level": 2, "id": name, "text": name} for name in "ab"],
            authors=[author, make_author()],
            categories=[sea],
            tags=[make_tag()],
            lead_image=make_image(),
        )
        SeriesPart.objects.create(series=series, article=article, position=number)
        make_comment(article=article)
        make_rating(article=article)
    about = make_page(slug="about")
    for kind in ("contact", "authors", "archives"):
        make_page(slug=kind, kind=kind, parent=about)


def test_every_link_leads_somewhere(client, whole_site):
    waiting = ["/", "/sitemap.xml", "/tags/", "/comments/", "/search/?q=article", "/top-rated/"]
    seen, anchors, wanted = set(waiting), {}, []
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        if response.status_code in {301, 302}:
            targets = [response["Location"]]
        else:
            assert response.status_code == 200, address
            if not response["Content-Type"].startswith(("text/html", "application/xml")):
                response.getvalue()  # read to its end, a picture's file is closed
                continue
            html = response.content.decode()
            anchors[address] = set(re.findall(r'\sid="([^"]+)"', html))
            targets = [unescape(a or b) for a, b in LINK.findall(html)]
        for target in targets:
            path, anchor = urldefrag(urljoin(f"http://testserver{address}", target))
            if not path.startswith("http://testserver/"):
                continue
            path = path.removeprefix("http://testserver")
            if path.startswith(APART):
                continue
            if anchor:
                wanted.append((path, anchor, address))
            if path not in seen:
                seen.add(path)
                waiting.append(path)

    assert len(anchors) > 50
    assert not [found for found in wanted if found[1] not in anchors.get(found[0], {found[1]})]
