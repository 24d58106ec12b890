"""Vote, change, withdraw: one vote per person, and totals that equal the votes."""

import random
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.articles.models import Article, Revision
from blog.ratings.models import Rating, RatingSummary
from blog.ratings.queries import drift
from blog.ratings.services import (
    TooManyVotes,
    Voter,
    delete_votes,
    may_rate,
    rate_article,
    withdraw_rating,
)
from blog.ratings.totals import fix_drift
from blog.site.models import SiteSettings
from tests.factories import make_article, make_rating, make_user

pytestmark = pytest.mark.django_db


def make_guest(network: str = "") -> Voter:
    return Voter(visitor=uuid.uuid4(), network_hash=network)


def totals_of(article: Article) -> tuple[int, int, list[int]]:
    """Return count, sum and the five counts, one star first."""
    summary = RatingSummary.objects.get(article=article)
    return (
        summary.count,
        summary.total,
        [votes for _stars, votes in reversed(summary.distribution)],
    )


def test_first_vote_makes_row_and_totals():
    article, guest = make_article(), make_guest("feed")

    rating = rate_article(article=article, voter=guest, stars=4)

    rating.refresh_from_db()
    assert (rating.article, rating.user, rating.visitor, rating.stars, rating.network_hash) == (
        article,
        None,
        guest.visitor,
        4,
        "feed",
    )
    assert totals_of(article) == (1, 4, [0, 0, 0, 1, 0])


def test_second_vote_of_the_same_person_changes_the_first():
    article, guest = make_article(), make_guest("feed")
    other = rate_article(article=article, voter=make_guest(), stars=5)
    first = rate_article(article=article, voter=guest, stars=1)

    changed = rate_article(article=article, voter=guest, stars=3)

    assert changed.pk == first.pk
    assert list(Rating.objects.order_by("pk").values_list("pk", "stars")) == [
        (other.pk, 5),
        (first.pk, 3),
    ]
    assert totals_of(article) == (2, 8, [0, 0, 1, 0, 1])


def test_same_vote_again_moves_nothing():
    article, guest = make_article(), make_guest()
    for _ in range(3):
        rate_article(article=article, voter=guest, stars=2)

    assert totals_of(article) == (1, 2, [0, 1, 0, 0, 0])


def test_changed_vote_keeps_the_time_it_was_given():
    article, guest = make_article(), make_guest()
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        first = rate_article(article=article, voter=guest, stars=1)

    changed = rate_article(article=article, voter=guest, stars=2)

    changed.refresh_from_db()
    assert changed.created_at == first.created_at
    assert changed.updated_at > first.updated_at


def test_vote_remembers_which_version_it_judges():
    article, guest = make_article(), make_guest()
    revisions = [
        Revision.objects.create(article=article, version=version, data={}) for version in (1, 2)
    ]
    for revision in revisions:
        article.current_revision = revision
        rating = rate_article(article=article, voter=guest, stars=4)

    rating.refresh_from_db()
    assert rating.revision == revisions[1]


@pytest.mark.parametrize("stars", [0, 6, -1, 5.5, 10**20, float("nan"), "4", None])
def test_stars_outside_the_scale_change_nothing(stars):
    article = make_article()

    with pytest.raises(ValueError, match="from 1 to 5"):
        rate_article(article=article, voter=make_guest(), stars=stars)

    assert (Rating.objects.count(), RatingSummary.objects.count()) == (0, 0)


def test_withdrawing_leaves_the_votes_of_others():
    article, guest = make_article(), make_guest()
    rate_article(article=article, voter=make_guest(), stars=5)
    rate_article(article=article, voter=guest, stars=1)

    assert withdraw_rating(article=article, voter=guest) is True

    assert [rating.stars for rating in Rating.objects.all()] == [5]
    assert totals_of(article) == (1, 5, [0, 0, 0, 0, 1])


def test_withdrawing_what_was_never_given_changes_nothing():
    article = make_rating(stars=5, user=make_user()).article

    for voter in (make_guest(), Voter(user=make_user()), Voter()):
        assert withdraw_rating(article=article, voter=voter) is False

    assert totals_of(article) == (1, 5, [0, 0, 0, 0, 1])


def test_withdrawing_twice_counts_once():
    article, guest = make_article(), make_guest()
    rate_article(article=article, voter=guest, stars=1)

    withdrawn = [withdraw_rating(article=article, voter=guest) for _ in range(2)]

    assert withdrawn == [True, False]
    assert totals_of(article) == (0, 0, [0, 0, 0, 0, 0])


def test_signed_in_reader_takes_the_guest_vote_along():
    article, guest, user = make_article(), make_guest(), make_user()
    first = rate_article(article=article, voter=guest, stars=2)

    rating = rate_article(article=article, voter=Voter(user=user, visitor=guest.visitor), stars=5)

    rating.refresh_from_db()
    assert (rating.pk, rating.user, rating.visitor) == (first.pk, user, None)
    assert totals_of(article) == (1, 5, [0, 0, 0, 0, 1])


def test_reader_who_voted_as_guest_and_as_user_ends_with_one_vote():
    article, guest, user = make_article(), make_guest(), make_user()
    rate_article(article=article, voter=Voter(user=user), stars=1)
    rate_article(article=article, voter=guest, stars=2)

    rate_article(article=article, voter=Voter(user=user, visitor=guest.visitor), stars=4)

    assert [(rating.user, rating.stars) for rating in Rating.objects.all()] == [(user, 4)]
    assert totals_of(article) == (1, 4, [0, 0, 0, 1, 0])


def test_signed_in_reader_withdraws_the_guest_vote_too():
    article, guest, user = make_article(), make_guest(), make_user()
    rate_article(article=article, voter=Voter(user=user), stars=1)
    rate_article(article=article, voter=guest, stars=2)

    assert withdraw_rating(article=article, voter=Voter(user=user, visitor=guest.visitor)) is True

    assert Rating.objects.count() == 0
    assert totals_of(article) == (0, 0, [0, 0, 0, 0, 0])


def test_vote_takes_few_queries(django_assert_max_num_queries):
    article, guest = make_article(), make_guest()
    rate_article(article=article, voter=guest, stars=2)

    with django_assert_max_num_queries(6):  # begin, lock, votes, row, totals, commit
        rate_article(article=article, voter=guest, stars=4)


def test_one_network_may_not_flood_an_article_with_new_guests():
    site = SiteSettings(votes_per_network_and_hour=2)
    article, guests = make_article(), [make_guest("feed") for _ in range(3)]
    for guest in guests[:2]:
        rate_article(article=article, voter=guest, stars=5, site=site)

    with pytest.raises(TooManyVotes, match="try again"):
        rate_article(article=article, voter=guests[2], stars=5, site=site)

    assert totals_of(article) == (2, 10, [0, 0, 0, 0, 2])


def test_limit_leaves_alone_whom_it_does_not_concern():
    site = SiteSettings(votes_per_network_and_hour=1)
    article, guest = make_article(), make_guest("feed")
    rate_article(article=article, voter=guest, stars=5, site=site)

    rate_article(article=article, voter=guest, stars=1, site=site)  # changes a vote
    rate_article(article=article, voter=make_guest("beef"), stars=2, site=site)
    rate_article(article=article, voter=Voter(make_user(), None, "feed"), stars=3, site=site)
    rate_article(article=make_article(), voter=make_guest("feed"), stars=4, site=site)

    assert totals_of(article) == (3, 6, [1, 1, 1, 0, 0])


def test_limit_is_over_after_an_hour():
    site = SiteSettings(votes_per_network_and_hour=1)
    article = make_article()
    with time_machine.travel(timezone.now() - timedelta(minutes=61)):
        rate_article(article=article, voter=make_guest("feed"), stars=5, site=site)

    rate_article(article=article, voter=make_guest("feed"), stars=5, site=site)

    assert totals_of(article)[0] == 2


def test_limit_of_zero_is_no_limit():
    site, article = SiteSettings(votes_per_network_and_hour=0), make_article()
    for _ in range(3):
        rate_article(article=article, voter=make_guest("feed"), stars=5, site=site)

    assert totals_of(article)[0] == 3


@pytest.mark.parametrize(
    ("who", "user_may", "guest_may"),
    [
        ("everybody", True, True),
        ("users", True, False),
        ("guests", False, True),
        ("nobody", False, False),
    ],
)
def test_site_decides_who_may_rate(who, user_may, guest_may, django_assert_num_queries):
    site, article, user = SiteSettings(who_may_rate=who), make_article(), make_user()

    with django_assert_num_queries(0):
        allowed = (may_rate(site, article, user), may_rate(site, article, AnonymousUser()))

    assert allowed == (user_may, guest_may)


@pytest.mark.parametrize(
    "fields",
    [
        {"rating_policy": Article.Policy.CLOSED},
        {"rating_policy": Article.Policy.OFF},
        {"status": Article.Status.DRAFT},
        {"publish_at": timezone.now() + timedelta(days=1)},
        {
            "publish_at": timezone.now() - timedelta(days=2),
            "expire_at": timezone.now() - timedelta(days=1),
        },
        {"trashed_at": timezone.now()},
    ],
)
def test_closed_or_invisible_article_may_not_be_rated(fields):
    assert may_rate(SiteSettings(), make_article(**fields), AnonymousUser()) is False


def test_deleting_votes_moves_the_totals_of_every_article():
    first, second, untouched = (make_article() for _ in range(3))
    for article in (first, second, untouched):
        make_rating(article=article, stars=5)
        make_rating(article=article, stars=1)

    votes = Rating.objects.filter(article__in=[first, second], stars=5)
    assert delete_votes(votes=votes) == 2

    assert [totals_of(article)[:2] for article in (first, second, untouched)] == [
        (1, 1),
        (1, 1),
        (2, 6),
    ]
    assert drift() == []


def test_fixing_drift_counts_anew_and_tells_what_was_off():
    right = make_rating(stars=5).article
    wrong = make_rating(stars=2).article
    RatingSummary.objects.filter(article=wrong).update(count=1, total=5, c2=0, c5=1)
    missing = make_rating(stars=1).article
    RatingSummary.objects.filter(article=missing).delete()

    assert [item.article_id for item in fix_drift()] == [wrong.pk, missing.pk]

    assert [totals_of(article)[:2] for article in (right, wrong, missing)] == [
        (1, 5),
        (1, 2),
        (1, 1),
    ]
    assert (drift(), fix_drift()) == ([], [])


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    walk=st.lists(
        st.tuples(st.sampled_from(["user", "guest", "both", "other"]), st.sampled_from(range(6))),
        max_size=12,
    )
)
def test_average_is_the_mean_of_the_votes_after_any_walk(walk):
    """Zero stars stand for withdrawing. A dictionary plays the part of the database."""
    article, user, visitor = make_article(), make_user(), uuid.uuid4()
    voters = {
        "user": Voter(user=user),
        "guest": Voter(visitor=visitor),
        "both": Voter(user=user, visitor=visitor),
        "other": make_guest(),
    }
    votes: dict[str, int] = {}

    for name, stars in walk:
        votes.pop(name, None)
        if name == "both":  # whose only vote is the user's from now on
            votes.pop("guest", None)
            votes.pop("user", None)
        if stars:
            votes["user" if name == "both" else name] = stars
            rate_article(article=article, voter=voters[name], stars=stars)
        else:
            withdraw_rating(article=article, voter=voters[name])

    summary = RatingSummary.objects.filter(article=article).first() or RatingSummary()
    assert sorted(
        Rating.objects.filter(article=article).values_list("stars", flat=True)
    ) == sorted(votes.values())
    assert (summary.count, summary.total) == (len(votes), sum(votes.values()))
    assert summary.average == (sum(votes.values()) / len(votes) if votes else None)
    assert drift() == []


# Real threads, real transactions.


def test_first_votes_at_once_make_one_summary(at_once):
    article = make_article()

    def vote() -> None:
        rate_article(article=article, voter=make_guest(), stars=4)

    at_once([vote] * 8)

    assert totals_of(article) == (8, 32, [0, 0, 0, 8, 0])


def test_one_person_clicking_eight_times_at_once_has_one_vote(at_once):
    article, guest = make_article(), make_guest()

    def click(stars: int):
        return lambda: rate_article(article=article, voter=guest, stars=stars)

    at_once([click(1 + number % 5) for number in range(8)])

    assert Rating.objects.count() == 1
    assert totals_of(article)[0] == 1
    assert drift() == []


def test_limit_holds_for_votes_at_once(at_once):
    site, article = SiteSettings(votes_per_network_and_hour=3), make_article()

    def vote() -> bool:
        try:
            rate_article(article=article, voter=make_guest("feed"), stars=4, site=site)
        except TooManyVotes:
            return False
        return True

    assert sum(at_once([vote] * 8)) == 3
    assert totals_of(article)[0] == 3


def test_eight_threads_for_forty_rounds_leave_no_drift(at_once):
    """Vote, re-vote, withdraw, sign in, delete in the log: nothing escapes and nothing drifts."""
    articles = [make_article(), make_article()]
    visitors = [uuid.uuid4() for _ in range(4)]
    users = [make_user() for _ in range(4)]

    def storm(seed: int):
        chance = random.Random(seed)

        def run() -> None:
            for _round in range(40):
                article, pick = chance.choice(articles), chance.random()
                voter = Voter(
                    user=chance.choice([None, None, *users]), visitor=chance.choice(visitors)
                )
                if pick < 0.7:
                    rate_article(article=article, voter=voter, stars=chance.randint(1, 5))
                elif pick < 0.9:
                    withdraw_rating(article=article, voter=voter)
                elif pick < 0.95:
                    delete_votes(votes=Rating.objects.filter(stars=chance.randint(1, 5)))
                else:
                    fix_drift()

        return run

    at_once([storm(seed) for seed in range(8)])

    assert drift() == []
    for article in articles:
        votes = Rating.objects.filter(article=article)
        stars = list(votes.values_list("stars", flat=True))
        assert totals_of(article)[:2] == (len(stars), sum(stars))
        people = list(votes.values_list("user", "visitor"))
        assert len(people) == len(set(people))
