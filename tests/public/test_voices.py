"""Like and report through the pages: without scripts, with them, and what nobody else can do."""

import pytest
from django.test import Client

from blog.articles.models import Article
from blog.comments.bans import ban
from blog.comments.models import Comment, Like, Report
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_user
from tests.public.test_article_page import INVISIBLE

pytestmark = pytest.mark.django_db
FRAGMENT = {"X-Fragment": "like"}
WORDS = {"reason": "insult", "text": "Third line."}


def like(client: Client, comment: Comment, value: str = "1", **headers: str):
    return client.post(f"/comments/{comment.pk}/like/", {"like": value}, headers=headers)


def report(client: Client, comment: Comment, **fields: str):
    return client.post(f"/comments/{comment.pk}/report/", WORDS | fields)


def likes(comment: Comment) -> int:
    return Comment.objects.values_list("like_count", flat=True).get(pk=comment.pk)


def test_guest_likes_and_comes_back_to_the_comment(client):
    comment = make_comment()

    response = like(client, comment)

    assert (response.status_code, response["Location"]) == (303, comment.get_absolute_url())
    assert response.cookies["visitor"]["httponly"]
    assert likes(comment) == 1
    assert Like.objects.get().visitor is not None


def test_banned_reader_is_told_no_more_than_that():
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    comment, user = make_comment(), make_user()
    ban(actor=make_user(), user=user, reason="Insults")
    client.force_login(user)

    for response in (like(client, comment), report(client, comment)):
        html = response.content.decode()
        assert response.status_code == 403
        assert "Comments are closed for you." in html
        assert "Insults" not in html


def test_second_like_leads_to_where_it_can_be_taken_back(client):
    comment = make_comment()
    like(client, comment)

    response = like(client, comment)
    assert (response.status_code, response["Location"]) == (303, f"/comments/{comment.pk}/like/")
    page = client.get(response["Location"])
    assert "You like this comment" in page.content.decode()
    assert 'name="like" value="0"' in page.content.decode()
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("private, no-store", "noindex")

    response = like(client, comment, "0")
    assert (response.status_code, response["Location"]) == (303, comment.get_absolute_url())
    assert likes(comment) == 0


def test_looking_at_a_like_gives_none_and_sets_no_cookie(client):
    comment = make_comment()

    response = client.get(f"/comments/{comment.pk}/like/")

    assert "You have not liked this comment" in response.content.decode()
    assert (likes(comment), response.cookies) == (0, {})


def test_script_gets_the_count_and_the_state(client):
    comment = make_comment()

    assert like(client, comment, **FRAGMENT).json() == {"likes": 1, "liked": True}
    assert like(client, comment, **FRAGMENT).json() == {"likes": 1, "liked": True}
    assert like(client, comment, "0", **FRAGMENT).json() == {"likes": 0, "liked": False}


def test_own_comment_is_refused_in_words():
    client, user = Client(), make_user()
    client.force_login(user)
    comment = make_comment(user=user)
    same_origin = {"Sec-Fetch-Site": "same-origin"}

    response = like(client, comment, **same_origin)
    assert response.status_code == 403
    assert "This comment is your own." in response.content.decode()
    response = like(client, comment, **FRAGMENT | same_origin)
    assert response.status_code == 403
    assert response.json() == {"error": "This comment is your own. Others may like it."}
    assert likes(comment) == 0


def test_owner_may_switch_likes_off(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"likes_on": False})
    comment = make_comment()

    assert [like(client, comment).status_code, likes(comment)] == [404, 0]


@pytest.mark.parametrize("what", ["like", "report"])
def test_form_of_another_site_is_refused(client, what):
    comment = make_comment()

    response = client.post(
        f"/comments/{comment.pk}/{what}/", WORDS, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert response.status_code == 403
    assert (Like.objects.count(), Report.objects.count()) == (0, 0)


def hidden_comments() -> list[Comment]:
    articles = [make_article(**fields) for fields in INVISIBLE.values()]
    articles.append(make_article(comment_policy=Article.Policy.OFF))
    statuses = [status for status in Comment.Status if status != Comment.Status.APPROVED]
    return [
        *(make_comment(article=article) for article in articles),
        *(make_comment(status=status) for status in statuses),
    ]


@pytest.mark.parametrize("what", ["like", "report"])
def test_what_a_stranger_cannot_see_is_not_there(client, what):
    addresses = [f"/comments/{comment.pk}/{what}/" for comment in hidden_comments()]
    addresses.append(f"/comments/123456789/{what}/")

    assert {client.get(address).status_code for address in addresses} == {404}
    assert {client.post(address, WORDS).status_code for address in addresses} == {404}
    assert (Like.objects.count(), Report.objects.count()) == (0, 0)


def test_reader_reports_a_comment_without_scripts(client):
    comment = make_comment(name="Rude", body="Out with you.")
    page = client.get(f"/comments/{comment.pk}/report/").content.decode()
    assert "Out with you." in page
    assert "It insults or threatens somebody" in page

    response = report(client, comment)

    assert response.status_code == 303
    assert response["Location"] == f"/comments/reported/{comment.article_id}/"
    assert (
        "A moderator will look at the comment."
        in client.get(response["Location"]).content.decode()
    )
    kept = Report.objects.get()
    assert (kept.comment, kept.reason, kept.text) == (comment, "insult", "Third line.")
    assert kept.visitor is not None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": "", "text": "My words."}, "Please choose what is wrong."),
        ({"reason": "of my own", "text": "My words."}, "Select a valid choice."),
        ({"reason": "other", "text": " \u200b "}, "Please say what is wrong."),
        ({"text": "My words." * 60}, "at most 500 characters"),
    ],
)
def test_wrong_report_says_why_and_keeps_the_words(client, fields, sentence):
    response = report(client, make_comment(), **fields)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert fields["text"].strip(" \u200b") in response.content.decode()
    assert Report.objects.count() == 0


def test_three_readers_hold_a_comment_and_it_is_gone_from_the_page():
    comment = make_comment(body="Out with you.")

    readers = [Client(REMOTE_ADDR=f"192.0.2.{number}") for number in range(3)]
    answers = [report(reader, comment).status_code for reader in readers]

    assert answers == [303, 303, 303]
    comment.refresh_from_db()
    assert (comment.status, comment.reason) == ("pending", "Reported by 3 readers.")
    page = Client().get(comment.article.get_absolute_url()).content.decode()
    assert "Out with you." not in page
    assert report(Client(), comment).status_code == 404


def test_fresh_cookies_of_one_network_hide_nothing():
    comment = make_comment()

    for _ in range(4):
        report(Client(), comment)

    comment.refresh_from_db()
    assert (comment.status, comment.report_count) == ("approved", 4)


def test_one_browser_reports_once(client):
    comment = make_comment()

    for _ in range(3):
        report(client, comment)

    comment.refresh_from_db()
    assert (comment.status, comment.report_count) == ("approved", 1)


@pytest.mark.parametrize("what", ["like", "report"])
def test_other_methods_are_refused(client, what):
    assert client.put(f"/comments/{make_comment().pk}/{what}/").status_code == 405


def test_page_offers_like_and_report_under_every_comment(client):
    comment = make_comment(like_count=3)
    Comment.objects.filter(pk=comment.pk).update(like_count=3)

    html = client.get(comment.article.get_absolute_url()).content.decode()

    assert f'action="/comments/{comment.pk}/like/"' in html
    assert "Like<b>3</b>" in html
    assert f'href="/comments/{comment.pk}/report/"' in html
    assert "aria-pressed" not in html


def test_page_without_likes_where_the_owner_wants_none(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"likes_on": False})

    html = client.get(make_comment().article.get_absolute_url()).content.decode()

    assert ("/like/" in html, "/report/" in html) == (False, True)


def test_guest_is_told_apart_from_the_page_what_they_like(client):
    liked = make_comment()
    other = make_comment(article=liked.article)
    like(client, liked)
    like(Client(), other)

    fragment = client.get(f"/me/{liked.article_id}/").content.decode()

    assert f'data-likes="{liked.pk} "' in fragment
    assert "aria-pressed" not in client.get(liked.article.get_absolute_url()).content.decode()


def test_signed_in_reader_sees_at_once_what_they_like():
    client = Client()
    client.force_login(make_user())
    liked = make_comment()
    make_comment(article=liked.article)
    like(client, liked, **{"Sec-Fetch-Site": "same-origin"})

    html = client.get(liked.article.get_absolute_url()).content.decode()

    assert html.count('aria-pressed="true"') == html.count('name="like" value="0"') == 1
