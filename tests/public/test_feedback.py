"""After one or two stars: say what could be better. Bound to the vote, for the authors alone."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from blog.articles.models import Article
from blog.ratings.models import Rating
from tests.factories import make_article, make_rating, make_user
from tests.public.test_article_page import INVISIBLE

pytestmark = pytest.mark.django_db
FRAGMENT = {"X-Fragment": "rating"}
QUESTION = "How could this be better?"
THANKS = "Thank you. What you wrote is with the authors"


def rate(client: Client, article: Article, stars: int, **headers: str) -> str:
    """Vote and return the page that follows."""
    address = f"{article.get_absolute_url()}rating/"
    return client.post(address, {"stars": stars}, headers=headers, follow=True).content.decode()


def token_in(html: str) -> str:
    return re.findall(r'name="vote" value="([^"]+)"', html)[0]


def tell(client: Client, article: Article, token: str, text: str, **headers: str):
    data = {"vote": token, "feedback": text}
    address = f"{article.get_absolute_url()}rating/feedback/"
    return client.post(address, data, headers=headers)


@pytest.mark.parametrize(
    ("stars", "is_asked", "is_pleased"),
    [(1, True, False), (2, True, False), (3, False, False), (4, False, True), (5, False, True)],
)
@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_question_follows_low_votes_and_an_invitation_high_ones(
    client, headers, stars, is_asked, is_pleased
):
    html = rate(client, make_article(), stars, **headers)

    assert (QUESTION in html, "Glad it was useful." in html) == (is_asked, is_pleased)


def test_answer_is_kept_with_the_vote_and_the_reader_is_thanked(client):
    article = make_article()
    token = token_in(rate(client, article, 2))

    response = tell(client, article, token, "Fewer words,\r\nmore pictures. ")

    assert response.status_code == 303
    html = client.get(response["Location"]).content.decode()
    assert THANKS in html
    assert QUESTION not in html
    rating = Rating.objects.get()
    assert (rating.feedback, rating.stars) == ("Fewer words,\nmore pictures.", 2)
    assert rating.feedback_at is not None


def test_script_gets_the_thanks_in_the_box(client):
    article = make_article()
    token = token_in(rate(client, article, 1, **FRAGMENT))

    html = tell(client, article, token, "Shorter.", **FRAGMENT).content.decode()

    assert html.lstrip().startswith('<section class="band ruled" id="rating"')
    assert THANKS in html


def test_sending_again_replaces_the_text(client):
    article = make_article()
    token = token_in(rate(client, article, 1))

    tell(client, article, token, "Shorter.")
    tell(client, article, token, "Longer.")

    assert Rating.objects.get().feedback == "Longer."


def test_changing_the_stars_keeps_what_was_said(client):
    article = make_article()
    tell(client, article, token_in(rate(client, article, 1)), "Shorter.")

    rate(client, article, 5)

    rating = Rating.objects.get()
    assert (rating.stars, rating.feedback) == (5, "Shorter.")


def test_nobody_sees_it_on_the_page(client):
    article = make_article()
    tell(client, article, token_in(rate(client, article, 1)), "A secret for authors.")
    user = Client()
    user.force_login(make_user())

    for reader in (client, Client(), user):
        assert "A secret" not in reader.get(article.get_absolute_url()).content.decode()


def test_copied_address_shows_the_vote_and_asks_nobody_else(client):
    article = make_article()
    address = client.post(f"{article.get_absolute_url()}rating/", {"stars": 1})["Location"]

    html = Client().get(address).content.decode()

    assert "You rated 1." in html
    assert QUESTION not in html


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "x" * 100_000, "with \x00 in it"])
@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_text_that_cannot_be_taken_comes_back(client, headers, text):
    article = make_article()
    token = token_in(rate(client, article, 1))

    response = tell(client, article, token, text, **headers)

    html = response.content.decode()
    assert response.status_code == 422
    assert text.strip() in html
    assert token_in(html)
    assert Rating.objects.get().feedback == ""


def test_two_thousand_characters_count_a_line_as_the_browser_does(client):
    article = make_article()
    token = token_in(rate(client, article, 1))

    assert tell(client, article, token, "a\r\n" * 999 + "bc").status_code == 303
    assert len(Rating.objects.get().feedback) == 2000


def test_words_of_others_do_not_open_the_vote(client):
    article, other = make_article(), make_article()
    token = token_in(rate(client, article, 1))
    of_other = token_in(rate(client, other, 1))
    of_page = client.post(f"{article.get_absolute_url()}rating/", {"stars": 1})["Location"]
    of_page = of_page.partition("rating=")[2].partition("#")[0]

    for forged in (token[:-1] + "x", "x" + token, of_other, of_page, "nonsense", ""):
        response = tell(Client(), article, forged, "Not from the voter.")
        assert response.status_code == 403
        assert "Not from the voter." in response.content.decode()

    assert [rating.feedback for rating in Rating.objects.all()] == ["", ""]


def test_old_form_is_sent_again_with_one_click(client):
    article = make_article(publish_at=timezone.now() - timedelta(days=2))
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        token = token_in(rate(client, article, 1))

    response = tell(client, article, token, "Late but true.")

    html = response.content.decode()
    assert response.status_code == 403
    assert "Late but true." in html
    assert tell(client, article, token_in(html), "Late but true.").status_code == 303
    assert Rating.objects.get().feedback == "Late but true."


def test_withdrawn_vote_cannot_say_anything_and_the_text_stays(client):
    article = make_article()
    token = token_in(rate(client, article, 1))
    client.post(f"{article.get_absolute_url()}rating/", {"withdraw": "1"})

    response = tell(client, article, token, "Shorter.")

    assert response.status_code == 409
    assert "Shorter." in response.content.decode()
    assert Rating.objects.count() == 0


def test_text_cannot_leave_its_field(client):
    article = make_article()
    token = token_in(rate(client, article, 1))

    attack = "</textarea><script>alert(1)</script>" + "x" * 2000
    assert "<script>alert" not in tell(client, article, token, attack).content.decode()


@pytest.mark.parametrize("state", INVISIBLE)
def test_article_strangers_cannot_read_takes_nothing(client, state):
    rating = make_rating(article=make_article(**INVISIBLE[state]), stars=1)

    assert tell(client, rating.article, "x", "Hello.").status_code == 404


def test_form_of_another_site_and_other_verbs_are_refused(client):
    article = make_article()
    token = token_in(rate(client, article, 1))

    foreign = tell(client, article, token, "Hi.", **{"Sec-Fetch-Site": "cross-site"})

    assert foreign.status_code == 403
    assert client.get(f"{article.get_absolute_url()}rating/feedback/").status_code == 405
    assert Rating.objects.get().feedback == ""
