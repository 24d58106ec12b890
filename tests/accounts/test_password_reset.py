"""The forgotten password: from the form through the mail to the new password."""

import re
from http import HTTPStatus

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django.asserts import assertRedirects

from blog.site.models import SiteSettings
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

RESET = "/accounts/password/reset/"
NEW = "an entirely different passphrase"
QUEUED = override_settings(TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}})


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    def post(email, **extra):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(RESET, {"email": email}, **extra)

    return post


def link_in(mail):
    return re.search(r"^https?://\S+/key/\S+/$", mail.body, re.MULTILINE).group()


def test_the_mail(ask, mailoutbox):
    SiteSettings.objects.create(title="The <Desk>\nBcc: all@example.org")
    make_user(email="ada@example.org")

    assertRedirects(ask("Ada@Example.org"), reverse("account_reset_password_done"))

    (mail,) = mailoutbox
    assert mail.to == ["ada@example.org"]
    assert mail.subject == "[The <Desk> Bcc: all@example.org] Choose a new password"
    assert mail.body == (
        "Somebody, most likely you, asked for a new password for ada@example.org.\n"
        "Choose it here. The link works once, and for three days:\n\n"
        f"{link_in(mail)}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n\n"
        "--\nThe <Desk>\nBcc: all@example.org\nhttp://testserver/\n"
    )


def test_the_whole_way(client, ask, mailoutbox):
    user = make_user(email="ada@example.org")
    ask("ada@example.org")
    link = link_in(mailoutbox[0])
    assert link.startswith("http://testserver/accounts/password/reset/key/")

    page = client.get(link, follow=True)
    form_url = page.redirect_chain[-1][0]
    assert form_url.endswith("-set-password/")  # the secret is in no Referer
    done = client.post(form_url, {"password1": NEW, "password2": NEW})

    assertRedirects(done, reverse("account_reset_password_from_key_done"))
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "_auth_user_id" not in client.session  # who has a second step still owes it
    assert client.get(link).context["token_fail"]


def test_a_new_password_ends_the_other_sessions(client, ask, mailoutbox):
    user = make_user()
    elsewhere = type(client)()
    elsewhere.force_login(user)
    ask(user.email)

    form_url = client.get(link_in(mailoutbox[0]), follow=True).redirect_chain[-1][0]
    client.post(form_url, {"password1": NEW, "password2": NEW})

    assert elsewhere.get(reverse("profile")).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(
    "password", ["", "short", "password123", "1234567890123", "ada@example.org"]
)
def test_a_weak_password_is_refused(client, ask, mailoutbox, password):
    user = make_user(email="ada@example.org")
    ask(user.email)
    form_url = client.get(link_in(mailoutbox[0]), follow=True).redirect_chain[-1][0]

    response = client.post(form_url, {"password1": password, "password2": password})

    assert response.context["form"].errors
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("email", ["nobody@example.org", "off@example.org", "pending@example.org"])
def test_only_an_active_account_gets_a_mail(ask, mailoutbox, email):
    make_user(email="off@example.org", is_active=False)
    EmailAddress.objects.create(user=make_user(), email="pending@example.org", verified=False)

    assertRedirects(ask(email), reverse("account_reset_password_done"))

    assert mailoutbox == []


def test_an_account_without_a_password_gets_its_first_this_way(client, ask, mailoutbox):
    user = make_user(password=None)
    ask(user.email)

    form_url = client.get(link_in(mailoutbox[0]), follow=True).redirect_chain[-1][0]
    client.post(form_url, {"password1": NEW, "password2": NEW})

    user.refresh_from_db()
    assert user.check_password(NEW)


@QUEUED
def test_known_and_unknown_addresses_are_the_same_until_after_the_answer(ask, mailoutbox):
    make_user(email="known@example.org")
    ask("first@example.org")  # makes the key of the day for hashes of networks
    seen = []
    for email in ("known@example.org", "other@example.org"):
        with CaptureQueriesContext(connection) as queries:
            response = ask(email)
        statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
        seen.append((response.status_code, response.content, response["Location"], statements))

    assert seen[0] == seen[1]
    assert mailoutbox == []
    assert DBTaskResult.objects.filter(task_path="accounts.tasks.send_password_link").count() == 3


def test_a_forged_host_gets_no_link(ask, mailoutbox):
    make_user(email="ada@example.org")

    response = ask("ada@example.org", HTTP_HOST="evil.example")

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert mailoutbox == []


@pytest.mark.parametrize("host", ["localhost", "evil.example", "blog.example.org:8443"])
def test_the_link_leads_to_the_address_of_the_site(ask, mailoutbox, host):
    make_user(email="ada@example.org")
    with override_settings(SITE_URL="https://blog.example.org", ALLOWED_HOSTS=["*"]):
        ask("ada@example.org", HTTP_HOST=host, HTTP_X_FORWARDED_HOST="evil.example")

    (mail,) = mailoutbox
    hosts = set(re.findall(r"https?://([^/\s]+)", mail.body))
    assert hosts == {"blog.example.org"}


def test_one_person_is_not_flooded_with_mail(ask, mailoutbox):
    make_user(email="ada@example.org")

    statuses = [ask("ada@example.org").status_code for _ in range(6)]

    assert statuses == [HTTPStatus.FOUND] * 5 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert len(mailoutbox) == 5


@pytest.mark.parametrize(
    "path",
    ["1-abc-def", "zzzzzzzzzzzzzzzzzzzz-abc", "0-x", "1-set-password", "1-%00", "Z" * 300 + "-x"],
)
def test_a_made_up_link_is_refused_with_a_way_out(client, path):
    make_user()

    response = client.get(f"/accounts/password/reset/key/{path}/")

    assert response.context["token_fail"]
    assert "Ask for a new link" in response.content.decode()
