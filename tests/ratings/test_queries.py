"""Numbers about articles: a reader's vote, the distribution, the drift."""

import uuid

import pytest

from blog.articles.models import Article
from blog.ratings.models import Rating, RatingSummary
from blog.ratings.queries import drift, rating_of, shares_of, summary_of
from blog.ratings.services import Voter
from tests.factories import make_article, make_rating, make_user


@pytest.mark.django_db
def test_rating_of_a_guest_is_found_by_the_cookie():
    rating = make_rating()
    make_rating(article=rating.article)

    assert rating_of(rating.article, Voter(visitor=rating.visitor)) == rating


@pytest.mark.django_db
def test_rating_of_a_user_comes_before_the_one_of_the_cookie():
    article, user, visitor = make_article(), make_user(), uuid.uuid4()
    guest = make_rating(article=article, visitor=visitor)
    own = make_rating(article=article, user=user)

    assert rating_of(article, Voter(user=user, visitor=visitor)) == own
    assert rating_of(article, Voter(user=make_user(), visitor=visitor)) == guest


@pytest.mark.django_db
@pytest.mark.parametrize("voter", [Voter(), Voter(visitor=uuid.uuid4())])
def test_rating_of_somebody_who_has_not_voted_is_none(voter):
    article = make_rating(user=make_user()).article

    assert rating_of(article, voter) is None


@pytest.mark.django_db
def test_rating_on_another_article_does_not_count():
    rating = make_rating()

    assert rating_of(make_article(), Voter(visitor=rating.visitor)) is None


@pytest.mark.django_db
def test_summary_of_an_unrated_article_is_zero_and_not_stored():
    summary = summary_of(make_article())

    assert (summary.count, summary.average) == (0, None)
    assert RatingSummary.objects.count() == 0


@pytest.mark.django_db
def test_summary_costs_nothing_when_it_was_loaded(django_assert_num_queries):
    rated, unrated = make_rating(stars=3).article, make_article()
    articles = list(Article.objects.select_related("rating_summary").order_by("pk"))

    with django_assert_num_queries(0):
        counts = [summary_of(article).count for article in articles]

    assert (articles, counts) == ([rated, unrated], [1, 0])


@pytest.mark.parametrize(
    ("votes", "percent"),
    [
        ((0, 0, 0, 0, 0), [0, 0, 0, 0, 0]),
        ((0, 1, 1, 4, 7), [54, 31, 8, 8, 0]),  # equal votes, equal numbers
        ((0, 0, 0, 0, 3), [100, 0, 0, 0, 0]),
        ((1, 0, 0, 0, 1), [50, 0, 0, 0, 50]),
        ((1, 0, 0, 0, 999), [99, 0, 0, 0, 1]),  # neither everybody nor nobody
        ((1, 1, 1, 0, 0), [0, 0, 33, 33, 33]),
        ((0, 0, 0, 1, 7), [88, 13, 0, 0, 0]),
    ],
)
def test_shares_are_whole_and_honest(votes, percent):
    counts = {f"c{stars}": count for stars, count in enumerate(votes, 1)}
    shares = shares_of(RatingSummary(count=sum(votes), **counts))

    assert [share.stars for share in shares] == [5, 4, 3, 2, 1]
    assert [share.votes for share in shares] == list(reversed(votes))
    assert [share.percent for share in shares] == percent


@pytest.mark.django_db
def test_drift_finds_every_kind_and_nothing_else(django_assert_num_queries):
    make_article()
    make_rating(stars=5)
    wrong = make_rating(stars=2, article=make_article(title="Wrong")).article
    RatingSummary.objects.filter(article=wrong).update(count=2, total=9, c2=0, c4=1, c5=1)
    missing = make_rating(stars=1, article=make_article(title="Missing")).article
    RatingSummary.objects.filter(article=missing).delete()
    orphan = make_rating(stars=3, article=make_article(title="Orphan")).article
    Rating.objects.filter(article=orphan).delete()

    with django_assert_num_queries(1):
        found = [(item.article_id, item.recorded, item.counted) for item in drift()]

    assert found == [
        (wrong.pk, (0, 0, 0, 1, 1), (0, 1, 0, 0, 0)),
        (missing.pk, (0, 0, 0, 0, 0), (1, 0, 0, 0, 0)),
        (orphan.pk, (0, 0, 1, 0, 0), (0, 0, 0, 0, 0)),
    ]
    assert [str(item) for item in drift()][1] == (
        f"article {missing.pk} (Missing): totals say 0 (0 0 0 0 0), votes say 1 (1 0 0 0 0)"
    )
