"""The figures of one article at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from blog.reads.models import DailyReads, ReadTotal
from tests.factories import (
    make_article,
    make_author,
    make_burst,
    make_comment,
    make_rating,
    make_staff,
)

pytestmark = pytest.mark.django_db


def test_author_sees_what_became_of_their_article_and_nobody_else_does(
    client, django_assert_max_num_queries
):
    own, other = make_staff("Author"), make_staff("Author")
    article = make_article(title="<b>Tea</b>", authors=[make_author(user=own)])
    address = f"/admin/articles/article/{article.pk}/statistics/"
    make_rating(article=article, stars=5, seconds_taken=40)
    make_rating(article=article, stars=2, seconds_taken=4000)
    make_burst(article=article, votes=3)
    make_comment(article=article)
    make_comment(article=article, status="pending")
    today = timezone.localdate()
    DailyReads.objects.create(article=article, day=today, count=7, finished=5)
    DailyReads.objects.create(article=article, day=today - timedelta(days=40), count=90)
    ReadTotal.objects.create(article=article, week=7, month=7, ever=97)

    assert client.get(address).status_code == 302
    client.force_login(other)
    assert client.get(address).status_code == 404
    client.force_login(own)
    with django_assert_max_num_queries(18):
        page = client.get(address)

    html = " ".join(page.content.decode().split())
    for words in (
        "7 in seven days, 7 in thirty, 97 in all.", "3.5 from 2 votes.", "3 votes are set aside",
        "71 of a hundred came to the end", "Half of the votes came within 40 seconds",
        "<td>7</td>", "<li>Approved: 1</li>", "&lt;b&gt;Tea&lt;/b&gt;",
    ):  # fmt: skip
        assert words in html
    assert "no-store" in page["Cache-Control"]
    editor = client.get(f"/admin/articles/article/{article.pk}/change/")
    assert f'href="{address}"' in editor.content.decode()


def test_article_that_nobody_saw_says_so(client):
    client.force_login(make_staff("Editor"))

    html = client.get(f"/admin/articles/article/{make_article().pk}/statistics/").content.decode()

    for words in ("Nobody has been counted yet.", "No votes yet.", "No comments yet."):
        assert words in html
    assert client.get(f"/admin/articles/article/{10**30}/statistics/").status_code == 404
