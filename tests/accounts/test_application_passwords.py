"""Passwords for programs: made once, shown once, revoked at once, and never a way to a page or the desk."""

import re
from base64 import b64encode
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from accounts import application_passwords
from accounts.application_passwords import MOST, make_application_password
from accounts.models import ApplicationPassword
from tests.accounts.test_two_step import reauthenticate
from tests.factories import PASSWORD, make_article, make_staff, make_user

pytestmark = pytest.mark.django_db
PROFILE = "/accounts/profile/"
MAKE = f"{PROFILE}application-passwords/"
FEED = "/admin/articles/article/calendar/feed/"


@pytest.fixture
def writer(client):
    user = make_staff("Author", email="ada@example.org")
    client.force_login(user)
    return user


def basic(name, secret):
    return "Basic " + b64encode(f"{name}:{secret}".encode()).decode()


def opened(client, header):
    """Return how the calendar's feed answers to this header."""
    return client.get(FEED, headers={"Authorization": header}).status_code


def secret_in(response):
    return re.search(r'value="([\w ]{39})"', response.content.decode())[1]


def test_password_is_shown_once_after_the_account_was_shown_to_be_ones_own(
    client, writer, mailoutbox, django_capture_on_commit_callbacks
):
    asked = client.post(MAKE, {"name": "Editor <b>"})
    assert asked["Location"] == f"/accounts/reauthenticate/?next={quote(MAKE, safe='')}"
    assert not ApplicationPassword.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        made = reauthenticate(client, next=MAKE)  # goes on with the form that was sent

    secret, row = secret_in(made), ApplicationPassword.objects.get()
    assert "no-store" in made["Cache-Control"]
    assert (row.user, row.name, row.beginning) == (writer, "Editor <b>", secret[:4])
    assert secret.replace(" ", "") not in str(vars(row))
    assert "Editor &lt;b&gt;" in str(made.content)
    assert (mailoutbox[0].to, secret in mailoutbox[0].body) == ([writer.email], False)
    assert "“Editor <b>”" in mailoutbox[0].body
    profile = client.get(PROFILE).content.decode()
    assert (secret in profile, f"<code>{secret[:4]}…</code>" in profile) == (False, True)
    assert client.post(MAKE, {"name": "\0"}).status_code == 422
    assert client.post(MAKE, {"name": "x" * 61}).status_code == 422
    for number in range(MOST - 1):
        make_application_password(user=writer, name=f"{number}")
    refused = client.post(MAKE, {"name": "One more"})
    assert (refused.status_code, ApplicationPassword.objects.count()) == (422, MOST)
    assert "Revoke one" in refused.content.decode()
    assert "One more" in refused.content.decode()
    client.force_login(make_staff("Moderator"))
    assert client.get(MAKE).status_code == 403


def test_password_opens_for_its_person_as_long_as_they_use_the_desk(client, writer):
    client.logout()
    secret = make_application_password(user=writer, name="Calendar")
    packed = secret.replace(" ", "")
    assert opened(client, basic("Ada@Example.org", secret)) == 200
    assert opened(client, basic(" ada@example.org", packed)) == 200
    assert opened(client, f"bearer {secret}") == opened(client, f"Bearer {packed}") == 200
    row = ApplicationPassword.objects.get()
    assert row.last_used_on == timezone.now().date()

    other = make_staff("Author")
    wrong = [basic(other.email, secret), basic("ada@example.org", PASSWORD), f"Digest {packed}"]
    wrong += [basic("a\0@example.org", packed), "Basic ö", "Basic /w==", "Bearer", packed]
    for header in wrong:
        assert opened(client, header) == 401, header
    answer = client.get(FEED)
    assert (answer.status_code, answer["WWW-Authenticate"][:6]) == (401, "Basic ")

    for field in ("is_active", "is_staff"):
        type(writer).objects.filter(pk=writer.pk).update(**{field: False})
        assert opened(client, f"Bearer {packed}") == 401
        type(writer).objects.filter(pk=writer.pk).update(**{field: True})


def test_day_of_use_is_written_once_a_day(client, writer, django_assert_num_queries):
    secret = make_application_password(user=writer, name="Calendar")
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        opened(client, f"Bearer {secret}")
    before = ApplicationPassword.objects.get().last_used_on
    opened(client, f"Bearer {secret}")
    after = ApplicationPassword.objects.get().last_used_on
    assert (after - before).days == 3

    request = type("Request", (), {"headers": {"Authorization": f"Bearer {secret}"}, "META": {}})()
    with django_assert_num_queries(1):
        assert application_passwords.user_of(request) == writer


def test_a_network_that_brings_wrong_ones_waits_a_minute(client, writer):
    secret = make_application_password(user=writer, name="Calendar")
    for number in range(application_passwords.WRONG_TRIES):
        assert opened(client, f"Bearer {number}") == 401

    assert opened(client, f"Bearer {secret}") == 429
    assert client.get(FEED, headers={"Authorization": "Bearer x"})["Retry-After"] == "60"
    elsewhere = {"headers": {"Authorization": f"Bearer {secret}"}, "REMOTE_ADDR": "198.51.100.7"}
    assert client.get(FEED, **elsewhere).status_code == 200


def test_passwords_are_revoked_by_their_owner_alone(client, writer):
    secrets = [
        make_application_password(user=writer, name=name) for name in ("One", "Two", "Three")
    ]
    other = make_staff("Editor")
    make_application_password(user=other, name="Not mine")
    first, theirs = ApplicationPassword.objects.first(), other.application_passwords.get()

    assert client.post(f"{MAKE}{theirs.pk}/revoke/").status_code == 404
    assert client.get(f"{MAKE}{first.pk}/revoke/").status_code == 405
    client.post(f"{PROFILE}sessions/end/")
    assert opened(client, f"Bearer {secrets[0]}") == 200  # programs go on
    client.post(f"{MAKE}{first.pk}/revoke/")
    assert [opened(client, f"Bearer {secret}") for secret in secrets] == [401, 200, 200]
    client.post(f"{MAKE}revoke/")
    assert list(ApplicationPassword.objects.values_list("name", flat=True)) == ["Not mine"]
    said = [entry.get_change_message() for entry in LogEntry.objects.filter(user=writer)]
    assert said.count("Revoked the application password “Two”.") == 1
    assert len(said) == 6


def test_password_opens_no_page_and_no_desk(client):
    boss = make_user(is_staff=True, is_superuser=True)
    header = {"Authorization": f"Bearer {make_application_password(user=boss, name='x')}"}
    private = make_article(access="private", title="Not for you")
    draft = make_article(status="draft", publish_at=None)

    for article in (private, draft):
        assert client.get(article.get_absolute_url(), headers=header).status_code == 404
    assert b"Not for you" not in client.get("/", headers=header).content
    for path in ("/admin/", PROFILE, "/admin/articles/article/"):
        assert "/login/" in client.get(path, headers=header)["Location"], path
