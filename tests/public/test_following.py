"""The pages of following: a GET shows, a POST does, and a mail program's one click needs no browser."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from blog.comments import following, following_links
from blog.comments.models import Comment, Subscription
from blog.comments.notices import tell_readers
from blog.outbox.models import Mail
from blog.outbox.services import mark_of
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
ANA = "ana@example.org"


def subscribe(**fields):
    fields = {"email": ANA, "kind": "all", "confirmed_at": timezone.now()} | fields
    return Subscription.objects.create(**{"article": make_article()} | fields)


def end_page(subscription):
    return following_links.addresses_for(subscription)["end_url"]


def manage_page(subscription):
    return following_links.manage_path(subscription)


def link_in(message):
    [line] = [line for line in message.body.splitlines() if line.startswith("/following/")]
    return line


def active():
    return Subscription.objects.active()


@pytest.fixture
def write(client, django_capture_on_commit_callbacks):
    """Post a comment by the form, and send the mail it leads to."""

    def call(article, **fields):
        data = {"body": "Hello.", "name": "Ana", "email": ANA, "follow": "replies"} | fields
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(
                reverse("article-comment", args=[article.slug]),
                data,
                headers={"Sec-Fetch-Site": "same-origin"},
            )

    return call


def test_form_offers_to_follow_and_none_is_chosen(client):
    html = client.get(make_article().get_absolute_url()).content.decode()

    assert '<option value="" selected>nothing</option>' in html
    assert '<option value="replies">replies to me</option>' in html


def test_form_offers_nothing_where_following_is_off(client):
    SiteSettings.objects.create(following_on=False)

    assert 'name="follow"' not in client.get(make_article().get_absolute_url()).content.decode()


def test_comment_with_a_wish_to_follow_asks_by_mail(client, write):
    response = write(make_article())

    assert response.status_code == 303
    [message] = mail.outbox
    url = link_in(message)
    assert client.get(url).status_code == 200
    assert active().count() == 0

    response = client.post(url, follow=True)

    assert active().get().kind == "replies"
    html = response.content.decode()
    assert "Done. New comments will come by mail." in html
    assert "Replies to me" in html


def test_comment_without_a_wish_asks_nobody(write):
    write(make_article(), follow="")

    assert (Subscription.objects.count(), mail.outbox) == (0, [])


def test_wish_that_is_not_offered_keeps_the_text(write):
    response = write(make_article(), follow="everything", body="Do not lose me.")

    assert response.status_code == 422
    assert "Do not lose me." in response.content.decode()
    assert Comment.objects.count() == 0


def test_follower_has_to_give_an_address(write):
    SiteSettings.objects.create(comment_needs_name_and_email=False)

    response = write(make_article(), email="")

    assert response.status_code == 422
    assert "Tell us your email address, too." in response.content.decode()


def test_signed_in_reader_follows_at_once(client, write):
    user = make_user()
    client.force_login(user)

    write(make_article(), follow="all", email="other@example.org")

    assert active().get().email == user.email


def test_one_click_of_a_mail_program_ends_it():
    subscription = subscribe()
    program = Client(enforce_csrf_checks=True)

    response = program.post(
        end_page(subscription),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
    )

    assert response.status_code == 200
    assert active().count() == 0


def test_get_ends_nothing(client):
    subscription = subscribe()

    html = client.get(end_page(subscription)).content.decode()

    assert "No more mail about this</button>" in html
    assert active().get() == subscription


def test_ending_twice_is_no_error(client):
    subscription = subscribe()

    for _ in range(2):
        assert client.post(end_page(subscription)).status_code == 200
    html = client.get(end_page(subscription)).content.decode()
    assert "You do not follow" in html


def test_page_of_all_shows_ones_own_only(client):
    mine = subscribe(article=make_article(title="Saws"))
    subscribe(article=make_article(title="Bridges"), email="ben@example.org")
    subscribe(article=make_article(title="Kites"), ended_at=timezone.now())
    subscribe(article=make_article(title="Boats"), confirmed_at=None)

    html = client.get(manage_page(mine)).content.decode()

    assert [title in html for title in ("Saws", "Bridges", "Kites", "Boats")] == [
        True,
        False,
        False,
        True,
    ]
    assert "not confirmed yet" in html


def test_one_is_ended_of_ones_own_alone(client):
    mine, other = subscribe(), subscribe()
    stranger = subscribe(email="ben@example.org")
    url = manage_page(mine)

    client.post(url, {"end": stranger.pk})
    client.post(url, {"end": mine.pk})

    assert list(active().order_by("pk")) == [other, stranger]
    assert client.get(url).status_code == 200


def test_all_are_ended(client):
    mine, stranger = subscribe(), subscribe(email="ben@example.org")
    subscribe(confirmed_at=None)

    response = client.post(manage_page(mine), {"end-all": "yes"}, follow=True)

    assert active().get() == stranger
    assert "You follow nothing any more." in response.content.decode()


def test_one_is_started_and_changed(client):
    comment = make_comment(email=ANA)
    mine = subscribe(article=comment.article, comment=comment, kind="replies", confirmed_at=None)
    url = manage_page(mine)

    client.post(url, {"start": mine.pk})
    assert active().get() == mine
    client.post(url, {"all": mine.pk})
    assert [row.kind for row in active()] == ["all"]
    client.post(url, {"replies": active().get().pk})
    assert [row.kind for row in active()] == ["replies"]


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 40, "٣", "1 OR 1=1"])
def test_nonsense_changes_nothing(client, value):
    mine = subscribe()

    assert client.post(manage_page(mine), {"end": value}).status_code == 303
    assert active().get() == mine


@pytest.mark.parametrize("name", ["following-confirm", "following-end", "following-manage"])
def test_altered_links_are_refused_politely(client, name):
    url = reverse(name, args=["x:y:z"])

    for response in (client.get(url), client.post(url)):
        assert response.status_code == 404
        assert "This link is not complete." in response.content.decode()
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "private, no-store"


def test_link_to_all_is_mailed_and_nobody_learns_who_is_known(
    client, django_capture_on_commit_callbacks
):
    subscribe()
    pages = []
    for email in ("ANA@example.org", "nobody@example.org", ANA):
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse("following"), {"email": email})
        pages.append((response.status_code, response.content))

    assert pages[0][0] == 200
    assert len(set(pages)) == 1
    [message] = mail.outbox
    assert message.to == [ANA]
    assert client.get(link_in(message)).status_code == 200


def test_queue_is_not_told_the_address(client, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    subscription = subscribe()

    client.post(reverse("following"), {"email": ANA})

    [asked] = DBTaskResult.objects.filter(task_path=following.mail_manage_link.module_path)
    assert asked.args_kwargs == {"args": [subscription.pk], "kwargs": {}}


def test_another_site_cannot_ask_for_mail(client):
    subscribe()

    response = client.post(
        reverse("following"), {"email": ANA}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert (response.status_code, mail.outbox) == (403, [])


@pytest.mark.parametrize("name", ["following", "privacy-mine"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_link_on_another_site_leads_to_the_page(client, name, site):
    assert client.get(reverse(name), headers={"Sec-Fetch-Site": site}).status_code == 200


def test_wrong_address_is_refused_with_what_was_typed(client):
    response = client.post(reverse("following"), {"email": "not an address"})

    assert response.status_code == 422
    assert "not an address" in response.content.decode()


def test_confirmed_browser_is_not_asked_again(client, write):
    write(make_article())
    client.post(link_in(mail.outbox[0]))
    Comment.objects.update(created_at=timezone.now() - timedelta(hours=1))

    write(make_article(), body="Again.")

    assert active().count() == 2
    assert len(mail.outbox) == 1
    assert isinstance(active().first().visitor, uuid.UUID)


def test_title_of_an_article_that_was_taken_back_is_not_told(client):
    mine = subscribe(article=make_article(title="Saws", status="draft", publish_at=None))

    for url in (manage_page(mine), end_page(mine)):
        html = client.get(url).content.decode()
        assert "an article that is not public at present" in html
        assert "Saws" not in html


def test_person_with_an_account_is_followed_everywhere_after_a_question(
    client, django_capture_on_commit_callbacks
):
    marta = make_user(display_name="Marta Bell")
    comment = make_comment(
        article=make_article(), user=marta, name="Marta Bell", status="approved"
    )
    guest = make_comment(article=comment.article, status="approved")
    html = client.get(comment.article.get_absolute_url()).content.decode()
    assert re.findall(r"/comments/(\d+)/follow/", html) == [str(comment.pk)]
    url = reverse("person-follow", args=[comment.pk])
    assert "Follow Marta Bell" in client.get(url).content.decode()
    same = {"Sec-Fetch-Site": "same-origin"}
    assert client.get(reverse("person-follow", args=[guest.pk])).status_code == 404
    assert (
        client.post(url, {"email": ANA}, headers={"Sec-Fetch-Site": "cross-site"}).status_code
        == 403
    )
    assert client.post(url, {"email": "no address"}, headers=same).status_code == 422

    for _again in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(url, {"email": ANA}, headers=same).status_code == 200
    [message] = mail.outbox
    assert message.subject == "[Byline] Do you want to follow “Marta Bell”?"
    assert "All new comments by <b>Marta Bell</b>" in client.get(link_in(message)).content.decode()
    assert active().count() == 0
    client.post(link_in(message), headers=same)

    elsewhere = make_comment(article=make_article(title="Engines"), user=marta, status="approved")
    make_comment(article=make_article(), name="Marta Bell", email=marta.email, status="approved")
    with django_capture_on_commit_callbacks(execute=True):
        tell_readers.enqueue(elsewhere.pk)
    news = mail.outbox[-1]
    assert (news.to, len(mail.outbox)) == ([ANA], 2)
    assert "because you follow this person" in news.body
    page = client.get(manage_page(active().get())).content.decode()
    assert "Marta Bell" in page
    assert "Only replies to me" not in page
    response = Client().post(end_page(active().get()), {"List-Unsubscribe": "One-Click"})
    assert (response.status_code, active().count()) == (200, 0)


def test_person_followed_is_not_followed_behind_a_password():
    marta = make_user(display_name="Marta Bell")
    Subscription.objects.create(
        person=marta, kind="person", email=ANA, confirmed_at=timezone.now()
    )
    locked = make_article(access="password", password_hash="some hash")
    subscribe(article=locked, email="ben@example.org")  # when it was open to all
    hidden = make_comment(article=locked, user=marta, name="Marta", body="A secret.")
    seen = make_comment(article=make_article(), user=marta, status="approved")

    for comment in (hidden, seen):
        tell_readers.func(comment.pk)

    assert list(Mail.objects.filter(to=ANA).values_list("key", flat=True)) == [
        f"comment:{seen.article_id}:{seen.pk}:{mark_of(ANA)}"
    ]
    told = Mail.objects.get(to="ben@example.org")
    assert "behind the password" in told.body
    assert not [word for word in ("Marta", "secret") if word in told.subject + told.body]


def test_name_that_is_an_address_is_not_mailed_to_strangers(
    client, django_capture_on_commit_callbacks
):
    names = {"Pills at pills.example/now": "Somebody", "https://x": "Somebody", "J.R. Bell": None}
    for number, (name, shown) in enumerate(names.items()):
        user = make_user(display_name="Marta Bell")
        comment = make_comment(article=make_article(), user=user, status="approved")
        type(user).objects.filter(pk=user.pk).update(display_name=name)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(
                reverse("person-follow", args=[comment.pk]),
                {"email": f"{number}@example.org"},
                headers={"Sec-Fetch-Site": "same-origin"},
            )
        message = mail.outbox[-1]
        assert message.subject.endswith(f"“{shown or name}”?")
        assert (name in message.body) == (shown is None)


def test_following_people_cannot_be_made_to_mail_many_strangers(
    client, django_capture_on_commit_callbacks
):
    comment = make_comment(article=make_article(), user=make_user(), status="approved")
    url = reverse("person-follow", args=[comment.pk])
    addresses = [f"{number}@example.org" for number in range(following.MOST_STRANGERS)]
    long_ago = timezone.now() - timedelta(days=5)
    for address in addresses:
        subscribe(article=None, person=comment.user, kind="person", email=address)
    # Half were asked long ago and never answered, half have ended it: asked again, they count again.
    Subscription.objects.update(created_at=long_ago)
    Subscription.objects.filter(email__in=addresses[::2]).update(confirmed_at=None)
    Subscription.objects.filter(email__in=addresses[1::2]).update(ended_at=long_ago)

    with django_capture_on_commit_callbacks(execute=True):
        for address in addresses:
            client.post(url, {"email": address}, headers={"Sec-Fetch-Site": "same-origin"})
        response = client.post(url, {"email": ANA}, headers={"Sec-Fetch-Site": "same-origin"})

    assert response.status_code == 429
    assert "Try again in an hour" in response.content.decode()
    assert [message.to[0] for message in mail.outbox] == addresses
    with time_machine.travel(
        long_ago + following_links.CONFIRM_WITHIN + timedelta(days=1), tick=False
    ):
        following.forget_stale()
    assert Subscription.objects.filter(confirmed_at=None).count() == len(addresses) // 2


def test_account_without_a_name_never_shows_its_address(
    client, django_capture_on_commit_callbacks
):
    article, user = make_article(), make_user(email="secret@example.org", display_name="")
    client.force_login(user)
    client.post(
        reverse("article-comment", args=[article.slug]),
        {"body": "Hello."},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert Comment.objects.get().name == ""
