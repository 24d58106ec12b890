"""The list of articles at the desk: tabs, filters, quick edit, one change to many."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.articles.admin import filters
from blog.articles.models import Article, Finding, SlugHistory, Tag
from blog.articles.terms import get_or_create_tag
from blog.site.models import SiteSettings
from tests.factories import make_article, make_author, make_category, make_staff, make_tag

pytestmark = pytest.mark.django_db
LIST = reverse("admin:articles_article_changelist")


@pytest.fixture
def editor(client):
    client.force_login(make_staff("Editor"))
    return client


def quick(article: Article) -> str:
    return reverse("admin:articles_article_quick", args=[article.pk])


def form_of(article: Article, **changes: object) -> dict[str, object]:
    """Return what the browser sends when nothing but *changes* was typed."""
    at = timezone.localtime(article.publish_at)
    return {
        "title": article.title,
        "slug": article.slug,
        "publish_at_0": at.strftime("%Y-%m-%d"),
        "publish_at_1": at.strftime("%H:%M:%S"),
        "comment_policy": article.comment_policy,
        "rating_policy": article.rating_policy,
        "tag_names": "",
        "opened_version": article.version,
    } | changes


def titles(response) -> set[str]:
    return {article.title for article in response.context["cl"].result_list}


def test_tabs_count_each_state(editor):
    now = timezone.now()
    for fields in (
        {},
        {},
        {"status": "draft"},
        {"publish_at": now + timedelta(days=1)},
        {"publish_at": now - timedelta(days=2), "expire_at": now - timedelta(days=1)},
        {"trashed_at": now},
    ):
        make_article(**fields)

    tabs = editor.get(LIST).context["tabs"]

    assert {str(tab["name"]): tab["count"] for tab in tabs} == {
        "All": 5,
        "Draft": 1,
        "Scheduled": 1,
        "Published": 2,
        "Expired": 1,
        "Trash": 1,
    }


def test_lists_are_named_after_what_they_hold_and_say_why_they_are_empty(editor):
    nothing = editor.get(LIST, {"q": "zzzz"}).content.decode()
    assert "<h1>Articles</h1>" in nothing
    assert "Nothing matches." in nothing
    never = editor.get(reverse("admin:articles_snippet_changelist")).content.decode()
    assert "<h1>Snippets</h1>" in never
    assert "Nothing here yet. A snippet is" in never


def test_list_speaks_the_language_of_the_desk(editor):
    SiteSettings.objects.update_or_create(pk=1, defaults={"language": "de"})
    make_article()

    page = editor.get(LIST).content.decode()

    # What Django says in English still, and a field without a name of its own
    assert ">Ausführen</button>" in page
    assert "<summary>Autoren</summary>" in page


def test_authors_count_their_own_only(client):
    user = make_staff("Author")
    make_article(created_by=user)
    make_article()
    client.force_login(user)

    assert client.get(LIST).context["tabs"][0]["count"] == 1


def test_list_is_narrowed_by_tag_and_checks(editor):
    tag = make_tag()
    tagged, failing = make_article(title="Tagged", tags=[tag]), make_article(title="Failing")
    Finding.objects.create(article=failing, code="lead-image")

    assert titles(editor.get(LIST, {"tags__id__exact": tag.pk})) == {"Tagged"}
    assert titles(editor.get(LIST, {"checks": "failed"})) == {"Failing"}
    assert titles(editor.get(LIST, {"checks": "passed"})) == {tagged.title}


@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "0"])
def test_a_tag_that_is_none_narrows_nothing(editor, value):
    make_article(title="Here")

    assert titles(editor.get(LIST, {"tags__id__exact": value})) == {"Here"}


def test_list_costs_the_same_for_one_and_for_many(editor):
    counts = []
    editor.get(LIST)  # content types, late changes
    for _round in range(2):
        for _number in range(4):
            make_article(categories=[make_category()], tags=[make_tag()])
        with CaptureQueriesContext(connection) as captured:
            editor.get(LIST)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_quick_edit_saves_what_the_list_shows(editor):
    article = make_article(title="Before", slug="before")
    category, _kept = make_category(), make_tag(name="Ports")

    response = editor.post(
        quick(article),
        form_of(
            article,
            title="After",
            slug="after",
            categories=[category.pk],
            tag_names="ports, New ones",
            comment_policy="closed",
        ),
    )

    assert (response.status_code, response["Location"]) == (302, LIST)
    article.refresh_from_db()
    assert (article.title, article.slug, article.comment_policy) == ("After", "after", "closed")
    assert [tag.name for tag in article.tags.all()] == ["New ones", "Ports"]
    assert list(article.categories.all()) == [category]
    assert article.primary_category == category
    assert SlugHistory.objects.get().slug == "before"
    assert article.current_revision.note == "Quick edit"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "This field is required."),
        ({"opened_version": 0}, "Somebody saved this article"),
        ({"tag_names": "x" * 101}, "At most 50 tags"),
        ({"slug": "admin"}, "belongs to the site itself"),
        ({"publish_at_0": "yesterday"}, "Enter a valid date."),
        ({"title": "A\x00B"}, "Null characters are not allowed."),
    ],
)
def test_refused_quick_edit_keeps_what_was_typed(editor, typed, sentence):
    article = make_article()

    response = editor.post(quick(article), form_of(article, **{"tag_names": "kept"} | typed))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert typed.get("tag_names", "kept") in response.content.decode()
    article.refresh_from_db()
    assert (article.version, Tag.objects.count()) == (1, 0)


def test_who_may_not_publish_changes_nothing_that_is_published(client):
    user = make_staff("Author")
    user.groups.get().permissions.remove(
        *user.groups.get().permissions.filter(codename="publish_article")
    )
    client.force_login(user)
    article = make_article(title="Live", created_by=user)

    assert client.post(quick(article), form_of(article, title="Changed")).status_code == 403
    chosen = {"action": "change_many", "_selected_action": article.pk, "change_many": "1"}
    client.post(LIST, chosen | {"comment_policy": "off"})
    article.refresh_from_db()
    assert (article.title, article.comment_policy) == ("Live", "open")


def test_contributor_names_tags_in_any_case_and_makes_none(client):
    user, tag = make_staff("Contributor"), get_or_create_tag(name="Ärger")
    client.force_login(user)
    article = make_article(status="draft", created_by=user)

    client.post(quick(article), form_of(article, tag_names="ärger"))

    assert [*article.tags.all()] == [*Tag.objects.all()] == [tag]
    article.refresh_from_db()
    refused = client.post(quick(article), form_of(article, tag_names="New"))
    assert (refused.status_code, Tag.objects.count()) == (422, 1)


def test_articles_of_others_are_not_there(client):
    client.force_login(make_staff("Author"))

    assert client.get(quick(make_article())).status_code == 404


def test_many_are_changed_at_once(editor):
    out, into, old = make_category(), make_category(), make_tag(name="Old")
    first, second = make_author(), make_author()
    articles = [
        make_article(authors=[first], categories=[out], primary_category=out, tags=[old])
        for _number in range(2)
    ]
    chosen = {"action": "change_many", "_selected_action": [article.pk for article in articles]}
    assert "2 articles" in editor.post(LIST, chosen).content.decode()

    changes = {"add_categories": into.pk, "remove_categories": out.pk, "add_tags": "Fresh"}
    changes |= {"remove_tags": "old", "add_authors": second.pk, "rating_policy": "closed"}
    editor.post(LIST, chosen | {"change_many": "1"} | changes)

    for article in Article.objects.all():
        assert list(article.categories.all()) == [into]
        assert article.primary_category == into
        assert [tag.name for tag in article.tags.all()] == ["Fresh"]
        assert [byline.author for byline in article.bylines.all()] == [first, second]
        assert (article.comment_policy, article.rating_policy) == ("open", "closed")


def test_change_of_nothing_says_so(editor):
    chosen = {"action": "change_many", "_selected_action": make_article().pk, "change_many": "1"}

    assert "Choose what is to change." in editor.post(LIST, chosen).content.decode()


def test_tabs_count_no_further_than_to_many(editor, monkeypatch):
    monkeypatch.setattr(filters, "MANY", 1)
    for _ in range(3):
        make_article()

    tabs = [tab for tab in editor.get(LIST).context["tabs"] if tab["count"]]

    assert [(str(tab["name"]), tab["count"], tab["has_more"]) for tab in tabs] == [
        ("All", 1, True),
        ("Published", 1, True),
    ]


def test_years_are_those_of_the_list_in_the_sites_calendar(editor):
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    tag = make_tag()
    for at in ("2019-12-31T20:00Z", "2022-06-01T00:00Z", "2024-06-01T00:00Z"):
        make_article(publish_at=datetime.fromisoformat(at), tags=[tag] if at < "2024" else [])
    make_article(publish_at=None, status=Article.Status.DRAFT)

    def years(query=""):
        html = editor.get(f"{LIST}{query}").content.decode()
        links = re.findall(r'<a href="([^"]*publish_at__year=([0-9]+)[^"]*)">', html)
        return [
            (int(year), len(titles(editor.get(LIST + unescape(link))))) for link, year in links
        ]

    assert years() == [(2020, 1), (2022, 1), (2024, 1)]
    assert years(f"?tags__id__exact={tag.pk}") == [(2020, 1), (2022, 1)]
    # Within a year, its months.
    html = editor.get(f"{LIST}?publish_at__year=2024").content.decode()
    assert html.count("publish_at__month=6") == 1
    # Typed wrongly: the list opens nevertheless.
    for at in ("9999-06-01T00:00Z", "0001-06-01T00:00Z"):
        make_article(publish_at=datetime.fromisoformat(at))
        assert (2020, 1) in years()
    for wrong in ("9999", "9" * 30):
        assert (
            editor.get(LIST, {"publish_at__year": wrong}).status_code == 302
        )  # to the whole list


def test_filters_offer_what_articles_of_the_list_have(client):
    mine, other = make_category(name="Mine"), make_category(name="Theirs")
    make_category(name="Empty")
    user = make_staff("Author")
    make_article(categories=[mine], authors=[make_author(user=user)])
    make_article(categories=[other])
    client.force_login(user)

    [spec] = [
        spec
        for spec in client.get(LIST).context["cl"].filter_specs
        if getattr(spec, "field_path", "") == "categories"
    ]

    assert [str(label) for _key, label in spec.lookup_choices] == ["Mine"]
