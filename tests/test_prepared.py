"""Queries written once: the same rows as the plain queryset, whatever the values."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.site.prepared import Prepared
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db

PUBLISHED = Prepared(lambda slug, now: Article.objects.published(now).filter(slug=slug))


def test_it_gives_what_the_queryset_gives():
    article = make_article(slug="bridges")
    make_article(slug="ports")

    assert PUBLISHED(slug="bridges", now=timezone.now()) == [article]


def test_the_second_time_other_values_count():
    make_article(slug="bridges")
    ports = make_article(slug="ports")
    PUBLISHED(slug="bridges", now=timezone.now())

    assert PUBLISHED(slug="ports", now=timezone.now()) == [ports]


def test_one_value_may_stand_in_several_places():
    article = make_article(publish_at=timezone.now() - timedelta(days=2))
    article.expire_at = timezone.now() - timedelta(days=1)
    article.save()

    assert PUBLISHED(slug=article.slug, now=timezone.now()) == []
    assert PUBLISHED(slug=article.slug, now=timezone.now() - timedelta(hours=36)) == [article]


def test_a_uuid_is_found_on_either_database():
    of_visitor = Prepared(lambda visitor: Comment.objects.filter(visitor=visitor))
    mine, other = (make_comment(visitor=uuid.uuid4()) for _comment in range(2))

    assert of_visitor(visitor=mine.visitor) == [mine]
    assert of_visitor(visitor=other.visitor) == [other]


def test_a_hostile_value_is_a_value():
    make_article(slug="bridges")

    assert PUBLISHED(slug="' OR 1=1 --", now=timezone.now()) == []


def test_what_select_related_loads_is_there():
    article = make_article()
    with_totals = Prepared(
        lambda pk: Article.objects.filter(pk=pk).select_related("lead_image", "rating_summary")
    )
    with_totals(pk=article.pk)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = with_totals(pk=article.pk)[0]
        assert (found.lead_image, getattr(found, "rating_summary", None)) == (None, None)
    assert len(queries) == 1


def test_tuples_come_as_tuples():
    make_article(slug="bridges", title="Bridges")
    titles = Prepared(lambda slug: Article.objects.filter(slug=slug).values_list("title", "slug"))

    assert titles(slug="bridges") == [("Bridges", "bridges")]


def test_the_answer_is_a_list_of_its_own():
    make_article(slug="bridges")
    first = PUBLISHED(slug="bridges", now=timezone.now())
    first.clear()

    assert len(PUBLISHED(slug="bridges", now=timezone.now())) == 1


def test_a_time_that_is_no_value_would_stand_still():
    frozen = Prepared(lambda slug: Article.objects.published().filter(slug=slug))

    with pytest.raises(ImproperlyConfigured, match="Hand every time"):
        frozen(slug="bridges")


def test_a_value_that_is_never_asked_is_a_mistake():
    forgetful = Prepared(lambda slug, pk: Article.objects.filter(slug=slug))

    with pytest.raises(ImproperlyConfigured, match="does not use"):
        forgetful(slug="bridges", pk=1)


def test_a_query_without_rows_cannot_be_prepared():
    empty = Prepared(lambda slug: Article.objects.none())

    with pytest.raises(ImproperlyConfigured, match="without rows"):
        empty(slug="bridges")
