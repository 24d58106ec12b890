"""Readers make an account themselves, where the owner lets them."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import SignUp, User
from accounts.signing_up import MOST_AN_HOUR
from blog.comments.models import Ban, Comment
from blog.privacy.retention import forget
from blog.site.models import SiteSettings
from tests.factories import PASSWORD, make_article, make_comment, make_rating, make_user

pytestmark = pytest.mark.django_db

SIGN_UP = "/accounts/signup/"


@pytest.fixture(autouse=True)
def open_site() -> None:
    SiteSettings.objects.update_or_create(
        pk=1, defaults={"title": "The Desk", "readers_may_sign_up": True}
    )


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    def post(email="ada@example.org", **extra):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(SIGN_UP, {"email": email} | extra)

    return post


def link_in(mail) -> str:
    return re.search(r"http://testserver(/accounts/signup/\S+/)$", mail.body, re.MULTILINE)[1]


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_the_whole_way(client, ask, mailoutbox):
    article = make_article()
    then = f"{article.get_absolute_url()}#respond"

    response = ask("Ada@Example.org", next=then)

    assert response["Location"] == "/accounts/signup/sent/"
    assert not User.objects.exists()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["ada@example.org"], "[The Desk] Create your account")
    assert "ada" not in link_in(mail).lower().partition("/signup/")[2].partition(":")[0]
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(link_in(mail))
    # With "no-referrer" browsers send "Origin: null", and the form would be refused.
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "private, no-store"
    assert not User.objects.exists()
    form = {"name": " Ada\x07 B. ", "password": PASSWORD}
    assert browser.post(link_in(mail), form).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    response = browser.post(link_in(mail), form | {"csrfmiddlewaretoken": token})
    assert response["Location"] == then
    assert is_signed_in(browser)
    user = User.objects.get()
    assert (user.email, user.display_name, user.is_staff) == ("ada@example.org", "Ada B.", False)
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert not SignUp.objects.exists()
    # The link works once.
    assert client.get(link_in(mail)).status_code == 404


def test_nobody_learns_who_has_an_account(client, ask, mailoutbox):
    make_user(email="ada@example.org")
    make_user(email="gone@example.org", is_active=False)

    answers = [ask(f"{name}@example.org") for name in ("ada", "gone", "new")]

    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    to = {mail.to[0]: mail for mail in mailoutbox}
    assert to.keys() == {"ada@example.org", "new@example.org"}
    known = to["ada@example.org"]
    assert known.subject == "[The Desk] You have an account already"
    assert "/accounts/login/" in known.body
    assert "/accounts/signup/" not in known.body


def test_nobody_is_flooded_with_mail(client, ask, mailoutbox):
    for _ in range(3):
        ask("ada@example.org")
    assert len(mailoutbox) == 1
    SignUp.objects.update(asked_at=timezone.now() - timedelta(minutes=16))
    ask("ada@example.org")
    assert len(mailoutbox) == 2

    for number in range(MOST_AN_HOUR):
        response = ask(f"r{number}@example.org")

    assert response.status_code == 429
    assert "Try again in an hour" in response.text
    assert len(mailoutbox) == 1 + MOST_AN_HOUR


def test_what_is_wrong_is_said_and_kept(client, ask, mailoutbox):
    for email in ["", "nobody", f"{'a' * 100}@example.org"]:
        response = ask(email, next="https://evil.example/")
        assert response.status_code == 422
        assert "evil.example" not in response.text
    ask()
    path = link_in(mailoutbox[0])
    for form, sentence in {
        ("", PASSWORD): "This field is required.",
        ("\x01 \x02", PASSWORD): "This field is required.",
        ("Ada", ""): "This field is required.",
        ("Ada", "12345678"): "This password is too common.",
        ("Ada", "ada@example.org"): "The password is too similar to the email.",
        ("Adalinde Marsh", "adalinde marsh"): "The password is too similar to the display name.",
    }.items():
        response = client.post(path, dict(zip(("name", "password"), form, strict=True)))
        assert response.status_code == 422
        assert sentence in response.text
    assert not User.objects.exists()

    make_user(email="ada@example.org")  # an administrator was quicker
    response = client.post(path, {"name": "Ada", "password": PASSWORD})
    assert (response.status_code, is_signed_in(client)) == (422, False)
    assert "There is an account with this address now." in response.text


def test_links_that_do_not_work(client, ask, mailoutbox):
    ask()
    path = link_in(mailoutbox[0])

    assert client.get(path[:-5] + "x/").status_code == 404
    SignUp.objects.update(asked_at=timezone.now() - SignUp.KEPT - timedelta(minutes=1))
    assert client.get(path).status_code == 404
    assert forget().sign_ups == 1
    assert not SignUp.objects.exists()


def test_closed_is_the_default_and_closes_open_links(client, ask, mailoutbox):
    ask()
    SiteSettings.objects.update(readers_may_sign_up=SiteSettings().readers_may_sign_up)

    for response in (
        client.get(SIGN_UP),
        ask("new@example.org"),
        client.post(link_in(mailoutbox[0]), {"name": "Ada", "password": PASSWORD}),
    ):
        assert response.templates[0].name == "account/signup_closed.html"
    assert len(mailoutbox) == 1
    assert not User.objects.exists()


def test_pages_lead_there_where_it_is_open(client):
    article = make_article()
    SiteSettings.objects.update(comment_needs_sign_in=True)
    there = f"{SIGN_UP}?next={article.get_absolute_url()}%23respond"

    assert there in client.get(article.get_absolute_url()).text
    assert f"{SIGN_UP}?next=%2Fx%2F" in client.get("/accounts/login/?next=/x/").text

    SiteSettings.objects.update(readers_may_sign_up=False)
    assert SIGN_UP not in client.get(article.get_absolute_url()).text
    assert SIGN_UP not in client.get("/accounts/login/").text


def test_account_is_closed_with_what_is_erased(client):
    user = make_user(display_name="Ada")
    comment = make_comment(user=user, email=user.email)
    make_rating(user=user)
    ban = Ban.objects.create(user=user)
    client.force_login(user)
    page = client.post("/privacy/mine/", headers={"Sec-Fetch-Site": "same-origin"})["Location"]
    form = {"comments": "anonymise", "votes": "keep", "account": "on"}
    assert 'name="account"' in client.get(page).text
    assert "Your account is closed." in client.post(page, form).text
    assert User.objects.exists()

    client.post(page, form | {"sure": "yes"})

    assert not User.objects.exists()
    assert not is_signed_in(client)
    assert Comment.objects.get(pk=comment.pk).name == "Anonymous"
    ban.refresh_from_db()
    assert (ban.user, ban.email) == (None, user.email)


def test_account_of_the_desk_is_not_closed_by_its_owner(client):
    user = make_user(is_staff=True)
    make_comment(user=user, email=user.email)
    client.force_login(user)
    page = client.post("/privacy/mine/", headers={"Sec-Fetch-Site": "same-origin"})["Location"]

    form = {"comments": "anonymise", "votes": "keep", "account": "on", "sure": "yes"}
    client.post(page, form)

    assert 'name="account"' not in client.get(page).text
    assert User.objects.filter(pk=user.pk).exists()
