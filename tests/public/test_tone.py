"""What the owner decides about how comments look and who likes them; and a preview before they are sent."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.models import Comment, Like
from blog.public.receipts import receipt_path
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
SAME = {"Sec-Fetch-Site": "same-origin"}


def page_of(client, article):
    return client.get(article.get_absolute_url()).content.decode()


def test_masked_words_are_masked_wherever_readers_see_them_and_stay_stored(
    client, django_capture_on_commit_callbacks
):
    SiteSettings.objects.create(masked_words="darn\nholy cow", seconds_between_comments=0)
    author = make_author(user=make_user())
    article = make_article(authors=[author])
    # A cut of the HTML after 900 characters would leave half of the phrase.
    said = "&" * 178 + " holy cow. Well, darn it. " + "y " * 200
    address = reverse("article-comment", args=[article.slug])
    data = {"body": said, "name": "Ana", "email": "ana@example.org"}
    make_comment(article=article, name="Ana", email="ana@example.org")  # known from now on
    with django_capture_on_commit_callbacks(execute=True):
        receipt = client.post(address, data, headers=SAME)["Location"].replace("#", "&#")
    comment = Comment.objects.get(body=said.strip())
    waiting = make_comment(
        article=article, body="A holy cow waits.", status="pending", visitor=comment.visitor
    )
    Comment.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(days=1))
    addresses = [
        article.get_absolute_url(),
        receipt,
        reverse("me", args=[article.pk]),
        receipt_path(waiting),
        reverse("comment-report", args=[comment.pk]),
        reverse("comments-feed"),
        reverse("recent-comments"),
        reverse("search") + "?q=holy",
        reverse("search") + "?q=well",
    ]

    pages = {address: client.get(address).content.decode() for address in addresses}
    pages["preview"] = client.post(address, data | {"preview": "1"}, headers=SAME).content.decode()
    pages["preview"] = pages["preview"].partition("<textarea")[0]
    pages["mail"] = mail.outbox[-1].body

    for address, html in pages.items():
        assert "h******" in html, address
        assert not [word for word in ("darn", "cow") if word in html], address
    comment.refresh_from_db()
    assert "holy cow" in comment.html


def test_long_comment_is_folded_without_scripts(client):
    site = SiteSettings.objects.create(fold_comments_after=100)
    comment = make_comment(body="word " * 60)
    html = page_of(client, comment.article)
    assert html.count('<details class="rest"><summary>Read more</summary><p>') == 1
    assert html.count("word ") >= 59

    site.fold_comments_after = 0
    site.save()
    assert 'class="rest"' not in page_of(client, comment.article)


def test_owner_decides_about_faces_depth_memory_and_news(client):
    site = SiteSettings.objects.create()
    top = make_comment()
    reply = make_comment(article=top.article, parent=top)
    html = page_of(client, top.article)
    assert html.count('class="initial') == 2
    assert 'name="remember"' in html
    assert "in reply to" not in html
    assert "data-news" not in html

    site.avatars_on = site.remembering_offered = False
    site.thread_depth, site.news_on = 1, True
    site.save()
    html = page_of(client, top.article)
    assert 'class="initial' not in html
    assert 'name="remember"' not in html
    assert f'<a href="#comment-{top.pk}">in reply to {top.name}</a>' in html
    address = reverse("comment-count", args=[top.article_id])
    assert f'data-news="{address}" data-news-script="/static/js/news' in html
    assert 'data-shown="2"' in html
    assert client.get(address).json() == {"count": 2}
    make_comment(article=reply.article)
    assert client.get(address).json() == {"count": 3}
    for state in ({"comment_policy": "off"}, {"comment_policy": "open", "status": "draft"}):
        Article.objects.update(**state)
        assert client.get(address).status_code == 404


def test_guests_like_only_where_they_may(client):
    SiteSettings.objects.create(guests_may_like=False)
    comment = make_comment()
    address = reverse("comment-like", args=[comment.pk])
    assert 'name="like"' not in page_of(client, comment.article)

    response = client.post(address, {"like": "1"}, headers=SAME)

    assert (response.status_code, Like.objects.count()) == (403, 0)
    assert "Sign in to like comments." in response.content.decode()
    client.force_login(make_user())
    assert 'name="like"' in page_of(client, comment.article)
    client.post(address, {"like": "1"}, headers=SAME)
    assert Like.objects.count() == 1


def test_preview_shows_the_comment_and_stores_nothing(client):
    article = make_article()
    address = reverse("article-comment", args=[article.slug])
    data = {"body": "A **bold** <b>", "name": "Ana", "email": "ana@example.org", "preview": "1"}

    response = client.post(address, data, headers=SAME)

    html = response.content.decode()
    assert (response.status_code, Comment.objects.count()) == (200, 0)
    assert "<p>A <strong>bold</strong> &lt;b&gt;</p>" in html
    assert "A **bold** &lt;b&gt;</textarea>" in html
    assert 'value="ana@example.org"' in html
    assert "visitor" not in response.cookies
    assert "no-store" in response["Cache-Control"]
    refused = client.post(address, data | {"email": ""}, headers=SAME)
    assert (refused.status_code, 'id="preview"' in refused.content.decode()) == (422, False)


def test_new_articles_begin_closed_where_the_owner_says_so(client):
    old = make_article()
    SiteSettings.objects.create(articles_start_open=False)
    client.force_login(make_staff("Editor"))

    form = client.get(reverse("admin:articles_article_add")).context["adminform"].form

    assert form["comment_policy"].value() == "closed"
    old.refresh_from_db()
    assert old.comment_policy == "open"
