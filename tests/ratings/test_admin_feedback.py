"""What readers say could be better: read by the authors of the article and by editors, by nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import Article
from blog.ratings.models import Rating
from tests.factories import make_article, make_author, make_rating, make_staff

pytestmark = pytest.mark.django_db
FEEDBACK = "/admin/ratings/feedback/"


def tell(article: Article, text: str) -> Rating:
    return make_rating(article=article, stars=1, feedback=text, feedback_at=timezone.now())


def shown(client) -> list[str]:
    return [row.feedback for row in client.get(FEEDBACK).context["cl"].result_list]


def test_author_reads_what_is_said_about_own_articles_only(client):
    author = make_staff("Author")
    own = make_article(authors=[make_author(user=author)])
    started = make_article(created_by=author)
    foreign = make_article()
    tell(own, "Mine."), tell(started, "Mine too.")
    other = tell(foreign, "Not mine.")
    make_rating(article=own, stars=1)  # without a word
    client.force_login(author)

    assert shown(client) == ["Mine too.", "Mine."]
    page = client.get(f"{FEEDBACK}{other.pk}/change/", follow=True)
    assert "Not mine." not in page.content.decode()


@pytest.mark.parametrize("role", ["Editor", "Administrator"])
def test_editors_read_everything(client, role):
    tell(make_article(), "One."), tell(make_article(), "Two.")
    client.force_login(make_staff(role))

    assert shown(client) == ["Two.", "One."]


def test_reader_stays_unknown_and_text_harmless(client):
    attack = "<script>alert(1)</script>\u202egnirts"
    rating = tell(make_article(), attack)
    Rating.objects.update(network_hash="feed" * 8)
    client.force_login(make_staff("Editor"))

    pages = [client.get(FEEDBACK), client.get(f"{FEEDBACK}{rating.pk}/change/")]

    for page in pages:
        html = page.content.decode()
        assert "&lt;script&gt;" in html
        assert attack not in html
        assert "feedfeed" not in html
        assert str(rating.visitor)[:8] not in html


def test_feedback_can_only_be_read(client):
    rating = tell(make_article(), "Stays.")
    client.force_login(make_staff("Editor"))

    assert client.get(f"{FEEDBACK}add/").status_code == 403
    assert client.post(f"{FEEDBACK}{rating.pk}/change/", {"stars": 5}).status_code == 403
    assert client.post(f"{FEEDBACK}{rating.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Rating.objects.get().feedback == "Stays."


def test_list_takes_the_same_queries_however_much_is_said(client):
    client.force_login(make_staff("Editor"))
    queries = []
    client.get(reverse("admin:index"))  # late changes
    for count in (1, 5):
        while Rating.objects.count() < count:
            tell(make_article(), "Shorter, please.")
        with CaptureQueriesContext(connection) as captured:
            assert len(shown(client)) == count
        queries.append(len(captured))

    assert queries[0] == queries[1]
