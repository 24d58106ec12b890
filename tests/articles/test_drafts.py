"""Changes to live articles: readers see nothing of them until they are published, and then all at once."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.template.response import TemplateResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.articles.drafts import (
    discard_draft,
    due_drafts,
    merged,
    publish_draft,
    save_draft,
    take_down,
    waiting_content,
)
from blog.articles.models import Article, Revision, SlugHistory
from blog.articles.services import save_article, set_sticky, trash
from blog.articles.tasks import publish_due_drafts
from blog.media.queries import uses_of
from blog.media.services import delete_image
from blog.site.models import SiteSettings
from tests.factories import make_author, make_category, make_image, make_staff, make_tag

pytestmark = pytest.mark.django_db


def live(**fields) -> Article:
    """Save an article that readers have seen for a minute, through the service."""
    fields = {"title": "Before", "body": "<p>Old words.</p>"} | fields
    fields |= {"status": "published", "publish_at": timezone.now() - timedelta(minutes=1)}
    return save_article(article=Article(**fields), editor=None, authors=[make_author(name="Ada")])


def change(article: Article, **fields) -> Revision | None:
    """Save a draft of the article with these fields changed, as the form does."""
    options = {
        name: fields.pop(name)
        for name in ("authors", "categories", "tags", "typed", "publish_at")
        if name in fields
    }
    row = Article.objects.get(pk=article.pk)
    for name, value in fields.items():
        setattr(row, name, value)
    return save_draft(article=row, editor=None, **options)


def test_draft_leaves_what_readers_see():
    article = live(slug="before")
    change(article, title="After", body="<p>New words.</p>", slug="after", tags=[make_tag()])

    stored = Article.objects.get()
    assert (stored.title, stored.slug, stored.body) == ("Before", "before", "<p>Old words.</p>")
    assert not stored.tags.exists()
    assert not SlugHistory.objects.exists()
    assert (stored.version, stored.draft_revision.version) == (2, 2)
    assert stored.current_revision.version == 1


def test_published_draft_is_the_article():
    article = live(slug="before")
    category, tag, image = make_category(), make_tag(), make_image(alt="Old words")
    first, second = make_author(), make_author()
    change(
        article,
        title="After",
        slug="after",
        body="<p>New words.</p>",
        lead_image=image,
        seo_title="Found",
        authors=[second, first],
        categories=[category],
        tags=[tag],
        typed={"lead_alt": "A pier", "is_substantial": "on"},
    )
    image.refresh_from_db()
    assert image.alt == "Old words"

    assert publish_draft(article=article, editor=None) == []

    stored = Article.objects.get()
    assert (stored.title, stored.slug, stored.seo_title) == ("After", "after", "Found")
    assert "New words." in stored.body_html
    assert [byline.author for byline in stored.bylines.all()] == [second, first]
    assert (list(stored.categories.all()), list(stored.tags.all())) == ([category], [tag])
    assert stored.lead_image.alt == "A pier"
    assert stored.draft_revision is None
    assert (stored.version, stored.current_revision.kind) == (3, Revision.Kind.SAVED)
    assert stored.current_revision.is_substantial
    assert SlugHistory.objects.get().slug == "before"
    assert stored.updated_at is not None


def test_draft_that_changes_nothing_is_none():
    article = live()
    change(article, title="After")

    assert change(article, title="Before") is None
    assert Article.objects.get().draft_revision is None


def test_what_happened_to_the_row_meanwhile_stays():
    article = live()
    change(article, title="After")
    set_sticky(article=article, editor=None, is_sticky=True)
    later = timezone.now().replace(microsecond=0) + timedelta(days=9)
    Article.objects.update(expire_at=later)

    publish_draft(article=article, editor=None)

    stored = Article.objects.get()
    assert (stored.title, stored.is_sticky, stored.expire_at) == ("After", True, later)


def test_second_save_of_a_draft_builds_on_the_first():
    article = live()
    change(article, title="After")
    set_sticky(article=article, editor=None, is_sticky=True)
    content = waiting_content(Article.objects.get())
    assert (content["title"], content["is_sticky"]) == ("After", True)

    change(article, title=content["title"], is_sticky=True, excerpt="In short.")
    publish_draft(article=article, editor=None)

    stored = Article.objects.get()
    assert (stored.title, stored.excerpt, stored.is_sticky) == ("After", "In short.", True)


def test_merge_takes_what_each_side_changed():
    base = {"title": "A", "body": "a", "status": "published", "excerpt": ""}
    live_now = {"title": "A", "body": "a", "status": "draft", "excerpt": "Theirs"}
    draft = {"title": "B", "body": "a", "status": "published", "excerpt": ""}

    assert merged(base=base, live=live_now, draft=draft) == {
        "title": "B",
        "body": "a",
        "status": "draft",
        "excerpt": "Theirs",
    }


def test_what_is_gone_is_named_and_the_rest_goes_live():
    article = live()
    gone, kept = make_tag(name="Gone"), make_tag(name="Kept")
    change(article, title="After", tags=[gone, kept])
    gone.delete()

    assert publish_draft(article=article, editor=None) == ["Gone"]
    assert [tag.name for tag in Article.objects.get().tags.all()] == ["Kept"]


def test_discarded_draft_stays_in_the_history():
    article = live()
    draft = change(article, title="After", publish_at=timezone.now() + timedelta(days=1))

    discard_draft(article=article)

    draft.refresh_from_db()
    assert (draft.kind, draft.publish_at) == (Revision.Kind.DRAFT, None)
    assert Article.objects.get().draft_revision is None
    with pytest.raises(ValidationError, match="no changes that wait"):
        publish_draft(article=article, editor=None)


def test_draft_of_an_article_in_the_trash_does_not_go_live():
    article = live()
    change(article, title="After", publish_at=timezone.now() + timedelta(days=1))
    trash(article=article, editor=None)

    with pytest.raises(ValidationError, match="in the trash"):
        publish_draft(article=article, editor=None)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert not due_drafts().exists()


def test_taken_down_article_has_one_text_again():
    article = live()
    change(article, title="After")

    take_down(article=article, editor=None)

    stored = Article.objects.get()
    assert (stored.status, stored.title, stored.draft_revision) == ("draft", "After", None)


def test_draft_is_due_at_its_minute():
    article = live()
    at = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    change(article, title="After", publish_at=at)

    assert not due_drafts(at - timedelta(seconds=1)).exists()
    assert [row.pk for row in due_drafts(at)] == [article.pk]
    change(article, title="Later", publish_at=at)
    assert Revision.objects.filter(publish_at__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_does(at_once):
    article = live()
    change(article, title="After")

    def attempt() -> str:
        try:
            publish_draft(article=article, editor=None)
        except ValidationError:
            return "refused"
        return "published"

    assert sorted(at_once([attempt] * 4)) == ["published", "refused", "refused", "refused"]
    assert Article.objects.get().version == 3


@pytest.mark.django_db(transaction=True)
def test_readers_see_all_of_a_change_or_nothing(at_once):
    article = live(title="0", body="<p>0</p>", excerpt="0")
    seen = set()

    def read() -> None:
        for _number in range(40):
            row = Article.objects.get(pk=article.pk)
            seen.add((row.title, row.body, row.excerpt))

    def write() -> None:
        for number in range(1, 5):
            text = str(number)
            change(article, title=text, body=f"<p>{text}</p>", excerpt=text)
            publish_draft(article=article, editor=None)

    at_once([read, write])

    assert all(body == f"<p>{title}</p>" and excerpt == title for title, body, excerpt in seen)


# At the desk


@pytest.fixture
def editor(client):
    client.force_login(make_staff("Editor"))
    return client


def change_url(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def form_of(client, article: Article, **typed) -> dict:
    """Return what the browser sends of the page it was shown, with *typed* typed into it."""
    # Rendering takes most of the time, and nobody looks.
    with patch.object(TemplateResponse, "rendered_content", ""):
        page = client.get(change_url(article)).context_data
    return typed_into(page, **typed)


def typed_into(page: dict[str, Any], **typed) -> dict:
    form = page["adminform"].form
    (formset,) = (inline.formset for inline in page["inline_admin_formsets"])
    data: dict = {}
    for bound in [*form, *formset.management_form, *(field for row in formset for field in row)]:
        value = bound.value()
        if hasattr(bound.field.widget, "decompress"):
            for number, part in enumerate(bound.field.widget.decompress(value)):
                data[f"{bound.html_name}_{number}"] = "" if part is None else str(part)
        elif isinstance(value, bool):
            data |= {bound.html_name: "on"} if value else {}
        elif value is not None:
            data[bound.html_name] = value
    return data | typed


def test_save_of_a_live_article_keeps_a_draft_and_publish_makes_it_live(editor, client):
    article = live(slug="before")
    response = editor.post(
        change_url(article), form_of(editor, article, title="After"), follow=True
    )
    assert "Readers see nothing of it" in response.content.decode()
    assert "Before" in client.get("/before/").content.decode()

    page = editor.get(change_url(article)).content.decode()
    assert 'value="After"' in page
    assert "changes that readers do not see yet" in page

    editor.post(change_url(article), form_of(editor, article, _publish="1"))
    assert Article.objects.get().title == "After"
    assert Article.objects.get().draft_revision is None


def test_authors_of_a_draft_come_back_in_their_order(editor):
    article = live()
    second = make_author(name="Bo")
    data = form_of(editor, article, **{"bylines-1-author": second.pk, "bylines-1-position": 1})
    data |= {"bylines-0-position": 2}
    editor.post(change_url(article), data)
    assert [byline.author.name for byline in article.bylines.all()] == ["Ada"]

    editor.post(change_url(article), form_of(editor, article, _publish="1"))

    assert [byline.author.name for byline in article.bylines.all()] == ["Bo", "Ada"]


def test_words_of_the_lead_picture_wait_with_the_draft(editor):
    image = make_image(alt="Old")
    article = live(lead_image=image)
    editor.post(change_url(article), form_of(editor, article, lead_alt="New"))
    image.refresh_from_db()
    assert image.alt == "Old"
    assert 'value="New"' in editor.get(change_url(article)).content.decode()

    editor.post(change_url(article), form_of(editor, article, _publish="1"))

    image.refresh_from_db()
    assert image.alt == "New"


def test_changes_are_planned_with_the_form(editor):
    article = live()
    at = timezone.now().replace(microsecond=0, second=0) + timedelta(days=2)
    typed = {"title": "After", "changes_at_0": f"{at:%Y-%m-%d}", "changes_at_1": f"{at:%H:%M:%S}"}
    editor.post(change_url(article), form_of(editor, article, _schedule="1", **typed))
    assert Article.objects.get().draft_revision.publish_at == at

    editor.post(change_url(article), form_of(editor, article, title="After all"))
    draft = Article.objects.get().draft_revision
    assert (draft.publish_at, draft.data["title"]) == (at, "After all")


@pytest.mark.parametrize("moment", ["", "2020-01-01"])
def test_plan_without_a_time_to_come_is_refused_and_keeps_the_text(editor, moment):
    article = live()
    typed = {"title": "After", "changes_at_0": moment, "changes_at_1": moment and "10:00:00"}

    response = editor.post(change_url(article), form_of(editor, article, _schedule="1", **typed))

    assert response.context["adminform"].form.errors.keys() == {"changes_at"}
    assert 'value="After"' in response.content.decode()
    assert Article.objects.get().draft_revision is None


def test_who_may_not_publish_proposes_changes_only(client):
    user = make_staff("Author")
    user.groups.get().permissions.remove(
        *user.groups.get().permissions.filter(codename="publish_article")
    )
    article = live()
    Article.objects.update(created_by=user)
    client.force_login(user)

    for button in ("_save", "_publish", "_schedule", "_unpublish"):
        at = {"changes_at_0": "2100-01-01", "changes_at_1": "10:00:00"}
        typed = {"title": f"By {button}", button: "1", **at}
        client.post(change_url(article), form_of(client, article, **typed))

    stored = Article.objects.get()
    assert (stored.title, stored.status) == ("Before", "published")
    assert stored.draft_revision.publish_at is None
    assert stored.draft_revision.data["title"] == "By _unpublish"


def test_draft_is_discarded_by_a_post_only(editor):
    article = live()
    change(article, title="After")
    address = reverse("admin:articles_article_draft_discard", args=[article.pk])

    assert editor.get(address).status_code == 405
    editor.post(address)

    assert Article.objects.get().draft_revision is None


def test_enter_in_a_field_presses_the_safe_button(editor):
    for article in (live(), save_article(article=Article(title="Draft"), editor=None)):
        page = editor.get(change_url(article)).content.decode()
        first = page[page.index('type="submit"', page.index('id="article_form"')) :]
        assert 'name="_save"' in first[:200]


# By themselves


def planned(at, **fields) -> Article:
    article = live()
    change(article, **{"title": "After"} | fields, publish_at=at)
    return article


def test_worker_lets_what_is_due_go_live_once():
    at = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    article, writer = planned(at), make_staff("Contributor")
    Revision.objects.filter(kind="draft").update(author=writer)
    assert publish_due_drafts.call() == 0

    with time_machine.travel(at):
        assert publish_due_drafts.call() == 1
        assert publish_due_drafts.call() == 0

    article.refresh_from_db()
    assert (article.title, article.version, article.draft_revision) == ("After", 3, None)
    assert article.current_revision.author == writer


def test_one_that_cannot_go_live_stops_no_other():
    at = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    broken, sound = planned(at), planned(at)
    Revision.objects.filter(pk=Article.objects.get(pk=broken.pk).draft_revision_id).update(
        data={"format": 1, "title": None}
    )

    with time_machine.travel(at):
        assert publish_due_drafts.call() == 1

    assert Article.objects.get(pk=sound.pk).title == "After"
    assert Article.objects.get(pk=broken.pk).title == "Before"
    assert Article.objects.get(pk=broken.pk).draft_revision.publish_at == at


@pytest.mark.django_db(transaction=True)
def test_two_workers_publish_a_draft_once(at_once):
    at = timezone.now().replace(microsecond=0) - timedelta(minutes=5)
    article = planned(at)

    assert sum(at_once([publish_due_drafts.call] * 3)) == 1
    assert Article.objects.get(pk=article.pk).version == 3


def test_every_page_of_the_desk_says_that_changes_are_late(editor):
    planned(timezone.now().replace(microsecond=0) + timedelta(hours=1))
    pages = [reverse("admin:index"), reverse("admin:comments_comment_changelist")]

    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1)):
        assert all("are late" not in editor.get(page).content.decode() for page in pages)
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=3)):
        assert all("are late" in editor.get(page).content.decode() for page in pages)


def test_hour_that_is_left_out_is_refused_with_the_one_to_take(editor):
    SiteSettings.objects.create(time_zone="Europe/Berlin")
    article = live()
    typed = {"changes_at_0": "2090-03-26", "changes_at_1": "02:30:00", "title": "After"}

    response = editor.post(change_url(article), form_of(editor, article, _schedule="1", **typed))

    assert "Take 26 March 2090, 03:30." in response.content.decode()
    assert 'value="After"' in response.content.decode()


def test_hour_that_comes_twice_is_the_first(editor):
    SiteSettings.objects.create(time_zone="Europe/Berlin")
    article = live()
    typed = {"changes_at_0": "2090-10-29", "changes_at_1": "02:30:00", "title": "After"}

    editor.post(change_url(article), form_of(editor, article, _schedule="1", **typed))

    at = Article.objects.get().draft_revision.publish_at
    assert at.isoformat() == "2090-10-29T00:30:00+00:00"


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Return what was asked of the database, without the marks of transactions."""
    all_of_them = [query["sql"] for query in captured]
    return [sql for sql in all_of_them if "SAVEPOINT" not in sql]


@pytest.mark.parametrize("state", ["draft", "live", "live, with changes that wait"])
def test_long_article_with_many_revisions_opens_and_saves_with_few_queries(editor, state):
    article = save_article(
        article=Article(
            title="Long", body=f"<p>{'word ' * 100}</p>" * 100, lead_image=make_image()
        ),
        editor=None,
        authors=[make_author(), make_author()],
        categories=[make_category(), make_category()],
        tags=[make_tag() for _number in range(3)],
    )
    if state != "draft":
        Article.objects.update(status="published", publish_at=timezone.now() - timedelta(days=1))
    data = article.current_revision.data | {
        "body": "<p>word</p>"
    }  # 200 long ones take a second to store
    Revision.objects.bulk_create(
        Revision(article=article, version=number, data=data, kind=Revision.Kind.SAVED)
        for number in range(2, 201)
    )
    Article.objects.update(version=200)
    if "wait" in state:
        change(article, title="After")
    editor.get(change_url(article))  # content types, late changes

    with CaptureQueriesContext(connection) as opening:
        page = editor.get(change_url(article)).context_data
        data = typed_into(page, excerpt="In short.", editing_session="a" * 32)
    with CaptureQueriesContext(connection) as saving:
        assert editor.post(change_url(article), data).status_code == 302

    assert (len(statements(opening)) <= 15, len(statements(saving)) <= 20) == (True, True), (
        statements(opening) + statements(saving)
    )


def test_pictures_of_a_waiting_draft_are_in_use_until_it_goes():
    lead, inside, unused = make_image(), make_image(), make_image()
    article = live()
    body = f'<figure><img src="{inside.file.url}" alt="A surface"></figure>'

    change(article, lead_image=lead, body=body)
    change(article, lead_image=lead, body=body, title="Another title")

    uses = uses_of([lead.pk, inside.pk, unused.pk])
    assert uses == {lead.pk: [article], inside.pk: [article], unused.pk: []}
    with pytest.raises(ValidationError, match="is in use"):
        delete_image(image=inside)
    change(article, lead_image=lead, title="Without a picture")
    assert uses_of([lead.pk, inside.pk]) == {lead.pk: [article], inside.pk: []}
    discard_draft(article=article)
    assert uses_of([lead.pk]) == {lead.pk: []}
    change(article, lead_image=lead)
    publish_draft(article=article, editor=None)
    assert uses_of([lead.pk]) == {lead.pk: [article]}
    assert not article.draft_pictures.exists()


def test_words_of_a_picture_that_readers_see_elsewhere_do_not_change_by_saving(editor):
    image = make_image(alt="A ship")
    shown = live(title="Shown", lead_image=image)
    draft = save_article(article=Article(title="Draft", lead_image=image), editor=None)

    data = form_of(editor, draft, lead_alt="A boat")
    refused = editor.post(change_url(draft), data)
    assert refused.context["adminform"].form.errors["lead_alt"] == [
        "Readers see this picture in “Shown”, too. Change its words in the picture library: there they"
        " change everywhere at once."
    ]
    image.refresh_from_db()
    assert image.alt == "A ship"
    trash(article=shown, editor=None)
    assert editor.post(change_url(draft), data).status_code == 302
    image.refresh_from_db()
    assert image.alt == "A boat"
