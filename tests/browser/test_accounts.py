"""Account pages in a browser: their look, their accessibility, and passkeys under the strict policy."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.factories import PASSWORD, make_author, make_image, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

ENTRANCE = ["login", "signup", "inactive", "password/reset", "password/reset/done"]
ENTRANCE += [
    "password/reset/key/1-abc",
    "password/reset/key/done",
    "confirm-email",
    "confirm-email/x",
]
MANAGE = ["profile", "email", "password/change", "logout", "reauthenticate", "2fa"]
MANAGE += ["2fa/totp/activate", "2fa/webauthn", "2fa/webauthn/add", "2fa/recovery-codes/generate"]


def test_account_pages_are_accessible(page, axe_in_both_looks):
    user = make_staff("Author", email="ada@example.org")
    make_author(user=user, name="Ada Lovelace", photo=make_image())
    for path in ENTRANCE:
        page.goto(f"/accounts/{path}/")
        axe_in_both_looks(page)
    sign_in_by_form(page)
    for path in MANAGE:
        page.goto(f"/accounts/{path}/")
        axe_in_both_looks(page)


def test_the_desk_of_people_and_settings_is_accessible(page, sign_in, axe_in_both_looks):
    boss = make_staff("Administrator")
    author = make_author(user=boss, photo=make_image())
    sign_in(page, boss)
    accounts = ["user/", "user/add/", f"user/{boss.pk}/change/", f"user/{boss.pk}/password/"]
    accounts += ["author/", f"author/{author.pk}/change/"]  # to add one is the same form, empty
    others = ["", "site/sitesettings/"]
    for path in [*others, *[f"accounts/{path}" for path in accounts]]:
        page.goto(f"/admin/{path}")
        axe_in_both_looks(page)


def sign_in_by_form(page, email="ada@example.org"):
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url("/admin/")
    page.goto("/accounts/reauthenticate/?next=/accounts/profile/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


@pytest.fixture
def passkeys(page):
    """Give the browser a device that keeps passkeys and always recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    return session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_opens_the_account_alone(page, passkeys):
    make_staff("Author", email="ada@example.org")
    sign_in_by_form(page)

    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Name of this key").fill("Laptop")
    page.get_by_label("Sign in with this key alone").check()
    page.get_by_role("button", name="Add").click()

    expect(page).to_have_url("/accounts/2fa/recovery-codes/")
    assert Authenticator.objects.get(type="webauthn").wrap().is_passwordless
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("Laptop (passkey)")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/accounts/profile/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url("/accounts/profile/")


def test_a_key_is_the_second_step(page, passkeys):
    make_staff("Author", email="ada@example.org")
    sign_in_by_form(page)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Add").click()
    expect(page).to_have_url("/accounts/2fa/recovery-codes/")

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use your key").click()

    expect(page).to_have_url("/admin/")


def test_a_device_without_a_key_is_said_to_give_no_answer(page, passkeys):
    page.goto("/accounts/login/")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_have_text("The key gave no answer. Try again.")


def test_without_scripts_the_password_still_opens(no_js_page):
    make_staff("Author", email="ada@example.org")

    sign_in_by_form(no_js_page)

    expect(no_js_page.get_by_role("heading", name="Your profile")).to_be_visible()
    no_js_page.goto("/accounts/login/")
    expect(no_js_page.get_by_role("button", name="passkey")).to_be_hidden()
