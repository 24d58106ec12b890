"""A draft behind its link, the desk's previews, and that nobody else ever sees any of it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from blog.api import urls as api
from blog.articles.draft_links import make_link, revoke_link, token_of
from blog.articles.drafts import save_draft
from blog.articles.models import Article, Revision
from blog.articles.services import save_article, snapshot_of
from blog.media.renditions import make_renditions
from blog.public.urls import urlpatterns
from blog.site.models import SiteSettings
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_staff,
    make_tag,
)

pytestmark = pytest.mark.django_db
SECRET, ASKED = "zygomorphic", "saxifrage"  # words of drafts, and of nothing else
TOMORROW = timezone.now() + timedelta(days=1)


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def make_draft(**fields):
    return make_article(**{"status": Article.Status.DRAFT, "publish_at": None} | fields)


def path_of(article, **fields):
    return f"/draft/{token_of(make_link(article=article, editor=None, **fields))}/"


def wait_to_be_published(article, **changes):
    """Give a live article a draft of changes, as saving it at the desk does."""
    article.version += 1
    article.draft_revision = Revision.objects.create(
        article=article,
        kind=Revision.Kind.DRAFT,
        version=article.version,
        data=snapshot_of(article) | changes,
    )
    article.save(update_fields=["version", "draft_revision"])
    return article


def with_picture(image):
    return f'<figure><img src="{image.file.url}" alt="A surface"></figure>'


def status_of(response) -> int:
    if response.streaming:
        response.getvalue()  # read to its end, the file is closed
    return response.status_code


def test_link_shows_the_draft_as_its_page(client):
    article = make_draft(title="The kettle", categories=[make_category(name="Kitchens")])
    make_comment(article=article, body="Not for the guest")

    response = client.get(path_of(article, label="Ann of <Print>"))

    html = response.content.decode()
    assert "<h1>The kettle</h1>" in html
    assert article.body.removeprefix("<p>") in html
    assert "Kitchens" in html
    assert "Draft of “The kettle”, shared with Ann of &lt;Print&gt; until" in html
    absent = ["Not for the guest", "Rate Us", "Leave a Reply", 'id="share-title"', "canonical"]
    assert [words for words in absent if words in html] == []
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert (response.cookies, hasattr(response, "shows")) == ({}, False)
    assert client.head(path_of(article)).status_code == 200


@pytest.mark.parametrize("publish_at", [timezone.now() - timedelta(days=1), TOMORROW])
def test_waiting_changes_are_shown_and_not_the_row(client, publish_at):
    author, tag = make_author(name="New Name"), make_tag(name="New Tag")
    article = wait_to_be_published(
        make_article(title="Old", body="<p>Old text.</p>", publish_at=publish_at),
        title="New",
        body="<h2>One</h2><p>New text.<script>alert(1)</script></p>",
        authors=[{"id": author.pk, "name": "x"}],
        tags=[{"id": tag.pk, "name": "x"}, {"id": 0, "name": "gone"}],
    )
    before = Article.objects.values().get()

    html = client.get(path_of(article)).content.decode()

    assert [words in html for words in ("New", "New text.", "New Name", "New Tag")] == [True] * 4
    assert [words for words in ("Old text.", "<h1>Old", "alert(1)") if words in html] == []
    assert Article.objects.values().get() == before


def test_link_leads_to_the_page_once_it_is_published(client):
    article = make_article()

    response = client.get(path_of(article))

    assert (response.status_code, response["Location"]) == (302, article.get_absolute_url())
    assert response["Cache-Control"] == "private, no-store"


def test_useless_links_answer_alike_and_are_not_logged(client, caplog):
    gone, binned, revoked = (
        make_draft(),
        make_draft(),
        make_link(article=make_draft(), editor=None),
    )
    addresses = [path_of(gone), path_of(binned), path_of(make_draft(), hours=-1)]
    gone.delete()
    Article.objects.filter(pk=binned.pk).update(trashed_at=timezone.now())
    revoke_link(link=revoked)
    token = token_of(revoked)
    addresses += [f"/draft/{token}/", f"/draft/{token}x/", f"/draft/{token}/x/", "/draft/%00/"]
    addresses += [f"/draft/{token}/media/pictures/x.jpg", f"/draft/{token}/media/../../x"]

    answers = [client.get(address) for address in addresses]
    refused = client.post(path_of(make_draft()))

    assert [answer.status_code for answer in answers] == [404] * len(addresses)
    assert len({answer.content for answer in answers}) == 1
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-store"}
    assert refused.status_code == 405
    assert caplog.messages == []


def test_pictures_open_with_the_link_and_only_with_it(client):
    lead, in_text, other = make_image(), make_image(), make_image()
    for image in (lead, in_text):
        make_renditions(image=image)
    draft = make_draft(lead_image=lead, body=with_picture(in_text))
    save_article(article=draft, editor=None)
    stranger_to_it = make_draft(lead_image=other)
    path, elsewhere = path_of(draft), path_of(stranger_to_it)

    html = client.get(path).content.decode()

    found = set(re.findall(r'/[^" ,]*pictures/[^" ,]*', html))
    assert {address for address in found if not address.startswith(path)} == set()
    assert len(found) >= 6
    assert {status_of(client.get(address)) for address in found} == {200}
    assert status_of(client.get(f"{path}media/{other.file}")) == 404
    for address in found:
        assert status_of(client.get(address.replace(path, elsewhere))) == 404
        assert status_of(client.get(address.removeprefix(path.removesuffix("/")))) == 404
    answer = client.get(f"{path}media/{lead.file}")
    answer.getvalue()
    assert answer["Cache-Control"] == "private, no-store"


def test_pictures_of_waiting_changes_open_and_those_they_leave_out_do_not(client):
    old, new, lead = make_image(), make_image(), make_image()
    article = make_draft(lead_image=old)
    wait_to_be_published(
        article, body=with_picture(new), lead_image={"id": lead.pk, "name": "a lead"}
    )
    path = path_of(article)

    html = client.get(path).content.decode()

    assert f'src="{path}media/{new.file}"' in html
    assert f'src="{path}media/{lead.file}"' in html
    files = [f"{path}media/{image.file}" for image in (new, lead, old)]
    assert [status_of(client.get(file)) for file in files] == [200, 200, 404]


def test_words_about_pictures_are_left_alone(client):
    text = "<code>&lt;img src=/media/pictures/x.jpg&gt;</code>, /media/pictures/x.jpg</p>"
    article = make_draft(body=f"<p>See {text}")

    assert text in client.get(path_of(article)).content.decode()


# What strangers may ask for, wherever that is


def every_address(article) -> list[str]:
    """Return an address for every pattern; one with a part that has no example yet fails here."""
    examples = {
        "key": "0" * 32, "article_id": article.pk, "slug": article.slug, "path": "things", "token": "x:y",
        "number": 2, "year": 2026, "month": 11, "pk": 1, "only": 1, "after": 1, "order": "newest",
        "batch": "00000000-0000-4000-8000-000000000000", "digest": "0", "before": 1,
        "text": ASKED[:5],
    }  # fmt: skip
    addresses = []
    for pattern in [*urlpatterns, *api.urlpatterns]:
        assert isinstance(pattern, URLPattern)
        if pattern.name is None:
            continue
        kwargs = {name: examples[name] for name in pattern.pattern.regex.groupindex}
        if pattern.name.startswith(("tag-", "author-")):
            kwargs["slug"] = "things"
        if pattern.name in ("api-article", "api-comments"):
            kwargs["pk"] = article.pk
        addresses.append(reverse(pattern.name, kwargs=kwargs))
    guesses = [f"/search/?q={ASKED}", f"/{ASKED}/", "/?preview=true", f"/?p={article.pk}"]
    return [*addresses, *guesses]


def test_strangers_see_nothing_of_a_draft_anywhere(client):
    terms = {
        "categories": [make_category(slug="things")],
        "tags": [make_tag(slug="things")],
        "authors": [make_author(slug="things")],
    }
    words = {"title": f"A {SECRET} title", "body": f"<p>A {SECRET} {ASKED}.</p>"}
    live = make_article(**terms)
    wait_to_be_published(live, **words, subtitle=SECRET, seo_title=SECRET)
    drafts = [
        make_draft(**words, **terms),
        make_article(**words, **terms, publish_at=TOMORROW),
        wait_to_be_published(make_draft(**terms), **words),
    ]
    for article in [live, *drafts]:
        make_link(article=article, editor=None, label=f"{SECRET} label")
    token = token_of(live.draft_links.get())

    addresses = {*every_address(live), *every_address(drafts[0])}
    pages = {address: body_of(client.get(address)) for address in addresses}
    seen = {address for address, html in pages.items() if SECRET in html or token in html}

    assert seen == set()
    assert SECRET in body_of(client.get(f"/draft/{token}/"))


def body_of(response) -> str:
    content = response.getvalue() if response.streaming else response.content
    return content.decode(errors="replace")


# Previews


def form_of(**fields):
    return {"title": "Unsaved", "body": "<p>Not yet saved.</p>"} | fields


def test_preview_shows_the_form_and_stores_nothing(client):
    author = make_staff("Author")
    byline, first, second = make_author(user=author), make_author(), make_author()
    article = make_article(title="Saved", authors=[byline])
    image, tag = make_image(), make_tag(name="Kettles")
    rows = Article.objects.values(), Revision.objects.count()
    before = [list(rows[0]), rows[1]]
    client.force_login(author)
    data = form_of(
        lead_image=image.pk, lead_caption="A new caption", tags=[tag.pk], slug="not an address!",
        publish_at_0="nonsense", publish_at_1="", opened_version="99",
        **{
            "bylines-TOTAL_FORMS": "3",
            "bylines-0-author": str(byline.pk), "bylines-0-DELETE": "on",
            "bylines-1-author": str(second.pk), "bylines-1-position": "2",
            "bylines-2-author": str(first.pk), "bylines-2-position": "1",
        },
    )  # fmt: skip

    response = client.post(f"/preview/{article.pk}/", data)
    framed = client.post(f"/preview/{article.pk}/?widths", data)
    new = client.post("/preview/", form_of())

    html = response.content.decode()
    shown = ["<h1>Unsaved</h1>", "Not yet saved.", "A new caption", "Kettles", image.file.url]
    assert [words for words in shown if words not in html] == []
    assert html.index(first.name) < html.index(second.name)
    assert f">{byline.name}</a>" not in html
    assert 'srcdoc="&lt;!doctype html&gt;' in framed.content.decode()
    assert "<h1>Unsaved</h1>" in new.content.decode()
    assert {"no-store" in r["Cache-Control"] for r in (response, framed, new)} == {True}
    assert [list(Article.objects.values()), Revision.objects.count()] == before


def test_preview_of_nonsense_is_a_page(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Asia/Tokyo"})
    client.force_login(make_staff("Editor"))
    article = make_draft()
    nonsense = [
        {"title": "\0", "body": "\0<p>x\0</p><script>alert(1)</script>", "slug": "../\0"},
        {"lead_image": "9" * 30, "tags": ["x", "-1", "9" * 40], "categories": "٣"},
        {"publish_at_0": "0001-01-01", "publish_at_1": "00:00:00", "expire_at_0": "9999-12-31"},
        {"publish_at_0": "9999-12-31", "publish_at_1": "23:59:59"},
        {"canonical_url": "javascript:alert(1)", "comment_policy": "x", "review_position": "y"},
        {"bylines-TOTAL_FORMS": "9" * 30, "bylines-0-author": "9" * 30},
        {"title": "x" * 5000, "seo_title": "{", "excerpt": "<script>alert(1)</script>"},
    ]

    answers = [client.post(f"/preview/{article.pk}/", form_of() | data) for data in nonsense]
    too_long = client.post("/preview/", form_of(body="x" * 500_001))

    assert [answer.status_code for answer in answers] == [200] * len(nonsense)
    assert [
        a for a in answers if b"<script>alert" in a.content or b"javascript:" in a.content
    ] == []
    assert (too_long.status_code, too_long["Content-Type"]) == (422, "text/plain; charset=utf-8")


def test_preview_is_for_those_who_may_edit(client):
    article = make_draft()
    for role, answers in (("Author", [404, 200]), ("Moderator", [403, 403]), (None, [403, 403])):
        client.logout()
        if role:
            client.force_login(make_staff(role))
        addresses = [f"/preview/{article.pk}/", "/preview/"]
        found = [client.post(address, form_of()).status_code for address in addresses]
        if role == "Moderator":
            assert set(found) <= {403, 404}
        else:
            assert found == answers
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_staff("Editor"))
    assert strict.post("/preview/", form_of()).status_code == 403
    assert strict.get("/preview/").status_code == 405


def test_revision_is_shown_to_those_who_may_edit_the_article(client):
    article = wait_to_be_published(make_article(), title="Of the revision")
    address = f"/preview/revision/{article.draft_revision.pk}/"

    assert client.get(address)["Location"].startswith("/admin/login/")
    client.force_login(make_staff("Author"))
    assert client.get(address).status_code == 404
    client.force_login(make_staff("Editor"))
    html = client.get(address).content.decode()
    assert "<h1>Of the revision</h1>" in html
    assert "Version 2 (Draft of changes), by Somebody on" in html


def test_link_shows_what_publishing_would_make_of_the_article_now(client):
    article = save_article(article=make_article(version=0, title="Old"), editor=None)
    article.body = "<p>Text that waits.</p>"
    save_draft(article=article, editor=None)
    article = Article.objects.get(pk=article.pk)
    article.title = "Changed in the list"
    save_article(article=article, editor=None)

    html = client.get(path_of(article)).content.decode()

    assert [words in html for words in ("Text that waits.", "Changed in the list", "<h1>Old")] == [
        True, True, False,
    ]  # fmt: skip
