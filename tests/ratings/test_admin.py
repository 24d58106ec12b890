"""The log of votes on the staff desk: what it shows, who may delete, and that totals follow."""

import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from blog.articles.models import Article, Revision
from blog.ratings.admin.filters import ArticleFilter
from blog.ratings.models import Burst, Rating, RatingSummary
from blog.ratings.queries import drift
from tests.factories import make_article, make_burst, make_rating, make_staff, make_user

pytestmark = pytest.mark.django_db
LOG = "/admin/ratings/rating/"


@pytest.fixture
def desk(client):
    """Return the browser of a moderator."""
    client.force_login(make_staff("Moderator"))
    return client


def shown(desk, query: str = "") -> list[Rating]:
    return list(desk.get(LOG + query).context["cl"].result_list)


def act(desk, action: str, *ratings: Rating, **data: str):
    return desk.post(
        LOG, {"action": action, "_selected_action": [rating.pk for rating in ratings], **data}
    )


def test_log_tells_who_gave_what_when_and_from_where(desk):
    visitor = uuid.UUID("3f2a9c01-0000-4000-8000-000000000000")
    article = make_article(title="Rated")
    make_rating(article=article, stars=2, visitor=visitor, network_hash="feed" * 8)
    make_rating(article=article, stars=5, user=make_user(display_name="Marta Quill"))

    cells = desk.get(LOG).content.decode()

    assert cells.count('/change/">Rated</a>') == 2
    assert '<td class="field-voter">Guest 3f2a9c01</td>' in cells
    assert f'<a href="{LOG}?network={"feed" * 8}">feedfeed</a>' in cells
    assert '<td class="field-stars">Slightly useful</td>' in cells
    assert '<td class="field-voter">Marta Quill</td>' in cells


def test_log_is_newest_first(desk):
    old, new = make_rating(), make_rating()
    Rating.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9))

    assert shown(desk) == [new, old]


def test_log_can_be_filtered(desk):
    guest = make_rating(stars=1)
    user = make_rating(stars=5, user=make_user())
    Rating.objects.filter(pk=user.pk).update(created_at=timezone.now() - timedelta(days=9))
    week = quote((timezone.now() - timedelta(days=7)).isoformat())

    assert shown(desk, "?stars__exact=1") == [guest]
    assert shown(desk, "?voter=guest") == [guest]
    assert shown(desk, "?voter=user") == [user]
    assert shown(desk, f"?created_at__gte={week}") == [guest]
    assert shown(desk, f"?article={guest.article_id}") == [guest]


def test_log_shows_what_was_set_aside_and_what_came_from_one_network(desk):
    counted = make_rating(network_hash="beef" * 8)
    waiting, dropped = make_burst(votes=1), make_burst(votes=1, outcome=Burst.Outcome.DROPPED)

    def votes_of(burst: Burst) -> list[Rating]:
        return list(burst.ratings.all())

    assert shown(desk, "?counted=yes") == [counted]
    assert shown(desk, "?counted=waiting") == votes_of(waiting)
    assert shown(desk, "?counted=dropped") == votes_of(dropped)
    assert shown(desk, f"?network={'beef' * 8}") == [counted]
    assert shown(desk, f"?set_aside_with={waiting.pk}") == votes_of(waiting)


def test_article_is_offered_while_it_is_rated_and_found_afterwards(desk, monkeypatch):
    monkeypatch.setattr("blog.ratings.admin.filters.RECENT_VOTES", 1)
    old = make_rating(article=make_article(title="Old news"))
    new = make_rating(article=make_article(title="New news"))

    def offered(query: str = "") -> list[str]:
        (spec,) = [
            spec
            for spec in desk.get(LOG + query).context["cl"].filter_specs
            if isinstance(spec, ArticleFilter)
        ]
        return [title for _pk, title in spec.lookup_choices]

    assert offered() == ["New news"]
    assert offered(f"?article={old.article_id}") == ["New news", "Old news"]
    assert shown(desk, f"?article={old.article_id}") == [old]
    assert shown(desk, f"?article={new.article_id}") == [new]


def test_log_tells_which_version_a_vote_saw(desk):
    rating = make_rating()
    rating.revision = Revision.objects.create(article=rating.article, version=7, data={})
    rating.save()

    assert '<td class="field-version">7</td>' in desk.get(LOG).content.decode()


def test_picture_shows_the_votes_of_thirty_days_narrowed_down_as_the_list(desk):
    today, early, late = make_rating(stars=1), make_rating(stars=5), make_rating(stars=5)
    make_burst(votes=2, article=today.article)
    for rating, days in ((early, 29), (late, 30)):
        moment = timezone.now() - timedelta(days=days)
        Rating.objects.filter(pk=rating.pk).update(created_at=moment)

    def bars(query: str = "") -> list[tuple[int, int]]:
        return [(bar.counted, bar.aside) for bar in desk.get(LOG + query).context["bars"]]

    assert bars() == [(1, 0), *[(0, 0)] * 28, (1, 2)]
    assert bars("?stars__exact=5") == [(1, 0), *[(0, 0)] * 29]


def test_heights_in_the_picture_are_those_of_the_votes(desk):
    article = make_rating().article
    make_burst(votes=2, article=article)

    bar = desk.get(LOG).context["bars"][-1]

    assert (bar.counted_y, bar.counted_height) == (40, 20)
    assert (bar.aside_y, bar.aside_height) == (0, 40)


def test_log_says_how_many_bursts_wait(desk):
    make_burst()
    make_burst(outcome=Burst.Outcome.DROPPED)

    html = desk.get(LOG).content.decode()

    assert "1 burst of votes waits for a decision." in html


def test_moderators_do_not_read_what_is_meant_for_authors(desk):
    rating = make_rating(stars=1, feedback="Too long.", feedback_at=timezone.now())

    pages = [desk.get(LOG), desk.get(f"{LOG}{rating.pk}/change/")]

    assert [page for page in pages if "Too long." in page.content.decode()] == []
    assert desk.get("/admin/ratings/feedback/").status_code == 403


def test_nonsense_in_a_filter_is_no_error(desk):
    rating = make_rating()

    assert shown(desk, "?voter=nonsense") == [rating]
    assert shown(desk, "?article=x&counted=x&set_aside_with=x") == [rating]
    assert shown(desk, "?article=" + "9" * 30 + "&set_aside_with=" + "9" * 30) == [rating]
    for query in ("?stars__exact=x", "?stars__exact=" + "9" * 30, "?created_at__gte=x", "?p=99"):
        assert desk.get(LOG + query).status_code in {200, 302}


def test_log_is_searched_by_article_and_voter(desk):
    first = make_rating(article=make_article(title="On bridges"))
    second = make_rating(user=make_user(display_name="Marta Quill"), network_hash="beef" * 8)

    assert shown(desk, "?q=bridges") == [first]
    assert shown(desk, "?q=quill") == shown(desk, "?q=beefbeef") == [second]


def test_log_takes_the_same_queries_however_many_votes(desk):
    queries = []
    for count in (1, 9):
        while Rating.objects.count() < count:
            make_rating(user=make_user())
        with CaptureQueriesContext(connection) as captured:
            assert len(shown(desk)) == count
        queries.append(len(captured))

    assert queries[0] == queries[1]


def test_text_of_strangers_is_harmless_in_the_log(desk):
    attack = "<script>alert(1)</script>"
    make_rating(article=make_article(title=attack), user=make_user(display_name=attack))
    rating = Rating.objects.get()

    pages = [
        desk.get(LOG),
        desk.get(f"{LOG}{rating.pk}/change/"),
        desk.get(f"{LOG}{rating.pk}/delete/"),
        act(desk, "delete_selected", rating),
        act(desk, "clear_articles", rating),
    ]

    assert [page.status_code for page in pages] == [200] * 5
    assert [page for page in pages if attack in page.content.decode()] == []


def test_vote_is_read_only(desk):
    rating = make_rating(stars=2)

    html = desk.get(f"{LOG}{rating.pk}/change/").content.decode()
    response = desk.post(f"{LOG}{rating.pk}/change/", {"stars": 5})

    assert 'name="stars"' not in html
    assert "Slightly useful" in html
    assert response.status_code == 403
    assert Rating.objects.get().stars == 2


def test_nobody_casts_votes_on_the_desk(desk, client):
    assert desk.get(f"{LOG}add/").status_code == 403

    client.force_login(
        make_user(is_staff=True, is_superuser=True),
    )
    assert client.get(f"{LOG}add/").status_code == 403
    assert client.get("/admin/ratings/ratingsummary/").status_code == 404


def test_deleting_one_vote_moves_the_totals(desk):
    article = make_article()
    gone, kept = make_rating(article=article, stars=1), make_rating(article=article, stars=5)

    desk.post(f"{LOG}{gone.pk}/delete/", {"post": "yes"})

    assert list(Rating.objects.all()) == [kept]
    assert RatingSummary.objects.get().average == 5
    assert drift() == []


def test_deleting_selected_votes_moves_the_totals(desk):
    article = make_article()
    votes = [make_rating(article=article, stars=stars) for stars in (1, 1, 5)]

    act(desk, "delete_selected", *votes[:2], post="yes")

    assert list(Rating.objects.all()) == votes[2:]
    assert drift() == []


def test_deleting_what_a_search_found_moves_the_totals(desk):
    """All pages of a search, of which only the first is selected."""
    article = make_article(title="On bridges")
    for _ in range(3):
        make_rating(article=article)
    kept = make_rating()

    desk.post(
        f"{LOG}?q=bridges",
        {
            "action": "delete_selected",
            "select_across": "1",
            "_selected_action": [Rating.objects.first().pk],
            "post": "yes",
        },
    )

    assert list(Rating.objects.all()) == [kept]
    assert drift() == []


def test_clearing_an_article_asks_first(desk):
    article = make_article(title="Flooded")
    votes = [make_rating(article=article, stars=1) for _ in range(3)]

    html = act(desk, "clear_articles", votes[0], votes[1]).content.decode()

    assert "Flooded: 3 votes" in html
    assert html.count('name="_selected_action"') == 1
    assert Rating.objects.count() == 3


def test_clearing_an_article_takes_all_its_votes_and_no_others(desk):
    article = make_article(title="Flooded")
    votes = [make_rating(article=article, stars=1) for _ in range(3)]
    kept = make_rating()
    User.objects.update(locale="de")  # the log is translated for who reads it

    response = act(desk, "clear_articles", votes[0], post="yes")

    assert response.status_code == 302
    assert list(Rating.objects.all()) == [kept]
    assert RatingSummary.objects.get(article=article).count == 0
    assert drift() == []
    entry = LogEntry.objects.get()
    assert (entry.get_edited_object(), entry.change_message) == (article, "Cleared all votes.")


@pytest.mark.parametrize(
    ("role", "may"),
    [("Author", False), ("Editor", True), ("Moderator", True), ("Administrator", True)],
)
def test_roles_that_may_see_and_delete_votes(client, role, may):
    rating = make_rating()
    client.force_login(make_staff(role))

    seen = client.get(LOG).status_code
    client.post(f"{LOG}{rating.pk}/delete/", {"post": "yes"})

    assert seen == (200 if may else 403)
    assert Rating.objects.exists() is not may


def test_moderator_reaches_votes_but_no_article(desk):
    rating = make_rating()

    assert desk.get(f"/admin/articles/article/{rating.article_id}/change/").status_code != 200
    assert Article.objects.count() == 1


def test_stranger_is_sent_to_sign_in(client):
    response = client.get(LOG)

    assert response.status_code == 302
    assert "login" in response.url
