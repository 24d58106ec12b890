"""The staff desk for articles: what its form takes, says and keeps."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from blog.articles.models import Article
from blog.articles.services import save_article
from tests.articles.desk import ADD, LIST, byline_data, change_url, errors_of, form_data, own
from tests.articles.hostile import ATTACKS, Reading, together
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_staff,
    make_tag,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


def test_who_has_no_public_name_is_told_that_the_article_names_nobody(client):
    client.force_login(make_staff("Contributor"))
    client.post(ADD, form_data())

    told = '<a href="/accounts/profile/">give yourself a public name</a>'
    assert (told in client.get(LIST).content.decode(), Article.objects.count()) == (True, 1)


@pytest.mark.parametrize("kind", ["articles_article", "articles_snippet", "pages_page"])
def test_the_editors_import_map_stands_before_all_modules(client, editor, kind):
    """Firefox, and Safari before 18.4, pass over one that follows a module: no editor, no autosave."""
    html = client.get(reverse(f"admin:{kind}_add")).content.decode()

    assert 0 < html.index('type="importmap"') < html.index('type="module"')
    assert "js/admin-names" in html


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


def test_preview_and_view_lead_to_the_page(client, author):
    draft, live = own(author), own(author, status="published")

    drafted = client.get(change_url(draft)).content.decode()
    published = client.get(change_url(live)).content.decode()

    assert f'<a href="/{draft.slug}/" class="viewsitelink">Preview on site</a>' in drafted
    assert f'<a href="/{live.slug}/" class="viewsitelink">View on site</a>' in published


def test_every_attack_is_escaped_on_the_desk(client, editor):
    article = make_article(trashed_at=timezone.now())
    rows = Article.objects.filter(pk=article.pk)
    change, history, delete = (
        reverse(f"admin:articles_article_{view}", args=[article.pk])
        for view in ("change", "history", "delete")
    )
    pages = []
    for text in together(190):
        make_article(trashed_at=timezone.now(), title=text)
        article.bylines.update(author=make_author(name=text[:100]))
        fields = dict.fromkeys(("title", "subtitle", "excerpt", "body", "seo_title"), text)
        image = make_image(alt=text, caption=text, credit=text)
        category = make_category(name=text[:90])
        rows.update(lead_image=image, primary_category=category, **fields)
        article.refresh_from_db()
        save_article(article=article, editor=editor, note=text)
        rows.update(body=text)
        pages += [client.get(change), client.get(delete)]
    # These show the titles of all articles, and the notes of all versions.
    pages += [client.get(f"{LIST}?state=trash"), client.get(history)]
    assert [text for text in together(190) if escape(text) not in pages[-1].content.decode()] == []

    for page in pages:
        assert page.status_code == 200
        html = page.content.decode()
        assert not [attack for attack in ATTACKS if attack in html and "<" in attack]
        assert not [found for found in Reading(html).found if found[1].startswith("on")]
        assert "<script>" not in html


@pytest.mark.parametrize("kind", ["articles/article", "pages/page"])
def test_enter_in_a_field_saves(client, editor, kind):
    form = client.get(f"/admin/{kind}/add/").content.decode()
    own = form[form.index(f'id="{kind.partition("/")[2]}_form"') :]

    # Whatever is the first button of a form is pressed by Enter in one of its fields.
    first = re.search(r'<button[^>]*>|<input type="submit"[^>]*>', own)[0]
    assert 'name="_save"' in first
    assert "formaction" in own  # the preview comes later
