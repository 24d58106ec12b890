"""Who may read an article, as authors choose it at the desk."""

import json

import pytest
from django.contrib.auth.hashers import check_password
from django.urls import reverse

from blog.articles.models import Article, Revision
from blog.articles.services import set_sticky
from tests.articles.desk import ADD, form_data
from tests.factories import make_article, make_author, make_staff

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


@pytest.fixture(autouse=True)
def editor(client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = make_staff("Editor")
    make_author(user=user)
    client.force_login(user)
    return user


def send(client, article, **fields):
    url = reverse("admin:articles_article_change", args=[article.pk])
    response = client.post(url, form_data(Article.objects.get(pk=article.pk), **fields))
    assert response.status_code == 302, response.context["adminform"].form.errors
    return Article.objects.get(pk=article.pk)


def test_password_is_asked_for_hashed_and_kept_nowhere_else(client):
    for fields, refused in (
        ({"access": "password"}, "new_password"),
        ({"access": "password", "new_password": "abc"}, "new_password"),
        ({"access": "open", "new_password": "tea and toast"}, "access"),
        ({"access": "private", "is_sticky": "on"}, "is_sticky"),
        ({"access": "nobody"}, "access"),
    ):
        response = client.post(ADD, form_data(**fields))
        assert [*response.context["adminform"].form.errors] == [refused]
    key = "c" * 32
    typed = form_data(access="password", new_password="tea and toast", editing_session=key)
    assert client.post(f"{LIST}autosave/", typed).status_code == 200
    assert client.post(ADD, typed | {"status": "published"}).status_code == 302

    article = Article.objects.get()
    assert check_password("tea and toast", article.password_hash)
    kept = json.dumps([*Revision.objects.values_list("data", flat=True)])
    assert (Revision.objects.count(), "tea and toast" in kept) == (1, False)
    page = client.get(reverse("admin:articles_article_change", args=[article.pk]))
    assert article.password_hash not in page.content.decode()


def test_readers_need_the_new_password_once_it_is_published(client):
    client.post(ADD, form_data(status="published", access="password", new_password="first one"))
    article = Article.objects.get()

    article = send(client, article, access="password", new_password="second one", title="Drafted")
    article = send(client, article, access="password", title="Drafted twice")
    assert check_password("first one", article.password_hash)
    article = send(client, article, access="password", title="Out", _publish="1")
    assert (article.title, article.draft_revision) == ("Out", None)
    assert check_password("second one", article.password_hash)
    history = f"{LIST}{article.pk}/compare/?before=1&after={article.version}"
    page = client.get(history)
    assert (page.status_code, "a password" in page.content.decode()) == (200, True)
    assert article.password_hash not in page.content.decode()

    article = send(client, article, access="private", _publish="1")
    assert (article.access, article.password_hash) == ("private", "")
    assert not Article.objects.published().exists()
    assert client.get(LIST, {"access": "private"}).context["cl"].result_count == 1


def test_sticky_is_refused_or_given_up_where_not_everybody_may_read(client, editor):
    article = make_article(access="private")
    with pytest.raises(Exception, match="cannot be sticky"):
        set_sticky(article=article, editor=editor, is_sticky=True)
    response = client.post(
        f"{LIST}{article.pk}/quick/",
        {"title": "T", "slug": "t", "is_sticky": "on", "opened_version": article.version},
    )
    assert "Only what everybody may read can be sticky." in response.content.decode()

    sticky = make_article(is_sticky=True)
    sticky = send(client, sticky, access="private", _publish="1")
    assert (sticky.access, sticky.is_sticky) == ("private", False)
