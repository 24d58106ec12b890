"""What authors choose beside the text: the place of the lead picture, scores, sources, hidden blocks."""

import json
import re

import pytest
from django.urls import reverse

from blog.articles.models import Article
from tests.articles.desk import ADD, form_data
from tests.factories import make_article, make_author, make_image, make_staff

pytestmark = pytest.mark.django_db
HIDES = ("lead_image", "share", "authors", "neighbours", "related")


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def page_of(client, article, **fields):
    Article.objects.filter(pk=article.pk).update(**fields)
    return client.get(article.get_absolute_url()).content.decode()


def test_lead_picture_stands_where_the_author_wants_it(client):
    article = make_article(lead_image=make_image(caption="The caption"))

    places = {}
    for placement in Article.LeadPlacement.values:
        html = page_of(client, article, lead_placement=placement)
        assert html.count("The caption") == 1
        marks = {"figure": "<figure", "band": 'class="band opener"', "title": "<h1>"}
        places[placement] = "".join(sorted(marks, key=lambda mark: html.index(marks[mark])))

    assert places == {
        "below": "bandtitlefigure",
        "above": "bandfiguretitle",
        "full": "figurebandtitle",
    }


def test_blocks_can_be_hidden(client):
    make_article()
    article = make_article(lead_image=make_image(caption="The caption"))
    shown = {
        "lead_image": "The caption", "share": 'id="share-title"', "authors": 'id="author-',
        "neighbours": 'class="turn"', "related": 'id="related-title"',
    }  # fmt: skip

    html = page_of(client, article)
    assert [name for name in HIDES if shown[name] not in html] == []
    html = page_of(client, article, **{f"hides_{name}": True for name in HIDES})
    assert [name for name in HIDES if shown[name] in html] == []


def test_review_shows_each_score_and_their_mean(client):
    article = make_article(
        criteria="Sound: 85\nPrice & <value>: 60", reviewed_type="Product", reviewed_name="A radio",
        highlights="It is loud\n\nIt is <red>", sources="The maker https://example.org/radio",
        via="http://www.example.net/x",
    )  # fmt: skip

    for style, total, first in (
        ("stars", "3.6", "4.3"),
        ("percent", "73 %", "85 %"),
        ("points", "7.3", "8.5"),
    ):
        html = page_of(client, article, criteria_style=style)
        assert f"<b>{total}</b>" in html
        assert f"<td>{first}</td>" in html
    for words in (
        "Price &amp; &lt;value&gt;</th>", "Total score", ">A radio</h2>", "<li>It is &lt;red&gt;</li>",
        '<a href="https://example.org/radio" rel="nofollow noopener">The maker</a>', ">example.net</a>",
    ):  # fmt: skip
        assert words in html
    graph = json.loads(re.search(r"ld\+json[^>]*>(.*?)</script>", html, re.S)[1])["@graph"]
    (radio,) = [thing for thing in graph if thing["@type"] == "Product"]
    assert radio["review"]["reviewRating"]["ratingValue"] == "73"
    assert "aggregateRating" not in radio
    assert "Sound" not in page_of(client, article, review_position="off")
    assert "Sound" in page_of(client, article, review_position="top", rating_policy="off")


def test_form_says_what_is_wrong_in_a_line(client):
    user = make_staff("Editor")
    make_author(user=user)
    client.force_login(user)
    for fields, error in (
        ({"criteria": "Sound"}, "“Sound”: write a name, a colon and a number from 0 to 100."),
        ({"criteria": "Sound: 101"}, "a number from 0 to 100."),
        ({"criteria": "Sound: ٣"}, "a number from 0 to 100."),
        ({"sources": "A name javascript:alert(1)"}, "write a name, then an address"),
        ({"via": "https://[1"}, "write a name, then an address"),
        ({"highlights": "x\n" * 13}, "At most 12 lines."),
        ({"highlights": "x" * 201}, "At most 200 letters in a line"),
        ({"reviewed_type": "Book"}, "What is it called that you review?"),
        ({"lead_placement": "nowhere"}, "not one of the available choices"),
    ):
        errors = client.post(ADD, form_data(**fields)).context["adminform"].form.errors
        (sentences,) = errors.values()
        assert error in " ".join(sentences)

    fields = {"criteria": "Sound: 85", "hides_share": "on", "criteria_style": "points"}
    assert client.post(ADD, form_data(**fields)).status_code == 302
    article = Article.objects.get()
    assert (article.score, article.hides_share, article.criteria_style) == (85, True, "points")
    assert article.current_revision.data["criteria"] == "Sound: 85"
    page = client.get(reverse("admin:articles_article_change", args=[article.pk]))
    assert "Sound: 85</textarea>" in page.content.decode()
