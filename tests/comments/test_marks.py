"""Pinned, closed, a question and its answer: set under the lock, logged, and only on what is shown."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.marks import MARKS, choose_answer, close_comments_at, mark_comment
from blog.comments.models import Comment, Thread
from blog.comments.services import Closed, post_comment
from blog.comments.threads import thread_of
from blog.comments.writers import Writer
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
Status = Comment.Status


def reply(parent, **fields):
    return make_comment(article=parent.article, parent=parent, **fields)


@pytest.mark.parametrize(
    ("set_it", "take_it"),
    [
        ("pin", "unpin"),
        ("feature", "unfeature"),
        ("close", "open"),
        ("question", "no-question"),
    ],
)
def test_mark_is_set_once_taken_once_and_logged(set_it, take_it):
    comment, user = make_comment(), make_user()
    field = MARKS[set_it][0]

    for mark, value in [(set_it, True), (take_it, False)]:
        done = [mark_comment(comment=comment, mark=mark, actor=user) for _ in range(2)]
        comment.refresh_from_db()
        assert (done, getattr(comment, field)) == ([True, False], value)

    log = comment.decisions.order_by("pk")
    assert [(entry.actor, entry.reason) for entry in log] == [
        (user, MARKS[mark][2]) for mark in (set_it, take_it)
    ]


@pytest.mark.parametrize("status", [status for status in Status if status != Status.APPROVED])
def test_what_is_not_shown_takes_no_mark(status):
    comment = make_comment(status=status)

    assert not any(mark_comment(comment=comment, mark=mark, actor=make_user()) for mark in MARKS)
    assert not comment.decisions.exists()


def test_replies_are_not_pinned():
    assert not mark_comment(comment=reply(make_comment()), mark="pin", actor=make_user())


def test_question_has_one_answer_the_last_that_was_chosen():
    question, user = make_comment(is_question=True), make_user()
    first, second = reply(question), reply(reply(question))

    assert [choose_answer(reply=first, is_answer=True, actor=user) for _ in range(2)] == [
        True,
        False,
    ]
    second.refresh_from_db()
    assert choose_answer(reply=second, is_answer=True, actor=user)
    question.refresh_from_db()
    assert question.answer == second
    second.refresh_from_db()
    assert choose_answer(reply=second, is_answer=False, actor=user)
    question.refresh_from_db()
    assert question.answer is None


def test_nearest_question_above_is_the_one_that_is_answered():
    outer = make_comment(is_question=True)
    inner = reply(outer, is_question=True)
    answer = reply(inner)

    choose_answer(reply=answer, is_answer=True, actor=make_user())

    inner.refresh_from_db()
    outer.refresh_from_db()
    assert (inner.answer, outer.answer) == (answer, None)


@pytest.mark.parametrize("is_reply", [True, False])
def test_there_is_no_answer_without_a_question(is_reply):
    comment = make_comment()
    comment = reply(comment) if is_reply else comment

    assert not choose_answer(reply=comment, is_answer=True, actor=make_user())


def test_no_question_has_no_answer():
    question = make_comment(is_question=True)
    Comment.objects.filter(pk=question.pk).update(answer=reply(question))

    mark_comment(comment=question, mark="no-question", actor=make_user())

    question.refresh_from_db()
    assert question.answer is None


def test_answer_that_is_taken_away_is_none_for_readers():
    question = make_comment(is_question=True)
    answer = reply(question)
    other = reply(question)
    choose_answer(reply=answer, is_answer=True, actor=make_user())

    nodes = {node.comment.pk: node for node in thread_of(question.article)}
    assert nodes[question.pk].comment.answer_id == answer.pk
    assert nodes[other.pk].question.pk == question.pk

    Comment.objects.filter(pk=answer.pk).update(status=Status.TRASH)
    nodes = {node.comment.pk: node for node in thread_of(question.article)}
    assert sorted(nodes) == [question.pk, other.pk]


def test_article_closes_at_a_time_and_opens_again():
    article, at = make_article(), timezone.now() + timedelta(days=3)

    for time in (at, None):
        close_comments_at(article=article, at=time)
        assert Thread.objects.get(article=article).closes_at == time


def test_comment_on_its_way_finds_the_article_closed():
    article = make_article()
    close_comments_at(article=article, at=timezone.now())
    as_it_was_read = Article.objects.get(pk=article.pk)

    with pytest.raises(Closed):
        post_comment(
            article=as_it_was_read,
            writer=Writer(visitor=uuid.uuid4(), name="Lena", email="lena@example.org"),
            body="Wait!",
            site=SiteSettings(),
        )

    assert not article.comments.exists()
