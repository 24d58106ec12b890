"""The same questions have the same answers on both databases; the suite runs them on either."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.pages.models import Page
from blog.search.checking import differences
from blog.search.choices import load_choices
from blog.search.queries import search
from blog.search.query import parse
from blog.search.snippets import snippet
from blog.search.tasks import keep_language
from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_page,
    make_rating,
    make_tag,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def library():
    """Make four articles, two comments and two pages, each newer than the one before."""
    travel = make_category(name="Travel", slug="travel")
    europe = make_category(name="Europe", slug="europe", parent=travel)
    rail = make_tag(name="Rail & road", slug="rail")
    jane = make_author(name="Jane Doe", slug="jane")
    night = make_article(
        title="The night train",
        excerpt="From Zürich to the sea.",
        body="<h2>Sleeping cars</h2><p>We were <em>run</em>ning late; e-mail me at jane@example.org.</p>",
        toc=[{"id": "sleeping-cars", "text": "Sleeping cars", "level": 2}],
        publish_at=datetime(2024, 5, 1, tzinfo=UTC),
        categories=[europe],
        authors=[jane],
        tags=[rail],
    )
    coffee = make_article(
        title="Coffee in Łódź",
        body="<p>Naïve caf&eacute;s, possibly the best: a train of thought, an irreversible habit.</p>"
        "<ul><li>AT&amp;T</li><li>C++ &lt;b&gt;</li></ul>".replace("&eacute;", "é"),
        publish_at=datetime(2025, 5, 1, tzinfo=UTC),
        categories=[travel],
    )
    geology = make_article(
        title="Geology for walkers",
        body="<p>Walking on 1e5 stones at night; 3.14 of us (Москва, Ελλάδα, 東京).</p>",
        publish_at=datetime(2025, 6, 1, tzinfo=UTC),
        tags=[rail],
    )
    make_article(
        title="Quiet", body="<p>Nothing.</p>", publish_at=datetime(2025, 7, 1, tzinfo=UTC)
    )
    make_comment(
        article=coffee, name="Ann", body="Espresso for walkers", html="<p>Espresso for walkers</p>"
    )
    make_comment(article=geology, name="Bob", body="Espresso", status=Comment.Status.SPAM)
    for stars, articles in ((5, [night] * 3 + [geology] * 2), (3, [night, *[coffee] * 3])):
        for article in articles:
            make_rating(article=article, stars=stars)
    make_page(title="About", body="<p>Who walks, and since when: a <b>tri</b>angle.</p>")
    make_page(title="Walking rules", status=Page.Status.DRAFT)
    return night, coffee, geology


TITLES = {
    "night": "The night train",
    "coffee": "Coffee in Łódź",
    "geology": "Geology for walkers",
    "quiet": "Quiet",
    "about": "About",
}


def titles(text, **options):
    rows = search(text, **options)
    names = dict(Article.objects.values_list("pk", "title"))
    pages = dict(Page.objects.values_list("pk", "title"))
    return [names.get(row.article_id) or pages[row.page_id] for row in rows]


FINDS = [
    # all words, in any form
    ("night", "night geology"),
    ("night train", "night"),
    ("trains", "night coffee"),
    ("NIGHTS", "night geology"),
    ("walk", "geology about coffee"),
    ("run", "night"),
    ("runs late", "night"),
    ("possible", "coffee"),
    ("irreversibly", "coffee"),
    ("geologies", "geology"),
    ("possibly geology", ""),
    # prefixes of the last word
    ("coff", "coffee"),
    ("coff night", ""),
    ("sl", ""),
    # accents and case
    ("zurich", "night"),
    ("ZÜRICH", "night"),
    ("cafe", "coffee"),
    ("naive cafés", "coffee"),
    ("łódź", "coffee"),
    ("МОСКВА", "geology"),
    ("Ελλάδα", "geology"),
    ("東京", "geology"),
    # phrases, and what is not in them
    ('"night train"', "night"),
    ('"train night"', ""),
    ('"train of thought"', "coffee"),
    ('"train Sleeping"', ""),
    ("e-mail", "night"),
    ("jane@example.org", "night"),
    ("AT&T", "coffee"),
    ("C++", "coffee"),
    ("1e5", "geology"),
    ("3.14", "geology"),
    # not
    ("train -night", "coffee"),
    ('train -"of thought"', "night"),
    ('train -"thought of"', "night coffee"),
    ('"train of" -night', "coffee"),
    ('"train of" -"of thought"', ""),
    ("-train", ""),
    ("train -", "night coffee"),
    # tags, headings, comments
    ("road", "geology night"),
    ("sleeping", "night"),
    ("espresso", "coffee"),
    ("espresso thought", ""),
    ("espresso type:article", ""),
    ("espresso type:comment", "coffee"),
    ("night type:comment", ""),
    ("night type:nonsense", ""),
    # filters
    ("night category:travel", "night"),
    ("night category:Europe", "night"),
    ("category:europe", "night"),
    ("category:travel", "coffee night"),
    ("category:nowhere", ""),
    ("tag:rail", "geology night"),
    ('tag:"Rail & road" night', "night geology"),
    ("author:jane", "night"),
    ('author:"jane doe" train', "night"),
    ("year:2025", "quiet geology coffee"),
    ("year:2025 train", "coffee"),
    # votes: three at least
    ("rating:4", "night"),
    ("rating:4.5", "night"),
    ("rating:4,6", ""),
    ("rating:3 train", "night coffee"),
    ("walk rating:3", "coffee"),
    ("rating:6", ""),
    ("train rating:x", ""),
    ("train year:0", ""),
    ("train category:nowhere", ""),
    ("espresso category:travel", "coffee"),
    ("espresso tag:rail", ""),
    ("rating:x", ""),
    # pages
    ("triangle", "about"),
    ("rules", ""),
    ("walk type:page", "about"),
    ("type:page", "about"),
    ("walk year:2025", "geology coffee"),
    ("year:0", ""),
    ("year:99999999999", ""),
    ("year:２０２５", ""),
    ("nofilter:night", ""),
    # tags of HTML are no words
    ("strong", ""),
    ("em", ""),
    ("li", ""),
]


def test_a_query_finds(library):
    expected = {text: [TITLES[name] for name in found.split()] for text, found in FINDS}

    assert {text: titles(text) for text in expected} == expected


def test_order_is_by_place_then_by_date():
    now = timezone.now()
    for days, fields in enumerate(
        [
            {"title": "Body", "body": "<p>harbour</p>"},
            {"title": "Tag", "tags": [make_tag(name="Harbour")]},
            {"title": "Excerpt", "excerpt": "The harbour."},
            {"title": "Harbour"},
            {"title": "Old body", "body": "<p>harbour</p>"},
        ]
    ):
        make_article(publish_at=now - timedelta(days=days + 1), **fields)
    make_comment(article=make_article(title="Comment"), body="harbour")

    assert titles("harbour") == ["Harbour", "Tag", "Excerpt", "Body", "Old body", "Comment"]
    assert titles("harbour", by_date=True) == [
        "Comment", "Body", "Tag", "Excerpt", "Harbour", "Old body",
    ]  # fmt: skip


def test_hidden_articles_and_comments_are_not_found():
    now = timezone.now()
    hidden = [
        make_article(title="Secret draft", status=Article.Status.DRAFT),
        make_article(title="Secret future", publish_at=now + timedelta(hours=1)),
        make_article(title="Secret past", expire_at=now - timedelta(seconds=1)),
        make_article(title="Secret waste", trashed_at=now),
    ]
    for article in hidden:
        make_comment(article=article, body="secret")
    make_comment(article=make_article(comment_policy=Article.Policy.OFF), body="secret")
    for status in Comment.Status.values:
        if status != Comment.Status.APPROVED:
            make_comment(body="secret", status=status)

    assert search("secret") == []
    assert search("secret type:comment") == []


def test_other_languages_are_held_as_they_are():
    make_article(title="Die Züge fahren", body="<p>Walking, possibly</p>")
    SiteSettings.objects.update_or_create(pk=1, defaults={"language": "de"})
    assert differences()["words"] == 1

    keep_language.func()

    texts = ("zuge", "walking", "walk -x", "walk x", '"zuge fahren"', "possib", "walks")
    found = [len(search(parse(text, is_stemmed=False))) for text in texts]
    assert found == [1, 1, 0, 0, 1, 1, 0]
    piece = snippet("Walking, possibly. Walk.", parse("walk -x", is_stemmed=False))
    assert piece == "Walking, possibly. <mark>Walk</mark>."
    assert load_choices().is_stemmed is False
    assert sum(differences().values()) == 0

    SiteSettings.objects.update(language="en-gb")
    keep_language.func()
    assert len(search("walks")) == 1
    assert load_choices().is_stemmed is True


def test_a_scheduled_article_is_found_when_its_time_has_come():
    make_article(title="Tomorrow", publish_at=timezone.now() + timedelta(hours=1))
    assert titles("tomorrow") == []

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert titles("tomorrow") == ["Tomorrow"]


def test_of_a_common_word_the_newest_are_ranked(monkeypatch):
    monkeypatch.setattr("blog.search.queries.MOST_RANKED", 2)
    for title in ("Bus one", "Bus two", "Bus three"):
        make_article(title=title)

    results = search("bus")
    assert titles("bus") == ["Bus three", "Bus two"]
    assert titles("bus", before=results.older_than) == ["Bus one"]
    assert titles("bus", before=results.older_than, by_date=True) == ["Bus one"]
    assert search("bus", before=results.older_than).older_than is None
    assert search("bus one").older_than is None


def test_who_goes_on_finds_each_article_and_each_comment_once(monkeypatch):
    monkeypatch.setattr("blog.search.queries.MOST_RANKED", 2)
    for number in range(5):
        article = make_article(title=f"Bus {number}")
        make_comment(article=article, body="A bus")

    for query, kind in (("bus", "article_id"), ("bus type:comment", "comment_id")):
        found, before = [], None
        for _window in range(3):
            results = search(query, before=before)
            found += [getattr(row, kind) for row in results]
            before = results.older_than
        assert found == sorted(set(found), reverse=True), query
        assert len(found) == 5, query
        assert before is None


def test_of_a_common_word_unreadable_and_other_articles_take_no_place(monkeypatch):
    """However many of the newest matches are left out: each older one is found, and once."""
    monkeypatch.setattr("blog.search.queries.MOST_RANKED", 2)
    near = make_category(slug="near")
    for number in range(5):
        make_article(title=f"The quiet bus {number}", categories=[near])
        make_article(title=f"A bus, quiet {number}")
        make_article(title=f"The quiet bus {number}, a draft", status=Article.Status.DRAFT)

    wanted = [f"The quiet bus {number}" for number in (4, 3, 2, 1, 0)]
    for query in ('"quiet bus"', "bus quiet category:near", 'bus -"bus quiet"'):
        found, before = [], None
        for _window in range(3):
            found += titles(query, by_date=True, before=before)
            before = search(query, before=before).older_than
        assert found == wanted, query
        assert before is None


def test_what_is_far_apart_is_found_in_order(monkeypatch):
    """PostgreSQL looks at 4,096 numbers at a time, and beyond gaps."""
    numbers = (1, 4095, 4096, 8192, 70_000, 900_000, 40_000_000)
    article = make_article(pk=50, title="Tram")
    for number in numbers:
        make_article(pk=number, title="Bus")
        make_comment(pk=number, article=article, body="A bus")

    assert [row.article_id for row in search("bus type:article")] == [*reversed(numbers)]
    assert [row.comment_id for row in search("bus type:comment")] == [*reversed(numbers)]
    monkeypatch.setattr("blog.search.queries.MOST_RANKED", 3)
    results = search("bus type:article", before=900_000)
    assert [row.article_id for row in results] == [70_000, 8192, 4096]
    assert results.older_than == 4096


def test_who_goes_on_finds_all_that_passes_a_filter_once(monkeypatch):
    """However they are found: listed and laid beside the matches, asked one by one, or as so few."""
    for name, value in (("MOST_RANKED", 3), ("MOST_TESTED", 4), ("MOST_COMMENTS_TESTED", 4)):
        monkeypatch.setattr(f"blog.search.queries.{name}", value)
    near = make_category(slug="near")
    wanted = []
    for number in range(12):
        article = make_article(title="Bus", categories=[near] * (number in {0, 1, 2, 9}))
        comment = make_comment(article=article, body="A bus")
        if number in {0, 1, 2, 9}:
            wanted.insert(0, (article.pk, comment.pk))

    for few, most_listed in ((0, 15_000), (0, 0), (1_500, 15_000)):
        monkeypatch.setattr("blog.search.queries.FEW_LISTED", few)
        monkeypatch.setattr("blog.search.filters.MOST_LISTED", most_listed)
        for kind, place in (("article", 0), ("comment", 1)):
            found, before = [], None
            for _window in range(4):
                rows = search(f"bus category:near type:{kind}", before=before)
                found += [row.comment_id or row.article_id for row in rows]
                if (before := rows.older_than) is None:
                    break
            assert found == [pair[place] for pair in wanted], (few, most_listed, kind)
            assert before is None


def test_a_word_that_many_have_is_not_the_beginning_of_another(monkeypatch):
    make_article(title="Carbon")
    make_article(title="Car")
    assert titles("car") == ["Car", "Carbon"]

    monkeypatch.setattr("blog.search.queries.MOST_RANKED", 1)
    assert titles("car") == ["Car"]
    assert titles("carb") == ["Carbon"]


def test_a_short_word_in_s_finds_its_plural_and_not_all_that_begins_as_its_stem():
    """Porter leaves `bu` of bus, as begin but and bureau, and `buse` of buses."""
    for title, body in (
        ("One", "The bus waits."),
        ("Many", "Buses wait in threes."),
        ("None", "But the bureau is busy, and the business, too."),
    ):
        make_article(title=title, body=f"<p>{body}</p>", publish_at=timezone.now())

    assert sorted(titles("bus")) == ["Many", "One"]
    assert titles("bus -buses") == ["One"]
    assert titles("busi") == ["None"]
    assert snippet("Few buses, but one bus.", parse("bus")) == (
        "Few <mark>buses</mark>, but one <mark>bus</mark>."
    )


@pytest.mark.parametrize("kind", ["article", "comment"])
def test_a_rare_phrase_of_common_words_is_found_by_going_on(monkeypatch, kind):
    for name in ("MOST_RANKED", "MOST_UNPACKED"):
        monkeypatch.setattr(f"blog.search.queries.{name}", 2)
    for number, words in enumerate(["The quiet bus", *["A bus, quiet"] * 5], start=1):
        if kind == "comment":
            make_comment(pk=number, article=make_article(title="Tram"), body=words)
        else:
            make_article(pk=number, title=words)

    results = search(query := f'"quiet bus" type:{kind}')
    for _window in range(3):
        if results or results.older_than is None:
            break
        results = search(query, before=results.older_than)
    assert [row.comment_id or row.article_id for row in results] == [1]


def test_questions_are_as_many_for_one_as_for_many(
    django_assert_num_queries, django_assert_max_num_queries
):
    for _number in range(3):
        make_comment(article=make_article(title="Bus"), body="bus")

    with django_assert_max_num_queries(3):
        assert search("bus stop bus -tram") == []
    with django_assert_num_queries(4):
        assert len(search("bus")) == 3


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has statistics by itself.")
def test_sqlite_without_statistics_begins_with_what_the_index_found():
    near = make_category(slug="near")
    make_comment(article=make_article(title="Bus", categories=[near]), body="A bus")

    for text in ("bus", "bus category:near", "bus type:comment"):
        with CaptureQueriesContext(connection) as asked:
            search(text)
        for query in asked:
            sql = query["sql"]
            for table in ("comments_comment", "articles_article"):
                if f'FROM "{table}" WHERE' in sql and "json_each" in sql:
                    with connection.cursor() as cursor:
                        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                        plan = [row[3] for row in cursor.fetchall()]
                    assert f"SEARCH {table} USING INTEGER PRIMARY KEY (rowid=?)" in plan, sql
