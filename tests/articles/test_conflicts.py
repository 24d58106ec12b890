"""Two people, or two windows, who save one article: nobody's text is overwritten unasked."""

import io
from datetime import timedelta

import PIL.Image
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import Article, Revision, WorkingStatus
from blog.articles.services import save_article
from blog.media.models import Image
from tests.articles.test_drafts import form_of
from tests.factories import make_author, make_category, make_image, make_staff, make_tag

pytestmark = pytest.mark.django_db
BODY = "<p>One.</p><p>Two.</p><p>Three.</p>"


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def url(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def signed_in(role: str = "Editor", **fields) -> Client:
    client = Client()
    client.user = make_staff(role, **fields)
    client.force_login(client.user)
    return client


def written(**fields) -> Article:
    fields = {"title": "Piers", "body": BODY} | fields
    return save_article(article=Article(**fields), editor=None, authors=[make_author(name="Ada")])


def live(**fields) -> Article:
    before = timezone.now() - timedelta(minutes=1)
    return written(status="published", publish_at=before, **fields)


def sent_by(page) -> dict:
    """Return what the browser sends of the conflict page, without its buttons."""
    data: dict = {}
    for name, value in page.context["hidden"]:
        data.setdefault(name, []).append(value)
    names = page.context["names"]
    data[names["seen"]] = str(page.context["original"].version)
    for field, chosen in page.context["fields"]:
        data |= {f"choose-{field.name}": chosen} if chosen else {}
    return data


def stored(article: Article) -> dict:
    """Return what the form would open with: the row, or its waiting draft."""
    row = Article.objects.select_related("draft_revision").get(pk=article.pk)
    data = row.draft_revision.data if row.draft_revision else vars(row)
    names = ("title", "body", "excerpt")
    return {name: data[name].replace(">\n<", "><") for name in names}


@pytest.mark.parametrize("make", [written, live])
def test_changes_that_do_not_touch_are_merged(make):
    article, ada, bo = make(), signed_in(display_name="Ada"), signed_in()
    tag = make_tag()
    mine = form_of(bo, article, body=BODY.replace("Three", "3"), excerpt="Mine")
    theirs = {"title": "Theirs", "body": BODY.replace("One", "1"), "tags": [tag.pk]}
    ada.post(url(article), form_of(ada, article, **theirs))
    before = stored(article)

    page = bo.post(url(article), mine)

    assert page.status_code == 409
    assert stored(article) == before
    assert "Ada saved this article on" in page.content.decode()
    chosen = {field.name: chosen for field, chosen in page.context["fields"]}
    assert chosen == {"title": "theirs", "excerpt": "mine", "tags": "theirs"}

    answer = bo.post(url(article), sent_by(page) | {"conflict": "merge"})

    assert answer.status_code == 302
    assert stored(article) == {
        "title": "Theirs",
        "body": "<p>1.</p><p>Two.</p><p>3.</p>",
        "excerpt": "Mine",
    }
    assert not Revision.objects.filter(kind="autosave").exists()
    if article.status == "published":
        bo.post(url(article), form_of(bo, article, _publish="1"))
    row = Article.objects.get()
    assert [byline.author.name for byline in row.bylines.all()] == ["Ada"]
    assert list(row.tags.all()) == [tag]


def test_what_both_changed_is_asked_for():
    article, ada, bo = written(), signed_in(), signed_in()
    mine = form_of(bo, article, title="Mine", body=BODY.replace("Two", "My"))
    ada.post(
        url(article), form_of(ada, article, title="Theirs", body=BODY.replace("Two", "Their"))
    )
    page = bo.post(url(article), mine)
    data = sent_by(page) | {"conflict": "merge"}
    assert "choose-title" not in data

    undecided = bo.post(url(article), data | {"choose-title": "mine", "choose-body-1": "x"})
    assert undecided.status_code == 409
    assert "choose a version wherever" in undecided.content.decode()
    assert undecided.context["fields"][0][1] == "mine"
    assert stored(article)["title"] == "Theirs"

    bo.post(url(article), data | {"choose-title": "mine", "choose-body-1": "both"})
    assert stored(article)["title"] == "Mine"
    assert stored(article)["body"] == "<p>One.</p><p>Their.</p><p>My.</p><p>Three.</p>"


def test_mine_is_saved_over_theirs_knowingly_and_theirs_is_history():
    article, ada, bo = written(), signed_in(), signed_in()
    pitch = WorkingStatus.objects.get(name="Pitch")
    status = {"desk_status": pitch.pk, "initial-desk_status": ""}
    mine = form_of(bo, article, title="Mine", body="<p>All mine.</p>", **status)
    second = make_author(name="Bo")
    rows = {"bylines-1-author": second.pk, "bylines-1-position": 2}
    ada.post(url(article), form_of(ada, article, title="Theirs", **rows))

    bo.post(url(article), sent_by(bo.post(url(article), mine)) | {"conflict": "mine"})

    assert stored(article)["title"] == "Mine"
    row = Article.objects.get()
    assert row.working_status == pitch
    assert [byline.author.name for byline in row.bylines.all()] == ["Ada"]
    assert Revision.objects.get(version=2).data["title"] == "Theirs"


def test_mine_is_kept_as_an_autosave_before_the_page_is_shown():
    article, ada, bo = written(), signed_in(), signed_in()
    opened = form_of(bo, article, body="<p>Mine.</p>")
    for session in ("", "a" * 32, "nonsense"):
        Revision.objects.filter(kind="autosave").delete()
        ada.post(url(article), form_of(ada, article, title=f"Theirs {session}"))
        page = bo.post(url(article), opened | {"editing_session": session})

        (kept,) = Revision.objects.filter(kind="autosave")
        assert (kept.author, kept.data["body"]) == (bo.user, "<p>Mine.</p>")
        assert kept.base_version == 1
        assert dict(page.context["hidden"])["editing_session"] == kept.session
        opening = bo.get(url(article), {"autosave": kept.pk}).context["adminform"].form
        assert opening["body"].value() == "<p>Mine.</p>"


def test_yet_another_save_meanwhile_brings_the_page_again():
    article, ada, bo = written(), signed_in(), signed_in()
    mine = form_of(bo, article, excerpt="Mine")
    ada.post(url(article), form_of(ada, article, title="Theirs"))
    page = bo.post(url(article), mine)
    ada.post(url(article), form_of(ada, article, title="Theirs again"))

    again = bo.post(url(article), sent_by(page) | {"conflict": "mine"})

    assert again.status_code == 409
    assert "once more" in again.content.decode()
    assert stored(article)["title"] == "Theirs again"
    bo.post(url(article), sent_by(again) | {"conflict": "merge"})
    assert (stored(article)["title"], stored(article)["excerpt"]) == ("Theirs again", "Mine")


def test_two_windows_of_one_person():
    article, ada = written(), signed_in()
    first, second = form_of(ada, article, title="First"), form_of(ada, article, excerpt="Second")
    ada.post(url(article), first)

    page = ada.post(url(article), second)

    assert "You saved this article in another window" in page.content.decode()


def test_button_that_was_pressed_is_pressed_by_the_merge():
    article, ada, bo = live(), signed_in(), signed_in()
    mine = form_of(bo, article, excerpt="Mine", _publish="1")
    ada.post(url(article), form_of(ada, article, title="Theirs"))
    page = bo.post(url(article), mine)
    assert "Saving also publishes it" in page.content.decode()

    bo.post(url(article), sent_by(page) | {"conflict": "merge"})

    row = Article.objects.get()
    assert (row.title, row.excerpt, row.draft_revision) == ("Theirs", "Mine", None)


def test_contributor_sees_no_page_of_an_article_that_is_another_s():
    article, editor, contributor = written(), signed_in(), signed_in("Contributor")
    data = form_of(editor, article, title="Mine")
    answer = contributor.post(url(article), data | {"conflict": "mine", "conflict_version": "1"})
    assert answer.status_code == 404

    Article.objects.update(created_by=contributor.user)
    mine = form_of(contributor, article, excerpt="Mine")
    editor.post(url(article), form_of(editor, article, title="Theirs"))
    page = contributor.post(url(article), mine)
    contributor.post(url(article), sent_by(page) | {"conflict": "merge"})
    assert (stored(article)["title"], stored(article)["excerpt"]) == ("Theirs", "Mine")


def test_uploaded_picture_and_words_are_kept():
    image = make_image(alt="Old")
    article, ada, bo = written(lead_image=image), signed_in(), signed_in()
    file = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "olive").save(file, "PNG")
    picture = SimpleUploadedFile("a.png", file.getvalue(), "image/png")
    mine = form_of(bo, article, lead_alt="A pier", lead_upload=picture)
    ada.post(url(article), form_of(ada, article, title="Theirs"))

    page = bo.post(url(article), mine)
    bo.post(url(article), sent_by(page) | {"conflict": "merge"})

    row = Article.objects.get()
    assert (row.title, row.lead_image.alt) == ("Theirs", "A pier")
    image.refresh_from_db()
    assert (image.alt, Image.objects.count()) == ("Old", 2)


def test_words_of_the_picture_are_not_put_back_unasked():
    image = make_image(alt="Old")
    article, ada, bo = written(lead_image=image), signed_in(), signed_in()
    mine = form_of(bo, article, excerpt="Mine")
    ada.post(url(article), form_of(ada, article, lead_alt="New", title="Theirs"))

    page = bo.post(url(article), mine)
    data = sent_by(page) | {"conflict": "merge"}
    assert "choose-lead_image" not in data
    bo.post(url(article), data | {"choose-lead_image": "theirs"})

    image.refresh_from_db()
    assert (image.alt, stored(article)["excerpt"]) == ("New", "Mine")


def test_fields_of_every_kind_are_taken_from_theirs():
    article, ada, bo = written(is_noindex=True), signed_in(), signed_in()
    section, second = make_category(), make_author(name="Bo")
    mine = form_of(bo, article, excerpt="Mine")
    theirs = form_of(ada, article, is_sticky="on", seo_title="Found", **{"bylines-0-position": 2})
    theirs |= {"categories": [section.pk], "primary_category": section.pk, "lead_image": ""}
    theirs |= {
        "expire_at_0": "2100-01-01",
        "expire_at_1": "10:00:00",
        "share_image": make_image().pk,
    }
    theirs |= {"bylines-1-author": second.pk, "bylines-1-position": 1}
    del theirs["is_noindex"]
    ada.post(url(article), theirs)
    expected = Revision.objects.get(version=2).data

    bo.post(url(article), sent_by(bo.post(url(article), mine)) | {"conflict": "merge"})

    assert Revision.objects.get(version=3).data == expected | {"excerpt": "Mine"}


@pytest.mark.parametrize("version", ["99", "-1", "0"])
def test_version_that_is_not_kept_asks_about_everything(version):
    article, bo = written(), signed_in()
    page = bo.post(url(article), form_of(bo, article, title="Mine", opened_version=version))

    assert page.status_code == 409
    assert [(field.name, chosen) for field, chosen in page.context["fields"]] == [("title", None)]


def test_text_that_is_too_long_stays_in_the_form():
    article, ada, bo = written(), signed_in(), signed_in()
    mine = form_of(bo, article, body="x" * 500_001)
    ada.post(url(article), form_of(ada, article, title="Theirs"))

    page = bo.post(url(article), mine)

    assert page.context["adminform"].form.errors.keys() == {"__all__", "body"}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_asked(at_once):
    article, people = written(), [signed_in(), signed_in()]
    forms = [
        form_of(client, article, title=f"By {number}") for number, client in enumerate(people)
    ]

    def save(number: int) -> int:
        return people[number].post(url(article), forms[number]).status_code

    answers = at_once([lambda: save(0), lambda: save(1)])

    assert sorted(answers) == [302, 409]
    assert stored(article)["title"] == f"By {answers.index(302)}"
    assert Revision.objects.filter(kind="autosave").count() == 1
