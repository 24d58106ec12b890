"""Questions within a text: asked by a link of the author, answered in the ordinary form, without scripts."""

import pytest
from django.urls import reverse

from blog.comments.models import Comment, Rule
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db
SAME = {"Sec-Fetch-Site": "same-origin"}
BODY = (
    '<p>First. <a href="#ask">Which <em>bridge</em> &amp; road?</a></p>'
    '<p>Then <a href="#ask" rel="noopener">where</a> and <a href="#else">not</a>.</p>'
)


def html_of(client, address):
    return client.get(address).content.decode()


def test_question_is_answered_in_the_form_and_shown_with_both(client):
    Rule.objects.all().delete()
    article = make_article(body_html=BODY)
    home = article.get_absolute_url()
    html = html_of(client, home)
    assert '<a id="ask-1" class="ask" href="?about=1#respond" rel="nofollow">Which <em>' in html
    assert '<a id="ask-2" class="ask" href="?about=2#respond" rel="nofollow">where</a>' in html
    assert 'class="asked"' not in html
    form = html_of(client, f"{home}?about=1")
    assert 'name="about" value="Which bridge &amp; road?"' in form

    data = {"name": "Ana", "email": "ana@example.org"}
    address = reverse("article-comment", args=[article.slug])
    refused = client.post(address, data | {"about": "Which bridge & road?"}, headers=SAME)
    assert refused.status_code == 422
    assert 'name="about" value="Which bridge &amp; road?"' in refused.content.decode()
    data |= {"body": "The old one.", "about": "Which bridge & road?"}
    assert client.post(address, data, headers=SAME).status_code == 303

    html = html_of(client, home)
    assert (
        '<p class="note about">About: <a href="#ask-1">“Which bridge &amp; road?”</a></p>' in html
    )
    assert '</a> <a class="asked" href="#comments">(1 answer)</a></p>' in html
    article.body_html = BODY.replace("road", "rail")
    article.save(update_fields=["body_html"])
    html = html_of(client, home)
    assert '<p class="note about">About: “Which bridge &amp; road?”</p>' in html
    assert 'class="asked"' not in html


@pytest.mark.parametrize("asked", ["0", "3", "-1", "x", "١", "9" * 40, "<b>", ""])
def test_nothing_is_asked_by_what_names_no_question(client, asked):
    article = make_article(body_html=BODY)

    html = client.get(article.get_absolute_url(), {"about": asked}).content.decode()

    assert 'name="about" value' not in html


@pytest.mark.parametrize(
    ("fields", "about"),
    [
        ({"about": "where"}, "where"),
        ({"about": "Buy pills"}, ""),
        ({"about": "where" * 999}, ""),
        ({"about": ""}, ""),
    ],
)
def test_comment_is_about_a_question_of_the_text_alone(client, fields, about):
    article = make_article(body_html=BODY)
    data = {"body": "Here.", "name": "Ana", "email": "ana@example.org"} | fields

    response = client.post(reverse("article-comment", args=[article.slug]), data, headers=SAME)

    assert (response.status_code, Comment.objects.get().about) == (303, about)


def test_closed_comments_leave_a_question_words(client):
    article = make_article(body_html=BODY, comment_policy="closed")
    make_comment(article=article, about="where")

    html = html_of(client, article.get_absolute_url())

    assert '<b id="ask-2" class="ask">where</b> <a class="asked"' in html
    assert "?about=" not in html
