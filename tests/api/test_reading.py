"""What the API tells strangers, and what it tells those who bring an application password."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.application_passwords import make_application_password
from blog.articles.drafts import save_draft
from blog.articles.models import Article
from blog.articles.services import save_article
from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_page,
    make_rating,
    make_staff,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db
API = "/api/v1/"
SECRET = "Nobody may see this"


def key_of(user):
    return {"Authorization": f"Bearer {make_application_password(user=user, name='Test')}"}


def get(client, path, key=None, **query):
    return client.get(f"{API}{path}", query, headers=key or {})


def ids(response):
    return [item["id"] for item in response.json()["items"]]


def make_hidden(**fields):
    """Make an article of each kind that strangers must not know of."""
    now = timezone.now()
    kinds = {
        "draft": {"status": "draft", "publish_at": None},
        "scheduled": {"publish_at": now + timedelta(hours=1)},
        "expired": {"publish_at": now - timedelta(2), "expire_at": now - timedelta(1)},
        "private": {"access": Article.Access.PRIVATE},
        "trash": {"trashed_at": now},
    }
    return {
        kind: make_article(**{"title": f"{SECRET} {kind}", "body": SECRET} | fields | options)
        for kind, options in kinds.items()
    }


def test_addresses_list_what_a_stranger_may_read(client):
    category = make_category(name="Science", slug="science")
    inner = make_category(name="Physics", slug="physics", parent=category)
    author, tag = make_author(name="Ada", slug="ada", user=make_user(email="x@e.org")), make_tag()
    article = make_article(
        title="Tides",
        slug="tides",
        body='<p>They <a href="/moon/">rise</a>.</p>',
        excerpt="On the sea.",
        authors=[author],
        categories=[inner],
        tags=[tag],
        lead_image=make_image(alt="The sea"),
        publish_at=timezone.now().replace(microsecond=0) - timedelta(minutes=1),
    )
    make_rating(article=article, stars=5)
    make_comment(article=article)
    page = make_page(title="About", slug="about", body="<p>Us.</p>")

    index = get(client, "").json()
    assert index["articles"] == "http://testserver/api/v1/articles/"
    for name in index.keys() - {"me", "media"}:
        assert len(get(client, f"{name}/").json()["items"]) == 1 + (name == "categories"), name
    answer = get(client, "articles/")
    (item,) = answer.json()["items"]
    assert (item["id"], item["title"], item["url"]) == (
        article.pk,
        "Tides",
        "http://testserver/tides/",
    )
    assert item["lead_image"]["alt"] == "The sea"
    assert [author["name"] for author in item["authors"]] == ["Ada"]
    assert (item["comments"]["count"], item["rating"]) == (1, {"count": 1, "average": 5.0})
    assert item["published_at"] == article.publish_at.isoformat().replace("+00:00", "Z")
    whole = get(client, f"articles/{article.pk}/").json()
    assert whole["html"] == '<p>They <a href="http://testserver/moon/">rise</a>.</p>'
    assert whole.keys().isdisjoint({"body", "version", "draft", "stage"})
    assert get(client, f"pages/{page.pk}/").json()["html"] == "<p>Us.</p>"
    for query in ({"category": "science"}, {"tag": tag.slug, "author": "ada"}):
        assert ids(get(client, "articles/", **query)) == [article.pk]
    assert get(client, "articles/", category="nothing").status_code == 400
    # Everybody's answer: revalidated, without a cookie, for no other site's scripts.
    assert (answer["Cache-Control"], answer.cookies) == ("no-cache", {})
    assert "Authorization" in answer["Vary"]
    assert "Access-Control-Allow-Origin" not in answer
    headers = {"If-None-Match": answer["ETag"]}
    assert client.get(f"{API}articles/", headers=headers).status_code == 304
    SiteSettings.objects.create(feeds_in_full=False)
    assert get(client, f"articles/{article.pk}/").json()["html"] == ""


def test_strangers_learn_nothing_of_what_is_hidden(client):
    whose = make_user(email="secret.login@example.org", display_name=SECRET)
    fields = {
        "authors": [make_author(name=f"{SECRET} author", user=whose)],
        "categories": [make_category(name=f"{SECRET} category")],
        "tags": [make_tag(name=f"{SECRET} tag")],
        "lead_image": make_image(alt=f"{SECRET} picture"),
    }
    hidden = make_hidden(**fields)
    protected = make_article(
        title="Known title", body=SECRET, excerpt=SECRET, access="password", password_hash="x"
    )
    make_comment(article=protected, body=SECRET)
    open_one = make_article(authors=[make_author(user=make_user(email="secret.too@example.org"))])
    for status in ("pending", "spam", "trash"):
        make_comment(article=open_one, body=SECRET, status=status)
    make_comment(article=open_one, email="secret.mail@example.org", network_hash="feed" * 8)
    for page in ({"status": "draft"}, {"trashed_at": timezone.now()}):
        make_page(title=SECRET, body=SECRET, **page)

    names = [f"{name}/" for name in get(client, "").json()]
    names += [f"articles/{open_one.pk}/", f"articles/{open_one.pk}/comments/"]
    names += [f"articles/{protected.pk}/"]
    for key in (None, key_of(make_staff("Moderator"))):
        for name in names:
            text = get(client, name, key).content.decode()
            for secret in (SECRET, "secret.", "feed", "password_hash"):
                assert secret not in text, name
        for article in [*hidden.values(), protected]:
            assert get(client, f"articles/{article.pk}/comments/", key).status_code == 404
        for kind, article in hidden.items():
            assert get(client, f"articles/{article.pk}/", key).status_code == 404, kind
    assert get(client, "articles/", status="published").status_code == 200
    for status in ("draft", "scheduled", "expired", "trash", "x"):
        assert get(client, "articles/", status=status).status_code == 401
    open_one.comment_policy = "off"
    open_one.save()
    assert get(client, f"articles/{open_one.pk}/comments/").status_code == 404


def test_a_password_shows_what_its_person_may_edit(client):
    writer, editor = make_staff("Author"), make_staff("Editor")
    own = make_hidden(authors=[make_author(user=writer)])
    others = make_hidden()
    mine, all_of_it = key_of(writer), key_of(editor)

    for kind, article in own.items():
        status = "published" if kind == "private" else kind
        assert article.pk in ids(get(client, "articles/", mine, status=status)), kind
        assert others[kind].pk not in ids(get(client, "articles/", mine, status=status))
        assert ids(get(client, "articles/", all_of_it, status=status))[0] == others[kind].pk
        whole = get(client, f"articles/{article.pk}/", mine).json()
        assert (whole["status"], whole["body"]) == (status, SECRET)
        assert get(client, f"articles/{others[kind].pk}/", mine).status_code == 404
    assert get(client, "articles/", mine, status="x").status_code == 400
    assert ids(get(client, "articles/", all_of_it)) == []  # as strangers, unless a status is asked
    assert get(client, "me/").status_code == 401
    me = get(client, "me/", mine).json()
    assert me["may"] == {"write": True, "publish": True, "edit_others": False, "upload": True}
    assert get(client, "articles/", {"Authorization": "Bearer wrong"}).status_code == 401
    answer = get(client, "me/", mine)
    assert answer["Cache-Control"] == "private, no-cache"
    client.force_login(editor)  # a session opens nothing
    assert get(client, "me/").status_code == 401
    assert get(client, f"articles/{own['draft'].pk}/").status_code == 404


def test_changes_that_wait_are_told_apart_from_what_readers_see(client):
    editor = make_staff("Editor")
    article = Article(title="Before", slug="before", body="<p>Old</p>", status="published")
    save_article(article=article, editor=editor)
    changed = Article.objects.get(pk=article.pk)
    changed.title, changed.body = "After", "<p>New</p>"
    save_draft(article=changed, editor=editor)

    assert "After" not in get(client, f"articles/{article.pk}/").content.decode()
    whole = get(client, f"articles/{article.pk}/", key_of(editor)).json()
    assert (whole["title"], whole["body"]) == ("Before", "<p>Old</p>")
    assert (whole["draft"]["title"], whole["draft"]["body"]) == ("After", "<p>New</p>")


def test_lists_go_on_where_they_ended_and_lose_nothing(client):
    now = timezone.now() - timedelta(hours=1)
    category = make_category(slug="all")
    made = [
        make_article(publish_at=now - timedelta(hours=number // 2), categories=[category])
        for number in range(7)
    ]
    expected = [a.pk for a in sorted(made, key=lambda a: (a.publish_at, a.pk), reverse=True)]
    for path in ("articles/?limit=3", "articles/?limit=3&category=all"):
        found, address = [], f"{API}{path}"
        while address:
            answer = client.get(address)
            found += ids(answer)
            address = answer.json()["next"]
            assert (address is None) == ("Link" not in answer)
            if address:
                assert answer["Link"] == f'<{address}>; rel="next"'
                make_article(categories=[category])  # a newer one moves nothing
        assert [pk for pk in found if pk in expected] == expected, path
        assert len(found) == len(set(found))
    article = made[0]
    comments = [make_comment(article=article).pk for _ in range(3)]
    first = get(client, f"articles/{article.pk}/comments/", limit=2)
    assert ids(first) + ids(client.get(first.json()["next"])) == comments


@pytest.mark.parametrize("filters", [{}, {"category": "all"}])
def test_a_list_goes_on_where_its_index_stands(client, filters):
    """SQLite enters an index by the first of two limits: that must not be now, with all that is newer."""
    category = make_category(slug="all")
    for number in range(2):
        make_article(publish_at=timezone.now() - timedelta(days=2 + number), categories=[category])
    address = get(client, "articles/", limit=1, **filters).json()["next"]

    with CaptureQueriesContext(connection) as asked:
        client.get(address)

    (limits,) = [
        re.findall(r""""publish_at" <= '?([-\d]+)""", query["sql"])
        for query in asked
        if query["sql"].startswith('SELECT "articles_') and "LIMIT 2" in query["sql"]
    ]
    assert limits == sorted(limits), asked.captured_queries
    assert len(set(limits)) == 2


def test_search_finds_what_the_page_finds(client):
    tag = make_tag(slug="sea")
    body = "<p>The tides of Fundy.</p>"
    found = [make_article(title=f"Tides {number}", body=body) for number in range(3)]
    found[0].tags.set([tag])
    make_article(title="Bread")
    make_hidden(title="Tides, hidden")

    first = get(client, "articles/", search="tides", limit=2)
    second = client.get(first.json()["next"])

    assert sorted(ids(first) + ids(second)) == [article.pk for article in found]
    assert second.json()["next"] is None
    assert ids(get(client, "articles/", search="fundy", tag="sea")) == [found[0].pk]
    for text in ("nothing at all", "-", "\x01"):
        assert ids(get(client, "articles/", search=text)) == [], text
    assert get(client, "articles/", search="tides", tag="x").status_code == 400
    for _search in range(60):
        answer = get(client, "articles/", search="-")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_lists_cost_as_many_queries_whatever_they_hold(client, django_assert_num_queries):
    fields = {"categories": [make_category(slug="c")], "tags": [make_tag(slug="t")]}
    for rows in (1, 5):
        for _row in range(rows):
            article = make_article(lead_image=make_image(), authors=[make_author()], **fields)
            make_comment(article=article)
            make_rating(article=article)
        with django_assert_num_queries(6):  # settings, keys, articles, and their three kinds
            get(client, "articles/")
        with django_assert_num_queries(8):
            get(client, "articles/", category="c", tag="t")
        with django_assert_num_queries(3):
            get(client, f"articles/{article.pk}/comments/")
        with django_assert_num_queries(3):
            get(client, "authors/")


def test_bad_questions_are_answered_in_sentences(client, monkeypatch):
    article = make_article()
    queries = [("limit", text) for text in ("0", "101", "-1", "x", "", "1e3", "٣", "9" * 5000)]
    queries += [("limit", "0001" + "9" * digits) for digits in (3, 20)]
    queries += [("cursor", text) for text in ("x", "1", "1-x", "-", "9" * 18 + "-1", "9" * 40)]
    queries += [("category", "\0"), ("tag", "x"), ("author", "'--")]
    queries += [("search", "a\0")]
    for name, text in queries:
        answer = get(client, "articles/", **{name: text})
        assert answer.status_code == 400, (name, text)
        assert answer.json()["errors"], (name, text)
    assert get(client, "articles/", cursor="9" * 17 + "-1").status_code in (200, 400)
    assert get(client, "tags/", cursor="9" * 18).json() == {"items": [], "next": None}
    assert get(client, "articles/", order="title;DROP", email="a@b.c").status_code == 200
    for path in ("x/", "articles/0/", "articles/999999999/", "articles/x/", "articles", "%00"):
        answer = get(client, path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/json"), path
    wrong = client.put(f"{API}articles/{article.pk}/")
    assert wrong.status_code == 405
    assert {"GET", "HEAD", "OPTIONS"} <= set(wrong["Allow"].split(", "))
    assert client.options(f"{API}tags/")["Allow"] == "GET, HEAD, OPTIONS"
    assert client.head(f"{API}tags/").status_code == 200

    for failure, expected in ((OperationalError, (503, "30")), (ZeroDivisionError, (500, None))):

        def fail(*_args, failure=failure, **_options):
            raise failure

        monkeypatch.setattr(SiteSettings.objects.__class__, "current", fail)
        answer = get(client, "articles/")
        assert (answer.status_code, answer.get("Retry-After")) == expected
        assert list(answer.json()["errors"]) == ["request"]
