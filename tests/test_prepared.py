"""Queries written once: the same rows as the plain queryset, whatever the values."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection
from django.db.models import F
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.prepared import Prepared, PreparedInsert, PreparedUpdate
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


def test_kept_models_are_made_anew_when_the_rows_change():
    article = make_article(title="Bridges")
    of_slug = Prepared(lambda slug: Article.objects.filter(slug=slug), keeps=True)
    (first,) = of_slug(slug=article.slug)

    assert of_slug(slug=article.slug)[0] is first
    Article.objects.update(title="Ports")
    assert [found.title for found in of_slug(slug=article.slug)] == ["Ports"]


def test_remembered_rows_give_models_of_their_own_and_changed_ones_others():
    articles = [make_article(title=title) for title in ("Bridges", "Songs")]
    remembered: dict = {}
    queries = [
        Prepared(
            lambda **keys: Article.objects.filter(pk__in=list(keys.values())).order_by("pk"),
            remembers=remembered,
        )
        for _ in articles
    ]
    one, two = (query(a=articles[0].pk, b=articles[1].pk) for query in queries)

    assert one == two == articles
    assert [row.fetched for row in one] == [row.fetched for row in two] == list(remembered)
    one[0].title = "Nobody else's"
    Article.objects.filter(pk=articles[1].pk).update(title="Hymns")
    found = queries[0](a=articles[0].pk, b=articles[1].pk)
    assert [row.title for row in found] == ["Bridges", "Hymns"]
    assert found[1].fetched != two[1].fetched


def test_insert_stores_what_save_does():
    saved = make_comment(
        visitor=uuid.uuid4(),
        status="approved",
        signals=[["links", 2]],
        score=0.5,
        edited_at=timezone.now(),
        is_question=True,
    )
    plain = {
        field.attname: getattr(saved, field.attname) for field in Comment._meta.concrete_fields
    }
    comment = Comment(**plain | {"id": None})

    PreparedInsert(Comment)(comment)

    stored = Comment.objects.get(pk=comment.pk)
    assert model_to_dict(stored, exclude=["id"]) == model_to_dict(saved, exclude=["id"])
    assert (stored.visitor, stored.html, stored.signals, stored.score) == (
        saved.visitor,
        saved.html,
        saved.signals,
        saved.score,
    )
    assert stored.edited_at == saved.edited_at
    assert (stored.created_at, stored._state.adding) == (comment.created_at, False)


def test_update_is_filled_in_anew_each_time():
    comments = [make_comment() for _comment in range(2)]
    one_more = PreparedUpdate(
        lambda pk: Comment.objects.filter(pk=pk), like_count=F("like_count") + 1
    )

    assert [one_more(pk=pk) for pk in (comments[0].pk, comments[0].pk, comments[1].pk, 0)] == [
        1,
        1,
        1,
        0,
    ]
    assert list(Comment.objects.order_by("pk").values_list("like_count", flat=True)) == [2, 1]


def test_what_is_stored_apart_may_fail():
    article = make_article()
    task = DBTaskResult(args_kwargs={}, priority=1_000, run_after=get_date_max())

    with pytest.raises(IntegrityError):
        PreparedInsert(DBTaskResult)(task, apart=True)

    assert Article.objects.get() == article


def test_plan_is_made_anew_after_many_uses(monkeypatch):
    monkeypatch.setattr("blog.prepared.MOST_USES", 2)
    by_slug = Prepared(lambda slug: Article.objects.filter(slug=slug))
    article = make_article(slug="bridges")

    assert [by_slug(slug="bridges") for _time in range(7)] == [[article]] * 7


@pytest.mark.django_db(transaction=True)
def test_lost_connection_is_opened_again():
    article = make_article(slug="bridges")
    PUBLISHED(slug="bridges", now=timezone.now())

    connection.close()

    assert PUBLISHED(slug="bridges", now=timezone.now()) == [article]
    make_comment(article=article)
    PreparedInsert(Comment)(Comment(article=article, body="Again."))
    assert Comment.objects.count() == 2


def test_nothing_is_kept_where_connections_are_handed_round(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    by_slug = Prepared(lambda slug: Article.objects.filter(slug=slug))
    article = make_article(slug="bridges")

    assert [by_slug(slug="bridges") for _time in range(2)] == [[article]] * 2
    [plan] = by_slug.plans.values()
    assert plan.short_sql == ""


@pytest.mark.parametrize("options", [{"flat": True}, {}], ids=["flat", "tuples"])
def test_values_come_as_the_queryset_gives_them(options):
    expected = make_article(expire_at=timezone.now() + timedelta(days=1)).expire_at
    times = Prepared(
        lambda now: Article.objects.filter(expire_at__gt=now).values_list("expire_at", **options)
    )

    for _time in range(2):
        assert times(now=timezone.now()) == [expected if options else (expected,)]


def test_a_slice_is_handed_over_too():
    articles = [make_article() for _article in range(5)]
    all_of_them = Prepared(lambda: Article.objects.order_by("pk").values_list("pk"), sliced=True)

    for start in (0, 2, 4):
        wanted = [(article.pk,) for article in articles[start : start + 2]]
        assert all_of_them(limit=2, offset=start) == wanted
    number = Prepared(lambda: Article.objects.values_list("pk"), counts=True)
    assert [number(limit=limit) for limit in (3, 5, 9)] == [[(3,)], [(5,)], [(5,)]]
