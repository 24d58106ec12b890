from http import HTTPStatus
from ipaddress import ip_network

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from accounts.models import User
from tests.factories import PASSWORD, make_staff, make_user

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
WRONG = "The email address and/or password you specified are not correct."
TOO_MANY = "Too many failed login attempts. Try again later."


def sign_in(client, email, password=PASSWORD, **extra):
    query = {"next": extra.pop("next")} if "next" in extra else {}
    return client.post(LOGIN, {"login": email, "password": password} | query, **extra)


def is_signed_in(client):
    return "_auth_user_id" in client.session


def errors_of(response):
    return response.context["form"].non_field_errors()


def test_staff_sign_in_by_address_in_any_case_and_come_to_the_desk(client):
    make_user(email="ada@example.org", is_staff=True)

    assertRedirects(sign_in(client, " Ada@Example.org "), "/admin/", target_status_code=200)


def test_a_reader_comes_to_the_profile(client):
    assertRedirects(sign_in(client, make_user().email), reverse("profile"))


def test_signing_in_changes_the_session_key(client):
    client.get(reverse("account_reset_password_done"))
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before

    sign_in(client, make_user().email)

    assert is_signed_in(client)
    assert client.session.session_key != before


def test_the_session_ends_with_the_browser_unless_wanted_otherwise(client):
    user = make_user()
    assert sign_in(client, user.email).cookies["sessionid"]["max-age"] == ""
    client.logout()

    response = client.post(LOGIN, {"login": user.email, "password": PASSWORD, "remember": "on"})
    assert response.cookies["sessionid"]["max-age"] == 14 * 24 * 3600


def test_cookies_are_out_of_reach_of_scripts(client):
    make_user(email="ada@example.org")
    client.get(LOGIN)

    response = sign_in(client, "ada@example.org")

    flags = {(name, c["httponly"], c["samesite"]) for name, c in response.cookies.items()}
    assert flags == {("sessionid", True, "Lax"), ("csrftoken", True, "Lax")}


def test_an_inactive_account_learns_so_only_with_the_right_password(client):
    make_user(email="ada@example.org", is_active=False)

    assert errors_of(sign_in(client, "ada@example.org", "wrong")) == [WRONG]
    assertRedirects(sign_in(client, "ada@example.org"), reverse("account_inactive"))
    assert not is_signed_in(client)


def answer(client, email):
    """Return everything a stranger sees of a failed sign-in, without what differs by chance."""
    response = sign_in(client, email, "wrong")
    token = response.context["csrf_token"]
    body = response.content.decode().replace(str(token), "").replace(email, "")
    return response.status_code, body, sorted(response.headers)


def test_known_and_unknown_addresses_get_the_same_answer(client):
    make_user(email="known@example.org")
    client.get(LOGIN)

    assert answer(client, "known@example.org") == answer(client, "other@example.org")


def test_known_and_unknown_addresses_cost_the_same(client, monkeypatch):
    make_user(email="known@example.org")
    sign_in(client, "first@example.org", "wrong")  # the first POST of a day makes the network key
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: hashed.append(password) or encode(self, password, salt),
    )

    costs = []
    for email in ("known@example.org", "other@example.org"):
        with CaptureQueriesContext(connection) as queries:
            sign_in(client, email, "wrong")
        costs.append((len(queries), len(hashed)))
        hashed.clear()

    assert costs[0] == costs[1]
    assert costs[0][1] == 1


def test_five_wrong_passwords_close_an_account_for_a_while(client):
    make_user(email="ada@example.org")
    make_user(email="bob@example.org")
    for _ in range(5):
        assert errors_of(sign_in(client, "ada@example.org", "wrong")) == [WRONG]

    assert errors_of(sign_in(client, "ada@example.org")) == [TOO_MANY]
    assert not is_signed_in(client)
    assert sign_in(client, "bob@example.org").status_code == HTTPStatus.FOUND


def test_an_unknown_address_is_closed_just_the_same(client):
    for _ in range(5):
        assert errors_of(sign_in(client, "nobody@example.org", "wrong")) == [WRONG]

    assert errors_of(sign_in(client, "nobody@example.org")) == [TOO_MANY]


@pytest.mark.parametrize(
    "disguise",
    [
        lambda n: {"HTTP_X_FORWARDED_FOR": f"198.51.100.{n}"},
        lambda n: {"HTTP_HOST": f"localhost:{8000 + n}"},
        lambda n: {"HTTP_X_REAL_IP": f"198.51.100.{n}", "HTTP_FORWARDED": f"for=198.51.100.{n}"},
        lambda n: {"REMOTE_ADDR": f"198.51.100.{n}"},
    ],
    ids=["x-forwarded-for", "host", "other headers", "many networks"],
)
def test_no_disguise_gives_more_guesses_at_an_account(client, disguise):
    make_user(email="ada@example.org")
    for number in range(5):
        sign_in(client, "ada@example.org", "wrong", **disguise(number))

    assert errors_of(sign_in(client, "ada@example.org", **disguise(99))) == [TOO_MANY]


def guess_many_accounts(client, **extra):
    for number in range(10):
        response = sign_in(client, f"user{number}@example.org", "wrong", **extra)
    return response


def test_one_network_may_not_try_many_accounts(client):
    make_user(email="ada@example.org")
    assert errors_of(guess_many_accounts(client)) == [WRONG]

    response = sign_in(client, "ada@example.org", HTTP_X_FORWARDED_FOR="198.51.100.7")

    assert errors_of(response) == [TOO_MANY]


def test_a_trusted_proxy_says_which_network_it_is(client):
    make_user(email="ada@example.org")
    with override_settings(TRUSTED_PROXIES=[ip_network("127.0.0.1")]):
        guess_many_accounts(client, HTTP_X_FORWARDED_FOR="203.0.113.9")
        sign_in(client, "ada@example.org", HTTP_X_FORWARDED_FOR="198.51.100.7")

    assert is_signed_in(client)


def test_a_form_without_its_token_is_refused():
    user = make_user()
    client = Client(enforce_csrf_checks=True)

    assert sign_in(client, user.email).status_code == HTTPStatus.FORBIDDEN
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "http:///evil", "javascript:alert(1)", "\\\\evil"]
    + ["http://127.0.0.1/", "https://localhost:9999/"],
)
def test_signing_in_never_leads_to_another_place(client, target):
    response = sign_in(client, make_user().email, next=target)

    assertRedirects(response, reverse("profile"))


def test_signing_in_leads_back(client):
    editor = make_staff("Editor")
    page = reverse("admin:accounts_author_changelist")

    assertRedirects(client.get(page), f"/admin/login/?next={page}", target_status_code=302)
    asked = client.get(f"/admin/login/?next={page}")
    assertRedirects(asked, f"{LOGIN}?next=%2Fadmin%2Faccounts%2Fauthor%2F")
    assertRedirects(sign_in(client, editor.email, next=page), page)


def test_the_login_form_of_the_admin_does_not_exist(client):
    boss = make_staff(is_superuser=True)

    response = client.post("/admin/login/", {"username": boss.email, "password": PASSWORD})

    assertRedirects(response, f"{LOGIN}?next=%2Fadmin%2Flogin%2F")
    assert not is_signed_in(client)


def test_who_is_not_staff_has_no_business_in_the_admin(client):
    client.force_login(make_user())

    assert client.get("/admin/", follow=True).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(client, method):
    data = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}

    response = getattr(client, method)("/accounts/signup/", data)

    assert response.status_code == HTTPStatus.OK
    assert response.templates[0].name == "account/signup_closed.html"
    assert not is_signed_in(client)

    assert not User.objects.exists()


def test_signing_out_says_so(client):
    client.force_login(make_user())

    response = client.post("/accounts/logout/", follow=True)

    assert not is_signed_in(client)
    assertRedirects(response, LOGIN)
    assert [str(message) for message in response.context["messages"]] == ["You are signed out."]


def test_looking_at_the_sign_out_page_signs_nobody_out(client):
    client.force_login(make_user())

    client.get("/accounts/logout/")

    assert is_signed_in(client)
