"""What is done with one or many articles at the desk: actions, the trash, its list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import Article
from tests.articles.desk import LIST, change_url, form_data, own
from tests.factories import make_article, make_category, make_comment, make_rating

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


@pytest.mark.parametrize(
    ("action", "fields", "state"),
    [
        ("publish", {"status": "draft", "publish_at": None}, "published"),
        ("unpublish", {}, "draft"),
        ("move_to_trash", {}, "trash"),
        ("restore", {"trashed_at": timezone.now()}, "published"),
    ],
)
def test_actions_move_articles(client, editor, action, fields, state):
    articles = [make_article(**fields) for _ in range(3)]
    query = "?state=trash" if action == "restore" else ""

    response = client.post(
        f"{LIST}{query}",
        {"action": action, "_selected_action": [article.pk for article in articles]},
        follow=True,
    )

    assert [str(message) for message in response.context["messages"]] == ["3 articles changed."]
    assert {article.state for article in Article.objects.all()} == {state}
    assert all(article.current_revision.author == editor for article in Article.objects.all())


def test_publishing_from_the_trash_is_refused_in_words(client, editor):
    article = make_article(title="Gone", trashed_at=timezone.now())

    response = client.post(
        f"{LIST}?state=trash", {"action": "publish", "_selected_action": [article.pk]}, follow=True
    )

    assert [str(message) for message in response.context["messages"]] == [
        "“Gone” is in the trash. Restore it first."
    ]


def test_buttons_trash_and_restore_keep_what_was_typed(client, author):
    article = own(author)

    client.post(change_url(article), form_data(article, title="Changed", _trash="1"))
    article.refresh_from_db()
    assert (article.state, article.title) == ("trash", "Changed")

    client.post(change_url(article), form_data(article, _restore="1"))
    article.refresh_from_db()
    assert article.state == "draft"


def test_deleting_needs_the_trash(client, editor):
    article = make_article()

    page = client.post(
        reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"}
    )
    listed = client.post(
        LIST,
        {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"},
        follow=True,
    )

    assert page.status_code == 403
    assert [str(message) for message in listed.context["messages"]] == [
        "Move the articles to the trash first. Only from there they can be deleted."
    ]
    assert Article.objects.exists()


@pytest.mark.parametrize("way", ["page", "action"])
def test_deleting_from_the_trash_takes_comments_and_ratings_along(client, author, way):
    article = own(author)
    make_comment(article=article, parent=make_comment(article=article))
    make_rating(article=article)
    Article.objects.update(trashed_at=timezone.now())
    client.force_login(author)

    if way == "page":
        url = reverse("admin:articles_article_delete", args=[article.pk])
        assert client.get(url).status_code == 200
        client.post(url, {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [article.pk]}
        assert b"Are you sure" in client.post(f"{LIST}?state=trash", data).content
        client.post(f"{LIST}?state=trash", data | {"post": "yes"})

    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"draft", "scheduled", "published", "expired"}),
        ("?state=draft", {"draft"}),
        ("?state=scheduled", {"scheduled"}),
        ("?state=published", {"published"}),
        ("?state=expired", {"expired"}),
        ("?state=trash", {"trash"}),
        ("?state=nonsense", {"draft", "scheduled", "published", "expired"}),
        ("?q=needle", {"draft"}),
    ],
)
def test_list_filters_and_searches(client, editor, query, titles):
    now = timezone.now()
    make_article(title="draft", status="draft", publish_at=None, body="<p>a needle</p>")
    make_article(title="scheduled", publish_at=now + timedelta(days=1))
    make_article(title="published")
    make_article(
        title="expired", publish_at=now - timedelta(days=2), expire_at=now - timedelta(days=1)
    )
    make_article(title="trash", trashed_at=now)

    response = client.get(f"{LIST}{query}")

    articles = response.context["cl"].result_list
    assert {article.title for article in articles} == titles
    assert all(article.state == article.title for article in articles)


def test_list_needs_the_same_number_of_queries_for_many(
    client, editor, django_assert_max_num_queries
):
    for _ in range(10):
        make_article(primary_category=make_category())

    with django_assert_max_num_queries(18):
        client.get(LIST)
