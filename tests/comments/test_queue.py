"""The queue as rows: what stands under each tab, page by page, and how little it costs."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from blog.comments.deciding import transition
from blog.comments.models import Comment, Decision, Report, Rule
from blog.comments.queue import MANY, Question, Tab, counts_of, key_of, page_of, rows_by_key
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status


def make_many(count, **fields):
    """Make comments a minute apart, the first of them the oldest; two at a time have the same time."""
    article = fields.pop("article", None) or make_article()
    start = timezone.now() - timedelta(days=3)
    comments = Comment.objects.bulk_create(
        Comment(
            article=article,
            body=f"Comment {n}",
            **{"status": Status.PENDING, "email": f"reader{n % 50}@example.org"} | fields,
        )
        for n in range(count)
    )
    for n, comment in enumerate(comments):
        comment.created_at = start + timedelta(minutes=n // 2)
    Comment.objects.bulk_update(comments, ["created_at"], batch_size=500)
    return comments


def all_pages(question, user, size):
    seen, key = [], ""
    while True:
        page = page_of(question, user, after=key, size=size)
        seen.append([row.comment for row in page.rows])
        key = page.next_key
        if not key:
            return seen


@pytest.mark.parametrize("tab", [Tab.PENDING, Tab.ALL])
def test_pages_show_every_comment_once_in_its_order(tab):
    comments = make_many(7)

    pages = all_pages(Question(tab=tab), make_user(), 3)

    expected = comments if tab.is_oldest_first else comments[::-1]
    assert [comment for page in pages for comment in page] == expected
    assert [len(page) for page in pages] == [3, 3, 1]


def test_previous_page_is_the_one_before():
    user, comments = make_user(), make_many(7)
    third = page_of(Question(), user, after=key_of(comments[5]), size=3)

    second = page_of(Question(), user, before=third.previous_key, size=3)
    first = page_of(Question(), user, before=second.previous_key, size=3)

    assert [row.comment for row in second.rows] == comments[3:6]
    assert [row.comment for row in first.rows] == comments[:3]
    assert (first.previous_key, bool(first.next_key)) == ("", True)


def test_page_after_a_comment_that_was_decided_meanwhile_goes_on_where_it_stood():
    user, comments = make_user(), make_many(4)
    key = key_of(comments[1])
    Comment.objects.filter(pk=comments[1].pk).update(status=Status.SPAM)

    page = page_of(Question(), user, after=key)

    assert [row.comment for row in page.rows] == comments[2:]


@pytest.mark.parametrize("key", ["", "x", "1", "9" * 17 + "-1", "9" * 30 + "-1", "1-" + "9" * 30])
def test_what_is_no_place_is_no_error(key):
    make_many(1)

    assert len(page_of(Question(tab=Tab.ALL), make_user(), after=key).rows) in (0, 1)


def test_each_tab_holds_its_own():
    user, article = make_user(), make_article()
    made = {status: make_comment(article=article, status=status) for status in Status.values}
    mine = make_comment(article=article, user=user)
    reported = make_comment(article=article, report_count=2)

    def under(tab):
        return {row.comment for row in page_of(Question(tab=tab), user).rows}

    assert under(Tab.PENDING) == {made["pending"]}
    assert under(Tab.APPROVED) == {made["approved"], mine, reported}
    assert under(Tab.TRASH) == {made["trash"]}
    assert under(Tab.MINE) == {mine}
    assert under(Tab.REPORTED) == {reported}
    assert made["removed"] not in under(Tab.ALL)
    assert counts_of(user) == {
        "pending": 1, "mine": 1, "reported": 1, "approved": 3, "spam": 1, "trash": 1, "all": 6,
    }  # fmt: skip


def test_question_narrows_by_each_of_its_conditions():
    user, rule = make_user(), Rule.objects.create(name="Links", kind="links", threshold=2)
    wanted = make_comment(
        status=Status.PENDING,
        name="Lena",
        email="lena@example.org",
        body="An aubergine.",
        reason="2 links.",
        rule=rule,
        network_hash="abc",
    )
    make_comment(status=Status.PENDING, email="other@example.org")
    today = timezone.localdate()

    for narrow in (
        {"q": "auberg"},
        {"writer": "lena@example.org"},
        {"writer": "LENA"},
        {"reason": "2 links."},
        {"rule": rule.pk},
        {"article": wanted.article_id},
        {"network": "abc"},
    ):
        rows = page_of(Question(**narrow), user).rows
        assert [row.comment for row in rows] == [wanted], narrow
    for narrow, count in (
        ({"since": today}, 2),
        ({"until": today}, 2),
        ({"since": today + timedelta(days=1)}, 0),
        ({"until": today - timedelta(days=1)}, 0),
    ):
        assert len(page_of(Question(**narrow), user).rows) == count, narrow


def test_question_is_read_back_from_its_address():
    question = Question(tab=Tab.SPAM, q="a b", rule=3, since=date(2026, 5, 1))

    assert question.query() == "tab=spam&q=a+b&rule=3&since=2026-05-01"
    assert question.without("rule") == "tab=spam&q=a+b&since=2026-05-01"


def test_row_says_all_that_a_moderator_weighs():
    user = make_user()
    comment = make_comment(status=Status.APPROVED, email="lena@example.org", report_count=1)
    make_comment(status=Status.SPAM, email="lena@example.org")
    Report.objects.create(comment=comment, user=make_user(), reason="spam")
    Report.objects.create(
        comment=comment, user=make_user(), reason="spam", handled_at=timezone.now()
    )
    transition(comment=comment, to=Status.PENDING, actor=user)
    Decision.objects.create(comment=comment, from_status="pending", to_status="pending")

    (row,) = rows_by_key([comment.pk], Question(tab=Tab.SPAM))

    assert (row.history.approved, row.history.spam, row.history.pending) == (0, 1, 1)
    assert (row.thread.pending_count, len(row.reports), row.fits) == (1, 1, False)
    assert (row.decision.actor, row.decision.to_status) == (user, Status.PENDING)


@pytest.mark.parametrize("count", [10, 2000])
def test_queue_costs_the_same_however_long_it_is(count, django_assert_num_queries):
    user, comments = make_user(), make_many(count)

    with django_assert_num_queries(5):  # comments, histories, counts, reports, decisions
        page_of(Question(), user, after=key_of(comments[count // 2]))
    with django_assert_num_queries(7):  # one for each tab
        assert counts_of(user)[Tab.PENDING] == min(count, MANY + 1)
