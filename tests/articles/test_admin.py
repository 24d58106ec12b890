"""The staff desk for articles, categories and tags."""

import io
from datetime import timedelta

import PIL.Image
import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.roles import AUTHOR, EDITOR, MODERATOR
from blog.articles.models import Article, Byline, Category, Tag
from blog.articles.services import save_article
from blog.media.models import Image
from blog.media.services import MAX_BYTES
from tests.articles.hostile import ATTACKS, Reading, together
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_rating,
    make_staff,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
ADD = f"{LIST}add/"
UPLOAD = f"{LIST}upload-picture/"


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def member(role: str | None, **fields):
    """Make somebody of the staff with this role and a public name."""
    user = make_user(is_staff=True, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    make_author(user=user, name=f"Name of {user.pk}")
    return user


@pytest.fixture
def author(client):
    user = member(AUTHOR)
    client.force_login(user)
    return user


@pytest.fixture
def editor(client):
    user = member(EDITOR)
    client.force_login(user)
    return user


def picture(name: str = "a.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "olive").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def form_data(article: Article | None = None, **fields) -> dict:
    """Return what a browser sends for this article: everything the form shows."""
    data = {
        "title": "A title",
        "body": "<p>Words.</p>",
        "status": "draft",
        "comment_policy": "open",
        "rating_policy": "open",
        "review_position": "bottom",
        "bylines-TOTAL_FORMS": "0",
        "bylines-INITIAL_FORMS": "0",
    }
    if article:
        data |= {"title": article.title, "slug": article.slug, "body": article.body}
        data |= {"status": article.status, "opened_version": article.version}
        if article.publish_at:
            data["publish_at_0"] = article.publish_at.strftime("%Y-%m-%d")
            data["publish_at_1"] = article.publish_at.strftime("%H:%M:%S")
        if article.lead_image:
            data["lead_image"] = article.lead_image.pk
            data |= {
                f"lead_{word}": getattr(article.lead_image, word)
                for word in ("alt", "caption", "credit")
            }
        bylines = list(article.bylines.all())
        data |= byline_data(*[byline.author for byline in bylines], existing=bylines)
    return data | fields


def byline_data(*authors, existing=()) -> dict:
    data = {"bylines-TOTAL_FORMS": len(authors), "bylines-INITIAL_FORMS": len(existing)}
    for number, one in enumerate(authors):
        data[f"bylines-{number}-author"] = one.pk
        data[f"bylines-{number}-position"] = number
        if number < len(existing):
            data[f"bylines-{number}-id"] = existing[number].pk
            data[f"bylines-{number}-article"] = existing[number].article_id
    return data


def change_url(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def own(user, **fields) -> Article:
    """Save an article of this user through the service."""
    return save_article(article=Article(title="Mine", **fields), editor=user)


def errors_of(response) -> dict:
    return response.context["adminform"].form.errors


def test_who_has_no_public_name_is_told_that_the_article_names_nobody(client):
    client.force_login(make_staff("Contributor"))
    client.post(ADD, form_data())

    told = '<a href="/accounts/profile/">give yourself a public name</a>'
    assert (told in client.get(LIST).content.decode(), Article.objects.count()) == (True, 1)


def test_writing_a_draft(client, author):
    category, tag = make_category(), make_tag()

    response = client.post(
        ADD,
        form_data(
            body="<h2>Head</h2><p onclick=x>Words.</p>", categories=[category.pk], tags=[tag.pk]
        ),
    )

    article = Article.objects.get()
    assert (response.status_code, response.url) == (302, LIST)
    assert (article.title, article.slug, article.status) == ("A title", "a-title", "draft")
    assert article.body == "<h2>Head</h2>\n<p>Words.</p>"
    assert article.created_by == author
    assert [byline.author for byline in article.bylines.all()] == [author.author]
    assert article.primary_category == category
    assert list(article.tags.all()) == [tag]
    assert article.current_revision.author == author


def test_publishing_by_the_form(client, author):
    client.post(ADD, form_data(status="published"))

    assert Article.objects.get().is_live


def test_publishing_by_the_button(client, author):
    client.post(ADD, form_data(_publish="1"))

    assert Article.objects.get().is_live


def test_scheduling(client, author):
    client.post(
        ADD, form_data(status="published", publish_at_0="2090-01-02", publish_at_1="09:30:00")
    )

    assert Article.objects.get().state == "scheduled"


def test_authors_in_their_order(client, editor):
    first, second, third = make_author(), make_author(), make_author()

    client.post(ADD, form_data(**byline_data(third, first, second)))

    article = Article.objects.get()
    assert [byline.author for byline in article.bylines.all()] == [third, first, second]

    data = form_data(article) | {"bylines-0-DELETE": "on", "bylines-1-position": "9"}
    client.post(change_url(article), data)
    assert [byline.author for byline in article.bylines.all()] == [second, first]


def test_author_named_twice_is_refused(client, editor):
    one = make_author()

    response = client.post(ADD, form_data(**byline_data(one, one)))

    assert response.status_code == 200
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": ""}, {"title": ["This field is required."]}),
        ({"title": "x" * 201}, {"title": ["Ensure this value has at most 200 characters (it has 201)."]}),
        ({"slug": "feed"}, {"slug": ["This address belongs to the site itself. Choose another."]}),
        ({"slug": "../x"}, {"slug": [
            "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."]}),
        ({"slug": "taken"}, {"slug": ["“Taken” has this address. Choose another."]}),
        ({"status": "live"}, {"status": [
            "Select a valid choice. live is not one of the available choices."]}),
        ({"status": "published", "publish_at_0": "2026-01-02", "publish_at_1": "10:00",
          "expire_at_0": "2026-01-01", "expire_at_1": "10:00"},
         {"__all__": ["An article cannot be taken down before it is published."]}),
        ({"body": "x" * 500_001}, {"body": [
            "Ensure this value has at most 500000 characters (it has 500001)."]}),
        ({"title": "a\x00b"}, {"title": ["Null characters are not allowed."]}),
        ({"categories": ["999"]}, {"categories": [
            "Select a valid choice. 999 is not one of the available choices."]}),
        ({"canonical_url": "javascript:alert(1)"}, {"canonical_url": ["Enter a valid URL."]}),
        ({"lead_alt": "x" * 301}, {"lead_alt": [
            "Ensure this value has at most 300 characters (it has 301)."]}),
    ],
)  # fmt: skip
def test_refused_form_says_why_and_keeps_the_text(client, author, fields, expected):
    make_article(slug="taken", title="Taken")

    response = client.post(ADD, form_data(body="<p>My precious text</p>") | fields)

    assert errors_of(response) == expected
    assert Article.objects.count() == 1
    if "body" not in fields:
        assert b"My precious text" in response.content


def test_form_refused_with_an_empty_address_keeps_the_text(client, author):
    article = make_article(status=Article.Status.DRAFT, created_by=author)
    page = reverse("admin:articles_article_change", args=[article.pk])

    response = client.post(page, form_data(title="", slug="", body="<p>My precious text</p>"))

    assert b"My precious text" in response.content


def test_picture_of_a_refused_form_is_kept(client, author):
    data = form_data(title="", lead_upload=picture(), lead_alt="Olive")

    response = client.post(ADD, data)

    image = Image.objects.get()
    assert errors_of(response) == {"title": ["This field is required."]}
    assert f'<option value="{image.pk}" selected>Olive</option>' in response.content.decode()
    client.post(ADD, form_data(lead_image=image.pk, lead_alt="Olive"))
    assert Article.objects.get().lead_image == image


def test_picture_of_a_form_with_refused_authors_is_kept(client, author):
    one = make_author()

    response = client.post(ADD, form_data(lead_upload=picture(), **byline_data(one, one)))

    assert f'<option value="{Image.objects.get().pk}" selected>' in response.content.decode()


def test_lead_picture_is_uploaded_with_its_words(client, author):
    words = {"lead_alt": "Olive", "lead_caption": "A caption", "lead_credit": "Us"}

    client.post(ADD, form_data(lead_upload=picture(), **words))

    image = Article.objects.get().lead_image
    assert (image.alt, image.caption, image.credit) == ("Olive", "A caption", "Us")
    assert image.uploaded_by == author


def test_unreadable_lead_picture_is_refused(client, author):
    file = SimpleUploadedFile("a.svg", b"<svg/>")

    response = client.post(ADD, form_data(lead_upload=file))

    assert errors_of(response) == {
        "lead_upload": [
            "This is not a picture we can read. Upload a JPEG, PNG, WebP, GIF or AVIF file."
        ]
    }


def test_words_of_the_lead_picture_can_be_changed(client, author):
    article = own(author, lead_image=make_image(uploaded_by=author))

    client.post(change_url(article), form_data(article, lead_alt="Better"))

    assert Article.objects.get().lead_image.alt == "Better"


def test_words_of_the_pictures_of_others_cannot_be_changed(client, author):
    article = own(author, lead_image=make_image(alt="Theirs", uploaded_by=make_user()))

    response = client.post(change_url(article), form_data(article, lead_alt="Mine"))

    assert errors_of(response) == {
        "lead_alt": ["Somebody else uploaded this picture: only editors may change its words."]
    }


def test_choosing_another_picture_leaves_its_words_alone(client, author):
    article = own(author, lead_image=make_image(alt="First", uploaded_by=author))
    other = make_image(alt="Second", uploaded_by=make_user())

    client.post(change_url(article), form_data(article, lead_image=other.pk))

    assert Article.objects.get().lead_image == other
    assert sorted(Image.objects.values_list("alt", flat=True)) == ["First", "Second"]


def test_unchanged_form_makes_no_version(client, author):
    article = own(author, body="<p>x</p>", status="published")

    client.post(change_url(article), form_data(article))

    assert Article.objects.get().version == 1


def test_substantial_update_is_ticked_each_time(client, author):
    article = own(author, body="<p>x</p>")

    client.post(change_url(article), form_data(article, body="<p>y</p>", is_substantial="on"))

    article.refresh_from_db()
    assert article.current_revision.is_substantial is True
    html = client.get(change_url(article)).content.decode()
    assert "This is a substantial update" in html
    assert 'name="is_substantial" id="id_is_substantial" checked' not in html


def test_changed_address_forwards(client, author):
    article = own(author)

    client.post(change_url(article), form_data(article, slug="other"))

    assert [old.slug for old in article.old_slugs.all()] == ["mine"]


@pytest.mark.parametrize("view", ["change", "delete", "history"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_articles_of_others_are_not_there_for_authors(client, author, view, method):
    other = make_article(title="Secret", trashed_at=timezone.now())

    response = getattr(client, method)(reverse(f"admin:articles_article_{view}", args=[other.pk]))

    assert response.status_code == 404
    assert Article.objects.filter(title="Secret").exists()


@pytest.mark.parametrize("forged", ["999999", "abc", "1%20OR%201", "%00"])
def test_forged_ids_are_not_found(client, author, forged):
    assert client.get(f"{LIST}{forged}/change/").status_code == 404


def test_list_shows_authors_their_own_only(client, author):
    own(author)
    co_author = make_article(title="Together", authors=[author.author])
    make_article(title="Secret")

    response = client.get(LIST)

    assert {article.title for article in response.context["cl"].result_list} == {
        "Mine",
        co_author.title,
    }


@pytest.mark.parametrize("action", ["publish", "move_to_trash", "make_sticky", "delete_selected"])
def test_actions_do_not_reach_articles_of_others(client, author, action):
    other = make_article(status="draft", trashed_at=None)

    client.post(LIST, {"action": action, "_selected_action": [other.pk], "post": "yes"})

    before = (other.status, other.trashed_at, other.is_sticky)
    other.refresh_from_db()
    assert (other.status, other.trashed_at, other.is_sticky) == before


@pytest.mark.parametrize("role", [MODERATOR, None])
@pytest.mark.parametrize("url", [LIST, ADD, UPLOAD])
def test_others_of_the_staff_are_kept_out(client, role, url):
    client.force_login(member(role))

    assert client.post(url).status_code == 403


@pytest.mark.parametrize("url", [LIST, ADD, UPLOAD])
def test_strangers_are_sent_to_the_sign_in(client, url):
    assert client.post(url).status_code == 302


def contributor(client):
    """Sign somebody in who may write, but not publish."""
    user = member(AUTHOR)
    group = Group.objects.get(name=AUTHOR)
    user.user_permissions.set(group.permissions.exclude(codename="publish_article"))
    user.groups.clear()
    client.force_login(user)
    return user


@pytest.mark.parametrize("fields", [{"status": "published"}, {"_publish": "1"}])
def test_publishing_needs_the_permission(client, fields):
    contributor(client)

    client.post(ADD, form_data(**fields))

    assert Article.objects.get().status == "draft"


def test_publishing_by_action_needs_the_permission(client):
    article = own(contributor(client))

    client.post(LIST, {"action": "publish", "_selected_action": [article.pk]})

    assert Article.objects.get().status == "draft"


def test_saving_without_the_permission_changes_nothing_that_readers_see(client):
    user = contributor(client)
    article = own(user, status="published")
    title = article.title

    client.post(change_url(article), form_data(article, status="draft", title="New"))

    article.refresh_from_db()
    assert (article.title, article.status) == (title, "published")
    assert article.draft_revision.data["title"] == "New"


def test_server_decides_what_is_not_in_the_form(client, author):
    stranger = make_user()

    client.post(
        ADD,
        form_data(
            created_by=stranger.pk, version="99", body_html="<script>", word_count="5",
            trashed_at="2020-01-01", updated_at="2020-01-01", toc="[]", fold_at="1",
        ),
    )  # fmt: skip

    article = Article.objects.get()
    assert (article.created_by, article.version, article.trashed_at) == (author, 1, None)
    assert article.body_html == '<p class="opening">Words.</p>\n'


@pytest.mark.parametrize(
    ("action", "fields", "state"),
    [
        ("publish", {"status": "draft", "publish_at": None}, "published"),
        ("unpublish", {}, "draft"),
        ("move_to_trash", {}, "trash"),
        ("restore", {"trashed_at": timezone.now()}, "published"),
    ],
)
def test_actions_move_articles(client, editor, action, fields, state):
    articles = [make_article(**fields) for _ in range(3)]
    query = "?state=trash" if action == "restore" else ""

    response = client.post(
        f"{LIST}{query}",
        {"action": action, "_selected_action": [article.pk for article in articles]},
        follow=True,
    )

    assert [str(message) for message in response.context["messages"]] == ["3 articles changed."]
    assert {article.state for article in Article.objects.all()} == {state}
    assert all(article.current_revision.author == editor for article in Article.objects.all())


def test_publishing_from_the_trash_is_refused_in_words(client, editor):
    article = make_article(title="Gone", trashed_at=timezone.now())

    response = client.post(
        f"{LIST}?state=trash", {"action": "publish", "_selected_action": [article.pk]}, follow=True
    )

    assert [str(message) for message in response.context["messages"]] == [
        "“Gone” is in the trash. Restore it first."
    ]


def test_buttons_trash_and_restore_keep_what_was_typed(client, author):
    article = own(author)

    client.post(change_url(article), form_data(article, title="Changed", _trash="1"))
    article.refresh_from_db()
    assert (article.state, article.title) == ("trash", "Changed")

    client.post(change_url(article), form_data(article, _restore="1"))
    article.refresh_from_db()
    assert article.state == "draft"


def test_deleting_needs_the_trash(client, editor):
    article = make_article()

    page = client.post(
        reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"}
    )
    listed = client.post(
        LIST,
        {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"},
        follow=True,
    )

    assert page.status_code == 403
    assert [str(message) for message in listed.context["messages"]] == [
        "Move the articles to the trash first. Only from there they can be deleted."
    ]
    assert Article.objects.exists()


@pytest.mark.parametrize("way", ["page", "action"])
def test_deleting_from_the_trash_takes_comments_and_ratings_along(client, author, way):
    article = own(author)
    make_comment(article=article, parent=make_comment(article=article))
    make_rating(article=article)
    Article.objects.update(trashed_at=timezone.now())
    client.force_login(author)

    if way == "page":
        url = reverse("admin:articles_article_delete", args=[article.pk])
        assert client.get(url).status_code == 200
        client.post(url, {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [article.pk]}
        assert b"Are you sure" in client.post(f"{LIST}?state=trash", data).content
        client.post(f"{LIST}?state=trash", data | {"post": "yes"})

    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"draft", "scheduled", "published", "expired"}),
        ("?state=draft", {"draft"}),
        ("?state=scheduled", {"scheduled"}),
        ("?state=published", {"published"}),
        ("?state=expired", {"expired"}),
        ("?state=trash", {"trash"}),
        ("?state=nonsense", {"draft", "scheduled", "published", "expired"}),
        ("?q=needle", {"draft"}),
    ],
)
def test_list_filters_and_searches(client, editor, query, titles):
    now = timezone.now()
    make_article(title="draft", status="draft", publish_at=None, body="<p>a needle</p>")
    make_article(title="scheduled", publish_at=now + timedelta(days=1))
    make_article(title="published")
    make_article(
        title="expired", publish_at=now - timedelta(days=2), expire_at=now - timedelta(days=1)
    )
    make_article(title="trash", trashed_at=now)

    response = client.get(f"{LIST}{query}")

    articles = response.context["cl"].result_list
    assert {article.title for article in articles} == titles
    assert all(article.state == article.title for article in articles)


def test_list_needs_the_same_number_of_queries_for_many(
    client, editor, django_assert_max_num_queries
):
    for _ in range(10):
        make_article(primary_category=make_category())

    with django_assert_max_num_queries(18):
        client.get(LIST)


def test_preview_and_view_lead_to_the_page(client, author):
    draft, live = own(author), own(author, status="published")

    drafted = client.get(change_url(draft)).content.decode()
    published = client.get(change_url(live)).content.decode()

    assert f'<a href="/{draft.slug}/" class="viewsitelink">Preview on site</a>' in drafted
    assert f'<a href="/{live.slug}/" class="viewsitelink">View on site</a>' in published


def test_every_attack_is_escaped_on_the_desk(client, editor):
    urls = [f"{LIST}?state=trash"]
    for text in together(190):
        article = make_article(trashed_at=timezone.now(), authors=[make_author(name=text[:100])])
        fields = dict.fromkeys(("title", "subtitle", "excerpt", "body", "seo_title"), text)
        image = make_image(alt=text, caption=text, credit=text)
        category = make_category(name=text[:90])
        rows = Article.objects.filter(pk=article.pk)
        rows.update(lead_image=image, primary_category=category, **fields)
        article.refresh_from_db()
        save_article(article=article, editor=editor, note=text)
        rows.update(body=text)
        urls += [
            reverse(f"admin:articles_article_{view}", args=[article.pk])
            for view in ("change", "history", "delete")
        ]

    for url in urls:
        html = client.get(url).content.decode()

        assert not [attack for attack in ATTACKS if attack in html and "<" in attack]
        assert not [found for found in Reading(html).found if found[1].startswith("on")]
        assert "<script>" not in html


def test_upload_answers_with_the_address(client, author):
    data = {"upload": picture(), "alt": " Olive ", "caption": "Cap"}

    response = client.post(UPLOAD, data)

    image = Image.objects.get()
    assert response.json() == {"src": image.file.url, "alt": "Olive", "caption": "Cap"}
    assert image.uploaded_by == author


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        ({}, 422, "This field is required."),
        ({"upload": "words"}, 422, "This field is required."),
        (
            {"content": b"<?php evil"},
            422,
            "This is not a picture we can read. Upload a JPEG, PNG, WebP, GIF or AVIF file.",
        ),
        (
            {"content": b"\xff" * (MAX_BYTES + 1)},
            413,
            "The file is larger than 20 MB. Save the picture smaller and upload it again.",
        ),
        ({"content": b""}, 422, "The submitted file is empty."),
    ],
)
def test_refused_upload_says_why(client, author, data, status, sentence):
    if "content" in data:
        data = {"upload": SimpleUploadedFile("a.jpg", data["content"])}

    response = client.post(UPLOAD, data)

    assert (response.status_code, response.json()) == (status, {"error": sentence})
    assert not Image.objects.exists()


def test_upload_with_overlong_words_is_refused(client, author):
    response = client.post(UPLOAD, {"upload": picture(), "alt": "x" * 301})

    assert response.json() == {
        "error": "Ensure this value has at most 300 characters (it has 301)."
    }


def test_upload_is_a_post(client, author):
    assert client.get(UPLOAD).status_code == 405


def test_upload_of_another_site_is_refused(author):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(author)

    assert client.post(UPLOAD, {"upload": picture()}).status_code == 403
    assert not Image.objects.exists()


def test_category_is_placed_by_the_service(client, editor):
    parent = make_category(name="Science", slug="science")

    client.post(
        "/admin/articles/category/add/",
        {"name": "Physics", "slug": "", "parent": parent.pk, "position": "0"},
    )

    assert Category.objects.get(name="Physics").path == "science/physics"


def test_category_within_itself_is_refused_in_words(client, editor):
    top = make_category()
    child = make_category(parent=top)

    response = client.post(
        reverse("admin:articles_category_change", args=[top.pk]),
        {"name": top.name, "slug": top.slug, "parent": child.pk, "position": "0"},
    )

    assert errors_of(response) == {
        "parent": ["A category cannot stand within itself. Choose another place for it."]
    }


def test_category_in_use_is_not_deleted(client, editor):
    category = make_category()
    make_article(primary_category=category)

    client.post(reverse("admin:articles_category_delete", args=[category.pk]), {"post": "yes"})

    assert Category.objects.exists()


def test_tag_gets_its_address_from_its_name(client, author):
    response = client.post(
        "/admin/articles/tag/add/?_popup=1", {"name": "Zürich", "slug": "", "_popup": "1"}
    )

    assert Tag.objects.get().slug == "zurich"
    assert response.status_code == 200


def test_names_can_be_looked_up(client, author):
    make_tag(name="Machine learning")
    query = {
        "app_label": "articles",
        "model_name": "article",
        "field_name": "tags",
        "term": "mach",
    }

    response = client.get("/admin/autocomplete/", query)

    assert [result["text"] for result in response.json()["results"]] == ["Machine learning"]


def test_byline_of_an_author_with_a_login_shows_no_address(client, editor):
    user = make_user(email="secret@example.org")
    make_article(authors=[make_author(user=user)])

    assert b"secret@example.org" not in client.get(LIST).content
    assert Byline.objects.count() == 1
