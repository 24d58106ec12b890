"""Rate an article through its page: works, refuses, and cannot be told what the server decides."""

import pytest
from django.test import Client

from blog.articles.models import Article
from blog.ratings.models import Rating, RatingSummary
from blog.site.models import SiteSettings
from tests.factories import make_article, make_rating, make_user
from tests.public.test_article_page import INVISIBLE

pytestmark = pytest.mark.django_db
FRAGMENT = {"X-Fragment": "rating"}


def rate(client: Client, article: Article, stars: object, **headers: str):
    return client.post(f"{article.get_absolute_url()}rating/", {"stars": stars}, headers=headers)


def test_guest_rates_and_sees_it_on_the_page_that_follows(client):
    article = make_article()
    make_rating(article=article, stars=5)

    response = rate(client, article, 4)

    assert response.status_code == 303
    assert response["Location"].startswith(f"{article.get_absolute_url()}?rating=")
    html = client.get(response["Location"]).content.decode()
    assert "You rated 4. Average 4.5 from 2 ratings." in html
    assert 'value="4" checked' in html
    assert Rating.objects.get(stars=4).visitor is not None


def test_first_vote_sets_a_signed_cookie_scripts_cannot_read(client):
    cookie = rate(client, make_article(), 4).cookies["visitor"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert str(Rating.objects.get().visitor) not in cookie.value.split(":")


def test_second_vote_changes_the_first(client):
    article = make_article()

    rate(client, article, 1)
    rate(client, article, 5)

    assert [rating.stars for rating in Rating.objects.all()] == [5]
    assert RatingSummary.objects.get(article=article).average == 5


def test_vote_can_be_withdrawn(client):
    article = make_article()
    rate(client, article, 2)

    response = client.post(f"{article.get_absolute_url()}rating/", {"withdraw": "1"}, follow=True)

    assert "Your rating is withdrawn." in response.content.decode()
    assert "Be the first one !" in response.content.decode()
    assert Rating.objects.count() == 0


def test_signed_in_reader_has_one_vote_on_every_device():
    article, user = make_article(), make_user()
    for stars in (2, 5):
        client = Client()
        client.force_login(user)
        rate(client, article, stars, **{"Sec-Fetch-Site": "same-origin"})

    rating = Rating.objects.get()
    assert (rating.user, rating.visitor, rating.stars) == (user, None, 5)


@pytest.mark.parametrize(
    "stars", ["0", "6", "-1", "5.5", "1e9", "1" + "0" * 20, "NaN", "", "four", "\x00", "٤٤"]
)
def test_value_outside_the_scale_is_refused_in_words(client, stars):
    article = make_article()

    response = rate(client, article, stars)

    assert response.status_code == 422
    assert "Choose between one and five stars." in response.content.decode()
    assert Rating.objects.count() == 0


def test_crawler_that_says_so_does_not_rate(client):
    response = rate(client, make_article(), 5, **{"User-Agent": "Googlebot/2.1"})

    assert (response.status_code, Rating.objects.count()) == (403, 0)
    assert "Machines do not rate here." in response.content.decode()
    assert rate(client, make_article(), 5, **{"User-Agent": "HeadlessChrome"}).status_code == 303


def test_script_gets_the_box_alone(client):
    article = make_article()

    html = rate(client, article, 3, **FRAGMENT).content.decode()

    assert html.lstrip().startswith('<section class="band ruled" id="rating"')
    assert "You rated 3. Average 3.0 from 1 rating." in html


def test_time_before_a_vote_is_kept_where_a_script_tells_it(client):
    article = make_article()

    for seconds in ("37", "", "x", "-1", "٣", "1.5", "86401", "\0", "9" * 5000):
        fields = {"stars": 4, "seconds": seconds}
        assert Client().post(f"/{article.slug}/rating/", fields).status_code == 303

    kept = Rating.objects.order_by("pk").values_list("seconds_taken", flat=True)
    assert list(kept) == [37, *[None] * 8]


def test_extra_fields_are_ignored(client):
    article, other = make_article(title="Mine"), make_article()

    client.post(
        f"{article.get_absolute_url()}rating/",
        {"stars": 4, "article": other.pk, "title": "Yours", "status": "draft", "user": 1},
    )

    assert Rating.objects.get().article == article
    article.refresh_from_db()
    assert (article.title, article.status) == ("Mine", "published")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
def test_form_of_another_site_is_refused(client, headers):
    assert rate(client, make_article(), 5, **headers).status_code == 403
    assert Rating.objects.count() == 0


def test_session_without_word_of_its_origin_is_refused(client):
    client.force_login(make_user())

    assert rate(client, make_article(), 5).status_code == 403


@pytest.mark.parametrize("state", INVISIBLE)
def test_article_strangers_cannot_read_cannot_be_rated(client, state):
    assert rate(client, make_article(**INVISIBLE[state]), 5).status_code == 404
    assert Rating.objects.count() == 0


@pytest.mark.parametrize("policy", [Article.Policy.CLOSED, Article.Policy.OFF])
def test_article_closed_for_ratings_refuses(client, policy):
    assert rate(client, make_article(rating_policy=policy), 5).status_code == 403
    assert Rating.objects.count() == 0


def test_page_without_votes_says_so_to_those_who_may_not_vote(client):
    html = client.get(
        make_article(rating_policy=Article.Policy.CLOSED).get_absolute_url()
    ).content.decode()

    assert "No Ratings Yet !" in html
    assert 'name="stars"' not in html


def test_get_is_not_a_vote(client):
    article = make_article()

    response = client.get(f"{article.get_absolute_url()}rating/", {"stars": 5})

    assert "How is this counted?" in response.content.decode()
    assert (Rating.objects.count(), RatingSummary.objects.count()) == (0, 0)


@pytest.mark.parametrize("verb", ["put", "patch", "delete", "options", "trace"])
def test_other_verbs_are_refused(client, verb):
    article = make_article()

    assert getattr(client, verb)(f"{article.get_absolute_url()}rating/").status_code == 405


def test_network_that_votes_too_often_is_asked_to_wait(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"votes_per_network_and_hour": 2})
    article = make_article()

    statuses = [rate(Client(), article, 1).status_code for _ in range(3)]

    assert statuses == [303, 303, 429]


def test_forged_cookie_is_a_new_guest(client):
    article = make_article()
    client.cookies["visitor"] = "forged:value"

    assert rate(client, article, 4).status_code == 303
    assert Rating.objects.count() == 1


def test_altered_receipt_shows_the_page_of_everybody(client):
    article = make_article()
    receipt = rate(client, article, 4)["Location"].partition("rating=")[2].partition("#")[0]

    for token in (receipt[:-1] + "x", "nonsense", ""):
        assert (
            "Your Rating:"
            not in client.get(f"{article.get_absolute_url()}?rating={token}").content.decode()
        )
    assert (
        "Your Rating:"
        not in client.get(f"{make_article().get_absolute_url()}?rating={receipt}").content.decode()
    )
