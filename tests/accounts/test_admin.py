"""Accounts, authors, groups and site settings, as administrators handle them."""

from http import HTTPStatus

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from accounts.application_passwords import make_application_password
from accounts.models import ApplicationPassword, Author, User
from blog.site.models import SiteSettings
from tests.accounts.test_admin_access import make_task
from tests.factories import PASSWORD, make_author, make_image, make_staff, make_user

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"
NO_LINKS = {"links-TOTAL_FORMS": "0", "links-INITIAL_FORMS": "0"}


@pytest.fixture
def administrator(client):
    user = make_staff("Administrator", email="boss@example.org")
    client.force_login(user)
    return user


def change_url(thing):
    return reverse(
        f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk]
    )


def form_errors(response):
    return response.context["adminform"].form.errors


def account_data(user, **changes):
    data = {
        "email": user.email,
        "display_name": user.display_name,
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "groups": [group.pk for group in user.groups.all()],
    }
    return {key: value for key, value in (data | changes).items() if value is not False}


def test_a_new_account_gets_a_link_to_choose_its_password(
    client, administrator, mailoutbox, django_capture_on_commit_callbacks
):
    author = Group.objects.get(name="Author")
    data = {"email": "New@Example.org", "is_staff": "on", "groups": [author.pk], "password": ""}

    with django_capture_on_commit_callbacks(execute=True):
        assertRedirects(client.post(f"{USERS}add/", data), change_url(User.objects.latest("pk")))

    user = User.objects.get(email="new@example.org")
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)
    assert list(user.groups.all()) == [author]
    assert EmailAddress.objects.get(user=user, verified=True, primary=True).email == user.email
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["new@example.org"], "[Byline] Your account")
    assert "http://testserver/accounts/password/reset/key/" in mail.body


def test_a_new_account_may_get_its_password_at_once(client, administrator, mailoutbox):
    client.post(f"{USERS}add/", {"email": "new@example.org", "password": PASSWORD})

    assert User.objects.get(email="new@example.org").check_password(PASSWORD)
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "BOSS@example.org"}, "email"),
        ({"email": "new@example.org", "password": "new@example.org"}, "password"),
        ({"email": "new@example.org", "password": "short"}, "password"),
        ({"email": "new@example.org", "display_name": "x" * 101}, "display_name"),
        ({"email": "new@example.org", "groups": "999999"}, "groups"),
    ],
)
def test_a_wrong_account_is_refused(client, administrator, data, field):
    response = client.post(f"{USERS}add/", data)

    assert list(form_errors(response)) == [field]
    assert list(User.objects.all()) == [administrator]


def test_a_changed_address_opens_the_account_no_more(client, administrator):
    user = make_user(email="old@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    client.post(change_url(user), account_data(user, email="new@example.org"))

    assert not client.login(email="old@example.org", password=PASSWORD)
    assert client.login(email="new@example.org", password=PASSWORD)


def test_saving_an_account_undoes_nothing(client, administrator):
    user = make_user(display_name="Ada")
    page = client.get(change_url(user)).context["adminform"].form.initial
    assert page["display_name"] == "Ada"
    User.objects.filter(pk=user.pk).update(session_version=7)

    client.post(change_url(user), account_data(user, display_name="Ada L."))

    user.refresh_from_db()
    assert (user.display_name, user.session_version) == ("Ada L.", 7)
    assert user.check_password(PASSWORD)


def test_an_administrator_cannot_make_a_superuser(client, administrator):
    user = make_user()

    for extra in ({"is_superuser": "on"}, {"is_superuser": "on", "user_permissions": ["1"]}):
        client.post(change_url(user), account_data(user, display_name="Ada") | extra)
        client.post(f"{USERS}add/", {"email": "new@example.org", "password": PASSWORD} | extra)

    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.user_permissions.through.objects.exists()


def test_an_administrator_cannot_touch_a_superuser(client, administrator):
    root = make_staff(email="root@example.org", is_superuser=True)
    before = User.objects.filter(pk=root.pk).values().get()

    changed = client.post(change_url(root), account_data(root, email="mine@example.org"))
    password = client.post(
        f"{USERS}{root.pk}/password/",
        {"password1": "mine, all mine!", "password2": "mine, all mine!"},
    )

    assert [changed.status_code, password.status_code] == [HTTPStatus.FORBIDDEN] * 2
    assert User.objects.filter(pk=root.pk).values().get() == before


def test_nobody_deletes_an_account(client):
    client.force_login(make_staff(is_superuser=True))
    user = make_user()

    assert client.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(USERS, {"action": "delete_selected", "_selected_action": user.pk, "post": "yes"})

    assert User.objects.filter(pk=user.pk).exists()


def test_who_is_switched_off_is_out_at_once(client, administrator):
    user = make_staff("Editor")
    elsewhere = type(client)()
    elsewhere.force_login(user)
    make_application_password(user=user, name="Calendar")

    client.post(change_url(user), account_data(user, is_active=False))

    assert elsewhere.get("/admin/").status_code == HTTPStatus.FOUND
    assert not user.application_passwords.exists()  # none comes back with the account


def test_a_lost_phone_is_helped_but_not_that_of_a_superuser(client, administrator):
    user, root = make_user(), make_user(is_superuser=True)
    for owner in (user, root):
        Authenticator.objects.create(user=owner, type="totp", data={"secret": "A" * 32})

    client.post(USERS, {"action": "remove_second_steps", "_selected_action": [user.pk, root.pk]})

    assert [found.user for found in Authenticator.objects.all()] == [root]
    for owner in (user, root):
        make_application_password(user=owner, name="Phone")
    action = "revoke_application_passwords"
    client.post(USERS, {"action": action, "_selected_action": [user.pk, root.pk]})
    assert [found.user for found in ApplicationPassword.objects.all()] == [root]


@pytest.mark.parametrize("name", ["Author", "Administrator"])
def test_the_four_roles_are_not_changed_here(client, administrator, name):
    group = Group.objects.get(name=name)
    before = set(group.permissions.all())

    response = client.post(change_url(group), {"name": "Mine"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert set(Group.objects.get(name=name).permissions.all()) == before


def test_an_editor_adds_a_guest_author_with_links(client):
    client.force_login(make_staff("Editor"))
    photo = make_image()
    data = {
        "name": "Ada",
        "slug": "ada",
        "bio": "Writes.",
        "photo": photo.pk,
        "links-TOTAL_FORMS": "1",
        "links-INITIAL_FORMS": "0",
        "links-0-label": "Home",
        "links-0-url": "https://ada.example/",
        "links-0-position": "0",
    }

    assertRedirects(client.post("/admin/accounts/author/add/", data), "/admin/accounts/author/")

    author = Author.objects.get()
    assert (author.user, author.photo, author.links.get().url) == (
        None,
        photo,
        "https://ada.example/",
    )


def test_an_editor_neither_sees_nor_changes_whose_account_an_author_is(client):
    editor = make_staff("Editor")
    client.force_login(editor)
    author = make_author(user=make_user(email="secret@example.org"))

    pages = [client.get("/admin/accounts/author/"), client.get(change_url(author))]
    client.post(
        change_url(author),
        {"name": "Ada", "slug": "ada", "user": editor.pk} | NO_LINKS,
    )

    assert [b"secret@example.org" in page.content for page in pages] == [False, False]
    author.refresh_from_db()
    assert (author.name, author.user.email) == ("Ada", "secret@example.org")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "not a link"])
def test_a_link_must_be_a_web_address(client, url):
    client.force_login(make_staff("Editor"))
    data = {"name": "Ada", "slug": "ada"} | NO_LINKS
    data |= {"links-TOTAL_FORMS": "1", "links-0-label": "x", "links-0-url": url}

    client.post("/admin/accounts/author/add/", data)

    assert not Author.objects.exists()


@pytest.mark.parametrize("key", ["x", "1; DROP", "9" * 30, "-1", "\x00", "٣"])
def test_a_forged_choice_is_refused_on_the_form(client, administrator, key):
    data = {"name": "Ada", "slug": "ada", "user": key, "photo": key} | NO_LINKS

    response = client.post("/admin/accounts/author/add/", data)

    assert list(form_errors(response)) == ["user", "photo"]


def test_a_forged_inline_without_the_permission_is_refused(client):
    """A form that somebody else's page could show does not decide what may be added."""
    user = make_staff("Author")
    client.force_login(user)
    author = make_author(user=user)
    data = {"name": "Mine", "slug": "mine", "links-TOTAL_FORMS": "1", "links-INITIAL_FORMS": "0"}
    data |= {"links-0-label": "x", "links-0-url": "https://x.example/", "links-0-position": "0"}

    assert client.post(change_url(author), data).status_code == HTTPStatus.FORBIDDEN
    assert not author.links.exists()


def test_the_settings_are_one_form(client, administrator):
    page = client.get("/admin/site/sitesettings/", follow=True)

    assertRedirects(page, "/admin/site/sitesettings/1/change/")
    assert page.context["title"] == "Change site settings"
    assert not SiteSettings.objects.exists()  # looking writes nothing


def test_the_settings_are_saved_and_say_so(client, administrator):
    form = client.get("/admin/site/sitesettings/1/change/").context["adminform"].form
    data = {bound.name: value for bound in form if (value := bound.value()) not in (None, False)}

    response = client.post(
        "/admin/site/sitesettings/1/change/", data | {"title": "The Gazette"}, follow=True
    )

    assert form_errors(response) == {}
    assert SiteSettings.objects.get().title == "The Gazette"
    assert b'id="site-name"><a href="/admin/">The Gazette</a>' in response.content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("articles_per_page", "0"),
        ("title", ""),
        ("title", "x" * 101),
    ],
)
def test_wrong_settings_are_refused(client, administrator, field, value):
    form = client.get("/admin/site/sitesettings/1/change/").context["adminform"].form
    data = {bound.name: value for bound in form if (value := bound.value()) not in (None, False)}

    response = client.post("/admin/site/sitesettings/1/change/", data | {field: value})

    assert list(form_errors(response)) == [field]


def test_other_settings_rows_do_not_exist(client, administrator):
    assert client.get("/admin/site/sitesettings/2/change/", follow=True).redirect_chain == [
        ("/admin/", HTTPStatus.FOUND)
    ]


def test_the_log_of_tasks_hides_what_was_mailed(client, administrator):
    page = client.get(change_url(make_task()))

    assert b"accounts.tasks.send_mail" in page.content
    assert b"A secret" not in page.content
