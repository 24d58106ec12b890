"""What the editor asks the server while somebody writes."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.roles import AUTHOR
from blog.articles.forms import MAX_BODY
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
FIND, MARKDOWN = "admin:articles_article_find", "admin:articles_article_markdown"


@pytest.fixture
def author():
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=AUTHOR))
    return user


def test_articles_are_found_by_the_words_of_their_titles(
    client, author, django_assert_max_num_queries
):
    live = make_article(title="Lights of the harbour")
    make_article(title="Harbour, of another", status="draft")
    own = make_article(title="The HARBOUR, own", status="draft", created_by=author)
    make_article(title="Lights elsewhere")
    client.force_login(author)

    with django_assert_max_num_queries(8):  # with those of the session and the permissions
        found = client.get(reverse(FIND), {"q": "harbour"}).json()["articles"]

    assert found == [
        {"title": own.title, "address": own.get_absolute_url(), "state": "Draft"},
        {"title": live.title, "address": live.get_absolute_url(), "state": ""},
    ]
    both = client.get(reverse(FIND), {"q": " harbour  lights "}).json()["articles"]
    assert [one["title"] for one in both] == [live.title]


def test_markdown_comes_back_as_sanitised_html(client, author):
    client.force_login(author)
    text = "# Head\n\n- one\n- <script>alert(1)</script>[two](javascript:alert(1))"

    answer = client.post(reverse(MARKDOWN), {"text": text})

    assert answer.json() == {
        "html": "<h2>Head</h2>\n<ul><li>one</li><li>[two](javascript:alert(1))</li></ul>"
    }
    assert client.post(reverse(MARKDOWN), {"text": "x" * (MAX_BODY + 1)}).status_code == 413
    assert client.get(reverse(MARKDOWN)).status_code == 405


@pytest.mark.parametrize("is_staff", [True, False])
def test_nobody_else_is_answered(client, is_staff):
    client.force_login(make_user(is_staff=is_staff))
    refusal = 403 if is_staff else 302

    answers = [client.get(reverse(FIND)), client.post(reverse(MARKDOWN), {"text": "x"})]

    assert [answer.status_code for answer in answers] == [refusal, refusal]
