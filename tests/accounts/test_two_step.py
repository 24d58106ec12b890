"""The second step: codes of an app, recovery codes, and what an attacker with the password can do."""

from base64 import b64decode
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from blog.site.models import SiteSettings
from tests.accounts.test_sign_in import is_signed_in, sign_in
from tests.factories import PASSWORD, make_staff, make_user

pytestmark = pytest.mark.django_db

ACTIVATE = "/accounts/2fa/totp/activate/"
AUTHENTICATE = "/accounts/2fa/authenticate/"


def code_for(secret: str) -> str:
    _before, now, _after = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, now))


def reauthenticate(client, password=PASSWORD, **query):
    return client.post("/accounts/reauthenticate/", {"password": password} | query)


@pytest.fixture
def secret(client):
    """Set the app up for ada@example.org; return the secret that it shares with the site."""
    client.force_login(make_staff("Editor", email="ada@example.org"))
    reauthenticate(client)
    secret = client.get(ACTIVATE).context["form"].secret
    response = client.post(ACTIVATE, {"code": code_for(secret)})
    assertRedirects(response, reverse("mfa_view_recovery_codes"))
    client.logout()
    # One code opens once: what was used to set the app up is forgotten here, as if time had passed.
    cache.clear()
    return secret


def recovery_codes():
    return Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()


def test_setting_the_app_up_needs_the_password_again(client):
    client.force_login(make_user())

    assertRedirects(
        client.get(ACTIVATE), f"/accounts/reauthenticate/?next={ACTIVATE.replace('/', '%2F')}"
    )
    assert reauthenticate(client, "wrong").context["form"].errors
    assertRedirects(reauthenticate(client, next=ACTIVATE), ACTIVATE)


def test_the_picture_names_the_site(client):
    SiteSettings.objects.create(title="The Gazette")
    client.force_login(make_user(email="ada@example.org"))
    reauthenticate(client)

    context = client.get(ACTIVATE).context

    assert context["totp_url"].startswith("otpauth://totp/ada%40example.org?secret=")
    assert context["totp_url"].endswith("&issuer=The%20Gazette")
    kind, data = context["totp_svg_data_uri"].split(",")
    assert (kind, b64decode(data)[-6:]) == ("data:image/svg+xml;base64", b"</svg>")


def test_a_wrong_code_sets_nothing_up(client):
    client.force_login(make_user())
    reauthenticate(client)
    client.get(ACTIVATE)

    assert client.post(ACTIVATE, {"code": "000000"}).context["form"].errors
    assert not Authenticator.objects.exists()


def test_the_code_is_asked_for_after_the_password(client, secret):
    assertRedirects(sign_in(client, "ada@example.org"), AUTHENTICATE)
    assert not is_signed_in(client)
    assert client.get(reverse("profile")).status_code == HTTPStatus.FOUND

    response = client.post(AUTHENTICATE, {"code": code_for(secret)})

    assertRedirects(response, "/admin/")
    assert is_signed_in(client)


def test_the_way_back_survives_the_second_step(client, secret):
    page = reverse("admin:accounts_author_changelist")
    sign_in(client, "ada@example.org", next=page)

    assertRedirects(client.post(AUTHENTICATE, {"code": code_for(secret)}), page)


def test_a_wrong_code_opens_nothing_and_few_may_be_tried(client, secret):
    sign_in(client, "ada@example.org")
    answers = [
        client.post(AUTHENTICATE, {"code": "000000"}).context["form"].errors["code"]
        for _ in range(6)
    ]

    assert answers == [["Incorrect code."]] * 5 + [
        ["Too many failed login attempts. Try again later."]
    ]
    client.post(AUTHENTICATE, {"code": code_for(secret)})
    assert not is_signed_in(client)


@pytest.mark.parametrize("code", ["", "abc", "-1", "1" * 500, "٠١٢٣٤٥", "\x00", "0x1234"])
def test_what_is_no_code_is_refused(client, secret, code):
    sign_in(client, "ada@example.org")

    assert client.post(AUTHENTICATE, {"code": code}).context["form"].errors
    assert not is_signed_in(client)


def test_the_second_step_without_the_first_leads_to_the_first(client, secret):
    assertRedirects(client.post(AUTHENTICATE, {"code": code_for(secret)}), "/accounts/login/")


def test_a_recovery_code_opens_once(client, secret):
    code = recovery_codes()[0]
    sign_in(client, "ada@example.org")
    client.post(AUTHENTICATE, {"code": code})
    assert is_signed_in(client)
    client.logout()

    sign_in(client, "ada@example.org")
    client.post(AUTHENTICATE, {"code": code})

    assert not is_signed_in(client)


def test_recovery_codes_are_shown_only_to_who_just_proved_to_be_the_owner(client, secret):
    sign_in(client, "ada@example.org")
    client.post(AUTHENTICATE, {"code": code_for(secret)})

    for page in ("mfa_view_recovery_codes", "mfa_download_recovery_codes"):
        assert client.get(reverse(page)).status_code == HTTPStatus.FOUND
    reauthenticate(client)
    shown = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert [code in shown for code in recovery_codes()] == [True] * 10


def test_switching_the_app_off_needs_the_password_and_is_mailed(
    client, secret, mailoutbox, django_capture_on_commit_callbacks
):
    sign_in(client, "ada@example.org")
    client.post(AUTHENTICATE, {"code": code_for(secret)})
    off = reverse("mfa_deactivate_totp")
    assert client.post(off).status_code == HTTPStatus.FOUND
    assert Authenticator.objects.filter(type="totp").exists()

    reauthenticate(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(off)

    assert not Authenticator.objects.exists()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (
        ["ada@example.org"],
        "[Byline] Authenticator App Deactivated",
    )
    assert "127.0.0.1" not in mail.body


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "null",
        "[]",
        "{}",
        "1",
        '"x"',
        '{"response": []}',
        '{"response": {"userHandle": 1}}',
    ]
    + ['{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "MQ"}}']
    + [
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA",'
        ' "authenticatorData": "AA", "signature": "AA", "userHandle": "MQ"}}'
    ],
)
def test_a_made_up_passkey_opens_nothing(client, credential):
    make_user()
    client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})

    response = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})

    assertRedirects(response, "/accounts/login/")
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "credential", ["", "x", "null", "[]", "{}", "1", '"x"', '{"response": []}']
)
def test_a_made_up_key_is_not_added(client, credential):
    client.force_login(make_user())
    reauthenticate(client)
    client.get(reverse("mfa_add_webauthn"))

    response = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})

    assert response.context["form"].errors
    assert not Authenticator.objects.exists()


def test_a_key_of_somebody_else_is_not_found(client):
    key = Authenticator.objects.create(
        user=make_user(), type="webauthn", data={"name": "Theirs", "credential": {}}
    )
    client.force_login(make_user())
    reauthenticate(client)

    for page in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.post(reverse(page, args=[key.pk])).status_code == HTTPStatus.NOT_FOUND
    assert Authenticator.objects.filter(pk=key.pk).exists()
