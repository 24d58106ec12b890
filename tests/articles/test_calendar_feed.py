"""The calendar in somebody's own calendar program: whose it is, and how it is written."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.signing import Signer

from accounts.services import sign_out_everywhere
from blog.articles.calendar_feed import feed_token, user_of_feed
from blog.articles.models import Article
from tests.factories import make_article, make_author, make_staff, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


def address(user):
    return f"/admin/articles/article/calendar/feed/{feed_token(user)}/"


def test_feed_holds_what_its_owner_may_see(client):
    author = make_staff("Author")
    own = [make_author(user=author)]
    title = "Saws; planes, \\ and “hammers” " + "ö" * 60 + "\r\nEND:VCALENDAR"
    article = make_article(title=title, publish_at=NOW + DAY, authors=own)
    make_article(title="Planned", status=Article.Status.DRAFT, publish_at=NOW + DAY, authors=own)
    make_article(title="Of another", publish_at=NOW + DAY)
    make_article(title="Long ago", publish_at=NOW - 40 * DAY, authors=own)

    response = client.get(address(author))

    text = response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert (response["Cache-Control"], response.cookies) == ("private, no-store", {})
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if line.startswith("SUMMARY")] == [
        "SUMMARY:Scheduled: Saws\\; planes\\, \\\\ and “hammers” " + "ö" * 60 + " END:VCALENDAR",
        "SUMMARY:Draft: Planned",
    ]
    assert f"URL:http://testserver/admin/articles/article/{article.pk}/change/" in lines
    assert lines.count("DTSTART:20261111T120000Z") == 2
    assert lines.count("END:VCALENDAR") == 1


def test_address_works_for_its_owner_only_and_can_be_withdrawn(client, caplog):
    user, other = make_staff("Editor"), make_staff("Editor")
    token = feed_token(user)
    # As it was before there were others to be had: who has subscribed by then still has it.
    assert token == Signer(salt=f"byline.calendar.{user.get_session_auth_hash()}").sign(user.pk)
    words = ["x", f"{other.pk}:{token.partition(':')[2]}", f"{token}x", f"{user.pk}", "٣:x"]
    strangers = [make_user(), make_staff("Moderator"), make_staff("Editor", is_active=False)]
    words += [feed_token(stranger) for stranger in strangers]

    assert user_of_feed(token) == user
    assert [word for word in words if user_of_feed(word)] == []
    sign_out_everywhere(user=user)
    answer = client.get(f"/admin/articles/article/calendar/feed/{token}/")
    assert (answer.status_code, answer["Cache-Control"]) == (404, "private, no-store")
    assert caplog.messages == []
