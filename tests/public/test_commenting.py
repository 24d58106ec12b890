"""Leave a reply through the page: works, refuses with the text kept, holds and tells the writer."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.bans import ban
from blog.comments.models import Comment, Rule, Subscription
from blog.comments.rehearsal import rehearse
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_rule, make_user
from tests.public.test_article_page import INVISIBLE

pytestmark = pytest.mark.django_db
PLAIN = {"body": "I came into this sideways.", "name": "Marta Quill", "email": "marta@example.org"}


def post(
    client: Client, article: Article, headers: dict[str, str] | None = None, /, **fields: object
):
    return client.post(
        f"{article.get_absolute_url()}comments/", PLAIN | fields, headers=headers or {}
    )


def test_first_comment_waits_and_its_writer_is_told(client):
    article = make_article()

    response = post(client, article)

    comment = Comment.objects.get()
    assert (response.status_code, comment.status) == (303, Comment.Status.PENDING)
    assert response["Location"].startswith(f"{article.get_absolute_url()}?receipt=")
    assert response["Location"].endswith(f"#comment-{comment.pk}")
    page = client.get(response["Location"])
    assert "Your comment is awaiting moderation." in page.content.decode()
    assert PLAIN["body"] in page.content.decode()
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("private, no-store", "noindex")


def test_what_a_rule_deletes_at_once_is_answered_like_spam_and_leaves_a_count(client):
    SiteSettings.objects.create(seconds_between_comments=0)
    article, site = make_article(), "https://pills.example/"
    rules = [
        make_rule(kind="trap", action="delete"),
        make_rule(kind="spammer", action="delete", position=2),
    ]
    spam = make_comment(article=article, status="spam", website=site)

    answers = [
        post(client, article, topic="I am a machine"),
        post(client, article, website=site),
        post(client, article, body="An honest word."),
    ]

    kept = Comment.objects.exclude(pk=spam.pk).get()
    assert kept.body == "An honest word."
    for number, answer in enumerate(answers, start=spam.pk + 1):
        assert answer.status_code == 303
        assert answer["Location"].startswith(f"{article.get_absolute_url()}?receipt=")
        assert answer["Location"].endswith(f"#comment-{number}")
        html = client.get(answer["Location"]).content.decode()
        assert "Your comment is awaiting moderation." in html
        assert f'id="comment-{number}"' in html
    cache.clear()  # and after some minutes
    assert "awaiting" not in client.get(answers[0]["Location"]).content.decode()
    assert [Rule.objects.get(pk=rule.pk).deleted_count for rule in rules] == [1, 1]


def test_country_counts_where_a_trusted_proxy_names_it_and_is_not_kept(client, settings):
    SiteSettings.objects.create(seconds_between_comments=0)
    settings.COUNTRY_HEADER = "CF-IPCountry"
    make_rule(kind="country", entries="de\nCH", action="spam")
    make_rule(kind="every", action="approve", position=2)
    article = make_article()

    for trusted in ([], [ip_network("127.0.0.1")]):
        settings.TRUSTED_PROXIES = trusted
        for country in ("fr", "DE", "XX", "<b>"):
            post(client, article, {"CF-IPCountry": country}, body=f"{country} {trusted}")

    found = Comment.objects.order_by("pk").values_list("status", flat=True)
    assert list(found) == ["approved"] * 4 + ["spam"] + ["approved"] * 3
    rule = Rule(name="Here", kind="country", entries="de\nSwitzerland")
    with pytest.raises(ValidationError, match="Switzerland"):
        rule.clean()
    settings.COUNTRY_HEADER = ""
    with pytest.raises(ValidationError, match="COUNTRY_HEADER"):
        rule.clean()


def test_proved_address_is_trusted_in_its_own_browser(client):
    SiteSettings.objects.create(seconds_between_comments=0)
    make_rule(kind="proved", action="approve")
    article = make_article()
    post(client, article)
    first = Comment.objects.get()
    Subscription.objects.create(
        article=article, email=first.email, kind="all", visitor=first.visitor,
        confirmed_at=timezone.now(),
    )  # fmt: skip

    post(client, article, body="The second.")
    post(Client(), article, body="Somebody else.", name="Another")

    found = Comment.objects.order_by("pk").values_list("status", flat=True)
    assert list(found) == ["pending", "approved", "pending"]
    late = rehearse(Rule(name="Late", kind="proved", action="hold", position=0))
    assert [comment.body for comment in late.decided] == ["The second."]  # not what came before


def test_waiting_comment_is_shown_to_nobody_else(client):
    article = make_article()
    post(client, article)

    html = Client().get(article.get_absolute_url()).content.decode()

    assert PLAIN["body"] not in html
    assert "marta@example.org" not in html


def test_receipt_works_without_the_cookie_and_only_for_its_comment(client):
    article, other = make_article(), make_article()
    address = post(client, article)["Location"]
    token = address.partition("receipt=")[2].partition("#")[0]

    assert PLAIN["body"] in Client().get(address).content.decode()
    for page in (
        f"{other.get_absolute_url()}?receipt={token}",
        f"{article.get_absolute_url()}?receipt={token}x",
    ):
        assert PLAIN["body"] not in Client().get(page).content.decode()


def test_comment_of_a_known_writer_appears_at_once(client):
    article = make_article()
    make_comment(article=article, name=PLAIN["name"], email=PLAIN["email"])
    Comment.objects.update(created_at=timezone.now() - timedelta(days=1))

    response = post(client, article)

    comment = Comment.objects.latest("pk")
    assert comment.status == Comment.Status.APPROVED
    assert response["Location"].endswith(f"#comment-{comment.pk}")
    assert "Your comment is published." in client.get(response["Location"]).content.decode()
    stranger = Client().get(response["Location"])
    assert stranger.content == Client().get(article.get_absolute_url()).content
    assert PLAIN["body"] in Client().get(article.get_absolute_url()).content.decode()


def test_reply_stands_under_its_parent(client):
    article = make_article()
    parent = make_comment(article=article)

    post(client, article, parent=parent.pk)

    assert Comment.objects.latest("pk").parent == parent


def test_reply_link_without_scripts_opens_the_form_for_that_comment(client):
    article = make_article()
    parent = make_comment(article=article, name="Lena Osei")

    html = client.get(f"{article.get_absolute_url()}?replytocom={parent.pk}").content.decode()

    assert "Leave a Reply to Lena Osei" in html
    assert f'name="parent" value="{parent.pk}"' in html
    assert f'data-parent="{parent.pk}"' in html
    assert 'data-parent=""' in client.get(article.get_absolute_url()).content.decode()


def test_refused_reply_to_a_comment_of_another_page_stays_a_reply(client):
    """The script takes the parent from there, whatever the browser kept in the field."""
    SiteSettings.objects.create(threads_per_page=1)
    article = make_article()
    threads = [make_comment(article=article, body=f"Thread {number}.") for number in range(2)]

    pages = [post(client, article, parent=each.pk, body="").content.decode() for each in threads]

    assert [f">Thread {number}.<" in page for number, page in enumerate(pages)].count(True) == 1
    for each, page in zip(threads, pages, strict=True):
        assert f'data-parent="{each.pk}"' in page


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("body", "   ", PLAIN["name"]),
        ("body", "x" * 65_526, PLAIN["name"]),
        ("name", "", PLAIN["body"]),
        ("name", "\u200b\u200b", PLAIN["body"]),
        ("name", "n" * 246, PLAIN["body"]),
        ("email", "marta@quill", PLAIN["body"]),
        ("email", "a@b.org\r\nBcc: c@d.org", PLAIN["body"]),
        ("website", "javascript:alert(1)", PLAIN["body"]),
        ("website", "https://example.org/" + "w" * 200, PLAIN["body"]),
        ("parent", "999999", PLAIN["body"]),
        ("parent", "one", PLAIN["body"]),
    ],
)
def test_refused_form_shows_the_page_with_the_error_and_the_text(client, field, value, kept):
    article = make_article(title="The subject")

    response = post(client, article, **{field: value})

    html = response.content.decode()
    assert response.status_code == 422
    assert "<h1>The subject</h1>" in html
    assert kept in html
    assert 'role="alert"' in html
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("state", INVISIBLE)
def test_article_strangers_cannot_read_takes_no_comments(client, state):
    assert post(client, make_article(**INVISIBLE[state])).status_code == 404
    assert Comment.objects.count() == 0


def test_closed_article_refuses_and_gives_the_text_back(client):
    response = post(client, make_article(comment_policy=Article.Policy.CLOSED))

    assert response.status_code == 403
    assert PLAIN["body"] in response.content.decode()
    assert Comment.objects.count() == 0


def test_global_switch_closes_old_articles_too(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"comments_open": False})

    assert post(client, make_article()).status_code == 403


def test_owner_may_ask_readers_to_sign_in_first(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"comment_needs_sign_in": True})
    article = make_article()
    make_comment(article=article)

    page = client.get(article.get_absolute_url()).content.decode()
    assert "You must be logged in to post a comment." in page
    assert f"/accounts/login/?next={article.get_absolute_url()}%23respond" in page
    assert "replytocom" not in page
    assert 'name="body"' not in page
    refused = post(client, article)
    assert (refused.status_code, PLAIN["body"] in refused.content.decode()) == (403, True)
    client.force_login(make_user())
    assert post(client, article, {"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_answer_to_a_comment_that_is_gone_can_be_sent_again_as_one_of_its_own(client):
    article = make_article()
    parent = make_comment(article=article, status=Comment.Status.TRASH)

    html = post(client, article, parent=parent.pk).content.decode()

    assert "Send it again as a comment of its own." in html
    assert f'name="parent" value="{parent.pk}"' not in html


def test_client_cannot_choose_what_the_server_decides(client):
    article, other = make_article(), make_article()

    post(
        client,
        article,
        status="approved",
        article=other.pk,
        user=make_user().pk,
        html="<script>alert(1)</script>",
        created_at="2001-01-01",
    )

    comment = Comment.objects.get()
    assert (comment.status, comment.article, comment.user) == ("pending", article, None)
    assert comment.html == f"<p>{PLAIN['body']}</p>"


def test_same_comment_sent_twice_leads_to_the_same_receipt(client):
    article = make_article()

    first, second = post(client, article), post(client, article)

    assert (first.status_code, second.status_code) == (303, 303)
    assert Comment.objects.count() == 1
    assert second["Location"].partition("#")[2] == first["Location"].partition("#")[2]


def test_next_comment_too_soon_is_refused_with_the_text_kept(client):
    article = make_article()
    post(client, article)

    response = post(client, article, body="And another thing.")

    assert response.status_code == 429
    assert "And another thing." in response.content.decode()
    assert Comment.objects.count() == 1


def test_banned_writer_is_told_until_when_and_keeps_the_text(client):
    article = make_article()
    until = datetime(2099, 3, 3, 12, tzinfo=UTC)
    ban(actor=make_user(), email="MARTA@example.org", until=until, reason="Insults, again")

    response = post(client, article)

    html = response.content.decode()
    assert response.status_code == 403
    assert "Comments are closed for you until 3 March 2099." in html
    assert PLAIN["body"] in html
    assert "Insults" not in html
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
def test_form_of_another_site_is_refused(client, headers):
    assert post(client, make_article(), headers).status_code == 403
    assert Comment.objects.count() == 0


def test_get_is_not_a_comment(client):
    assert client.get(f"{make_article().get_absolute_url()}comments/").status_code == 405


def test_signed_in_reader_is_not_asked_for_a_name(client):
    user = make_user(display_name="Oskar Brandt")
    client.force_login(user)
    article = make_article()

    html = client.get(article.get_absolute_url()).content.decode()
    response = client.post(
        f"{article.get_absolute_url()}comments/",
        {"body": "Thank you."},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert 'name="email"' not in html
    assert response.status_code == 303
    comment = Comment.objects.get()
    assert (comment.user, comment.name) == (user, "Oskar Brandt")
