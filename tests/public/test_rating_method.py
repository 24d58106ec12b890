"""How is this counted? The page about an article's votes, bursts as their voters see them, the top rated."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from blog.articles.models import Article, Revision
from blog.ratings import queries
from blog.ratings.models import Burst, Rating, RatingSummary
from blog.site.models import SiteSettings
from tests.factories import make_article, make_burst, make_rating, make_staff
from tests.public.test_article_page import INVISIBLE

pytestmark = pytest.mark.django_db


def method_of(article: Article, client: Client | None = None) -> str:
    response = (client or Client()).get(f"{article.get_absolute_url()}rating/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def rate(article: Article, stars: int = 1, client: Client | None = None):
    return (client or Client()).post(f"{article.get_absolute_url()}rating/", {"stars": stars})


def revise(article: Article, version: int, **fields: object) -> Revision:
    article.current_revision = Revision.objects.create(
        article=article, version=version, data={}, **fields
    )
    article.save(update_fields=["current_revision"])
    return article.current_revision


def test_article_leads_to_the_method(client):
    article = make_article()

    html = client.get(article.get_absolute_url()).content.decode()

    assert f'href="{article.get_absolute_url()}rating/">How is this counted?</a>' in html


def test_method_shows_the_distribution_and_what_waits():
    article = make_rating(stars=4).article
    make_rating(article=article, stars=5)
    make_burst(article=article, votes=2)
    make_burst(article=article, votes=3, outcome=Burst.Outcome.DROPPED)

    html = method_of(article)

    assert "How 2 readers voted" in html
    assert "<b>4.5</b>" in html
    assert "2 ratings are set aside and wait for a moderator" in html
    assert "1&nbsp;– Not useful, 2&nbsp;– Slightly useful" in html
    assert "5 ratings of an article count within an hour" in html
    assert "Addresses are not stored." in html


def test_method_speaks_of_no_rule_that_is_off():
    SiteSettings.objects.update_or_create(pk=1, defaults={"votes_believed_per_network": 0})

    assert "From one network" not in method_of(make_article())


def test_method_of_an_unrated_article_says_so():
    html = method_of(make_article())

    assert "Nobody has rated this article yet." in html
    assert "set aside and wait" not in html


def test_method_writes_nothing_and_sets_no_cookie(client):
    article = make_article()

    response = client.get(f"{article.get_absolute_url()}rating/")

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["Cache-Control"].startswith("public")
    assert response["X-Robots-Tag"] == "noindex"
    assert RatingSummary.objects.count() == 0


def test_method_can_be_opened_from_another_site(client):
    address = f"{make_article().get_absolute_url()}rating/"

    assert client.get(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("state", INVISIBLE)
def test_method_of_an_article_strangers_cannot_read_is_not_there(client, state):
    article = make_article(**INVISIBLE[state])

    assert client.get(f"{article.get_absolute_url()}rating/").status_code == 404


def test_method_is_not_there_where_ratings_are_off(client):
    article = make_article(rating_policy=Article.Policy.OFF)

    assert client.get(f"{article.get_absolute_url()}rating/").status_code == 404


def test_editor_previews_the_method_of_a_draft(client):
    article = make_article(status=Article.Status.DRAFT)
    client.force_login(make_staff("Editor"))

    response = client.get(f"{article.get_absolute_url()}rating/")

    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_method_takes_the_same_queries_however_many_votes():
    queries = []
    for votes in (1, 9):
        article = make_article()
        revise(article, 2, is_substantial=True)
        for _vote in range(votes):
            make_rating(article=article)
        make_burst(article=article, votes=votes)
        method_of(article)  # settings and menu are kept
        with CaptureQueriesContext(connection) as captured:
            method_of(article)
        queries.append(len(captured))

    assert queries[0] == queries[1] <= 6


# Before and since a substantial update


def test_votes_before_and_since_a_substantial_update_are_told_apart():
    article = make_article()
    first = revise(article, 1)
    for stars in (4, 4, 3):
        make_rating(article=article, stars=stars, revision=first)
    make_rating(article=article, stars=1)  # from before versions were remembered
    month = f"{revise(article, 2, is_substantial=True).created_at:%B}"
    rate(article, 5)
    revise(article, 3)  # a comma
    make_rating(article=article, stars=4, revision=article.current_revision)

    assert f"4.5 since the {month} update (2), 3.0 before (4)" in method_of(article)


def test_vote_changed_since_the_update_is_about_the_new_text(client):
    article = make_article()
    revise(article, 1)
    rate(article, 1, client)
    make_rating(article=article, stars=3)
    month = f"{revise(article, 2, is_substantial=True).created_at:%B}"
    rate(article, 5, client)

    assert f"5.0 since the {month} update (1), 3.0 before (1)" in method_of(article)


def test_last_of_several_updates_divides():
    article = make_article()
    for version, stars in ((1, 1), (2, 2), (3, 3)):
        revision = revise(article, version, is_substantial=version > 1)
        make_rating(article=article, stars=stars, revision=revision)

    html = method_of(article)
    assert "3.0 since the" in html
    assert "update (1), 1.5 before (2)" in html


def test_update_nobody_has_rated_says_so():
    article = make_rating(stars=4).article
    revise(article, 2, is_substantial=True)

    assert "nobody has rated the article since" in method_of(article)


def test_votes_set_aside_are_in_neither_number():
    article = make_article()
    make_rating(article=article, stars=3)
    revise(article, 2, is_substantial=True)
    rate(article, 5)
    make_burst(article=article)

    assert "update (1), 3.0 before (1)" in method_of(article)


def test_ordinary_changes_divide_nothing():
    article = make_rating().article
    revise(article, 2)

    assert "update (" not in method_of(article)


# Bursts as readers see them


def test_thirty_fresh_cookies_move_the_page_by_five_votes():
    article = make_article()

    statuses = {rate(article).status_code for _ in range(30)}

    assert statuses == {303}
    assert RatingSummary.objects.get(article=article).count == 5
    assert "25 ratings are set aside" in method_of(article)


def test_voter_whose_vote_is_set_aside_sees_it_and_is_told(client):
    article = make_article()
    for _ in range(5):
        rate(article)

    html = client.get(rate(article, 4, client)["Location"]).content.decode()

    assert 'value="4" checked' in html
    assert "You rated 4. Many ratings came from your network at once" in html
    assert Rating.objects.get(stars=4).is_counted is False
    again = client.get(rate(article, 3, client)["Location"]).content.decode()
    assert "You rated 3. Many ratings" in again
    Burst.objects.update(outcome=Burst.Outcome.DROPPED)
    dropped = client.get(rate(article, 2, client)["Location"]).content.decode()
    assert "You rated 2. Many ratings came from your network at once, and a moderator" in dropped
    client.post(f"{article.get_absolute_url()}rating/", {"withdraw": "1"})
    assert RatingSummary.objects.get(article=article).count == 5


# The top rated


def titles(client: Client, address: str = "/top-rated/") -> list[str]:
    return [article.title for article in client.get(address).context["articles"]]


def make_rated(title: str, *stars: int, **fields: object) -> Article:
    article = make_article(title=title, **fields)
    for number in stars:
        make_rating(article=article, stars=number)
    return article


def test_one_five_does_not_beat_many_nearly_fives(client):
    make_rated("One five", 5)
    make_rated("Many", *[5, 5, 5, 5, 4] * 3)
    make_rated("Poor", *[1] * 5)
    make_rated("Unrated")

    html = client.get("/top-rated/").content.decode()

    assert titles(client) == ["Many", "One five", "Poor"]
    assert "as if 10 more readers had given it 3.9 stars" in html
    assert "plain average" in html
    assert "</span>4.8<span" in html


def test_more_votes_win_a_tie(client):
    make_rated("Few", 4, 4)
    make_rated("Most", 4, 4, 4)

    assert titles(client) == ["Most", "Few"]


def test_what_cannot_be_read_or_rated_is_in_no_ranking(client, monkeypatch):
    for name, fields in INVISIBLE.items():
        make_rated(name, 5, **fields)
    make_rated("Off", 5, rating_policy=Article.Policy.OFF)
    make_burst(votes=3)
    make_rated("Closed", 3, rating_policy=Article.Policy.CLOSED)

    assert titles(client) == ["Closed"]
    monkeypatch.setattr(queries, "BEST", 1)  # of one vote each: the best are hidden
    assert titles(client) == ["Closed"]


def test_ranking_without_votes_is_empty_and_in_pages(client):
    assert titles(client) == []
    assert client.get("/top-rated/page/2/").status_code == 404
    assert client.get("/top-rated/page/1/")["Location"] == "/top-rated/"


def test_ranking_has_pages(client, django_assert_max_num_queries):
    for number in range(11):
        make_rated(f"A{number}", 5, *[5] * number)

    with django_assert_max_num_queries(10):
        first = titles(client)

    assert (first[0], len(first)) == ("A10", 10)
    assert titles(client, "/top-rated/page/2/") == ["A0"]
    assert "Lower" in client.get("/top-rated/").content.decode()


def test_ranking_is_linked_from_the_method():
    assert '<a href="/top-rated/">' in method_of(make_article())
