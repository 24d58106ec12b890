"""The history of an article: its list, what changed between two revisions, and the way back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from blog.articles import history, services
from blog.articles.drafts import save_draft
from blog.articles.models import Article, Revision, StageChange
from blog.articles.restoring import restore_revision
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_staff,
    make_tag,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return make_staff("Editor")


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def save(article: Article, editor: User | None = None, note: str = "", **values: Any) -> Article:
    """Save the stored article once more with these values."""
    article = Article.objects.get(pk=article.pk)
    terms = {
        name: values.pop(name) for name in ("authors", "categories", "tags") if name in values
    }
    for name, value in values.items():
        setattr(article, name, value)
    return services.save_article(article=article, editor=editor, note=note, **terms)


def make_saved(editor: User | None = None, **values: Any) -> Article:
    """Make an article that has its first version."""
    return save(make_article(version=0, **values), editor)


def autosave(article: Article, user: User, **data: Any) -> Revision:
    return Revision.objects.create(
        article=article,
        kind=Revision.Kind.AUTOSAVE,
        session=f"{user.pk:032}",
        author=user,
        base_version=article.version,
        data=services.snapshot_of(article) | data,
    )


def url(name: str, article: Article, **query: object) -> str:
    address = reverse(f"admin:articles_article_{name}", args=[article.pk])
    return address + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def text_of(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def test_versions_come_newest_first_with_their_marks_and_the_steps_between(
    desk: Client, editor: User
) -> None:
    article = make_saved(editor, body="<p>one two three</p>")
    StageChange.objects.create(
        article=article, before="in_review", after="changes", actor=editor, reason="Too short"
    )
    article = save(article, editor, note="Longer", body="<p>one two three four five</p>")
    article.draft_revision = Revision.objects.create(
        article=article,
        kind="draft",
        version=3,
        author=None,
        data=services.snapshot_of(article) | {"body": "<p>one</p>"},
    )
    article.version = 3
    article.save(update_fields=["draft_revision", "version"])
    autosave(article, editor)
    autosave(article, make_staff("Editor"))

    html = desk.get(url("history", article)).content.decode()
    items = [
        text_of(item) for item in re.findall(r"<li[^>]*>(?:(?!<li).)*?<p.*?</li>", html, re.S)
    ]

    def without_time(item: str) -> str:
        return re.sub(r"\d+ [A-Z][a-z]+ \d{4}, \d\d:\d\d", "…", item)

    assert [without_time(item) for item in items] == [
        "Autosaved 5 words … What changed View",
        "from to Version 3 Draft of changes Draft that waits Somebody, … ; 1 word (4 fewer)"
        " What changed View",
        f"from to Version 2 Live now “Longer” {editor}, … ; 5 words (2 more) What changed View Restore",
        f"In review → Changes requested “Too short” {editor}, …",
        f"from to Version 1 {editor}, … ; 3 words View Restore",
    ]


def test_pages_of_versions_hold_each_entry_once(desk: Client) -> None:
    article = make_article()
    rows = [Revision(article=article, version=number, data={}) for number in range(1, 70)]
    Revision.objects.bulk_create(rows)
    for row in Revision.objects.all():  # a minute apart, and a step of the review after each tenth
        moment = row.created_at.replace(
            year=2026, month=1, day=1, hour=row.version // 60, minute=row.version % 60
        )
        Revision.objects.filter(pk=row.pk).update(created_at=moment)
        if row.version % 10 == 0:
            step = StageChange.objects.create(
                article=article, before="writing", after="in_review", reason=str(row.version)
            )
            StageChange.objects.filter(pk=step.pk).update(created_at=moment)

    seen: list[Any] = []
    before = None
    for _page in range(3):
        page = history.history_of(article, before)
        seen += [
            entry.step.reason if entry.step else entry.revision.version for entry in page.entries
        ]  # type: ignore[union-attr]
        before = page.next_before

    assert before is None
    assert [one for one in seen if isinstance(one, int)] == list(range(69, 0, -1))
    assert [one for one in seen if isinstance(one, str)] == ["60", "50", "40", "30", "20", "10"]


@pytest.mark.parametrize("count", [3, 40])
def test_queries_do_not_grow_with_the_history(
    desk: Client, django_assert_num_queries: Any, count: int
) -> None:
    article = make_saved()
    authors = [make_staff("Author") for _number in range(3)]
    Revision.objects.bulk_create(
        Revision(article=article, version=number, data={"body": ""}, author=authors[number % 3])
        for number in range(2, count)
    )
    desk.get(url("history", article))  # content types, …

    with django_assert_num_queries(9) as queries:
        desk.get(url("history", article))

    lists = [query["sql"] for query in queries if "articles_revision" in query["sql"]]
    assert not [sql for sql in lists if '"articles_revision"."data"' in sql]


def test_a_comparison_shows_every_field_and_leads_to_its_neighbours(
    desk: Client, editor: User
) -> None:
    article = make_saved(body="<p>A quick fox.</p>")
    save(article, editor, body="<p>A slow fox.</p>", tags=[make_tag(name="pets")])
    save(article, editor, title="Another title")

    html = desk.get(url("compare", article, after=2)).content.decode()
    changes = re.findall(r'<section class="module change".*?</section>', html, re.S)

    assert [text_of(change) for change in changes] == [
        "Text A removed: quick added: slow fox.",
        "Tags added: pets",
    ]
    assert re.findall(r'href="\?*[^"]*(\?before=[^"]*)" rel="(\w+)"', html) == [
        ("?before=2&amp;after=3", "next")
    ]
    swapped = desk.get(url("compare", article, before=3, after=1, view="beside")).content.decode()
    assert [
        text_of(one) for one in re.findall("<dt>.*?</dt><dd>.*?<b>.*?</b>", swapped, re.S)
    ] == [
        "From Version 1",
        "To Version 3",
    ]


def test_an_autosave_is_compared_with_what_it_began_with_by_its_author_only(
    desk: Client, editor: User
) -> None:
    article = make_saved(title="Saved")
    own, other = autosave(article, editor, title="Typed"), autosave(article, make_staff("Editor"))

    shown = desk.get(url("compare", article, after=f"autosave-{own.pk}")).content.decode()

    assert (
        text_of(re.findall(r'<div class="change-field">.*?</div>', shown)[0])
        == "removed: Saved added: Typed"
    )
    assert desk.get(url("compare", article, after=f"autosave-{other.pk}")).status_code == 404
    assert desk.get(reverse("revision-preview", args=[other.pk])).status_code == 404


def test_what_is_not_there_is_said_on_the_page_of_the_history(desk: Client) -> None:
    article = make_saved()
    for query in (
        {"after": 1},
        {"before": 7, "after": 1},
        {"before": "x'--", "after": "9" * 30},
        {},
    ):
        answer = desk.get(url("compare", article, **query))

        assert answer.status_code == 404
        assert "errornote" in answer.content.decode()


def test_the_history_is_for_those_who_may_edit_the_article(client: Client) -> None:
    article = make_saved(title="Not yours")
    client.force_login(make_staff("Author"))

    answers = [client.get(url(name, article, after=1)) for name in ("history", "compare")]
    answers.append(client.post(url("restore", article), {"version": 1}))

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert client.get(url("restore", article)).status_code == 405


def test_restoring_makes_a_draft_over_a_live_article(desk: Client, editor: User) -> None:
    tag, category, author, picture = make_tag(), make_category(), make_author(), make_image()
    article = make_saved(title="Old", slug="old-place")
    save(
        article,
        title="Older",
        body="<p>Old text</p>",
        lead_image=picture,
        tags=[tag],
        categories=[category],
        authors=[author],
    )
    save(
        article,
        title="New",
        body="<p>New text</p>",
        slug="new-place",
        lead_image=None,
        tags=[],
        categories=[],
        primary_category=None,
    )

    answer = desk.post(url("restore", article), {"version": 2}, follow=True)

    article.refresh_from_db()
    assert (article.title, article.slug, article.version) == ("New", "new-place", 4)
    draft = article.draft_revision
    assert draft is not None
    data = draft.data
    assert (draft.version, draft.kind, draft.author, draft.note) == (
        4,
        "draft",
        editor,
        "Restored from version 2",
    )
    assert (data["title"], data["body"], data["slug"]) == ("Older", "<p>Old text</p>", "new-place")
    assert [data[name]["id"] for name in ("lead_image", "primary_category")] == [
        picture.pk,
        category.pk,
    ]
    assert [[row["id"] for row in data[name]] for name in ("tags", "categories", "authors")] == [
        [tag.pk],
        [category.pk],
        [author.pk],
    ]
    assert "Version 2 is a draft now. Publish it when it is ready." in answer.content.decode()


def test_restoring_over_a_scheduled_draft_leaves_nothing_to_go_live_by_itself(
    desk: Client,
) -> None:
    article = make_saved(title="First")
    article = save(article, title="Second")
    article.title = "Third"
    save_draft(article=article, editor=None, publish_at=timezone.now() + timedelta(days=1))

    first = desk.post(url("restore", article), {"version": 1}, follow=True).content.decode()
    live = desk.post(url("restore", article), {"version": 2}, follow=True).content.decode()

    assert "The draft that was to go live at a time has none any more." in first
    assert "Version 2 is what readers see already. Other changes wait no longer." in live
    assert [*article.revisions.values_list("version", "publish_at")] == [
        (number, None) for number in (4, 3, 2, 1)
    ]
    article.refresh_from_db()
    assert (article.title, article.draft_revision) == ("Second", None)


def test_who_may_not_publish_restores_nothing_that_goes_live_by_itself(client: Client) -> None:
    writer = make_staff("Contributor")
    article = make_saved(writer, status="draft", body="<p>Not looked at.</p>", created_by=writer)
    tomorrow = timezone.now() + timedelta(days=1)
    save(article, body="<p>Approved.</p>", status="published", publish_at=tomorrow)
    client.force_login(writer)

    answer = client.post(url("restore", article), {"version": 1}, follow=True).content.decode()

    article.refresh_from_db()
    assert article.body == "<p>Approved.</p>"
    assert "your account may only propose changes to it" in answer


def test_restoring_a_draft_makes_its_next_version(desk: Client) -> None:
    article = make_saved(status="draft", title="First")
    save(article, title="Second")

    desk.post(url("restore", article), {"version": 1})

    article.refresh_from_db()
    assert (article.title, article.version, article.draft_revision) == ("First", 3, None)
    assert article.current_revision is not None
    assert article.current_revision.note == "Restored from version 1"


def test_what_is_gone_is_named_and_the_rest_comes_back(desk: Client) -> None:
    tag, author, picture = (
        make_tag(name="Gone tag"),
        make_author(name="Gone author"),
        make_image(alt="Gone picture"),
    )
    article = make_saved(status="draft", title="First")
    save(article, title="Whole", lead_image=picture, tags=[tag], authors=[author])
    stays = make_author()
    save(article, title="Now", lead_image=None, tags=[], authors=[stays])
    for row in (tag, author, picture):
        row.delete()

    answer = desk.post(url("restore", article), {"version": 2}, follow=True)

    article.refresh_from_db()
    assert (
        article.title,
        article.lead_image,
        [*article.tags.all()],
        [*article.authors.all()],
    ) == ("Whole", None, [], [stays])
    assert (
        "These are gone since and could not be brought back: Gone picture, Gone author, Gone tag."
        in answer.content.decode()
    )


def test_data_of_older_and_unknown_formats_opens_and_comes_back(desk: Client) -> None:
    article = make_saved(status="draft", title="Now", body="<p>Now</p>", excerpt="Kept")
    odd = {
        "title": "Then",
        "body": "<p onclick=x>Then<script>1</script></p>",
        "comment_policy": "?",
        "tags": "?",
        "authors": [7],
    }
    Revision.objects.create(article=article, version=2, data={"format": 99, **odd})
    Article.objects.filter(pk=article.pk).update(version=2)
    save(article, title="Now again")

    assert desk.get(url("compare", article, before=2, after=3)).status_code == 200
    assert (
        desk.get(
            reverse("revision-preview", args=[article.revisions.get(version=2).pk])
        ).status_code
        == 200
    )
    desk.post(url("restore", article), {"version": 2})

    article.refresh_from_db()
    assert (article.title, article.body, article.comment_policy, article.excerpt) == (
        "Then",
        "<p>Then</p>",
        "open",
        "Kept",
    )


def test_the_form_asks_why(desk: Client) -> None:
    article = make_saved(status="draft", publish_at=None)
    form = desk.get(url("change", article)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    values |= {
        "title": "Better",
        "note": "Shorter",
        "bylines-TOTAL_FORMS": 0,
        "bylines-INITIAL_FORMS": 0,
    }

    desk.post(
        url("change", article), {name: value for name, value in values.items() if value != ""}
    )

    article.refresh_from_db()
    assert article.current_revision is not None
    assert (article.title, article.current_revision.note) == ("Better", "Shorter")


def test_two_who_restore_at_once_make_two_versions(at_once: Any) -> None:
    article, editor = make_saved(title="One"), make_staff("Editor")
    save(article, title="Two")
    save(article, title="Three")

    def restore(version: int) -> None:
        row = Article.objects.get(pk=article.pk)
        revision = row.revisions.get(version=version)
        restore_revision(article=row, revision=revision, editor=editor)

    at_once([lambda: restore(1), lambda: restore(2)])

    article.refresh_from_db()
    kinds = [*article.revisions.values_list("version", "kind")]
    assert kinds == [(5, "draft"), (4, "draft"), (3, "saved"), (2, "saved"), (1, "saved")]
    assert (article.title, article.version) == ("Three", 5)
    assert article.draft_revision == article.revisions.get(version=5)
