"""The rules of votes and totals that the database itself keeps."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from blog.ratings.models import Rating, RatingSummary
from tests.factories import make_article, make_rating, make_user

pytestmark = pytest.mark.django_db


def refuses(**fields):
    """Say which constraint or rule keeps this vote out."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Rating.objects.create(**fields)
    return str(refusal.value)


@pytest.mark.parametrize("stars", [0, 6, 32767])
def test_database_refuses_stars_outside_the_scale(stars):
    article = make_article()

    assert "rating_stars_1_to_5" in refuses(article=article, visitor=uuid.uuid4(), stars=stars)


def test_database_refuses_negative_stars():
    article = make_article()

    assert "stars" in refuses(article=article, visitor=uuid.uuid4(), stars=-1)


def test_database_refuses_a_vote_of_nobody():
    assert "rating_user_or_visitor" in refuses(article=make_article(), stars=4)


def test_database_refuses_a_vote_of_user_and_guest_at_once():
    assert "rating_user_or_visitor" in refuses(
        article=make_article(), stars=4, user=make_user(), visitor=uuid.uuid4()
    )


@pytest.mark.parametrize("person", ["user", "visitor"])
def test_database_refuses_a_second_vote_of_one_person(person):
    who = {person: make_user() if person == "user" else uuid.uuid4()}
    first = make_rating(**who)
    make_rating(**who)  # on another article: fine

    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(article=first.article, stars=5, **who)


def test_votes_of_two_guests_do_not_collide():
    article = make_article()
    make_rating(article=article)
    make_rating(article=article)

    assert Rating.objects.filter(user=None).count() == 2


@pytest.mark.parametrize(
    "totals",
    [
        {"count": 1, "total": 4},
        {"count": 2, "total": 4, "c4": 1},
        {"count": 1, "total": 5, "c4": 1},
        {"count": 1, "total": 999, "c5": 1},
    ],
)
def test_database_refuses_totals_that_contradict_themselves(totals):
    article = make_article()

    with pytest.raises(IntegrityError), transaction.atomic():
        RatingSummary.objects.create(article=article, **totals)


def test_article_takes_its_votes_and_totals_along():
    article = make_rating().article

    article.delete()

    assert (Rating.objects.count(), RatingSummary.objects.count()) == (0, 0)


def test_account_cannot_vanish_behind_the_back_of_the_totals():
    rating = make_rating(user=make_user())

    with pytest.raises(ProtectedError):
        rating.user.delete()


def test_article_without_votes_has_no_average():
    summary = RatingSummary(count=0)

    assert (summary.average, summary.percent) == (None, 0)


def test_average_is_the_mean_of_the_votes():
    summary = RatingSummary(count=13, total=56, c5=7, c4=4, c3=1, c2=1)

    assert (round(summary.average, 1), summary.percent) == (4.3, 86)
    assert summary.distribution == [(5, 7), (4, 4), (3, 1), (2, 1), (1, 0)]


def test_votes_by_nobody_are_none():
    make_rating(user=make_user())

    assert list(Rating.objects.by(user=None, visitor=None)) == []
