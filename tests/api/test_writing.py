"""What programs write: the desk's rules for each role, nothing live by accident, and never a 500."""

import json
import re
from base64 import b64encode
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture

from accounts.application_passwords import make_application_password
from blog.api import writing
from blog.articles.models import Article, ChecklistRule, Revision, StageChange, Tag
from blog.articles.services import save_article
from blog.media.models import Image
from tests.factories import make_author, make_category, make_image, make_staff

pytestmark = pytest.mark.django_db
API = "/api/v1/"
JSON = "application/json"


def program_of(role, **fields):
    """Return a client that brings an application password of somebody with that role, and who it is."""
    user = make_staff(role, **fields)
    make_author(user=user, name=f"The {role}")
    secret = make_application_password(user=user, name="Test")
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    return client, user


def post(client, path="articles/", **sent):
    return client.post(f"{API}{path}", json.dumps(sent), JSON)


def patch(client, article, **sent):
    sent = {"version": Article.objects.get(pk=article.pk).version} | sent
    return client.patch(f"{API}articles/{article.pk}/", json.dumps(sent), JSON)


def saved(*, editor, **fields):
    """Store an article by the service, with all that follows from it."""
    fields = {"title": "Tides", "body": "<p>Old</p>", "status": "published"} | fields
    return save_article(article=Article(**fields), editor=editor)


def picture(color="teal"):
    content = BytesIO()
    Picture.new("RGB", (60, 40), color).save(content, "JPEG")
    return SimpleUploadedFile("p.jpg", content.getvalue(), "image/jpeg")


def test_new_article_is_a_draft_with_all_that_was_sent():
    client, user = program_of("Author")
    category, image = make_category(slug="science"), make_image()
    at = (timezone.now() + timedelta(days=3)).replace(microsecond=0)

    answer = post(
        client,
        title="Tides",
        markdown="# Rise\n\nThey *rise*. ![x](https://other.example/x.png)",
        excerpt="On the sea.",
        slug="on-tides",
        categories=["science"],
        tags=["Sea", "Moon"],
        lead_image=image.pk,
        publish_at=at.isoformat(),
        seo_title="Tides!",
        is_noindex=True,
        comment_policy="closed",
        note="From my phone",
    )

    article = Article.objects.get()
    told = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"{API}articles/{article.pk}/")
    assert (article.status, article.slug, article.created_by) == ("draft", "on-tides", user)
    assert "<em>rise</em>" in article.body
    assert "<img" not in article.body
    assert (article.publish_at, article.lead_image, article.is_noindex) == (at, image, True)
    assert list(article.categories.all()) == [category]
    assert {tag.name for tag in article.tags.all()} == {"Sea", "Moon"}
    assert [byline.author.name for byline in article.bylines.all()] == ["The Author"]
    assert (told["status"], told["version"], told["body"]) == ("draft", 1, article.body)
    assert Revision.objects.get().note == "From my phone"
    assert LogEntry.objects.filter(content_type__model="article").count() == 1
    assert client.get("/on-tides/").status_code == 404
    assert (article.seo_title, article.comment_policy) == ("Tides!", "closed")


def test_change_writes_what_was_sent_and_nothing_else():
    client, user = program_of("Author")
    article = saved(
        editor=user,
        status="draft",
        excerpt="Kept",
        seo_title="Kept",
        is_noindex=True,
        slug="tides",
    )
    article.tags.add(Tag.objects.create(name="Kept", slug="kept"))
    other = make_author()

    answer = patch(client, article, title="Ebb", body="<p>New</p><script>x</script>")

    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    article.refresh_from_db()
    assert (article.title, article.body, article.slug) == ("Ebb", "<p>New</p>", "tides")
    assert (article.excerpt, article.seo_title, article.is_noindex) == ("Kept", "Kept", True)
    assert [tag.name for tag in article.tags.all()] == ["Kept"]
    for path in ("culture", "science"):
        category = make_category(slug=path)
        patch(client, article, categories=[path])
        article.refresh_from_db()
        assert [*article.categories.all(), article.primary_category] == [category, category]
    patch(client, article, authors=[other.slug], tags=[], is_noindex=False, excerpt="")
    article.refresh_from_db()
    assert [byline.author for byline in article.bylines.all()] == [other]
    assert (article.tags.count(), article.excerpt, article.is_noindex) == (0, "", False)


def test_somebody_elses_save_is_not_written_over():
    client, user = program_of("Author")
    article = saved(editor=user, status="draft")
    article.title = "Theirs"
    save_article(article=article, editor=make_staff("Editor"))

    answer = patch(client, article, version=1, title="Mine")

    assert (answer.status_code, answer.json()["version"]) == (409, 2)
    article.refresh_from_db()
    assert article.title == "Theirs"
    missing = client.patch(f"{API}articles/{article.pk}/", '{"title": "Mine"}', JSON)
    assert (missing.status_code, [*missing.json()["errors"]]) == (422, ["version"])


def test_changes_to_a_live_article_wait_until_they_are_published():
    client, user = program_of("Author")
    article = saved(editor=user)
    address = article.get_absolute_url()

    answer = patch(client, article, body="<p>First</p>", authors=[make_author(name="Guest").pk])
    again = patch(client, article, title="High tide")

    assert (answer.status_code, again.status_code) == (200, 200)
    assert b"Old" in client.get(address).content
    assert again.json()["body"] == "<p>Old</p>"
    draft = again.json()["draft"]
    assert (draft["title"], draft["body"]) == ("High tide", "<p>First</p>")
    assert again.json()["authors"][0]["name"] == "The Author"
    published = patch(client, article, publish=True, reason="x")
    assert published.status_code == 200, published.json()
    assert published.json()["draft"] is None
    assert published.json()["authors"][0]["name"] == "Guest"
    assert b"First" in client.get(address).content


def test_who_may_publish_does_so_by_saying_so():
    author, writer = program_of("Author")
    contributor, helper = program_of("Contributor")
    editor, _boss = program_of("Editor")
    draft = saved(editor=writer, status="draft")
    theirs = saved(editor=helper, status="draft", title="By a contributor")
    live = saved(editor=helper, title="Of a contributor, live")

    assert patch(contributor, theirs, publish=True).status_code == 403
    assert post(contributor, title="x", publish=True).status_code == 403
    assert patch(contributor, draft, title="x").status_code == 404
    assert patch(author, live, title="x").status_code == 403
    assert patch(contributor, live, title="Proposed").status_code == 200
    assert contributor.delete(f"{API}articles/{live.pk}/").status_code == 403
    proposed = patch(contributor, theirs, review=True, reason="Please look")
    assert proposed.json()["stage"] == "in_review"
    assert patch(contributor, theirs, review=True).status_code == 403  # it is there already
    assert patch(editor, theirs, review=True, publish=True).status_code == 422
    assert post(contributor, title="x", tags=["New"]).json()["errors"].keys() == {"tags"}
    assert patch(author, draft, publish=True).json()["status"] == "published"
    at = (timezone.now() + timedelta(1)).isoformat()
    assert patch(editor, theirs, publish=True, publish_at=at).json()["status"] == "scheduled"
    assert StageChange.objects.filter(after="published").count() == 2
    moderator, _person = program_of("Moderator")
    for refused in (post(moderator, title="x"), moderator.post(f"{API}media/")):
        assert refused.status_code == 403
    stranger = Client()
    for refused in (
        post(stranger, title="x"),
        patch(stranger, live),
        stranger.post(f"{API}media/"),
    ):
        assert (refused.status_code, "WWW-Authenticate" in refused) == (401, True)
    stranger.force_login(writer)  # a session signs nobody in here
    assert post(stranger, title="x").status_code == 401
    assert not Article.objects.filter(title__in=["x", "Proposed"]).exists()


def test_required_check_keeps_an_article_from_going_live_as_at_the_desk():
    ChecklistRule.objects.update_or_create(code="excerpt", defaults={"level": "required"})
    author, _writer = program_of("Author")
    editor, _boss = program_of("Editor")

    refused = post(author, title="Tides", body="<p>x</p>", publish=True, reason="Now")

    assert (refused.status_code, [*refused.json()["errors"]]) == (422, ["publish"])
    assert not Article.objects.exists()
    assert post(editor, title="Tides", publish=True).status_code == 422
    over = post(editor, title="Tides", publish=True, reason="It is news.")
    assert (over.status_code, over.json()["status"]) == (201, "published")
    assert StageChange.objects.get().overridden == ["excerpt"]


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_what_is_deleted_for_good_at_this_moment_is_not_there(monkeypatch, method):
    client, user = program_of("Author")
    article = saved(editor=user)
    editable = writing._editable

    def delete_meanwhile(user, pk):
        row = editable(user, pk)
        Article.objects.filter(pk=pk).delete()
        return row

    monkeypatch.setattr(writing, "_editable", delete_meanwhile)
    sent = json.dumps({"version": article.version, "title": "New"})
    answer = client.generic(method.upper(), f"{API}articles/{article.pk}/", sent, JSON)

    assert answer.status_code == 404, answer.content


def test_deleting_moves_to_the_trash():
    client, user = program_of("Author")
    article, other = saved(editor=user), saved(editor=None, title="Another's", status="draft")

    assert client.delete(f"{API}articles/{article.pk}/").status_code == 204
    assert client.delete(f"{API}articles/{other.pk}/").status_code == 404
    article.refresh_from_db()
    assert article.trashed_at
    assert client.get(f"{API}articles/{article.pk}/").json()["status"] == "trash"
    assert patch(client, article, publish=True).status_code == 422


def test_a_password_that_a_browser_kept_writes_nothing_for_another_site():
    """It sends one that was typed for Basic by itself: a form of any site may bring a picture."""
    _client, user = program_of("Author")
    secret = make_application_password(user=user, name="Browser")
    basic = b64encode(f"{user.email}:{secret}".encode()).decode()
    for password, status in ((f"Basic {basic}", 403), (f"Bearer {secret}", 201)):
        headers = {"Authorization": password, "Sec-Fetch-Site": "cross-site"}
        answer = Client(headers=headers).post(f"{API}media/", {"upload": picture(), "alt": "Sea"})
        assert answer.status_code == status, password
    program = Client(headers={"Authorization": f"Basic {basic}"})
    assert post(program, title="Tides").status_code == 201


def test_pictures_go_into_the_library_and_stay_unseen_until_shown():
    client, user = program_of("Contributor")

    answer = client.post(f"{API}media/", {"upload": picture(), "alt": "The sea"})

    image, told = Image.objects.get(), answer.json()
    assert (answer.status_code, told["id"], told["alt"]) == (201, image.pk, "The sea")
    assert (image.uploaded_by, image.alt) == (user, "The sea")
    assert Client().get(image.file.url).status_code == 404
    article = post(client, title="x", lead_image=image.pk).json()
    assert article["lead_image"]["id"] == image.pk
    assert Client().get(image.file.url).status_code == 404
    large = SimpleUploadedFile("p.jpg", b"x" * (20 * 1024 * 1024 + 1), "image/jpeg")
    broken = SimpleUploadedFile("p.jpg", b"\xff\xd8\xff no picture", "image/jpeg")
    for file, status in ((large, 413), (broken, 422), ("text", 422)):
        refused = client.post(f"{API}media/", {"upload": file})
        assert (refused.status_code, [*refused.json()["errors"]]) == (status, ["upload"])
    assert client.post(f"{API}media/", "{}", JSON).status_code == 415
    torn = client.post(f"{API}media/", b"--x\r\n", "multipart/form-data; boundary=")
    assert torn.status_code == 400
    assert Image.objects.count() == 1


def test_what_is_wrong_is_said_by_field_and_nothing_is_stored():
    client, user = program_of("Editor")
    article = saved(editor=user, status="draft")
    wrong = {
        "title": ["", None, 7, [], {}, "x" * 201, "\0", "\ud800", "a\0b"],
        "slug": ["admin", "api", "a b", "x" * 201, 1],
        "body": ["x" * 500_001, 1, None],
        "markdown": ["x" * 500_001, 1],
        "publish_at": ["tomorrow", 1, "0001-01-01", "9999-12-31T23:59:59-23:00", "2026-13-01"],
        "expire_at": ["2026-02-30T00:00:00Z", True],
        "categories": ["x", [99], ["none"], [None], [True], [[]], [10**30], list(range(101))],
        "tags": [[""], ["x" * 101], ["a\0b"], [{}], [99]],
        "authors": [["nobody"], [99], "x"],
        "lead_image": [99, "1", 10**30, -1, 1.5],
        "primary_category": [99, 10**17],
        "is_noindex": ["yes", 1, None],
        "publish": ["true", 1],
        "comment_policy": ["some", 1],
        "access": ["all"],
        "canonical_url": ["javascript:alert(1)", "x"],
        "version": ["1", -1, 1.0, None, 10**30],
        "status": ["published"],
        "id": [1],
        "created_by": [1],
        "\ud800": [1],
    }
    for name, values in wrong.items():
        for value in values:
            answer = patch(client, article, **{name: value})
            assert answer.status_code == 422, (name, value, answer.content)
            shown = name.encode(errors="replace").decode()
            assert answer.json()["errors"][shown], (name, value, answer.content)
    both = patch(client, article, body="x", markdown="x")
    assert both.status_code == 422
    protected = patch(client, article, access="password")
    assert [*protected.json()["errors"]] == ["password"]
    assert patch(client, article, access="password", password="open sesame").status_code == 200
    assert Article.objects.get().title == "Tides"
    assert not Tag.objects.exists()
    save_article(article=Article(title="Old", slug="old"), editor=None)
    moved = Article.objects.get(slug="old")
    moved.slug = "new"
    save_article(article=moved, editor=None)
    assert [*patch(client, article, slug="old").json()["errors"]] == ["slug"]
    assert patch(client, article, slug="old", claimed_address="old").status_code == 200


def test_bodies_that_are_no_json_are_refused():
    client, _user = program_of("Author")
    bodies = [
        " ",
        "{",
        "[]",
        '"x"',
        "null",
        b"\xff\xfe",
        "[" * 100_000,
        '{"title": NaN}',
        "1" * 9000,
    ]
    for body in bodies:
        answer = client.post(f"{API}articles/", body, JSON)
        assert answer.status_code in (400, 422), body[:20]
        assert answer.json()["errors"], body[:20]
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
    ):
        assert client.post(f"{API}articles/", '{"title": "x"}', kind).status_code == 415, kind
    huge = json.dumps({"title": "x", "body": "x" * (5 * 1024 * 1024)})
    assert client.post(f"{API}articles/", huge, JSON).status_code == 413
    assert not Article.objects.exists()


def test_attacks_are_as_harmless_as_from_the_desk():
    client, _user = program_of("Editor")
    text = '<p onclick="x">Kept</p>\n\n<img src=x onerror=alert(1)><script>alert(1)</script>'
    text += '<a href="java\nscript:alert(1)" onfocus=x>x</a>'
    for field in ("body", "markdown"):
        answer = post(client, title="<script>", publish=True, reason="x", **{field: text})
        assert answer.status_code == 201, answer.content
        for html in (answer.json()["html"], client.get(answer.json()["url"]).content.decode()):
            assert "Kept" in html
            assert not re.search(r'<[^>]* on(?:click|error|focus)=|href="java|<script>', html)


def test_saving_costs_no_more_than_at_the_desk(django_assert_max_num_queries):
    client, user = program_of("Author")
    article = saved(editor=user, status="draft")
    with django_assert_max_num_queries(31):
        assert patch(client, article, body="<p>New</p>").status_code == 200
