"""Votes that a former site had counted: a number and a sum of stars, in the totals and without rows."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import Revision
from blog.ratings.models import RatingSummary
from blog.ratings.queries import drift, update_of
from blog.ratings.services import Voter, clear_votes, rate_article, withdraw_rating
from blog.ratings.totals import bring_earlier, fix_drift
from tests.factories import make_article, make_rating, make_user

pytestmark = pytest.mark.django_db


def totals(article) -> tuple[int, int, int]:
    summary = RatingSummary.objects.get(article=article)
    return summary.count, summary.total, summary.own_count


def test_they_count_like_all_others_and_stay_what_they_are():
    article, voter = make_article(), Voter(user=make_user())
    bring_earlier(article.pk, count=10, total=45)
    assert totals(article) == (10, 45, 0)

    rate_article(article=article, voter=voter, stars=1)
    assert totals(article) == (11, 46, 1)
    rate_article(article=article, voter=voter, stars=5)
    assert totals(article) == (11, 50, 1)
    assert drift() == []

    bring_earlier(article.pk, count=4, total=8)
    assert totals(article) == (5, 13, 1)
    withdraw_rating(article=article, voter=voter)
    assert totals(article) == (4, 8, 0)
    assert RatingSummary.objects.get(article=article).average == 2


def test_counting_anew_leaves_them():
    article = make_rating(stars=3).article
    bring_earlier(article.pk, count=10, total=45)
    RatingSummary.objects.filter(article=article).update(count=12, total=50, c2=1)

    assert len(fix_drift()) == 1
    assert totals(article) == (11, 48, 1)


@pytest.mark.parametrize(("count", "total"), [(1, 6), (3, 2), (0, 1), (1, 0), (-1, -3)])
def test_database_refuses_what_no_votes_can_make(count, total):
    article = make_rating(stars=5).article

    with pytest.raises(IntegrityError), transaction.atomic():
        bring_earlier(article.pk, count=count, total=total)
    assert totals(article) == (1, 5, 1)


def test_clearing_takes_them_along():
    article, other = make_rating(stars=3).article, make_article()
    for each in (article, other):
        bring_earlier(each.pk, count=10, total=45)

    assert clear_votes(articles=[article.pk]) == 11
    assert totals(article) == (0, 0, 0)
    assert totals(other) == (10, 45, 0)


def test_they_were_before_every_update():
    article = make_article()
    bring_earlier(article.pk, count=10, total=45)
    Revision.objects.create(
        article=article, version=2, is_substantial=True, data={}, created_at=timezone.now()
    )
    article.refresh_from_db()

    update = update_of(article)
    assert (update.before.count, update.before.average) == (10, 4.5)
    assert update.since.count == 0


def test_page_says_what_came_along(client):
    article = make_article()
    address = article.get_absolute_url()
    bring_earlier(article.pk, count=37, total=160)

    page = client.get(address).content.decode()
    assert "User Rating:" in page
    assert "(37 votes)" in page
    assert "37 votes came along from the former site: 4.3 stars on average." in page
    assert "reader voted" not in page
    assert 'class="bars"' not in page
    rate_article(article=article, voter=Voter(user=make_user()), stars=2)

    page = client.get(address).content.decode()
    assert "(38 votes)" in page
    assert "How 1 reader voted" in page
    assert "<td>1</td><td>100&thinsp;%</td>" in page
    method = client.get(reverse("article-rate", args=[article.slug])).content.decode()
    assert "37 votes came along" in method
    assert "how many stars each had is not known" in method
    bring_earlier(article.pk, count=0, total=0)
    assert "former site" not in client.get(address).content.decode()
