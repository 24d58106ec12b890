"""Pins, closed threads and articles, questions and answers through the pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog.comments.following import follow, followers_of
from blog.comments.models import Comment, Subscription, Thread
from tests.factories import make_article, make_author, make_comment, make_staff, make_user
from tests.public.test_article_page import html_of

pytestmark = pytest.mark.django_db
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def moderator() -> Client:
    client = Client()
    client.force_login(make_staff("Moderator"))
    return client


def mark(client: Client, comment: Comment, word: str, headers: dict[str, str] = SAME):
    return client.post(f"/comments/{comment.pk}/mark/", {"mark": word}, headers=headers)


def test_moderator_pins_a_thread_where_it_stands(moderator, client):
    article = make_article()
    first, second = make_comment(article=article), make_comment(article=article)
    assert 'name="mark" value="pin"' in html_of(moderator, article)

    response = mark(moderator, second, "pin")

    assert (response.status_code, response["Location"]) == (303, second.get_absolute_url())
    html = html_of(client, article)
    assert html.index(f'id="comment-{second.pk}"') < html.index(f'id="comment-{first.pk}"')
    assert "Pinned" in html
    assert 'name="mark"' not in html
    answer = make_comment(article=article, parent=second)
    mark(moderator, answer, "feature")  # a reply can be, too, and stays where it is
    html = html_of(client, article)
    assert f'class="comment featured" id="comment-{answer.pk}"' in html
    assert html.count('class="badge">Featured<') == 1


def test_question_is_asked_shown_and_answered(moderator, client):
    article = make_article()
    form = {"body": "Who keeps it?", "name": "Lena", "email": "lena@example.org", "question": "on"}
    client.post(f"{article.get_absolute_url()}comments/", form)
    question = Comment.objects.get()
    assert question.is_question
    Comment.objects.update(status="approved")
    answer = make_comment(article=article, parent=question, name="Marta")
    assert "Question, not answered yet" in html_of(client, article)

    assert 'value="answer"' in html_of(moderator, article)
    mark(moderator, answer, "answer")

    html = html_of(client, article)
    assert f'href="{answer.get_absolute_url()}">Answered</a>' in html
    assert "The answer" in html
    assert "not answered yet" not in html


def test_author_of_the_article_chooses_the_answer():
    user, client = make_user(), Client()
    client.force_login(user)
    article = make_article(authors=[make_author(user=user)])
    question = make_comment(article=article, is_question=True)
    answer = make_comment(article=article, parent=question)

    mark(client, answer, "answer")

    question.refresh_from_db()
    assert question.answer == answer


@pytest.mark.parametrize("word", ["pin", "close", "question", "answer", "no-answer"])
def test_nobody_else_sets_marks(client, word):
    question = make_comment(is_question=True)
    answer = make_comment(article=question.article, parent=question)
    reader = Client()
    reader.force_login(make_user())

    answers = [mark(one, answer, word).status_code for one in (client, reader)]
    hidden = make_comment(status="pending")

    assert [*answers, mark(reader, hidden, word).status_code] == [403] * 3
    question.refresh_from_db()
    answer.refresh_from_db()
    assert (question.answer, answer.is_pinned, answer.is_closed, answer.is_question) == (
        None,
        False,
        False,
        False,
    )


def test_form_of_another_site_is_refused(moderator):
    comment = make_comment()

    response = mark(moderator, comment, "pin", {"Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, mark(moderator, comment, "crown").status_code) == (403, 404)
    comment.refresh_from_db()
    assert not comment.is_pinned


def test_moderator_closes_an_article_and_opens_it_again(moderator, client):
    article = make_article()
    make_comment(article=article)
    path = f"/comments/closing/{article.pk}/"

    response = moderator.post(path, {"closing": "now"}, headers=SAME)
    assert response["Location"] == f"{article.get_absolute_url()}#comments"
    assert "Comments are closed." in html_of(client, article)

    moderator.post(path, {"closing": "open"}, headers=SAME)
    assert "Comments are closed." not in html_of(client, article)
    assert Thread.objects.get(article=article).closes_at is None


def test_moderator_ends_the_mail_to_followers_of_an_article(moderator, client):
    article = make_article()
    comment = make_comment(article=article)
    subscription = Subscription.objects.create(
        article=article, email="ben@example.org", kind="all", confirmed_at=timezone.now()
    )
    path = f"/comments/closing/{article.pk}/"
    assert 'name="follow"' in html_of(client, article)

    moderator.post(path, {"closing": "no-mail"}, headers=SAME)

    assert 'name="follow"' not in html_of(client, article)
    assert "Mail followers again" in html_of(moderator, article)
    assert followers_of(comment) == []
    follow(comment=comment, kind="all")
    assert Subscription.objects.count() == 1
    moderator.post(path, {"closing": "mail"}, headers=SAME)
    assert followers_of(comment) == [subscription]
    assert 'name="follow"' in html_of(client, article)


def test_page_says_when_comments_close(moderator, client):
    article = make_article()
    at = timezone.localtime() + timedelta(days=3)

    moderator.post(
        f"/comments/closing/{article.pk}/",
        {"closing": "at", "at": f"{at:%Y-%m-%dT%H:%M}"},
        headers=SAME,
    )

    expected = f"Comments close on {at.day} {at:%B %Y, %H:%M}."
    assert expected in html_of(client, article)


@pytest.mark.parametrize("at", ["", "soon", "2026-13-40T99:99", "0001-01-01T00:00"])
def test_time_that_is_none_changes_nothing_or_closes(moderator, at):
    article = make_article()
    path = f"/comments/closing/{article.pk}/"

    assert moderator.post(path, {"closing": "at", "at": at}, headers=SAME).status_code == 303
    assert moderator.post(path, {"closing": "maybe"}, headers=SAME).status_code == 404


def test_nobody_else_closes_an_article(client):
    article = make_article()
    path = f"/comments/closing/{article.pk}/"

    assert client.post(path, {"closing": "now"}).status_code == 403
    assert client.post("/comments/closing/123456/", {"closing": "now"}).status_code == 403
    assert not Thread.objects.filter(closes_at__isnull=False).exists()


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "soon", "2026-13-45T99:99", ""]
)
def test_a_time_that_is_none_changes_nothing(moderator, at):
    article = make_article()

    fields = {"closing": "at", "at": at}
    answer = moderator.post(f"/comments/closing/{article.pk}/", fields, headers=SAME)

    assert answer.status_code == 303
    assert not Thread.objects.filter(article=article, closes_at__isnull=False).exists()
