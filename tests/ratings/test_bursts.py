"""Votes that come too many or too fast from one network: set aside, released, dropped, taken back."""

import random
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from blog.articles.models import Article
from blog.ratings.bursts import decide_bursts
from blog.ratings.models import Burst, Rating, RatingSummary
from blog.ratings.queries import drift
from blog.ratings.services import (
    TooManyVotes,
    Voter,
    anonymise_votes,
    delete_votes,
    rate_article,
    withdraw_rating,
)
from blog.ratings.totals import fix_drift
from blog.site.models import SiteSettings
from tests.factories import make_article, make_rating, make_staff, make_user

pytestmark = pytest.mark.django_db
SITE = SiteSettings()  # 5 are believed, 60 are taken
WAITING, RELEASED, DROPPED = Burst.Outcome


def vote(article: Article, network: str = "feed", stars: int = 1, **site: int) -> Rating:
    """Vote with a fresh cookie."""
    return rate_article(
        article=article,
        voter=Voter(visitor=uuid.uuid4(), network_hash=network),
        stars=stars,
        site=SiteSettings(**site),
    )


def voter_of(rating: Rating) -> Voter:
    return Voter(user=rating.user, visitor=rating.visitor, network_hash=rating.network_hash)


def decide(outcome: Burst.Outcome, *bursts: Burst) -> tuple[int, int]:
    chosen = Burst.objects.filter(pk__in=[burst.pk for burst in bursts or Burst.objects.all()])
    return decide_bursts(bursts=chosen, outcome=outcome, actor=None)


def totals_of(article: Article) -> tuple[int, int]:
    summary = RatingSummary.objects.get(article=article)
    return summary.count, summary.total


@pytest.fixture
def flooded():
    """Return an article with one honest five, and seven ones from one network: two of them wait."""
    article = make_article()
    vote(article, network="home", stars=5)
    for _ in range(7):
        vote(article)
    return article


def test_thirty_fresh_cookies_move_a_total_by_five():
    article = make_rating(stars=5).article

    for _ in range(30):
        vote(article)

    assert totals_of(article) == (6, 10)
    assert Rating.objects.filter(is_counted=False, burst__isnull=False).count() == 25
    burst = Burst.objects.get()
    assert (burst.article, burst.network_hash, burst.reason, burst.outcome) == (
        article,
        "feed",
        Burst.Reason.MANY,
        WAITING,
    )
    assert drift() == []


def test_limit_still_ends_what_a_network_may_send(flooded):
    with pytest.raises(TooManyVotes):
        vote(flooded, votes_per_network_and_hour=7)

    assert Rating.objects.count() == 8


def test_other_networks_and_signed_in_readers_are_believed(flooded):
    assert vote(flooded, network="beef", stars=3).is_counted
    user = Voter(user=make_user(), network_hash="feed")
    assert rate_article(article=flooded, voter=user, stars=3, site=SITE).is_counted

    assert totals_of(flooded) == (8, 16)


def test_school_counts_again_after_an_hour():
    article = make_article()
    with time_machine.travel(timezone.now() - timedelta(minutes=61)):
        early = [vote(article).is_counted for _ in range(7)]

    late = [vote(article).is_counted for _ in range(7)]

    assert early == late == [True] * 5 + [False] * 2
    assert totals_of(article)[0] == 10


def test_time_alone_counts_no_vote_that_was_set_aside(flooded):
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        vote(flooded, network="beef")

    assert Rating.objects.filter(is_counted=False).count() == 2


def test_zero_believes_everybody():
    article = make_article()

    assert all(vote(article, votes_believed_per_network=0).is_counted for _ in range(9))
    assert Burst.objects.count() == 0


def test_network_that_rates_faster_than_people_read_is_set_aside_everywhere():
    articles = [make_article() for _ in range(8)]

    counted = [vote(article).is_counted for article in articles]

    assert counted == [True] * 5 + [False] * 3
    assert list(Burst.objects.order_by("pk").values_list("article", "reason")) == [
        (article.pk, Burst.Reason.FAST) for article in articles[5:]
    ]


def test_network_that_reads_in_between_is_believed():
    articles = [make_article() for _ in range(8)]

    with time_machine.travel(timezone.now(), tick=False) as clock:
        counted = []
        for article in articles:
            counted.append(vote(article).is_counted)
            clock.shift(timedelta(seconds=11))

    assert counted == [True] * 8


def test_changing_a_vote_that_is_set_aside_moves_no_total(flooded):
    rating = Rating.objects.filter(is_counted=False)[0]

    changed = rate_article(article=flooded, voter=voter_of(rating), stars=5, site=SITE)

    assert (changed.pk, changed.stars, changed.is_counted) == (rating.pk, 5, False)
    assert totals_of(flooded) == (6, 10)
    assert drift() == []


def test_withdrawing_a_vote_that_is_set_aside_moves_no_total(flooded):
    rating = Rating.objects.filter(is_counted=False)[0]

    assert withdraw_rating(article=flooded, voter=voter_of(rating)) is True

    assert totals_of(flooded) == (6, 10)


def test_deleting_votes_takes_only_those_that_counted_from_the_total(flooded):
    assert delete_votes(votes=Rating.objects.filter(stars=1)) == 7

    assert totals_of(flooded) == (1, 5)
    assert drift() == []


def test_forgetting_the_voters_leaves_what_is_set_aside(flooded):
    anonymise_votes(votes=Rating.objects.all())

    assert totals_of(flooded) == (6, 10)
    assert drift() == []


def test_of_two_votes_of_one_person_the_counted_one_stays(flooded):
    aside = Rating.objects.filter(is_counted=False)[0]
    user = make_user()
    own = rate_article(article=flooded, voter=Voter(user=user), stars=4)

    both = Voter(user=user, visitor=aside.visitor, network_hash="feed")
    rating = rate_article(article=flooded, voter=both, stars=3, site=SITE)

    assert (rating.pk, rating.is_counted) == (own.pk, True)
    assert not Rating.objects.filter(pk=aside.pk).exists()
    assert totals_of(flooded) == (7, 13)


def test_released_votes_count(flooded):
    moderator = make_staff("Moderator")

    moved = decide_bursts(bursts=Burst.objects.all(), outcome=RELEASED, actor=moderator)

    assert moved == (1, 2)
    assert totals_of(flooded) == (8, 12)
    assert Rating.objects.filter(is_counted=False).count() == 0
    burst = Burst.objects.get()
    assert (burst.outcome, burst.decided_by) == (RELEASED, moderator)
    assert burst.decided_at is not None
    assert drift() == []


def test_dropped_votes_are_kept_and_do_not_count(flooded):
    assert decide(DROPPED) == (1, 2)

    assert totals_of(flooded) == (6, 10)
    assert Rating.objects.count() == 8


@pytest.mark.parametrize("first", [RELEASED, DROPPED])
@pytest.mark.parametrize("then", [WAITING, RELEASED, DROPPED])
def test_every_decision_can_be_taken_back(flooded, first, then):
    decide(first)
    decide(then)
    decide(then)  # once more changes nothing

    assert totals_of(flooded) == ((8, 12) if then == RELEASED else (6, 10))
    burst = Burst.objects.get()
    assert burst.outcome == then
    assert (burst.decided_at is None) == (then == WAITING)
    assert drift() == []


def test_change_and_withdrawal_of_released_votes_move_the_total(flooded):
    first, second = Rating.objects.filter(is_counted=False).order_by("pk")
    decide(RELEASED)

    rate_article(article=flooded, voter=voter_of(first), stars=4, site=SITE)
    withdraw_rating(article=flooded, voter=voter_of(second))
    decide(WAITING)

    assert totals_of(flooded) == (6, 10)
    assert drift() == []


def test_votes_after_a_decision_wait_for_one_of_their_own(flooded):
    decide(DROPPED)

    late = vote(flooded)

    assert late.is_counted is False
    assert [burst.outcome for burst in Burst.objects.order_by("pk")] == [DROPPED, WAITING]


def test_bursts_of_several_articles_are_decided_at_once(flooded):
    other = make_article()
    for _ in range(6):
        vote(other, network="beef", stars=2)

    assert decide(RELEASED) == (2, 3)

    assert (totals_of(flooded), totals_of(other)) == ((8, 12), (6, 12))


def test_article_goes_with_its_bursts(flooded):
    flooded.delete()

    assert (Rating.objects.count(), Burst.objects.count()) == (0, 0)


def test_recount_leaves_out_what_is_set_aside(flooded):
    RatingSummary.objects.filter(article=flooded).update(count=0, total=0, c1=0, c5=0)

    assert [str(item).partition("): ")[2] for item in fix_drift()] == [
        "totals say 0 (0 0 0 0 0), votes say 6 (5 0 0 0 1)"
    ]

    assert totals_of(flooded) == (6, 10)
    assert drift() == []


def test_new_vote_takes_few_queries(flooded, django_assert_max_num_queries):
    # begin, lock, votes, pace, this article's, the site's, row, totals, commit
    with django_assert_max_num_queries(9):
        vote(flooded, network="beef")


# Real threads, real transactions.


def test_five_of_eight_at_once_count(at_once):
    article = make_article()

    at_once([lambda: vote(article)] * 8)

    assert totals_of(article) == (5, 5)
    assert Burst.objects.count() == 1
    assert drift() == []


def test_decisions_at_once_count_each_vote_once(at_once, flooded):
    at_once([lambda: decide(RELEASED), lambda: decide(WAITING)] * 4)

    is_released = Burst.objects.get().outcome == RELEASED
    assert totals_of(flooded) == ((8, 12) if is_released else (6, 10))
    assert drift() == []


def test_eight_threads_for_forty_rounds_with_bursts_leave_no_drift(at_once):
    """Vote, change, withdraw, delete, release, drop, take back, recount: the totals equal what counts."""
    articles = [make_article(), make_article()]
    visitors = [uuid.uuid4() for _ in range(24)]

    def storm(seed: int):
        chance = random.Random(seed)

        def run() -> None:
            for _round in range(40):
                article, pick = chance.choice(articles), chance.random()
                voter = Voter(
                    visitor=chance.choice(visitors), network_hash=chance.choice(["feed", "beef"])
                )
                if pick < 0.6:
                    stars = chance.randint(1, 5)
                    rate_article(article=article, voter=voter, stars=stars, site=SITE)
                elif pick < 0.75:
                    withdraw_rating(article=article, voter=voter)
                elif pick < 0.78:
                    delete_votes(votes=Rating.objects.filter(stars=chance.randint(1, 5)))
                elif pick < 0.97:
                    decide(chance.choice(list(Burst.Outcome)))
                else:
                    fix_drift()

        return run

    at_once([storm(seed) for seed in range(8)])

    assert drift() == []
    assert Burst.objects.exists()
    for article in articles:
        counted = Rating.objects.filter(article=article, is_counted=True)
        stars = list(counted.values_list("stars", flat=True))
        assert totals_of(article) == (len(stars), sum(stars))
    for rating in Rating.objects.select_related("burst"):
        assert rating.is_counted == (rating.burst is None or rating.burst.outcome == RELEASED)
