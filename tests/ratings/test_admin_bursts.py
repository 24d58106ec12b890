"""Bursts on the staff desk: the evidence, and decisions that can be taken back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.ratings.models import Burst, Rating, RatingSummary
from blog.ratings.queries import drift
from tests.factories import make_article, make_burst, make_rating, make_staff

pytestmark = pytest.mark.django_db
BURSTS = "/admin/ratings/burst/"
WAITING, RELEASED, DROPPED = Burst.Outcome


@pytest.fixture
def desk(client):
    """Return the browser of a moderator."""
    client.force_login(make_staff("Moderator"))
    return client


def act(desk, action: str, *bursts: Burst):
    data = {"action": action, "_selected_action": [burst.pk for burst in bursts]}
    return desk.post(BURSTS, data, follow=True)


def outcomes() -> list[str]:
    return list(Burst.objects.order_by("pk").values_list("outcome", flat=True))


def test_list_shows_the_evidence(desk):
    burst = make_burst(article=make_article(title="Flooded"), votes=3)

    html = desk.get(BURSTS).content.decode()

    assert ">Flooded</a>" in html
    assert f'<a href="/admin/ratings/rating/?set_aside_with={burst.pk}">3 votes</a>' in html
    assert '<td class="field-mean">1.0</td>' in html
    assert f'<a href="/admin/ratings/rating/?network={"feed" * 8}">feedfeed</a>' in html
    assert "Many votes within an hour" in html
    assert 'class="field-span">0 seconds</td>' in html


def test_list_takes_the_same_queries_however_many_bursts(desk):
    queries = []
    for count in (1, 6):
        while Burst.objects.count() < count:
            make_burst()
        with CaptureQueriesContext(connection) as captured:
            desk.get(BURSTS)
        queries.append(len(captured))

    assert queries[0] == queries[1]


def test_burst_whose_votes_were_withdrawn_is_still_shown(desk):
    burst = make_burst(votes=0)

    assert "0 votes" in desk.get(BURSTS).content.decode()
    assert desk.get(f"{BURSTS}{burst.pk}/change/").status_code == 200


def test_released_bursts_count_and_can_wait_again(desk):
    article = make_rating(stars=5).article
    bursts = [make_burst(article=article, votes=2), make_burst(votes=1)]

    html = act(desk, "release", *bursts).content.decode()

    assert "2 bursts: Counted. 3 votes follow." in html
    assert RatingSummary.objects.get(article=article).count == 3
    act(desk, "wait_again", bursts[0])
    assert outcomes() == [WAITING, RELEASED]
    assert RatingSummary.objects.get(article=article).count == 1
    assert drift() == []


def test_dropped_votes_are_kept(desk):
    burst = make_burst(votes=2)

    act(desk, "drop", burst)

    assert outcomes() == [DROPPED]
    assert Rating.objects.filter(is_counted=False).count() == 2
    assert Burst.objects.get().decided_by is not None


def test_decision_stands_in_the_history(desk):
    burst = make_burst()

    act(desk, "drop", burst)

    entry = LogEntry.objects.get()
    assert (entry.get_edited_object(), entry.change_message) == (burst, "Not counted")


@pytest.mark.parametrize(
    ("button", "outcome"), [("_release", RELEASED), ("_drop", DROPPED), ("_wait", WAITING)]
)
def test_buttons_under_one_burst_decide(desk, button, outcome):
    burst = make_burst(outcome=DROPPED if outcome == WAITING else WAITING)

    response = desk.post(f"{BURSTS}{burst.pk}/change/", {button: "1"})

    assert response.status_code == 302
    assert outcomes() == [outcome]
    assert LogEntry.objects.count() == 1
    assert drift() == []


def test_nothing_else_of_a_burst_can_be_changed(desk):
    burst = make_burst()

    desk.post(f"{BURSTS}{burst.pk}/change/", {"outcome": "released", "network_hash": "x"})

    assert outcomes() == [WAITING]
    burst.refresh_from_db()
    assert burst.network_hash == "feed" * 8
    assert desk.get(f"{BURSTS}add/").status_code == 403
    assert desk.post(f"{BURSTS}{burst.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "may"),
    [("Author", False), ("Editor", True), ("Moderator", True), ("Administrator", True)],
)
def test_roles_that_decide(client, role, may):
    burst = make_burst()
    client.force_login(make_staff(role))

    seen = client.get(BURSTS).status_code
    act(client, "drop", burst)

    assert seen == (200 if may else 403)
    assert outcomes() == [DROPPED if may else WAITING]
