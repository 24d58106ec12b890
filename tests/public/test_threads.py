"""The pages of a long discussion, and the address of each comment."""

import pytest
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.models import Comment, Rule, Thread
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment
from tests.public.test_article_page import INVISIBLE, html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(db) -> Article:
    """An article with twelve threads, five on a page."""
    SiteSettings.objects.update_or_create(pk=1, defaults={"threads_per_page": 5})
    article = make_article(slug="bridges")
    for number in range(12):
        make_comment(article=article, body=f"Remark {number}.", like_count=number % 3)
    return article


def remarks(html: str) -> list[int]:
    shown = html.partition('id="comments"')[2]  # the graph in the head names some, too
    return [int(part.partition(".")[0]) for part in shown.split("Remark ")[1:]]


def test_the_article_shows_the_first_page_and_leads_on(client, article):
    html = html_of(client, article)
    fifth = Comment.objects.order_by("pk")[4]

    assert remarks(html) == [0, 1, 2, 3, 4]
    assert f'href="/bridges/comments/after/{fifth.pk}/#comments"' in html


def test_the_next_page_goes_on_and_says_where_it_belongs(client, article):
    fifth = Comment.objects.order_by("pk")[4]
    html = client.get(f"/bridges/comments/after/{fifth.pk}/").content.decode()

    assert remarks(html) == [5, 6, 7, 8, 9]
    path = f"/bridges/comments/after/{fifth.pk}/"
    assert f'<link rel="canonical" href="http://testserver{path}">' in html
    assert '<a rel="prev" href="/bridges/#comments">' in html


@pytest.mark.parametrize("place", ["newest/", "best/", "thread/{}/"])
def test_other_orders_and_single_threads_belong_to_the_article(client, article, place):
    path = place.format(Comment.objects.order_by("pk")[0].pk)
    html = client.get(f"/bridges/comments/{path}").content.decode()

    assert '<link rel="canonical" href="http://testserver/bridges/">' in html


def test_numbers_of_wordpress_lead_to_the_pages(client, article):
    pks = list(Comment.objects.order_by("pk").values_list("pk", flat=True))
    found = [client.get(f"/bridges/comment-page-{number}/") for number in range(5)]

    assert [(response.status_code, response.get("Location")) for response in found] == [
        (404, None),
        (302, "/bridges/#comments"),
        (302, f"/bridges/comments/after/{pks[4]}/#comments"),
        (302, f"/bridges/comments/after/{pks[9]}/#comments"),
        (404, None),
    ]


def test_writer_is_led_to_the_comment_though_it_stands_on_a_later_page(client, article):
    Rule.objects.all().delete()  # nothing holds it
    last = Comment.objects.order_by("pk").last()
    form = {"body": "An answer!", "name": "Lena", "email": "lena@example.org", "parent": last.pk}

    response = client.post("/bridges/comments/", form, follow=True)

    own = Comment.objects.get(name="Lena")
    assert own.status == Comment.Status.APPROVED
    assert response.redirect_chain[-1][0].endswith(f"#comment-{own.pk}")
    assert f'id="comment-{own.pk}"' in response.content.decode()
    assert f'id="comment-{own.pk}"' not in html_of(client, article)


def test_long_thread_shows_its_first_replies_and_leads_to_the_others(client, article):
    top = Comment.objects.order_by("pk")[0]
    for number in range(32):
        make_comment(article=article, parent=top, body=f"Answer {number}!")

    html = html_of(client, article)
    assert ("Answer 29!" in html, "Answer 30!" in html) == (True, False)
    path = f"/bridges/comments/thread/{top.pk}/"
    assert f'<a href="{path}#comment-{top.pk}">Show all replies</a>' in html
    assert "Answer 31!" in client.get(path).content.decode()


def test_page_says_that_a_thread_is_closed(client, article):
    Comment.objects.filter(body="Remark 1.").update(is_closed=True)

    assert html_of(client, article).count("This thread is closed.") == 1


@pytest.mark.parametrize(
    ("order", "expected"), [("newest", [11, 10, 9, 8, 7]), ("best", [2, 5, 8, 11, 1])]
)
def test_readers_choose_the_order(client, article, order, expected):
    assert remarks(client.get(f"/bridges/comments/{order}/").content.decode()) == expected


def test_the_site_has_an_order_of_its_own(client, article):
    SiteSettings.objects.update(comment_order="newest")

    assert remarks(html_of(client, article)) == [11, 10, 9, 8, 7]


def test_pinned_threads_stand_first(client, article):
    Comment.objects.filter(body="Remark 7.").update(is_pinned=True)
    html = html_of(client, article)

    assert remarks(html) == [7, 0, 1, 2, 3]
    assert html.count("Pinned") == 1


def test_every_comment_has_an_address_that_leads_to_it(client, article):
    for comment in Comment.objects.all():
        response = client.get(comment.get_absolute_url(), follow=True)

        assert response.redirect_chain[-1][0].endswith(f"#comment-{comment.pk}")
        assert f'id="comment-{comment.pk}"' in response.content.decode()


@pytest.mark.parametrize("status", ["pending", "spam", "trash", "removed"])
def test_what_is_not_public_has_no_address(client, article, status):
    comment = make_comment(article=article, status=status)

    assert client.get(comment.get_absolute_url()).status_code == 404


def test_a_comment_has_no_address_under_another_article(client, article):
    comment = make_comment()

    assert client.get(f"/bridges/comments/{comment.pk}/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "comments/after/999999999/",
        "comments/after/9999999999999999999999/",
        "comments/thread/999999999/",
        "comments/worst/",
        "comments/999999999/",
        "comments/newest/after/1/x/",
    ],
)
def test_places_that_are_not_there_are_not_found(client, article, path):
    assert client.get(f"/bridges/{path}").status_code == 404


@pytest.mark.parametrize("state", INVISIBLE)
def test_unpublished_articles_have_no_pages_of_comments(client, state):
    comment = make_comment(article=make_article(slug="secret", **INVISIBLE[state]))

    for path in (f"{comment.pk}/", "newest/", f"thread/{comment.pk}/"):
        assert client.get(f"/secret/comments/{path}").status_code == 404


def test_a_page_of_comments_costs_at_most_fourteen_queries(
    client, article, django_assert_max_num_queries
):
    fifth = Comment.objects.order_by("pk")[4]
    with django_assert_max_num_queries(14):
        client.get(f"/bridges/comments/after/{fifth.pk}/")


def test_an_article_closes_at_its_date(client, article):
    Thread.objects.update_or_create(article=article, defaults={"closes_at": timezone.now()})
    form = {"body": "Late.", "name": "Marta", "email": "marta@example.org"}

    assert client.post("/bridges/comments/", form).status_code == 403
    assert "Comments are closed." in html_of(client, article)


def test_a_closed_thread_takes_no_replies(client, article):
    top = Comment.objects.order_by("pk")[0]
    Comment.objects.filter(pk=top.pk).update(is_closed=True)
    reply = make_comment(article=article, parent=top)
    form = {"body": "But!", "name": "Marta", "email": "marta@example.org"}

    for parent in (top, reply):
        answer = client.post("/bridges/comments/", form | {"parent": parent.pk})
        assert answer.status_code == 422
        assert "This thread is closed." in answer.content.decode()
    assert f"?replytocom={top.pk}#" not in html_of(client, article)
