"""Requests that no page of the admin sends: a plain refusal, never a 500."""

import pytest
from django.urls import reverse

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
