"""Changing the address to sign in with: nothing moves before the new one is confirmed."""

import re
from http import HTTPStatus

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from accounts.models import User
from tests.accounts.test_two_step import reauthenticate
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

EMAIL = "/accounts/email/"


@pytest.fixture
def user(client):
    user = make_user(email="old@example.org")
    client.force_login(user)
    reauthenticate(client)
    return user


@pytest.fixture
def change(client, django_capture_on_commit_callbacks):
    def post(email, action="action_add"):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(EMAIL, {"email": email, action: ""})

    return post


def link_in(mail):
    return re.search(r"^https?://\S+/confirm-email/\S+/$", mail.body, re.MULTILINE).group()


def addresses_of(user):
    return list(
        EmailAddress.objects.filter(user=user).order_by("pk").values_list("email", "verified")
    )


def test_a_new_address_counts_once_it_is_confirmed(client, user, change, mailoutbox):
    assertRedirects(change("New@example.org"), EMAIL)

    user.refresh_from_db()
    assert user.email == "old@example.org"
    assert addresses_of(user) == [("old@example.org", True), ("new@example.org", False)]
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["new@example.org"], "[Byline] Confirm your address")

    link = link_in(mail)
    assert b"new@example.org" in client.get(link).content
    user.refresh_from_db()
    assert user.email == "old@example.org"  # a mail scanner that follows links changes nothing
    assertRedirects(client.post(link), reverse("profile"))

    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert addresses_of(user) == [("new@example.org", True)]
    assert not client.login(email="old@example.org", password=PASSWORD)
    assert client.login(email="new@example.org", password=PASSWORD)


def test_the_old_address_hears_of_it(
    client, user, change, mailoutbox, django_capture_on_commit_callbacks
):
    change("new@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(link_in(mailoutbox[0]))

    notice = mailoutbox[1]
    assert (notice.to, notice.subject) == (["old@example.org"], "[Byline] Email Changed")


def test_a_change_needs_the_password(client, change, mailoutbox):
    client.force_login(make_user(email="old@example.org"))

    response = change("new@example.org")

    assertRedirects(response, f"/accounts/reauthenticate/?next={EMAIL.replace('/', '%2F')}")
    assert mailoutbox == []


def test_a_change_can_be_called_off(client, user, change, mailoutbox):
    change("new@example.org")

    change("new@example.org", "action_remove")

    assert addresses_of(user) == [("old@example.org", True)]
    assert client.post(link_in(mailoutbox[0])).status_code == HTTPStatus.NOT_FOUND


def test_the_only_address_cannot_be_removed(client, user, change):
    change("new@example.org")

    change("old@example.org", "action_remove")

    user.refresh_from_db()
    assert user.email == "old@example.org"


def test_an_address_of_somebody_else_stays_theirs(client, user, change, mailoutbox):
    owner = make_user(email="taken@example.org")
    change("taken@example.org")

    for mail in mailoutbox:
        client.post(link_in(mail))

    user.refresh_from_db()
    owner.refresh_from_db()
    assert (user.email, owner.email) == ("old@example.org", "taken@example.org")


def test_an_unconfirmed_address_gets_no_password_link(
    client, user, change, mailoutbox, django_capture_on_commit_callbacks
):
    change("typo@example.org")
    client.logout()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/password/reset/", {"email": "typo@example.org"})

    assert [mail.subject for mail in mailoutbox] == ["[Byline] Confirm your address"]


@pytest.mark.parametrize(
    "email", ["", "no address", "a@b", "x" * 250 + "@example.org", "a\x00@x.org"]
)
def test_what_is_no_address_is_refused(client, user, change, email):
    response = change(email)

    assert response.context["form"].errors
    assert list(User.objects.values_list("email", flat=True)) == ["old@example.org"]


def test_changing_the_password_ends_the_other_sessions_and_is_mailed(
    client, user, mailoutbox, django_capture_on_commit_callbacks
):
    elsewhere = type(client)()
    elsewhere.force_login(user)
    new = "an entirely different passphrase"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/accounts/password/change/", data)

    assertRedirects(response, reverse("profile"))
    assert elsewhere.get(reverse("profile")).status_code == HTTPStatus.FOUND
    assert [mail.subject for mail in mailoutbox] == ["[Byline] Password Changed"]


def test_the_present_password_is_asked_for(client, user):
    new = "an entirely different passphrase"

    response = client.post(
        "/accounts/password/change/",
        {"oldpassword": "wrong", "password1": new, "password2": new},
    )

    assert list(response.context["form"].errors) == ["oldpassword"]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
