"""Search finds what has all the words, and survives whatever is typed."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from blog.articles.models import Article
from blog.search.queries import search
from blog.search.query import MAX_LENGTH, MAX_TERMS, clean, parse
from blog.search.snippets import snippet
from blog.search.spelling import did_you_mean
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_rating,
    make_tag,
)

pytestmark = pytest.mark.django_db

NAUGHTY = Path(__file__).parents[3] / "shared/data/hostile/naughty-strings.json"
HOSTILE = [
    "\0",
    "a\0b",
    "%",
    "_",
    "\\",
    "'; DROP TABLE articles_article; --",
    '"',
    '"""',
    '-"',
    "-",
    "--",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\u202e\u0000\uffff",
    "(((((((",
    "[a-z]*+?{1,9}$^|",
    "${7*7} {{ 7 }} {% now %}",
]


def found(client, query):
    context = client.get("/search/", {"q": query}).context
    return [found.article.title for found in context.get("results", [])]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("bus", ["Bus and tram", "Late"]),
        ("BUS", ["Bus and tram", "Late"]),
        ("bus tram", ["Bus and tram"]),
        ('"and tram"', ["Bus and tram"]),
        ('"tram and"', []),
        ("bus -tram", ["Late"]),
        ("-bus", []),  # nothing is asked for
        ("stopwatch", ["Late"]),
        ("Ärger", ["Late"]),
        ("ärger", ["Late"]),
        ("AT&T", ["Late"]),
        ("ferry", []),
        ("", []),
        ("%", []),
        ("b_s", []),
    ],
)
def test_search_finds(client, query, titles):
    make_article(title="Bus and tram", excerpt="On rails.")
    make_article(title="Late", body="<p>The bus, a stopwatch, <em>Ärger</em> and AT&amp;T.</p>")

    assert found(client, query) == titles


def test_title_comes_before_text_and_new_before_old(client):
    now = timezone.now()
    for title, body, age in [
        ("Nothing of it", "<p>night train</p>", 1),
        ("A train", "<p>by night</p>", 2),
        ("Train at night", "<p></p>", 3),
        ("The night train", "<p></p>", 4),
        ("Nothing again", "<p>night train</p>", 5),
    ]:
        make_article(title=title, body=body, publish_at=now - timedelta(days=age))

    assert found(client, "night train") == [
        "The night train",
        "Train at night",
        "A train",
        "Nothing of it",
        "Nothing again",
    ]


def test_hidden_articles_are_not_found(client):
    now = timezone.now()
    make_article(title="Secret draft", status=Article.Status.DRAFT)
    make_article(title="Secret future", publish_at=now + timedelta(hours=1))
    make_article(title="Secret past", expire_at=now - timedelta(seconds=1))
    make_article(title="Secret waste", trashed_at=now)

    assert found(client, "secret") == []


def test_results_have_pages(client):
    for _ in range(11):
        make_article(title="A bus & more")

    first = client.get("/search/", {"q": "bus & more"})
    second = client.get("/search/?q=bus+%26+more&page=2")

    assert first.context["pager"].older == "/search/?q=bus+%26+more&page=2"
    assert len(second.context["results"]) == 1
    assert [
        client.get("/search/", {"q": "bus", "page": page}).status_code
        for page in ("3", "0", "-1", "x", "1e9", "99999999999999999999", "1 OR 1=1")
    ] == [404] * 7


def test_more_matches_than_are_ranked_are_said_and_reached(client, monkeypatch):
    monkeypatch.setattr("blog.search.queries.MOST_RANKED", 11)
    for number in range(13):
        make_article(title=f"Bus {number}")

    first = client.get("/search/?q=bus")
    last = client.get("/search/?q=bus&page=2")
    older = client.get(last.context["older"])

    assert "11 results, the newest of more" in first.content.decode()
    assert "Go on with older matches" not in first.content.decode()
    assert "Go on with older matches" in last.content.decode()
    assert [found.article.title for found in older.context["results"]] == ["Bus 1", "Bus 0"]
    assert "older" not in older.context
    assert client.get("/search/?q=bus&before=0").status_code == 404


def test_of_a_search_that_takes_too_long_some_matches_are_shown(client, monkeypatch):
    monkeypatch.setattr("blog.search.queries.LONGEST", 0)
    monkeypatch.setattr("blog.search.queries.LONGEST_INSTEAD", 10_000)
    monkeypatch.setattr("blog.search.queries.MOST_INSTEAD", 3)
    make_article(title="The quiet bus", categories=[make_category(slug="near")])
    make_comment(article=make_article(title="A bus, quiet"), body="A bus")
    for number in range(3):
        make_article(title=f"Ferry {number}", body="<p>A quiet tram, no bus</p>")
    make_article(title="Bus and tram", status=Article.Status.DRAFT)

    for query, titles in (
        ("bus", ["Ferry 2", "Ferry 1", "A bus, quiet", "The quiet bus"]),
        ('"quiet bus"', ["The quiet bus"]),
        ('bus -tram -"quiet bus"', ["A bus, quiet"]),
        ("bus category:near", ["The quiet bus"]),
        ("bus type:comment", ["A bus, quiet"]),
        ("bus type:page", []),
    ):
        page = client.get("/search/", {"q": query, "order": "date"})
        assert page.status_code == 200
        assert "This search would take too long" in page.content.decode(), query
        assert {found.article.title for found in page.context["results"]} == set(titles), query
        assert page["Cache-Control"] == "no-store"
    assert client.get("/search/feed/?q=bus").status_code == 200

    monkeypatch.setattr("blog.search.queries.LONGEST_INSTEAD", 0)
    page = client.get("/search/?q=bsu").content.decode()
    assert "This search would take too long" in page
    assert "none of the newest articles has all of these words" in page
    assert "Did you mean" not in page


def test_comments_have_a_tab_of_their_own(client):
    article = make_article(title="Ferries", body="<p>A bus.</p>")
    comment = make_comment(article=article, name="Ann", body="A bus, too")

    first = client.get("/search/?q=bus&year=2999&order=date")
    second = client.get("/search/?q=bus&type=comment").content.decode()

    assert [tab["address"] for tab in first.context["tabs"]] == [
        "/search/?q=bus&year=2999&order=date",
        "/search/?q=bus&year=2999&type=comment&order=date",
    ]
    assert f'<a href="{comment.get_absolute_url()}">Ann on “Ferries”</a>' in second
    assert '<a href="/search/?q=bus&amp;type=comment" aria-current="page">Comments' in second
    assert "1 result" in second
    assert (
        "Look in articles and pages" in client.get("/search/?q=xyz&type=comment").content.decode()
    )
    assert "tabs" in client.get("/search/?q=bus+type:page").context
    assert not client.get("/search/?q=bus+type:page").context["tabs"]


def test_the_form_narrows_a_search_down(client):
    near = make_category(name="Near", slug="near")
    ada = make_author(name="Ada", slug="ada")
    make_author(name="Nobody's")
    old = timezone.now() - timedelta(days=800)
    make_article(title="Bus A", authors=[ada], categories=[near], tags=[make_tag(slug="red")])
    make_article(title="Bus B", publish_at=old)
    liked = make_article(title="Bus C")
    for _number in range(3):
        make_rating(article=liked, stars=5)

    page = client.get("/search/?q=bus&category=near&author=ada&year=1999")
    fields = {field["name"]: field for field in page.context["fields"]}

    assert [value for value, _label in fields["author"]["options"]].count("ada") == 1
    assert "Nobody's" not in str(fields["author"]["options"])
    assert fields["year"]["options"][0] == (
        "1999",
        "1999",
    )  # as asked for, though nothing is so old
    assert {name: field["value"] for name, field in fields.items() if field["value"]} == {
        "category": "near", "author": "ada", "year": "1999",
    }  # fmt: skip
    assert '<option value="ada" selected>Ada</option>' in page.content.decode()
    assert page.context["widened"] == "/search/?q=bus"
    for narrowed, titles in {
        "category=near": ["Bus A"],
        "author=ada&tag=red": ["Bus A"],
        f"year={old.year}": ["Bus B"],
        "rating=4": ["Bus C"],
        "rating=4&author=ada": [],
        "rating=%00&year=%F0%9F%98%80&tag='&category=&type=x": [],
    }.items():
        results = client.get(f"/search/?q=bus&{narrowed}").context["results"]
        assert [found.article.title for found in results] == titles, narrowed


def test_the_words_may_be_called_as_wordpress_calls_them(client):
    assert client.get("/search/?s=bus").context["query"] == "bus"


def test_one_network_cannot_search_all_the_time(client, monkeypatch):
    monkeypatch.setattr("blog.public.views.search.MOST_IN_A_MINUTE", 2)

    answers = [client.get("/search/?q=bus") for _ in range(3)]
    other = client.get("/search/?q=bus", REMOTE_ADDR="2001:db8::1")

    assert [answer.status_code for answer in [*answers, other]] == [200, 200, 429, 200]
    assert "Please wait a minute" in answers[2].content.decode()
    assert answers[2].headers["Retry-After"] == "60"
    assert answers[2].headers["Cache-Control"] == "no-store"
    assert client.get("/search/").status_code == 200


def test_suggestions_are_a_piece_of_a_page(client):
    article = make_article(title="Trams & <b>trains</b>", lead_image=make_image())
    make_article(title="Trolls", access=Article.Access.PASSWORD, password_hash="x")

    answer = client.get("/search/suggest/tr/")
    html = answer.content.decode()

    assert f'href="{article.get_absolute_url()}"' in html
    assert "<span><mark>Trams</mark> &amp; &lt;b&gt;<mark>trains</mark>&lt;/b&gt;</span>" in html
    assert "Protected: <mark>Trolls</mark>" in html
    assert 'href="/search/?q=tr"' in html
    assert 'data-status="2 suggestions"' in html
    assert html.count("<img") == 1
    assert answer.shows >= {"site", "articles", "pages", f"picture:{article.lead_image_id}"}
    assert not answer.cookies
    assert client.get("/search/suggest/zz/").status_code == 204
    assert client.get("/search/suggest/zz/").content == b""
    for odd in ("Tr%20", "TR", "tr%00", "tr!"):
        assert not hasattr(client.get(f"/search/suggest/{odd}/"), "shows"), odd


def test_one_network_gets_so_many_suggestions(client, monkeypatch):
    monkeypatch.setattr("blog.public.views.search.MOST_SUGGESTIONS_IN_A_MINUTE", 1)

    assert client.get("/search/suggest/tr/").status_code == 204
    assert client.get("/search/suggest/tr/").status_code == 429
    assert client.get("/search/?q=tr").status_code == 200


def test_search_page_is_not_for_search_engines(client):
    assert '<meta name="robots" content="noindex">' in client.get("/search/").content.decode()


def test_query_is_shown_as_text(client):
    html = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in html


def test_query_is_cut_to_what_can_be_answered():
    assert len(clean("x" * 5000)) == MAX_LENGTH
    assert clean("\0 a\n\tb\x85") == "a b"
    assert len(parse("a " * 500).wanted) == MAX_TERMS


def test_hostile_query_is_harmless(client):
    make_article()

    for query in HOSTILE:
        assert client.get("/search/", {"q": query}).status_code == 200, query


def test_long_query_is_quick(client):
    make_article()

    for query in ('"' * 60_000, "a" * 60_000, "- " * 30_000, '"a' * 30_000, "%" * 60_000):
        assert client.get("/search/", {"q": query}).status_code == 200


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the naughty strings are not beside the project")
def test_naughty_strings_are_harmless(client):
    make_article(body="<p>Undefined, null and a script.</p>")
    strings = json.loads(NAUGHTY.read_text())

    for text in strings:
        query = parse(clean(text))
        search(query)
        did_you_mean(query)
        assert "<script" not in snippet("<script> null undefined", query), text
    for text in strings[::16]:  # the whole way: HOSTILE goes it above
        assert client.get("/search/", {"q": text}).status_code == 200, text


def test_what_is_found_is_marked_and_the_rest_is_text(client):
    make_article(body="<p>The tram &lt;b&gt; to <em>Ärger</em>town &amp; Ärger.</p>")

    html = client.get("/search/?q=%C3%A4rger+tram").content.decode()

    assert (
        "<p>The <mark>tram</mark> &lt;b&gt; to <mark>Ärgertown</mark> &amp; <mark>Ärger</mark>.</p>"
    ) not in html  # a prefix counts for the last word only
    assert "<p>The <mark>tram</mark> &lt;b&gt; to Ärgertown &amp; <mark>Ärger</mark>.</p>" in html


def test_a_comment_is_shown_under_its_article(client):
    comment = make_comment(article=make_article(title="Ferries"), name="Ann", body="A <b>tram</b>")

    html = client.get("/search/?q=tram").content.decode()

    assert f'<a href="{comment.get_absolute_url()}">Ferries</a>' in html
    assert "In a comment by Ann" in html
    assert "A <mark>tram</mark>" in html


def test_the_newest_first_keeps_its_order_on_the_next_page(client):
    for number in range(11):
        make_article(title=f"Tram {number}")

    response = client.get("/search/?q=tram&order=date")

    assert response.context["pager"].older == "/search/?q=tram&order=date&page=2"
    assert response.context["other_order"] == "/search/?q=tram"
