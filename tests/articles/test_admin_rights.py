"""Who may do what with articles at the desk, and what the server decides whatever is sent."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from accounts.roles import AUTHOR, MODERATOR
from blog.articles.models import Article
from blog.media.models import Image
from tests.articles.desk import (
    ADD,
    LIST,
    UPLOAD,
    change_url,
    form_data,
    member,
    own,
    picture,
)
from tests.factories import make_article, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


def staff_with(*rights):
    """Return somebody of a role that an owner put together."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


@pytest.mark.parametrize("view", ["change", "delete", "history"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_articles_of_others_are_not_there_for_authors(client, author, view, method):
    other = make_article(title="Secret", trashed_at=timezone.now())

    response = getattr(client, method)(reverse(f"admin:articles_article_{view}", args=[other.pk]))

    assert response.status_code == 404
    assert Article.objects.filter(title="Secret").exists()


@pytest.mark.parametrize("forged", ["999999", "abc", "1%20OR%201", "%00"])
def test_forged_ids_are_not_found(client, author, forged):
    assert client.get(f"{LIST}{forged}/change/").status_code == 404


def test_list_shows_authors_their_own_only(client, author):
    own(author)
    co_author = make_article(title="Together", authors=[author.author])
    make_article(title="Secret")

    response = client.get(LIST)

    assert {article.title for article in response.context["cl"].result_list} == {
        "Mine",
        co_author.title,
    }


@pytest.mark.parametrize("action", ["publish", "move_to_trash", "make_sticky", "delete_selected"])
def test_actions_do_not_reach_articles_of_others(client, author, action):
    other = make_article(status="draft", trashed_at=None)

    client.post(LIST, {"action": action, "_selected_action": [other.pk], "post": "yes"})

    before = (other.status, other.trashed_at, other.is_sticky)
    other.refresh_from_db()
    assert (other.status, other.trashed_at, other.is_sticky) == before


@pytest.mark.parametrize("role", [MODERATOR, None])
@pytest.mark.parametrize("url", [LIST, ADD, UPLOAD])
def test_others_of_the_staff_are_kept_out(client, role, url):
    client.force_login(member(role))

    assert client.post(url).status_code == 403


@pytest.mark.parametrize("url", [LIST, ADD, UPLOAD])
def test_strangers_are_sent_to_the_sign_in(client, url):
    assert client.post(url).status_code == 302


def contributor(client):
    """Sign somebody in who may write, but not publish."""
    user = member(AUTHOR)
    group = Group.objects.get(name=AUTHOR)
    user.user_permissions.set(group.permissions.exclude(codename="publish_article"))
    user.groups.clear()
    client.force_login(user)
    return user


@pytest.mark.parametrize("fields", [{"status": "published"}, {"_publish": "1"}])
def test_publishing_needs_the_permission(client, fields):
    contributor(client)

    client.post(ADD, form_data(**fields))

    assert Article.objects.get().status == "draft"


def test_publishing_by_action_needs_the_permission(client):
    article = own(contributor(client))

    client.post(LIST, {"action": "publish", "_selected_action": [article.pk]})

    assert Article.objects.get().status == "draft"


def test_saving_without_the_permission_changes_nothing_that_readers_see(client):
    user = contributor(client)
    article = own(user, status="published")
    title = article.title

    client.post(change_url(article), form_data(article, status="draft", title="New"))

    article.refresh_from_db()
    assert (article.title, article.status) == (title, "published")
    assert article.draft_revision.data["title"] == "New"


def test_server_decides_what_is_not_in_the_form(client, author):
    stranger = make_user()

    client.post(
        ADD,
        form_data(
            created_by=stranger.pk, version="99", body_html="<script>", word_count="5",
            trashed_at="2020-01-01", updated_at="2020-01-01", toc="[]", fold_at="1",
        ),
    )  # fmt: skip

    article = Article.objects.get()
    assert (article.created_by, article.version, article.trashed_at) == (author, 1, None)
    assert article.body_html == '<p class="opening">Words.</p>\n'


def test_who_may_look_at_every_article_and_change_none_sees_the_form(client):
    client.force_login(staff_with("view_article", "edit_any_article"))
    article = make_article(title="On bridges")

    response = client.get(change_url(article))

    html = response.content.decode()
    assert (response.status_code, "On bridges" in html, 'name="_save"' in html) == (
        200, True, False,
    )  # fmt: skip
    assert client.post(change_url(article), form_data()).status_code == 403


def test_lead_picture_is_uploaded_by_who_may_upload_only(client):
    client.force_login(staff_with("view_article", "add_article", "change_article"))

    client.post(ADD, form_data(lead_upload=picture()))

    assert Article.objects.get().lead_image is None
    assert not Image.objects.exists()
    assert "not upload one" in client.get(ADD).content.decode()
