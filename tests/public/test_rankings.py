"""Most read, most discussed, recent comments, all tags: what is published, best first, at a flat price."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.models import Comment, Thread
from blog.public import section_rows
from blog.reads.models import ReadTotal
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_comment, make_section, make_tag

pytestmark = pytest.mark.django_db

NOW = timezone.now()
RANKINGS = ["/most-read/", "/most-read/month/", "/most-read/ever/"]
DISCUSSED = ["/most-discussed/", "/most-discussed/ever/"]
OVERVIEWS = ["/comments/", "/tags/"]


def totals(article, week, month=None, ever=None):
    month = week if month is None else month
    ReadTotal.objects.create(
        article=article, week=week, month=month, ever=month if ever is None else ever
    )


def names(client, address):
    return [article.title for article in client.get(address).context["articles"]]


def test_most_read_of_each_time(client):
    for title, numbers in {
        "A": (1, 5, 1500),
        "B": (3, 3, 3),
        "C": (0, 4, 4),
        "D": (0, 0, 2),
    }.items():
        totals(make_article(title=title), *numbers)
    for fields in (
        {"status": Article.Status.DRAFT},
        {"trashed_at": NOW},
        {"publish_at": NOW + timedelta(days=1)},
    ):
        totals(make_article(title="Secret", **fields), 99)
    make_article(title="Unread")

    assert [names(client, address) for address in RANKINGS] == [
        ["B", "A"],
        ["A", "C", "B"],
        ["A", "C", "B", "D"],
    ]
    response = client.get("/most-read/ever/")
    assert "1,500 reads" in response.content.decode()
    assert [address for _label, address in response.context["links"]] == RANKINGS[:2]
    make_section(kind="most_read", length=3)
    make_section(kind="latest")
    assert client.get("/").context["blocks"][0].section.kind == "latest"  # two are no ranking
    ReadTotal.objects.update(week=1)
    assert client.get("/").context["blocks"][0].address == "/most-read/"

    SiteSettings.objects.update_or_create(pk=1, defaults={"reads_counted": False})
    assert {client.get(address).status_code for address in RANKINGS} == {404}
    assert client.get("/").context["blocks"][0].section.kind == "latest"


def test_most_discussed_lately_and_ever(client):
    old, new = make_article(title="Old"), make_article(title="New")
    off = make_article(title="Off", comment_policy=Article.Policy.OFF)
    for article, count in ((old, 3), (new, 2), (off, 4)):
        for _ in range(count):
            make_comment(article=article)
    Comment.objects.filter(article=old).update(created_at=NOW - timedelta(days=40))

    assert [names(client, address) for address in DISCUSSED] == [["New"], ["Old", "New"]]


def test_recent_comments_page_by_page(client):
    articles = [make_article(title="Open"), make_article(status=Article.Status.DRAFT)]
    # Thirty to a page; all at the same moment, so that only the key tells them apart.
    comments = [make_comment(article=articles[0], name=f"N{n}") for n in range(32)]
    make_comment(article=articles[1], name="Secret")
    make_comment(article=articles[0], name="Held", status=Comment.Status.PENDING)
    Comment.objects.update(created_at=NOW)

    first = client.get("/comments/").content.decode()
    older = re.search(r'rel="next" href="([^"]+)"', first)[1]
    second = client.get(older).content.decode()

    found = re.findall(r">N(\d+) on “Open”</a>", first + second)
    assert found == [str(n) for n in reversed(range(32))]
    assert "Secret" not in first + second
    assert "Held" not in first + second
    assert client.get(f"/comments/before/{comments[0].pk}/").status_code == 404  # nothing is older
    assert client.get("/comments/before/999999999/").status_code == 404


def test_words_of_a_recent_comment_are_parted_by_paragraphs_alone(client):
    comment = make_comment(article=make_article())
    comment.html = "<p>It was <em>indignant</em>.</p><p>See <code>min()</code>, <br>please.</p>"
    comment.save()

    assert "It was indignant. See min(), please." in client.get("/comments/").content.decode()


def test_tags_by_name_and_use(client, monkeypatch):
    rare, common = make_tag(name="rare"), make_tag(name="Common")
    make_tag(name="Unused")
    make_article(tags=[make_tag(name="Secret")], status=Article.Status.DRAFT)
    make_article(tags=[rare, common])
    make_article(tags=[common])

    rows = client.get("/tags/").context["rows"]

    assert [(row.tag.name, row.size) for row in rows] == [("Common", 4), ("rare", 2)]
    monkeypatch.setattr(section_rows, "WEIGHED", 1)  # only the newest article weighs
    make_article(tags=[rare])
    rows = client.get("/tags/").context["rows"]
    assert [row.tag for row in sorted(rows, key=lambda row: -row.size)] == [rare, common]


def test_each_costs_at_most_ten_queries_whatever_there_is(client, django_assert_max_num_queries):
    def fill(count):
        for _ in range(count):
            article = make_article(tags=[make_tag()], authors=[make_author()])
            totals(article, 5)
            make_comment(article=article)

    addresses = [*RANKINGS, *DISCUSSED, *OVERVIEWS]
    fill(1)
    costs = []
    for count in (0, 9):
        fill(count)
        for address in addresses:
            with django_assert_max_num_queries(10) as queries:
                response = client.get(address)
            costs.append(len(queries))
            assert response["Cache-Control"].startswith("public")
            assert not response.cookies
    assert costs[: len(addresses)] == costs[len(addresses) :]
    assert {client.post(address).status_code for address in addresses} == {405}


def test_empty_lists_say_so(client):
    make_article()

    for address in [*RANKINGS, *DISCUSSED]:
        assert "in this time." in client.get(address).content.decode()
    assert "Nobody has commented yet." in client.get("/comments/").content.decode()
    assert "No article has a tag yet." in client.get("/tags/").content.decode()
    assert client.get("/most-read/page/2/").status_code == 404
    assert not Thread.objects.exists()
