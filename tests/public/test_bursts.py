"""Votes that wait are told to moderators, and whom they have shut out cannot vote."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.visitors import COOKIE
from blog.comments.bans import ban
from blog.comments.models import MailChoice
from blog.public.burst_notices import tell_of_bursts
from blog.public.feedback import feedback_token
from blog.public.receipts import receipt_path
from blog.ratings.models import Rating
from tests.factories import (
    make_article,
    make_burst,
    make_comment,
    make_rating,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
UNTIL = datetime(2099, 3, 3, 12, tzinfo=UTC)
CLOSED = "Ratings are closed for you until 3 March 2099."


@pytest.fixture
def tell(django_capture_on_commit_callbacks):
    def call():
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            tell_of_bursts.call()
        return [(message.to, message.subject) for message in mail.outbox]

    return call


def test_moderators_are_told_once_of_what_waits(tell):
    moderator = make_staff("Moderator")
    quiet = make_staff("Moderator")
    MailChoice.objects.create(user=quiet, held=MailChoice.Held.NEVER)
    make_staff("Author")
    assert tell() == []
    make_burst(article=make_article(title="Bridges"))

    [(to, subject)] = tell()

    assert (to, subject.partition("] ")[2]) == (
        [moderator.email],
        "1 burst of votes waits for you",
    )
    assert "- Bridges (Many votes within an hour)" in mail.outbox[0].body
    assert "/admin/ratings/burst/?outcome__exact=waiting" in mail.outbox[0].body
    assert tell() == []
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert tell() == []
        make_burst(network_hash="beef" * 8)
        [(_to, subject)] = tell()
        assert subject.endswith("2 bursts of votes wait for you")


def test_decided_bursts_are_no_news(tell):
    make_staff("Moderator")
    make_burst(outcome="dropped")

    assert tell() == []


def test_desk_begins_with_what_waits(client, django_assert_max_num_queries):
    make_burst()
    make_comment(status="pending")
    for role, waits in [("Moderator", True), ("Author", False)]:
        client.force_login(make_staff(role))
        html = client.get(reverse("admin:index")).content.decode()
        assert ("1 comment waits." in html, "1 burst of votes waits." in html) == (waits, waits)


def vote(client, article, **data):
    address, headers = f"{article.get_absolute_url()}rating/", {"Sec-Fetch-Site": "same-origin"}
    return client.post(address, data or {"stars": "5"}, headers=headers)


@pytest.mark.parametrize("by", ["visitor", "network", "account"])
def test_who_is_banned_cannot_rate(client, by):
    article, user = make_article(), make_user()
    if by == "account":
        client.force_login(user)
    vote(client, article, stars="2")
    mine = Rating.objects.get()
    marks = {
        "visitor": {"visitor": mine.visitor},
        "network": {"network_hash": mine.network_hash},
        "account": {"user": user},
    }
    ban(actor=make_user(), until=UNTIL, reason="Insults", **marks[by])
    if by == "network":
        del client.cookies[COOKIE]

    response = vote(client, article)

    html = response.content.decode()
    assert response.status_code == 403
    assert CLOSED in html
    assert article.title in html
    assert "Insults" not in html
    assert [rating.stars for rating in Rating.objects.all()] == [2]
    if by != "network":  # another browser, now
        assert vote(client, article, withdraw="1").status_code == 303
        assert Rating.objects.count() == 0


def test_banned_voter_cannot_change_or_explain_the_vote_elsewhere(client):
    article = make_article()
    vote(client, article, stars="1")
    mine = Rating.objects.get()
    ban(actor=make_user(), until=UNTIL, visitor=mine.visitor)

    changed = client.post(receipt_path(mine), {"stars": "5"})
    told = client.post(
        f"{article.get_absolute_url()}rating/feedback/",
        {"vote": feedback_token(mine), "feedback": "Too short, all of it."},
    )

    assert (changed.status_code, told.status_code) == (403, 403)
    assert CLOSED in changed.content.decode()
    assert "Too short, all of it." in told.content.decode()
    mine.refresh_from_db()
    assert (mine.stars, mine.feedback) == (1, "")


def test_moderators_may_share_a_network_with_whom_they_ban(client):
    article = make_article()
    vote(client, article)
    network = make_rating(network_hash=Rating.objects.get().network_hash).network_hash
    ban(actor=make_user(), until=UNTIL, network_hash=network)
    client.force_login(make_staff("Moderator"))

    assert vote(client, article).status_code == 303
