"""Ratings by the API: for everybody to read, and one vote for whoever brings an application password."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.application_passwords import make_application_password
from blog.comments.models import Ban
from blog.ratings.models import Rating, RatingSummary
from blog.ratings.queries import drift
from blog.site.models import SiteSettings
from tests.factories import make_article, make_burst, make_rating, make_staff

pytestmark = pytest.mark.django_db


def address(article):
    return f"/api/v1/articles/{article.pk}/rating/"


def key_of(user):
    return {"Authorization": f"Bearer {make_application_password(user=user, name='Test')}"}


def program_of(user):
    return Client(enforce_csrf_checks=True, headers=key_of(user))


def put(client, article, stars):
    return client.put(address(article), json.dumps({"stars": stars}), "application/json")


def sentence(answer):
    (text,) = answer.json()["errors"]["request"]
    return text


def test_everybody_reads_what_the_box_shows(client, django_assert_num_queries):
    user = make_staff("Author")
    article, key = make_article(), key_of(user)
    assert client.get(address(article)).json() == {
        "policy": "open",
        "count": 0,
        "average": None,
        "distribution": [{"stars": stars, "votes": 0, "percent": 0} for stars in (5, 4, 3, 2, 1)],
        "earlier": {"count": 0, "average": None},
    }
    make_rating(article=article, stars=5)
    make_rating(article=article, stars=5, user=user)
    make_rating(article=article, stars=2)
    burst = make_burst(article=article, votes=0)
    make_rating(article=article, stars=1, is_counted=False, burst=burst)

    with django_assert_num_queries(2):  # settings, article
        answer = client.get(address(article))
    told = answer.json()
    assert (told["count"], told["average"]) == (3, 4.0)
    assert [row["votes"] for row in told["distribution"]] == [2, 0, 0, 1, 0]
    assert [row["percent"] for row in told["distribution"]] == [67, 0, 0, 33, 0]
    assert (answer["Cache-Control"], answer.cookies) == ("no-cache", {})
    again = {"If-None-Match": answer["ETag"]}
    assert client.get(address(article), headers=again).status_code == 304
    client.get(address(article), headers=key)  # notes the day
    with django_assert_num_queries(4):  # the password and the own vote, too
        answer = client.get(address(article), headers=key)
    assert answer.json() == told | {"mine": 5, "may_rate": True}
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]
    make_rating(article=article, stars=1)
    assert client.get(address(article), headers=again).status_code == 200


def test_who_gets_what():
    """A program's own rights open no more here than the page's box does."""
    now, user = timezone.now(), make_staff("Administrator")
    hidden = {
        "draft": {"status": "draft", "publish_at": None},
        "scheduled": {"publish_at": now + timedelta(hours=1)},
        "expired": {"publish_at": now - timedelta(2), "expire_at": now - timedelta(1)},
        "private": {"access": "private"},
        "password": {"access": "password", "password_hash": "x"},
        "trash": {"trashed_at": now},
    }
    # What GET, PUT and DELETE answer to a program; GET tells a stranger as much.
    rows = [(kind, fields, [404, 404, 404]) for kind, fields in hidden.items()]
    rows += [
        ("open", {}, [200, 200, 204]),
        ("closed", {"rating_policy": "closed"}, [200, 403, 204]),
        ("off", {"rating_policy": "off"}, [404, 403, 204]),
    ]
    program, stranger = program_of(user), Client()
    for kind, fields, expected in rows:
        article = make_article(**fields)
        for client, statuses in ((program, expected), (stranger, [expected[0], 401, 401])):
            answers = [client.get(address(article)), put(client, article, 4)]
            answers.append(client.delete(address(article)))
            assert [answer.status_code for answer in answers] == statuses, kind
    assert "Basic" in answers[-1]["WWW-Authenticate"]
    assert put(program, article, 9).status_code == 403
    assert sentence(stranger.get(address(article))) == "This article shows no ratings."
    assert put(Client(headers={"Authorization": "Bearer x"}), article, 4).status_code == 401
    assert stranger.post(address(article)).status_code == 405
    for path, status in (("999", 401), ("0", 404)):
        assert stranger.put(f"/api/v1/articles/{path}/rating/").status_code == status
        assert program.delete(f"/api/v1/articles/{path}/rating/").status_code == 404
    assert not Rating.objects.exists()


def test_a_vote_is_set_changed_and_withdrawn():
    article, program = make_article(), program_of(make_staff("Contributor"))
    guest = make_rating(article=article, stars=5)

    for stars, average in ((2, 3.5), (2, 3.5), (4, 4.5)):
        answer = put(program, article, stars)
        told = answer.json()
        assert (answer.status_code, told["mine"], told["count"]) == (200, stars, 2)
        assert told["average"] == average
        assert told == program.get(address(article)).json()
        assert "visitor" not in answer.cookies
    assert sorted(Rating.objects.values_list("stars", flat=True)) == [4, 5]
    for _again in range(2):
        assert program.delete(address(article)).status_code == 204
        told = program.get(address(article)).json()
        assert (told["mine"], told["count"], told["average"]) == (None, 1, 5.0)
    assert (Rating.objects.get(), drift()) == (guest, [])


def test_limits_on_networks_are_for_guests():
    SiteSettings.objects.create(votes_per_network_and_hour=1, votes_believed_per_network=1)
    article = make_article()

    answers = [put(program_of(make_staff("Author")), article, 4) for _ in range(3)]

    assert [answer.json()["count"] for answer in answers] == [1, 2, 3]


def test_a_refusal_says_why_and_the_vote_can_still_be_taken_back():
    article, user = make_article(), make_staff("Author")
    program = program_of(user)
    put(program, article, 5)
    SiteSettings.objects.create(who_may_rate="guests")
    refused = put(program, article, 1)
    assert (refused.status_code, sentence(refused)) == (403, "This article cannot be rated.")
    assert program.get(address(article)).json()["may_rate"] is False
    SiteSettings.objects.update(who_may_rate="users")
    Ban.objects.create(user=user)
    refused = put(program, article, 1)
    assert (refused.status_code, sentence(refused)) == (403, "Ratings are closed for you.")

    assert program.get(address(article)).json()["mine"] == 5
    assert program.delete(address(article)).status_code == 204
    assert RatingSummary.objects.get(article=article).count == 0


def test_hostile_bodies_are_refused():
    article, program = make_article(), program_of(make_staff("Author"))
    wrong = [0, 6, -1, 10**30, 4.0, 4.5, "4", "", "4\0", "\ud800", True, None, [4], {"stars": 4}]
    bodies = [json.dumps({"stars": value}) for value in wrong]
    bodies += ['{"stars": NaN}', '{"stars": 1e999}', '{"stars": -Infinity}', "{}"]
    bodies += ['{"stars": 4, "user": 1}', '{"stars": 4, "a\\u0000b": 1}']
    for body in bodies:
        answer = program.put(address(article), body, "application/json")
        assert (answer.status_code, bool(answer.json()["errors"])) == (422, True), body
    for body in (" ", "{", "[]", "[4]", "4", "null", b"\xff", "\0", "[" * 100_000, "1" * 9000):
        answer = program.put(address(article), body, "application/json")
        assert (answer.status_code, bool(answer.json()["errors"])) == (400, True), body[:20]
    assert program.put(address(article), "stars=4", "text/plain").status_code == 415
    assert not Rating.objects.exists()


def test_two_programs_at_once_make_one_vote(at_once):
    user = make_staff("Author")
    article = make_rating(stars=4).article  # its totals are there to be locked
    programs = [program_of(user), program_of(user)]

    answers = at_once([lambda program=program: put(program, article, 4) for program in programs])

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (Rating.objects.filter(user=user).count(), drift()) == (1, [])
