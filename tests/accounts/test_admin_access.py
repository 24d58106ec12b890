"""Which role gets how far in the admin: every page of every kind of thing, tried by everybody."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from accounts.roles import ADMINISTRATOR, AUTHOR, CONTRIBUTOR, EDITOR, MODERATOR, ROLES
from accounts.tasks import send_mail
from blog.articles.models import DeskField, MailRule, Series, Snippet, TagMerge, WorkingStatus
from blog.comments.models import Ban, Rule
from blog.outbox.models import Mail
from blog.pages.models import Message
from blog.ratings.models import Burst, Feedback, RatingSummary
from blog.redirects.models import MissingAddress, Redirect
from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_menu_item,
    make_page,
    make_rating,
    make_section,
    make_staff,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db

# l: the list opens, a: something may be added, c: what others made may be changed, v: only looked at,
# d: deleted. A role that is not named sees nothing at all.
ACCESS = {
    "accounts.user": {ADMINISTRATOR: "lac"},
    "accounts.author": {CONTRIBUTOR: "lv", AUTHOR: "lv", EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "auth.group": {ADMINISTRATOR: "lacd"},
    # Of an article of somebody else; a live one is not deleted by anybody.
    "articles.article": {CONTRIBUTOR: "la", AUTHOR: "la", EDITOR: "lac", ADMINISTRATOR: "lac"},
    "articles.category": {CONTRIBUTOR: "lv", AUTHOR: "lv", EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "articles.tag": {CONTRIBUTOR: "lv", AUTHOR: "lav", EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "articles.series": {EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "articles.snippet": {CONTRIBUTOR: "lv", AUTHOR: "lav", EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "articles.deskfield": {EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "articles.workingstatus": {ADMINISTRATOR: "lacd"},
    "articles.mailrule": {ADMINISTRATOR: "lacd"},
    "articles.tagmerge": {EDITOR: "lv", ADMINISTRATOR: "lv"},
    "media.image": {CONTRIBUTOR: "lav", AUTHOR: "lav", EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "comments.comment": {MODERATOR: "lcd", EDITOR: "lcd", ADMINISTRATOR: "lcd"},
    "comments.rule": {MODERATOR: "lacd", EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "comments.ban": {MODERATOR: "lac", EDITOR: "lac", ADMINISTRATOR: "lac"},
    "ratings.rating": {MODERATOR: "lvd", EDITOR: "lvd", ADMINISTRATOR: "lvd"},
    "ratings.burst": {MODERATOR: "lc", EDITOR: "lc", ADMINISTRATOR: "lc"},
    # What readers tell the authors of an article, here of somebody else.
    "ratings.feedback": {CONTRIBUTOR: "l", AUTHOR: "l", EDITOR: "lv", ADMINISTRATOR: "lv"},
    "frame.menuitem": {EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "frame.section": {EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "redirects.redirect": {EDITOR: "lacd", ADMINISTRATOR: "lacd"},
    "redirects.missingaddress": {EDITOR: "lc", ADMINISTRATOR: "lc"},
    "pages.page": {EDITOR: "lac", ADMINISTRATOR: "lac"},  # only what is in the trash is deleted
    "pages.message": {ADMINISTRATOR: "lcd"},
    "outbox.mail": {ADMINISTRATOR: "lc"},
    "site.sitesettings": {ADMINISTRATOR: "lc"},
    "django_tasks_database.dbtaskresult": {ADMINISTRATOR: "lv"},
}


def make_task() -> DBTaskResult:

    backend = DatabaseBackend("default", {})
    backend.enqueue(send_mail, ["Hello", "A secret", "ada@example.org"], {})
    return DBTaskResult.objects.get()


MAKERS: dict[str, Callable[[], Any]] = {
    "accounts.user": make_user,
    "accounts.author": make_author,
    "auth.group": lambda: Group.objects.create(name="Proofreaders"),
    "media.image": make_image,
    "articles.article": make_article,
    "articles.category": make_category,
    "articles.tag": make_tag,
    "articles.series": lambda: Series.objects.create(title="Tides", slug="tides"),
    "articles.snippet": lambda: Snippet.objects.create(name="House", body="<p>Here.</p>"),
    "articles.deskfield": lambda: DeskField.objects.create(name="Photographer"),
    "articles.workingstatus": lambda: WorkingStatus.objects.create(name="At the lawyer"),
    "articles.mailrule": lambda: MailRule.objects.create(name="Tell me", to_authors=True),
    "articles.tagmerge": lambda: TagMerge.objects.create(name="JS", slug="js", target=make_tag()),
    "comments.comment": make_comment,
    "ratings.rating": make_rating,
    "comments.rule": lambda: Rule.objects.create(name="Links", kind=Rule.Kind.LINKS, threshold=2),
    "comments.ban": lambda: Ban.objects.create(email="troll@example.org"),
    "ratings.burst": lambda: Burst.objects.create(
        article=make_article(), reason=Burst.Reason.MANY
    ),
    "ratings.feedback": lambda: Feedback.objects.get(
        pk=make_rating(feedback="Too long.", feedback_at=timezone.now()).pk
    ),
    "frame.menuitem": lambda: make_menu_item(address="/about/"),
    "frame.section": make_section,
    "pages.page": make_page,
    "pages.message": lambda: Message.objects.create(
        name="Ada", email="ada@example.org", body="Hello."
    ),
    "outbox.mail": lambda: Mail.objects.create(key="hello", to="ada@example.org", subject="Hello"),
    "redirects.redirect": lambda: Redirect.objects.create(path="/old/", target="/new/"),
    "redirects.missingaddress": lambda: MissingAddress.objects.create(
        path="/old/", last_at=timezone.now()
    ),
    "ratings.ratingsummary": lambda: RatingSummary.objects.get(article=make_rating().article),
    "site.sitesettings": SiteSettings.objects.create,
    "django_tasks_database.dbtaskresult": make_task,
}


def test_the_table_names_everything_in_the_admin():
    registered = {model._meta.label_lower for model in admin.site._registry}

    assert registered == set(ACCESS)


def access_to(client, thing: Model) -> str:
    def get(page, *args):
        name = f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{page}"
        response = client.get(reverse(name, args=args))
        if response.status_code == HTTPStatus.FOUND:
            # An object out of reach leads to the index: it could as well not exist.
            if response["Location"] == reverse("admin:index"):
                return None
            response = client.get(response["Location"])
        assert response.status_code in {200, 403, 404}
        return response if response.status_code == HTTPStatus.OK else None

    letters = "l" * bool(get("changelist")) + "a" * bool(get("add"))
    if page := get("change", thing.pk):
        letters += "c" if page.context_data["has_change_permission"] else "v"
    return letters + "d" * bool(get("delete", thing.pk))


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_as_far_as_the_table_says(client, role, monkeypatch):
    things = {kind: make() for kind, make in MAKERS.items() if kind in ACCESS}
    client.force_login(make_staff(role))
    if role != ADMINISTRATOR:  # who is shown every page that there is
        monkeypatch.setattr(TemplateResponse, "rendered_content", "")

    assert {kind: access_to(client, thing) for kind, thing in things.items()} == {
        kind: roles.get(role, "") for kind, roles in ACCESS.items()
    }


@pytest.mark.parametrize("who", ["Reader", "Nobody"])
def test_who_has_no_role_is_sent_to_the_sign_in(client, who):
    if who == "Reader":
        client.force_login(make_user())

    for kind in ACCESS:
        changelist = reverse(f"admin:{kind.replace('.', '_')}_changelist")
        assert client.get(changelist).status_code == HTTPStatus.FOUND, kind


@pytest.mark.parametrize(
    ("role", "apps"),
    [
        (CONTRIBUTOR, {"accounts", "articles", "media", "ratings"}),
        (AUTHOR, {"accounts", "articles", "media", "ratings"}),
        (
            EDITOR,
            set("accounts articles comments frame media pages ratings redirects".split()),
        ),
        (MODERATOR, {"comments", "ratings"}),
        (
            ADMINISTRATOR,
            {
                "accounts",
                "articles",
                "auth",
                "comments",
                "django_tasks_database",
                "frame",
                "pages",
                "media",
                "outbox",
                "ratings",
                "redirects",
                "site",
            },
        ),
    ],
)
def test_the_index_shows_a_role_what_it_may_do(client, role, apps):
    client.force_login(make_staff(role))

    shown = {app["app_label"] for app in client.get("/admin/").context["app_list"]}

    assert shown == apps
