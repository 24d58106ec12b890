"""Pages of threads: every thread on one page, in each order, whatever stands in it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.articles.queries import load_authors
from blog.comments.models import Comment
from blog.comments.thread_rows import REPLIES_ALONE, REPLIES_SHOWN
from blog.comments.threads import (
    ORDERS,
    Place,
    page_of_threads,
    place_before,
    place_of,
    place_of_number,
)
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db
Status = Comment.Status


def make_threads(article, count, *, replies=1):
    """Make threads a minute apart, each with replies: equal likes in threes, the fourth one pinned."""
    now = timezone.now()
    tops = Comment.objects.bulk_create(
        Comment(
            article=article,
            body=str(number),
            name="Marta",
            status=Status.APPROVED,
            like_count=number // 3 % 4,
            is_pinned=number == 3,
        )
        for number in range(count)
    )
    for number, top in enumerate(tops):
        Comment.objects.filter(pk=top.pk).update(created_at=now + timedelta(minutes=number))
    Comment.objects.bulk_create(
        Comment(article=article, parent=top, body="reply", status=Status.APPROVED)
        for top in tops
        for _ in range(replies)
    )
    return tops


def make_plain(article, count, **fields):
    return Comment.objects.bulk_create(
        Comment(article=article, body="x", status=Status.APPROVED, **fields) for _ in range(count)
    )


def tops_of(page):
    return [node.comment.pk for node in page.nodes if node.depth == 0]


def pages_in(article, order, per_page):
    after = 0
    while True:
        page = page_of_threads(article, place=Place(order, after), per_page=per_page)
        yield page
        if not page.next_after:
            return
        after = page.next_after


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("count", [1, 5, 6, 10, 23])
def test_every_thread_stands_on_one_page_in_order(order, count):
    article = make_article()
    make_threads(article, count)
    found = [pk for page in pages_in(article, order, 5) for pk in tops_of(page)]

    assert found == list(
        Comment.objects.filter(parent=None).order_by(*ORDERS[order]).values_list("pk", flat=True)
    )


def test_a_page_has_the_replies_of_its_threads():
    article = make_article()
    make_threads(article, 7, replies=2)

    assert [len(page.nodes) for page in pages_in(article, "oldest", 5)] == [15, 6]


def test_a_page_past_the_end_is_none():
    article = make_article()
    last = make_threads(article, 2)[-1]

    assert page_of_threads(article, place=Place(after=last.pk)) is None
    assert page_of_threads(article, place=Place(after=999_999)) is None
    assert page_of_threads(article, place=Place(only=999_999)) is None


def test_a_thread_of_another_article_is_no_place():
    other = make_comment()

    assert page_of_threads(make_article(), place=Place(after=other.pk)) is None
    assert page_of_threads(make_article(), place=Place(only=other.pk)) is None


@pytest.mark.parametrize("order", ORDERS)
def test_the_place_of_a_comment_is_a_page_that_holds_it(order):
    article = make_article()
    make_threads(article, 17, replies=1)
    for comment in Comment.objects.select_related("root"):
        place = place_of(comment, order=order, per_page=5)
        page = page_of_threads(article, place=place, per_page=5)

        assert comment.pk in {node.comment.pk for node in page.nodes}


def test_a_waiting_reply_is_shown_to_its_writer_on_the_first_page():
    article = make_article()
    tops = make_threads(article, 12)
    waiting = make_comment(article=article, parent=tops[-1], status=Status.PENDING)
    waiting.refresh_from_db()
    page = page_of_threads(article, per_page=5, extra=waiting)

    assert tops_of(page)[-1] == tops[-1].pk
    assert waiting.pk in {node.comment.pk for node in page.nodes}
    assert page.next_after == page_of_threads(article, per_page=5).next_after


def test_one_thread_alone():
    article = make_article()
    top = make_threads(article, 3, replies=2)[1]

    page = page_of_threads(article, place=Place(only=top.pk))
    assert [node.comment.pk for node in page.nodes if node.depth == 0] == [top.pk]
    assert len(page.nodes) == 3


def test_a_closed_thread_says_so_on_every_reply():
    top = make_comment(is_closed=True)
    make_comment(article=top.article, parent=top)
    make_comment(article=top.article)

    page = page_of_threads(top.article)
    assert [node.is_closed for node in page.nodes] == [True, True, False]


@pytest.mark.parametrize("count", [10, 1_000])
def test_page_of_many_threads_is_one_query_and_bounded(count):
    article = make_article()
    make_plain(article, count)
    load_authors(article)

    with CaptureQueriesContext(connection) as queries:
        page = page_of_threads(article)

    assert (len(queries), len(page.nodes), bool(page.next_after)) == (
        1,
        min(count, 50),
        count > 50,
    )


@pytest.mark.parametrize("count", [10, 1_000])
def test_page_of_a_thread_with_many_replies_is_one_query_and_bounded(count):
    article = make_article()
    [top] = make_plain(article, 1)
    make_plain(article, count, parent=top)
    other = make_comment(article=article)
    load_authors(article)

    with CaptureQueriesContext(connection) as queries:
        page = page_of_threads(article)
    with CaptureQueriesContext(connection) as queries_alone:
        alone = page_of_threads(article, place=Place(only=top.pk))

    assert (len(queries), len(queries_alone)) == (1, 1)
    assert tops_of(page) == [top.pk, other.pk]
    assert len(page.nodes) == 2 + min(count, REPLIES_SHOWN)
    assert [node.is_cut for node in page.nodes if node.depth == 0] == [count > 30, False]
    assert len(alone.nodes) == 1 + min(count, REPLIES_ALONE)


def test_every_reply_stands_on_one_page_of_its_thread_and_has_a_place():
    article = make_article()
    [top] = make_plain(article, 1)
    replies = make_plain(article, 2 * REPLIES_ALONE + 1, parent=top)
    late = make_comment(article=article, parent=replies[3])

    found, places = [], [Place(only=top.pk)]
    while page := page_of_threads(article, place=places[-1]):
        found += [node.comment.pk for node in page.nodes[1:]]
        if len(places) > 1:
            assert place_before(article, places[-1], page.first, per_page=50) == places[-2]
        if not page.next_after:
            break
        places.append(Place(only=top.pk, after=page.next_after))

    assert found == [reply.pk for reply in (*replies, late)]
    assert page.nodes[-1].in_reply_to.comment.pk == replies[3].pk
    for pk, after in [
        (replies[29].pk, None),
        (replies[30].pk, 0),
        (replies[199].pk, 0),
        (replies[200].pk, replies[199].pk),
        (late.pk, replies[399].pk),
    ]:
        reply = Comment.objects.select_related("root").get(pk=pk)
        expected = Place() if after is None else Place(only=top.pk, after=after)
        assert place_of(reply, order="oldest", per_page=50) == expected


@pytest.mark.parametrize("order", ORDERS)
def test_pages_lead_back_the_way_they_lead_on(order):
    article = make_article()
    make_threads(article, 17, replies=0)
    places = [Place(order)]
    while after := page_of_threads(article, place=places[-1], per_page=5).next_after:
        places.append(Place(order, after))

    assert len(places) == 4
    for number, place in enumerate(places):
        page = page_of_threads(article, place=place, per_page=5)
        assert place_of_number(article, number + 1, order=order, per_page=5) == place
        if number:
            before = place_before(article, place, page.first, per_page=5)
            assert before == places[number - 1]
    assert place_of_number(article, 5, order=order, per_page=5) is None


def test_thread_in_which_nothing_is_shown_takes_no_room():
    article = make_article()
    for _ in range(5):
        binned = make_comment(article=article, status=Status.SPAM)
        make_comment(article=article, parent=binned, status=Status.SPAM)
    shown = [make_comment(article=article).pk for _ in range(5)]

    page = page_of_threads(article, per_page=5)
    assert (tops_of(page), page.next_after) == (shown, 0)


@pytest.mark.parametrize("number", [2, 4, 5, 11])
def test_published_thread_is_shown_to_its_writer_on_the_first_page(number):
    article = make_article()
    tops = make_plain(article, 12)
    own = tops[number]

    page = page_of_threads(article, per_page=5, extra=own)

    assert tops_of(page) == [top.pk for top in tops if top in tops[:5] or top == own]
    assert page.next_after == tops[4].pk


def test_waiting_thread_does_not_push_another_off_the_page():
    article = make_article()
    tops = make_threads(article, 5, replies=0)
    waiting = make_comment(article=article, status=Status.PENDING)

    page = page_of_threads(article, per_page=5, extra=waiting)

    assert sorted(tops_of(page)) == sorted([*(top.pk for top in tops), waiting.pk])
    assert page.next_after == 0


def test_the_database_knows_the_thread_of_every_reply():
    top = make_comment()
    reply = make_comment(article=top.article, parent=top)
    deeper = Comment.objects.create(article=top.article, parent=reply, body="x")
    lone = make_comment(article=top.article)
    Comment.objects.filter(pk=lone.pk).update(parent=deeper)
    Comment.objects.filter(pk=deeper.pk).update(root=None)  # it cannot be told otherwise

    assert dict(Comment.objects.values_list("pk", "root")) == {
        top.pk: None,
        reply.pk: top.pk,
        deeper.pk: top.pk,
        lone.pk: top.pk,
    }
