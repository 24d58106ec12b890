"""“Did you mean” knows the words of the articles that everybody may read, and no others."""

import pytest

from blog.articles.models import Article
from blog.search.query import parse
from blog.search.spelling import did_you_mean
from tests.factories import make_article, make_tag

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("travle", "travel"),
        ("trvel coffee", "travel coffee"),
        ("lysbon", "lisbon"),
        ("cofee -travel", "coffee"),
        ("travels", ""),  # known, in another form
        ("xyzzy", ""),
        ("secert", ""),  # only in a draft
        ("abc", ""),
        ("travle category:x", ""),
        ("", ""),
    ],
)
def test_near_words_are_proposed(text, better):
    make_article(title="Travel and coffee", tags=[make_tag(name="Lisbon")])
    make_article(title="Secret", status=Article.Status.DRAFT)

    assert did_you_mean(parse(text)) == better


def test_the_page_offers_the_better_words(client):
    make_article(title="Travel")

    response = client.get("/search/?q=travle")

    assert response.context["better_address"] == "/search/?q=travel"
    assert '<a href="/search/?q=travel">travel</a>' in response.content.decode()
