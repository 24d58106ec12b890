"""The trash: what goes in comes back as it was, and what stays there goes for good after a month."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from blog.articles import services, trash
from blog.articles.models import Article, SlugHistory
from blog.comments.models import Comment
from blog.comments.queue import Question, Tab, counts_of
from blog.media.models import Image
from blog.ratings.models import Rating, RatingSummary
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_image,
    make_rating,
    make_staff,
)

pytestmark = pytest.mark.django_db
LIST = reverse("admin:articles_article_changelist")
EMPTY = reverse("admin:articles_article_empty_trash")
Status = Comment.Status


@pytest.fixture
def editor() -> User:
    return make_staff("Editor")


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def in_trash(days: float = 1, **fields: Any) -> Article:
    return make_article(trashed_at=timezone.now() - timedelta(days=days), **fields)


def test_an_article_comes_back_with_its_address_comments_and_ratings(
    client: Client, editor: User
) -> None:
    article = make_article(slug="here")
    SlugHistory.objects.create(article=article, slug="was-here")
    comments = {status: make_comment(article=article, status=status) for status in Status}
    make_rating(article=article, stars=5)
    other = make_comment(status=Status.PENDING)

    def state() -> tuple[Any, ...]:
        statuses = {row.pk: row.status for row in article.comments.all()}
        summary = RatingSummary.objects.get(article=article)
        return (
            statuses,
            article.thread.__class__.objects.values().get(article=article),
            (summary.count, summary.total),
        )

    def seen() -> tuple[Any, ...]:
        pages = [
            client.get(address).status_code for address in ("/here/", "/here/feed/", "/was-here/")
        ]
        feed = client.get(reverse("comments-feed")).content.decode()
        return (
            pages,
            comments[Status.APPROVED].name in feed,
            set(Question(tab=Tab.ALL).comments(editor)),
        )

    comments[Status.APPROVED].name = "Somebody Unmistakable"
    comments[Status.APPROVED].save(update_fields=["name"])
    before, shown = state(), seen()
    services.trash(article=article, editor=editor)
    hidden = seen()
    while_there = state()
    services.restore(article=article, editor=editor)

    assert shown == (
        [200, 200, 301],
        True,
        {other, *comments.values()} - {comments[Status.REMOVED]},
    )
    assert hidden == ([404, 404, 404], False, {other})
    assert before == while_there == state()
    assert seen() == shown


def test_comments_of_the_trash_are_not_counted_and_can_be_asked_for(editor: User) -> None:
    article = in_trash()
    held = make_comment(article=article, status=Status.PENDING)

    assert counts_of(editor)[Tab.PENDING] == 0
    assert [*Question(tab=Tab.PENDING, article=article.pk).comments(editor)] == [held]


def test_the_address_stays_with_the_article_in_the_trash(desk: Client) -> None:
    in_trash(title="Gone for now", slug="wanted")
    make_article(title="There", slug="taken")
    make_article(title="Secret", slug="secret", status="draft")
    form = {
        "title": "New",
        "bylines-TOTAL_FORMS": 0,
        "bylines-INITIAL_FORMS": 0,
        "status": "draft",
    }
    form |= {"comment_policy": "open", "rating_policy": "open", "review_position": "bottom"}

    def errors(slug: str) -> list[str]:
        answer = desk.post(reverse("admin:articles_article_add"), form | {"slug": slug})
        return answer.context["adminform"].form.errors["slug"]

    assert errors("wanted") == [
        "An article in the trash has this address, and keeps it to be restored. Choose another, or"
        " delete that article for good first."
    ]
    assert errors("taken") == ["“There” has this address. Choose another."]
    assert errors("secret") == [
        "An article that is not published has this address. Choose another."
    ]
    made = services.save_article(article=Article(title="Wanted"), editor=None)
    assert made.slug == "wanted-2"


def test_the_list_says_when_each_goes(desk: Client) -> None:
    article = in_trash(days=10)
    assert article.trashed_at is not None
    gone = timezone.localtime(article.trashed_at + timedelta(days=30))

    html = desk.get(LIST, {"state": "trash"}).content.decode()

    assert f'deleted on <time datetime="{gone:%Y-%m-%d}">{gone.day} {gone:%B %Y}</time>' in html
    assert EMPTY in html
    assert EMPTY not in desk.get(LIST).content.decode()


def test_emptying_asks_first_and_takes_only_what_it_named(desk: Client) -> None:
    picture = make_image()
    named, kept = in_trash(title="Named", lead_image=picture), make_article()
    make_comment(article=named, parent=make_comment(article=named))
    make_rating(article=named)
    page = desk.get(EMPTY)
    later = in_trash(days=0, title="Later")

    until = page.context["until"]
    for wrong in ("", "x", "2026-01-01", "0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59"):
        desk.post(EMPTY, {"until": wrong})
    answer = desk.post(EMPTY, {"until": until}, follow=True)

    assert "Named" in page.content.decode()
    assert "1 article deleted for good." in answer.content.decode()
    assert set(Article.objects.all()) == {kept, later}
    assert (Comment.objects.count(), Rating.objects.count()) == (0, 0)
    assert Image.objects.get() == picture


def test_authors_empty_only_their_own_trash(client: Client) -> None:
    author = make_staff("Author")
    own = in_trash(authors=[make_author(user=author)])
    other = in_trash()
    client.force_login(author)

    page = client.get(EMPTY)
    client.post(EMPTY, {"until": timezone.now().isoformat()})

    assert page.context["articles"] == [own]
    assert [*Article.objects.all()] == [other]
    client.force_login(make_staff("Moderator"))
    assert client.get(EMPTY).status_code == 403


def test_an_article_restored_at_the_same_moment_stays() -> None:
    article = in_trash(days=40)
    stale = Article.objects.filter(pk=article.pk)
    assert list(stale)  # read before
    services.restore(article=article, editor=None)

    assert trash.empty_trash(articles=stale) == 0
    assert Article.objects.get() == article
