"""Requests that no page of the admin sends: a plain refusal, never a 500."""

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import CHANGE, LogEntry
from django.urls import reverse

from blog.site.autocomplete import AutocompleteMixin
from blog.site.models import SiteSettings
from tests.accounts.test_admin_access import make_task
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LISTS = [
    "admin:articles_article_changelist",
    "admin:comments_comment_changelist",
    "admin:ratings_rating_changelist",
    "admin:ratings_burst_changelist",
    "admin:ratings_feedback_changelist",
    "admin:accounts_user_changelist",
]


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", ["q=%00", "id__exact=%00", "%00=1"])
def test_a_nul_in_the_query_is_refused(desk, name, query):
    assert desk.get(f"{reverse(name)}?{query}").status_code == 400


@pytest.mark.parametrize("key", ["x", "1 OR 1", "\x00", "", "9" * 40])
@pytest.mark.parametrize("name", LISTS)
def test_a_selection_of_no_keys_is_refused(desk, name, key):
    answer = desk.post(reverse(name), {"action": "delete_selected", "_selected_action": key})

    assert answer.status_code == 400


def test_a_selection_of_what_is_not_there_changes_nothing(desk):
    answer = desk.post(
        reverse("admin:articles_article_changelist"),
        {"action": "delete_selected", "_selected_action": "999999"},
    )

    assert answer.status_code in {200, 302}


def test_public_pages_keep_their_own_answer(client):
    assert client.get("/search/?q=%00").status_code == 200


def test_a_field_without_a_name_is_refused(desk):
    page = reverse("admin:accounts_user_add")

    assert desk.get(f"{page}?_to_field=").status_code == 400
    assert desk.post(page, {"_to_field": ""}).status_code == 400


def test_a_key_larger_than_any_is_refused(desk):
    keys = {"name": "Guests", "permissions": "9" * 26}

    # PostgreSQL compares numbers of any size, so there the form says that it is none of the choices.
    assert desk.post(reverse("admin:auth_group_add"), keys).status_code in {200, 400}


def test_a_colour_that_is_none_is_an_error_beside_its_field(desk):
    SiteSettings.objects.get_or_create(pk=1)
    page = reverse("admin:site_sitesettings_change", args=[1])

    for colours in ({"accent": "-1", "paper": "#fff"}, {"accent": "1e999", "paper": "#ffffff"}):
        answer = desk.post(page, {"title": "Typed already"} | colours)
        assert answer.status_code == 200
        errors = answer.context["adminform"].form.errors
        assert "Write a colour as #" in str(errors["accent"])
        assert "Typed already" in answer.content.decode()


def test_boxes_that_complete_survive_what_is_no_key(desk, rf):
    """Django's own look up whatever was sent, while the form with the error in it is drawn."""
    request = rf.get("/admin/")
    request.user = make_user(email="top@example.org", is_staff=True, is_superuser=True)
    desks = [
        d
        for model in site._registry.values()
        for d in (model, *model.get_inline_instances(request))
    ]

    assert not [
        d
        for d in desks
        if d.get_autocomplete_fields(request) and not isinstance(d, AutocompleteMixin)
    ]

    for key in ("nonsense", "9" * 19):
        answer = desk.post(
            reverse("admin:articles_category_add"), {"name": "Typed already", "parent": key}
        )
        assert answer.status_code == 200
        assert "Typed already" in answer.content.decode()
        article = {"title": "Typed already", "categories": key}
        answer = desk.post(reverse("admin:articles_article_add"), article)
        assert "categories" in answer.context["adminform"].form.errors
        assert "Typed already" in answer.content.decode()


@pytest.mark.parametrize(
    "page", ["health", "activity", "admin:django_tasks_database_dbtaskresult_changelist"]
)
def test_every_page_of_the_desk_speaks_the_language_of_the_person(client, page):
    client.force_login(make_user(is_staff=True, is_superuser=True, locale="de"))

    html = client.get(reverse(page)).content.decode()

    assert '<html lang="de"' in html
    assert "Zum Hauptinhalt springen" in html
    assert "Task Results" not in html  # in the list of everything at the desk


def test_a_task_has_the_name_of_what_it_does(desk):
    task = make_task()

    page = desk.get(reverse("admin:django_tasks_database_dbtaskresult_change", args=[task.pk]))

    assert "DBTaskResult" not in page.content.decode()
    assert "send_mail" in page.context["subtitle"]


def test_the_form_of_a_password_is_in_one_language(client):
    person = make_user(is_staff=True, is_superuser=True, locale="de")
    client.force_login(person)

    page = client.get(reverse("admin:auth_user_password_change", args=[person.pk]))

    assert "Ausgeschaltet ist das jetzige Passwort verloren" in page.content.decode()


def test_the_log_is_translated_for_who_reads_it(client):
    person = make_user(is_staff=True, is_superuser=True, locale="de")
    LogEntry.objects.log_actions(person.pk, [person], CHANGE, change_message="Quick edit.")
    client.force_login(person)

    for page in (reverse("activity"), reverse("admin:accounts_user_history", args=[person.pk])):
        assert "Schnell bearbeitet." in client.get(page).content.decode()
