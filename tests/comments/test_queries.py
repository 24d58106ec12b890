"""The thread of an article: in order, in one query, and nothing of what is not shown."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.articles.models import Article
from blog.articles.queries import load_authors
from blog.comments.models import Comment
from blog.comments.queries import (
    comments_are_open,
    history_of,
    needs_sign_in,
    thread_counts,
)
from blog.comments.threads import Place, page_of_threads, thread_of
from blog.public.access import get_published_article
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_comment, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status


def reply(parent, **fields):
    return make_comment(article=parent.article, parent=parent, **fields)


def nested(nodes):
    """Write the thread as a template would: each comment, its lists opened and closed."""
    bodies = dict(Comment.objects.values_list("pk", "body"))
    text = ""
    for node in nodes:
        text += ("[" if node.opens else "") + bodies[node.comment.pk] + "]" * len(node.closes)
    return text


@pytest.mark.parametrize("count", [1, 50, 500])
def test_thread_is_one_query_however_long_it_is(count, django_assert_num_queries):
    article = make_article(authors=[make_author(user=make_user())])
    parents = [None]
    for number in range(count):
        parents.append(
            Comment.objects.create(
                article=article,
                parent=parents[number // 2],
                body=str(number),
                status=Status.APPROVED if number % 5 else Status.TRASH,
            )
        )
    page = get_published_article(article.slug)
    load_authors(page)

    with django_assert_num_queries(1):
        nodes = thread_of(page)
        rows = [
            (
                node.comment.pk,
                node.comment.name,
                node.comment.html,
                node.initial,
                node.is_by_author,
            )
            for node in nodes
        ]

    assert len(rows) >= min(count, 50) * 4 // 5


def test_replies_stand_under_what_they_answer_oldest_first():
    first = make_comment(body="a")
    second = make_comment(article=first.article, body="b")
    reply(first, body="a2")
    deeper = reply(first, body="a3")
    reply(deeper, body="a31")
    reply(second, body="b1")

    assert nested(thread_of(first.article)) == "a[a2a3[a31]]b[b1]"


def test_deep_replies_stand_flat_and_name_what_they_answer():
    chain = [make_comment(body="0")]
    for level in range(1, 6):
        chain.append(reply(chain[-1], body=str(level)))

    page = page_of_threads(chain[0].article, levels=3)
    assert page
    nodes = page.nodes

    assert nested(thread_of(chain[0].article)) == "0[1[2[3[45]]]]"
    assert nested(nodes) == "0[1[2345]]"
    assert [node.depth for node in nodes] == [0, 1, 2, 2, 2, 2]
    assert [node.in_reply_to and node.in_reply_to.comment.pk for node in nodes] == [
        *(None, None, None),
        *(comment.pk for comment in chain[2:5]),
    ]


def test_deep_thread_is_read_page_by_page():
    article, parent = make_article(), None
    for _level in range(250):
        parent = Comment.objects.create(
            article=article, parent=parent, body="x", status=Status.APPROVED
        )

    top = Comment.objects.get(parent=None)

    page = page_of_threads(article, place=Place(only=top.pk))
    rest = page_of_threads(article, place=Place(only=top.pk, after=page.next_after))
    assert (len(page.nodes), len(rest.nodes)) == (201, 50)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.APPROVED])
def test_what_is_not_approved_keeps_its_place_and_tells_nothing(status):
    secret = {"name": "Secret", "website": "https://secret.example", "body": "Secret."}
    parent = make_comment(status=status, email="secret@example.org", **secret)
    reply(parent, body="An answer.")
    make_comment(article=parent.article, status=status, body="Nobody answers.")

    place, answer = thread_of(parent.article)

    assert (place.is_shown, answer.is_shown) == (False, True)
    comment = place.comment
    assert (comment.name, comment.website, comment.html, place.initial) == ("", "", "", "–")
    assert comment.email == ""
    assert not {"body", "user_agent", "network_hash"} & set(comment._fields)


def test_place_stays_above_a_whole_branch_that_leads_to_something_shown():
    top = make_comment(status=Status.TRASH)
    middle = reply(top, status=Status.SPAM)
    reply(middle)
    lost = make_comment(article=top.article, status=Status.TRASH)
    reply(lost, status=Status.PENDING)

    assert [node.is_shown for node in thread_of(top.article)] == [False, False, True]


def test_waiting_comment_is_shown_to_its_writer_only():
    live = make_comment()
    waiting = reply(live, status=Status.PENDING)

    assert [node.comment.pk for node in thread_of(live.article)] == [live.pk]
    nodes = thread_of(live.article, extra=waiting)
    assert [(node.comment.pk, node.is_held) for node in nodes] == [
        (live.pk, False),
        (waiting.pk, True),
    ]


def test_comment_that_was_deleted_meanwhile_is_left_out():
    waiting = make_comment(status=Status.PENDING)
    article, pk = waiting.article, waiting.pk
    waiting.delete()
    waiting.pk = pk

    assert thread_of(article, extra=waiting) == []


def test_comments_of_other_articles_stay_there():
    make_comment()

    assert thread_of(make_article()) == []


def test_author_of_the_article_is_marked_and_nobody_else_of_that_name():
    user = make_user()
    article = make_article(authors=[make_author(user=user, name="Nadia"), make_author()])
    make_comment(article=article, user=user)
    make_comment(article=article, name="Nadia")
    make_comment(article=article, user=make_user())

    assert [node.is_by_author for node in thread_of(article)] == [True, False, False]


@pytest.mark.parametrize(
    ("name", "initial"), [("ada", "A"), ("ß", "SS"), ("", "–"), ("😀", "😀"), ("李", "李")]
)
def test_initial_stands_for_the_name(name, initial):
    [node] = thread_of(make_comment(name=name).article)

    assert node.initial == initial


@pytest.mark.parametrize(
    ("fields", "settings", "is_open"),
    [
        ({}, {}, True),
        ({"comment_policy": Article.Policy.CLOSED}, {}, False),
        ({"comment_policy": Article.Policy.OFF}, {}, False),
        ({"status": Article.Status.DRAFT}, {}, False),
        ({}, {"comments_open": False}, False),
        ({}, {"comments_close_after_days": 1}, True),
    ],
)
def test_comments_are_open(fields, settings, is_open):
    assert comments_are_open(make_article(**fields), SiteSettings(**settings)) is is_open


def test_comments_close_some_days_after_publication(time_machine):
    article, site = make_article(), SiteSettings(comments_close_after_days=14)

    for days, is_open in [(13, True), (15, False)]:
        time_machine.move_to(article.publish_at + timedelta(days=days))
        assert comments_are_open(article, site) is is_open


def test_sign_in_is_needed_where_the_owner_says_so():
    site, user = SiteSettings(comment_needs_sign_in=True), make_user()

    assert [needs_sign_in(site, AnonymousUser()), needs_sign_in(site, user)] == [True, False]
    assert not needs_sign_in(SiteSettings(), AnonymousUser())


def test_histories_and_counts_of_a_page_are_one_query_each():
    article = make_article()
    for status in (Status.APPROVED, Status.APPROVED, Status.SPAM, Status.PENDING):
        make_comment(article=article, email="a@example.org", status=status)
    make_comment(article=article, email="")

    with CaptureQueriesContext(connection) as captured:
        histories = history_of({"a@example.org", "", "nobody@example.org"})
        counts = thread_counts({article.pk})

    assert len(captured) == 2
    assert list(histories) == ["a@example.org"]
    history = histories["a@example.org"]
    assert (history.approved, history.spam, history.pending) == (2, 1, 1)
    assert (counts[article.pk].approved_count, counts[article.pk].pending_count) == (3, 1)
