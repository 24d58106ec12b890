"""The first page of the desk tells each role what concerns it, in as many queries whatever there is."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import Article, Note
from blog.comments.models import Comment
from blog.public import desk
from blog.reads.models import DailyReads
from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_author,
    make_burst,
    make_comment,
    make_rating,
    make_staff,
)

pytestmark = pytest.mark.django_db

HOME = "/admin/"


def fill(author, editor):
    """Make one of everything that can be of interest to the author of an article, and of another's."""
    own, other = make_article(title="Mine", authors=[author]), make_article(title="Theirs")
    for article in (own, other):
        make_comment(article=article, body=f"On {article}")
        make_rating(article=article)
        Note.objects.create(article=article, author=editor, text=f"Note on {article}")
        DailyReads.objects.create(article=article, day=timezone.localdate(), count=3)
    for authors, title in (([author], "My draft"), (None, "Their draft")):
        make_article(
            title=title,
            authors=authors,
            status=Article.Status.DRAFT,
            stage=Article.Stage.IN_REVIEW,
        )
    make_comment(article=own, status=Comment.Status.PENDING)
    make_comment(article=own, status=Comment.Status.SPAM)
    make_burst(article=own)


def texts(response, title):
    return [
        line.text
        for part in response.context["parts"]
        if part.title == title
        for line in part.lines
    ]


def test_who_has_many_articles_finds_comments_among_the_newest(client, monkeypatch):
    monkeypatch.setattr(desk, "FEW", 0)
    author = make_staff("Author")
    fill(make_author(user=author), make_staff("Editor"))
    client.force_login(author)

    assert texts(client.get(HOME), "Comments on your articles") == ["On Mine"]
    monkeypatch.setattr(desk, "LATELY", 0)
    assert texts(client.get(HOME), "Comments on your articles") == []


def test_each_role_finds_what_concerns_it(client):
    author, editor = make_staff("Author"), make_staff("Editor")
    fill(make_author(user=author), editor)

    client.force_login(author)
    response = client.get(HOME)
    assert response.context["waiting"] == response.context["queue"] == []
    assert texts(response, "Your drafts") == ["My draft"]
    assert texts(response, "In review") == ["My draft"]
    assert texts(response, "Notes for you") == ["Note on Mine"]
    assert texts(response, "Comments on your articles") == ["On Mine"]
    assert [chart.total for chart in response.context["week"]] == [3, 1, 1]

    client.force_login(editor)
    response = client.get(HOME)
    assert texts(response, "To review") == ["My draft", "Their draft"]
    assert texts(response, "Your drafts") == texts(response, "Notes for you") == []
    assert [chart.total for chart in response.context["week"]] == [6, 2, 2, 1]
    assert [count for _label, count, _address in response.context["queue"]] == [1, 0, 1, 2]

    client.force_login(make_staff("Moderator"))
    response = client.get(HOME)
    assert "1 comment waits. The oldest has waited for" in response.content.decode()
    assert response.context["parts"] == []
    assert [(chart.name, chart.total) for chart in response.context["week"]] == [("Spam", 1)]


def test_every_number_leads_to_its_list(client):
    editor = make_staff("Administrator")
    fill(make_author(user=editor), make_staff("Editor"))
    client.force_login(editor)
    html = client.get(HOME).content.decode()

    start = html.index('class="home"')
    addresses = re.findall(
        r'<a href="([^"]+)"', html[start : html.index("Everything at the desk")]
    )
    assert len(addresses) > 10
    for address in {address.replace("&amp;", "&").partition("#")[0] for address in addresses}:
        assert client.get(address, follow=True).status_code == 200, address


def test_week_is_compared_with_the_one_before(client):
    today, article = timezone.localdate(), make_article()
    for ago, count in ((0, 4), (6, 6), (7, 5), (13, 3), (14, 100)):
        DailyReads.objects.create(article=article, day=today - timedelta(days=ago), count=count)
    make_comment(article=article)
    client.force_login(make_staff("Editor"))

    response = client.get(HOME)

    reads, comments, ratings, _spam = response.context["week"]
    assert (reads.total, reads.before, reads.compared) == (
        10,
        8,
        "25 % more than in the week before",
    )
    assert [bar.count for bar in reads.bars] == [6, 0, 0, 0, 0, 0, 4]
    assert (max(bar.height for bar in reads.bars), reads.bars[0].before_height) == (64, 32)
    assert (comments.compared, ratings.compared) == (
        "none in the week before",
        "nor in the week before",
    )
    html = response.content.decode()
    assert "25 % more than in the week before." in re.search(r"<desc[^>]*>([^<]*)", html)[1]
    assert "style=" not in html[html.index('class="home"') : html.index("Everything at the desk")]

    SiteSettings.objects.update_or_create(pk=1, defaults={"reads_counted": False})
    assert [chart.name for chart in client.get(HOME).context["week"]] == [
        "Comments", "Ratings", "Spam",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["Author", "Administrator"])
def test_home_costs_the_same_whatever_there_is(client, role):
    user = make_staff(role)
    author, editor = make_author(user=user), make_staff("Editor")
    fill(author, editor)
    client.force_login(user)
    client.get(HOME)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("admin:index"))
    for _ in range(3):
        fill(author, editor)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("admin:index"))

    assert len(few) == len(many) <= 32
