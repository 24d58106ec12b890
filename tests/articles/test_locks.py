"""Terms change in the moment in which an article with them is saved."""

from threading import Event

import pytest
from django.db import connection, transaction

from blog.articles import places
from blog.articles.bylines import delete_author
from blog.articles.models import Article, Place, Tag
from blog.articles.services import save_article
from blog.articles.terms import get_or_create_tag, merge_tags, place_category
from tests.factories import make_article, make_author, make_category, make_tag


@pytest.fixture
def meanwhile(at_once):
    """Change something in the middle of saving an article: once it waits for a lock, or has come through."""

    def run(article, save, change):
        is_begun, is_changed = Event(), Event()

        def saving():
            with transaction.atomic(), connection.cursor() as cursor:
                steps = save(Article.objects.select_for_update().get(pk=article.pk))
                next(steps)
                is_begun.set()
                while connection.vendor == "postgresql" and not is_changed.wait(0.01):
                    cursor.execute(
                        "SELECT pg_stat_clear_snapshot()"
                    )  # else it sees what it saw first
                    cursor.execute(
                        "SELECT 1 FROM pg_stat_activity"
                        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    )
                    if cursor.fetchone():
                        break
                next(steps, None)

        def changing():
            is_begun.wait(10)
            try:
                change()
            finally:
                is_changed.set()

        at_once([saving, changing])

    return run


def saving_with(**terms):
    """Return the steps of a save with these: before it, and after it."""

    def save(row):
        yield
        save_article(article=row, editor=None, **terms)

    return save


def test_category_moves_while_an_article_in_it_gets_another_one(meanwhile):
    """The article was locked here and the categories there, and each waited for the other."""
    moving, other = make_category(), make_category()
    moving.parent = make_category()
    article = make_article(categories=[moving])

    move = transaction.atomic(place_category)  # the desk has a transaction around it
    meanwhile(article, saving_with(categories=[moving, other]), lambda: move(category=moving))

    assert set(Place.objects.filter(article=article).values_list("name", flat=True)) >= {
        f"category:{each.pk}" for each in (moving, moving.parent, other)
    }
    assert places.drift() == []


def test_category_moves_while_an_article_comes_into_it(meanwhile):
    moving, other = make_category(), make_category()
    moving.parent = make_category()
    inner = make_category(parent=moving)
    article = make_article(categories=[other])

    def save(row):
        save_article(article=row, editor=None, categories=[other, inner])
        yield

    meanwhile(article, save, lambda: place_category(category=moving))

    assert places.drift() == []
    assert Place.objects.filter(article=article, name=f"category:{moving.parent.pk}").exists()


def test_category_moves_while_an_article_in_it_is_published(meanwhile):
    moving = make_category()
    moving.parent = make_category()
    article = make_article(status=Article.Status.DRAFT, categories=[moving])

    def publish(row):
        Article.objects.filter(pk=row.pk).update(status=Article.Status.PUBLISHED)
        yield

    meanwhile(article, publish, lambda: place_category(category=moving))

    assert Place.objects.filter(article=article, name=f"category:{moving.parent.pk}").exists()


def test_tags_are_merged_while_an_article_gets_the_other_one(meanwhile):
    going, kept = make_tag(), make_tag()
    article = make_article(tags=[going])

    meanwhile(
        article,
        saving_with(tags=[going, kept]),
        lambda: merge_tags(tags=[going], into=kept, actor=None),
    )

    assert list(article.tags.all()) == [kept]
    assert places.drift() == []


def test_a_new_tag_is_named_by_two_at_once(meanwhile):
    tags = []

    def save(row):
        tags.append(get_or_create_tag(name="Gravel"))
        yield

    meanwhile(make_article(), save, lambda: tags.append(get_or_create_tag(name="gravel")))

    assert [tag.name for tag in tags] == ["Gravel", "Gravel"]
    assert Tag.objects.count() == 1


def test_author_is_deleted_while_an_article_gets_the_heir(meanwhile):
    author, heir = make_author(), make_author()
    article = make_article(authors=[author])

    meanwhile(
        article,
        saving_with(authors=[author, heir]),
        lambda: delete_author(author=author, heir=heir),
    )

    assert list(article.authors.all()) == [heir]
    assert places.drift() == []
