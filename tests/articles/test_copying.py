"""A duplicate is a draft of its own with everything the original says, and nothing readers said."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from blog.articles import services
from blog.articles.copying import duplicate
from blog.articles.models import Article
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_rating,
    make_staff,
    make_tag,
)

pytestmark = pytest.mark.django_db


def test_a_copy_holds_everything_but_address_times_status_and_what_readers_added() -> None:
    editor, picture = make_staff("Editor"), make_image()
    category, tag = make_category(), make_tag()
    authors = [make_author(), make_author()]
    original = make_article(
        title="Saws",
        slug="saws",
        excerpt="Lend one",
        is_sticky=True,
        comment_policy="closed",
        seo_title="Saw library",
        is_noindex=True,
        lead_image=picture,
        share_image=picture,
        primary_category=category,
        categories=[category],
        tags=[tag],
        authors=authors,
        stage="approved",
    )
    services.save_article(article=original, editor=None)
    make_comment(article=original)
    make_rating(article=original)
    before = Article.objects.values().get(pk=original.pk)

    copy = Article.objects.get(pk=duplicate(article=original, editor=editor).pk)

    data, of_original = services.snapshot_of(copy), services.snapshot_of(original)
    changed = {name for name in data if data[name] != of_original[name]}
    assert changed == {"title", "slug", "status", "publish_at", "is_sticky"}
    assert (copy.title, copy.slug, copy.status, copy.publish_at) == (
        "Copy of Saws",
        "copy-of-saws",
        "draft",
        None,
    )
    assert (copy.stage, copy.created_by, copy.version) == ("writing", editor, 1)
    assert [byline.author for byline in copy.bylines.all()] == authors
    assert copy.comments.count() == copy.ratings.count() == 0
    assert copy.current_revision is not None
    assert copy.current_revision.note == f"Copy of version {original.version} of “Saws”"
    assert Article.objects.values().get(pk=original.pk) == before


def test_an_author_may_edit_the_copy_of_what_they_may_edit(client: Client) -> None:
    author = make_staff("Author")
    own = make_article(title="T" * 200, authors=[make_author(user=author)])
    other = make_article()
    client.force_login(author)
    address = reverse("admin:articles_article_duplicate", args=[own.pk])

    assert client.get(address).status_code == 405
    answer = client.post(address, follow=True)
    refused = client.post(reverse("admin:articles_article_duplicate", args=[other.pk]))

    copy = Article.objects.exclude(pk__in=[own.pk, other.pk]).get()
    assert answer.redirect_chain == [
        (reverse("admin:articles_article_change", args=[copy.pk]), 302)
    ]
    assert (
        f'action="{reverse("admin:articles_article_duplicate", args=[copy.pk])}"'
        in answer.content.decode()
    )
    assert len(copy.title) == 200
    assert refused.status_code == 404


def test_many_are_copied_from_the_list(client: Client) -> None:
    client.force_login(make_staff("Editor"))
    articles = [make_article(title="One"), make_article(title="Two")]

    client.post(
        reverse("admin:articles_article_changelist"),
        {"action": "duplicate", "_selected_action": [article.pk for article in articles]},
    )

    titles = set(Article.objects.values_list("title", "status"))
    assert titles >= {("Copy of One", "draft"), ("Copy of Two", "draft")}


def test_article_begins_as_a_copy_of_a_template_which_is_never_published(client: Client) -> None:
    editor, writer = make_staff("Editor"), make_staff("Contributor")
    make_author(user=writer)
    template = services.save_article(
        article=Article(title="Interview", body="<p>Who are you?</p>", is_template=True),
        editor=editor,
    )
    other = services.save_article(article=Article(title="Secret draft"), editor=editor)
    address = reverse("admin:articles_article_from_template")
    client.force_login(writer)

    html = client.get(address).content.decode()
    assert ("Begin with “Interview”" in html, "Secret draft" in html) == (True, False)
    for nonsense in (str(other.pk), "", "x", "9" * 30, "٣"):
        assert client.post(address, {"template": nonsense}).status_code == 404
    response = client.post(address, {"template": template.pk})

    made = Article.objects.exclude(pk__in=[template.pk, other.pk]).get()
    assert response.url == reverse("admin:articles_article_change", args=[made.pk])
    assert (made.title, made.body, made.is_template) == ("Interview", "<p>Who are you?</p>", False)
    assert (made.created_by, made.status, made.slug) == (writer, "draft", "interview-2")
    with pytest.raises(ValidationError, match="is a template"):
        services.publish(article=template, editor=editor)
    client.force_login(editor)
    form = client.get(reverse("admin:articles_article_change", args=[template.pk]))
    assert "is_template" in form.context["adminform"].form.fields
    client.force_login(make_staff("Moderator"))
    assert client.get(address).status_code == 403
