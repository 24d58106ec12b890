"""Write to those who run the site."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from blog.comments.models import Rule
from blog.outbox.models import Mail
from blog.pages.messages import PER_HOUR, score_message
from blog.pages.models import Message
from blog.privacy.retention import forget
from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_comment,
    make_page,
    make_rule,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db

SENT = {
    "name": "Lena Osei",
    "email": "Lena@Example.org",
    "subject": "Your saws",
    "body": "Is the belt sander free in May?",
}


@pytest.fixture
def contact():
    return make_page(slug="contact", title="Contact", kind="contact")


def send(client, page, **others):
    headers = {"Sec-Fetch-Site": "same-origin"} | others.pop("headers", {})
    return client.post(f"/message/{page.pk}/", SENT | others, headers=headers)


def test_message_is_kept_and_mailed_and_its_sender_gets_a_receipt(client, contact):
    owner = make_staff("Administrator", email="owner@example.org")
    make_staff("Editor")
    make_user(is_superuser=True, is_active=False)
    page = client.get("/contact/")
    assert not page.cookies
    assert f'action="/message/{contact.pk}/#contact"' in page.content.decode()

    answer = send(client, contact)

    message = Message.objects.get()
    assert (message.name, message.email, message.subject, message.body, message.status) == (
        "Lena Osei",
        "lena@example.org",
        "Your saws",
        "Is the belt sander free in May?",
        "new",
    )
    mail = Mail.objects.get()
    assert mail.to == owner.email
    assert mail.subject == "[Byline] Message from Lena Osei: Your saws"
    assert mail.headers == {"Reply-To": "lena@example.org"}
    assert "> Is the belt sander free in May?" in mail.body
    assert answer.status_code == 303
    assert answer["Location"].startswith("/contact/?sent=")
    receipt = client.get(answer["Location"])
    assert "Your message has arrived." in receipt.content.decode()
    assert receipt["Cache-Control"] == "private, no-store"
    assert "<form method" not in receipt.content.decode().split('id="contact"')[1]
    # Sent twice, meant once.
    send(client, contact)
    assert Message.objects.count() == Mail.objects.count() == 1


def test_message_goes_to_the_address_of_the_settings(client, contact):
    make_staff("Administrator")
    SiteSettings.objects.update_or_create(pk=1, defaults={"contact_email": "desk@example.org"})

    send(client, contact)

    assert list(Mail.objects.values_list("to", flat=True)) == ["desk@example.org"]


def test_refused_form_comes_back_with_what_was_typed(client, contact):
    for wrong, sentence in (
        ({"body": " \u200b"}, "Please write something first."),
        ({"name": "\u2800"}, "Please tell us what to call you."),
        ({"email": ""}, "the answer goes there"),
        ({"email": "a@b"}, "valid email address"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "valid email address"),
        ({"body": "x" * 10_001}, "at most 10000"),
        ({"subject": "x" * 201}, "at most 200"),
    ):
        answer = send(client, contact, **wrong)
        html = answer.content.decode()
        assert answer.status_code == 422, wrong
        assert sentence in html, wrong
        kept = SENT | wrong
        assert "Lena Osei" in html or "name" in wrong
        assert kept["body"] in html or "body" in wrong
        assert answer["Cache-Control"] == "private, no-store"
    assert not Message.objects.exists()


def test_nothing_typed_gets_into_the_head_of_the_mail(client, contact):
    make_staff("Administrator")

    send(
        client,
        contact,
        name="Lena\r\nBcc: all@example.org",
        subject="Hi\nTo: \u202ex",
        body="a\r\nb",
    )

    mail = Mail.objects.get()
    assert mail.subject == "[Byline] Message from Lena Bcc: all@example.org: Hi To: x"
    assert mail.headers == {"Reply-To": "lena@example.org"}
    assert "> a\n> b" in mail.body


def test_spam_is_kept_apart_and_told_to_nobody(client, contact):
    make_staff("Administrator")

    answer = send(client, contact, topic="x")

    assert answer["Location"].startswith("/contact/?sent=")  # as any other
    assert Message.objects.get().status == "spam"
    assert not Mail.objects.exists()


def test_moderators_rules_hold_for_messages_too(client, contact):
    make_staff("Administrator")
    make_rule(kind="words", entries="sander", action="spam", position=2, reason="A sander.")
    sent = send(client, contact, body="About the sander.")
    message = Message.objects.get()
    assert (message.status, message.reason) == ("spam", "A sander.")

    make_rule(kind="spammer", action="delete")
    again = send(client, contact, body="It is me again.", email="other@example.org")
    known = make_comment(name="Lena Osei", email="lena@example.org")
    make_rule(kind="known", action="approve", position=0)
    send(client, contact, body="May I have the sander?")

    assert again["Location"].partition("=")[0] == sent["Location"].partition("=")[0]
    kept = Message.objects.order_by("pk").values_list("body", "status")
    assert list(kept) == [
        ("About the sander.", "spam"),
        ("It is me again.", "spam"),  # of the same network; a rule loses no message
        ("May I have the sander?", "new"),
    ]
    assert Mail.objects.count() == 1
    assert known.status == "approved"
    Rule.objects.all().delete()
    for kind, number in (("every", None), ("old_article", 0.001)):  # say nothing of a message
        make_rule(kind=kind, action="delete", threshold=number)
    send(client, contact, body="What does it cost?")
    assert Message.objects.latest("pk").status == "new"


def test_filter_learns_from_messages_and_unlearns(client, contact):
    client.force_login(make_staff("Administrator"))
    send(client, contact)
    message = Message.objects.get()
    text = {name: getattr(message, name) for name in ("name", "email", "subject", "body")}
    form = client.get(f"/admin/pages/message/{message.pk}/change/").content.decode()
    assert 'name="_save"' in form
    assert 'name="_publish"' not in form  # no button of pages
    assert "Preview" not in form
    scores = [score_message(**text).value]

    for status in ("spam", "read", "spam", "answered", "new"):
        client.post(f"/admin/pages/message/{message.pk}/change/", {"status": status})
        scores.append(score_message(**text).value)

    fresh, spam, honest, again, answered, new = scores
    assert spam > fresh > honest
    assert (again, answered, new) == (spam, honest, honest)


def test_a_network_and_an_address_send_so_many_an_hour(client, contact):
    for number in range(PER_HOUR):
        assert send(client, contact, body=f"Text {number}").status_code == 303
    for others in ({"email": "other@example.org"}, {"headers": {}}):
        answer = send(client, contact, body="One more", **others)
        assert answer.status_code == 429
        assert "One more" in answer.content.decode()
    Message.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert send(client, contact, body="One more").status_code == 303


def test_only_the_form_of_a_public_contact_page_sends(client, contact):
    assert send(client, contact, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    for page in (make_page(), make_page(kind="contact", status="draft")):
        assert send(client, page).status_code == 404
    assert client.get(f"/message/{contact.pk}/")["Location"] == "/contact/"
    assert client.put(f"/message/{contact.pk}/").status_code == 405
    assert client.post("/contact/").status_code == 405
    for token in ("x", "eyJ4IjoxfQ:x:y", ""):
        assert "has arrived" not in client.get(f"/contact/?sent={token}").content.decode()
    assert not Message.objects.exists()


def test_messages_are_deleted_in_time_with_the_mail_about_them(client, contact):
    make_staff("Administrator")
    SiteSettings.objects.update_or_create(
        pk=1, defaults={"message_days": 100, "spam_days": 10, "agent_days": 30}
    )
    send(client, contact)
    send(client, contact, body="Buy", topic="x")
    ages = {"new": 99, "spam": 11}
    for message in Message.objects.all():
        at = timezone.now() - timedelta(days=ages[message.status])
        Message.objects.filter(pk=message.pk).update(created_at=at)

    assert forget().messages == 1
    message = Message.objects.get()
    assert (message.status, message.network_hash) == ("new", "")
    Message.objects.update(created_at=timezone.now() - timedelta(days=101))
    assert forget().messages == 1
    assert not Message.objects.exists()
    assert Mail.objects.get().body == ""
    assert "deleted after 100 days" in client.get("/privacy/").content.decode()


def test_message_is_read_marked_and_answered_at_the_desk(client):
    message = Message.objects.create(
        name="Lena", email="lena@example.org", subject="a&b", body="<b>Hi</b>\nthere"
    )
    client.force_login(make_staff("Administrator"))
    address = f"/admin/pages/message/{message.pk}/change/"

    html = client.get(address).content.decode()
    assert "&lt;b&gt;Hi&lt;/b&gt;\nthere" in html
    assert re.search(r'href="mailto:lena@example.org\?subject=Re%3A%20a%26b"', html)
    client.post(address, {"status": "answered", "name": "Forged"})
    message.refresh_from_db()
    assert (message.status, message.name) == ("answered", "Lena")
    client.post("/admin/pages/message/", {"action": "mark_spam", "_selected_action": [message.pk]})
    message.refresh_from_db()
    assert message.status == "spam"


@pytest.mark.parametrize("way", ["its page", "the list"])
def test_message_deleted_at_the_desk_goes_with_the_mail_about_it(client, contact, way):
    client.force_login(make_staff("Administrator"))
    send(client, contact)
    message, mail = Message.objects.get(), Mail.objects.get()
    assert "belt sander" in mail.body

    if way == "its page":
        client.post(f"/admin/pages/message/{message.pk}/delete/", {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [message.pk], "post": "yes"}
        client.post("/admin/pages/message/", chosen)

    assert not Message.objects.exists()
    mail.refresh_from_db()
    assert (mail.to, mail.subject, mail.body) == ("", "", "")
    assert mail.given_up_at or mail.sent_at


def test_front_page_is_a_page_while_it_is_published(client):
    article, page = make_article(title="Bridges"), make_page(title="Welcome", slug="welcome")
    SiteSettings.objects.update_or_create(pk=1, defaults={"front_page": page})

    html = client.get("/").content.decode()
    assert "<h1>Welcome</h1>" in html
    assert article.title not in html
    assert 'rel="canonical" href="http://testserver/"' in client.get("/welcome/").content.decode()
    assert article.title in client.get("/latest/").content.decode()
    assert client.get("/page/2/")["Location"] == "/latest/page/2/"
    page.status = "draft"
    page.save()
    assert article.title in client.get("/").content.decode()
    SiteSettings.objects.update(front_page=None)
    assert client.get("/latest/")["Location"] == "/"
    assert client.get("/latest/page/3/")["Location"] == "/page/3/"
