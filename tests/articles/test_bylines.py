"""An author is deleted, and another one takes the articles."""

import pytest

from accounts.models import Author, AuthorSlugHistory
from blog.articles.drafts import publish_draft, save_draft
from blog.articles.models import Article
from tests.factories import make_article, make_author, make_staff

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/author/"


def names() -> dict[str, list[str]]:
    return {
        article.title: [byline.author.name for byline in article.bylines.all()]
        for article in Article.objects.all()
    }


def test_articles_and_addresses_of_a_deleted_author_go_to_another(client):
    ada, bob, eve = (make_author(name=name, slug=name.lower()) for name in ("Ada", "Bob", "Eve"))
    AuthorSlugHistory.objects.create(author=ada, slug="adah")
    alone = make_article(title="Alone", slug="alone", authors=[ada])
    make_article(title="Three", authors=[eve, ada, bob])
    make_article(title="Two", authors=[ada, eve])
    editor = make_staff("Editor")
    alone.body = "<p>Waits.</p>"
    save_draft(article=alone, editor=editor, authors=[ada])
    client.force_login(editor)
    address = f"{LIST}{ada.pk}/delete/"
    before = names()

    question = client.get(address).content.decode()
    for wrong in ("", ada.pk, "no key", "9" * 30):
        refused = client.post(address, {"post": "yes", "heir": wrong})
        assert (refused.status_code, names()) == (200, before)
        assert refused.context["heir_form"].errors
    client.post(address, {"post": "yes", "heir": bob.pk})

    assert "3 articles need another author first." in question
    assert names() == {"Alone": ["Bob"], "Three": ["Eve", "Bob"], "Two": ["Bob", "Eve"]}
    for old in ("ada", "adah"):
        assert client.get(f"/author/{old}/").headers["Location"] == "/author/bob/"
    publish_draft(article=Article.objects.get(pk=alone.pk), editor=editor)
    assert names()["Alone"] == ["Bob"]


def test_many_authors_are_deleted_by_those_only_who_edit_every_article(client):
    ada, bob, eve = (make_author(name=name) for name in ("Ada", "Bob", "Eve"))
    make_article(title="Both", authors=[ada, bob])
    data = {"action": "delete_selected", "_selected_action": [ada.pk, bob.pk]}
    done = data | {"post": "yes", "heir": eve.pk}
    editor = make_staff("Editor")
    clerk = make_staff("Contributor")
    clerk.user_permissions.set(
        p
        for group in editor.groups.all()
        for p in group.permissions.all()
        if p.codename != "edit_any_article"
    )

    client.force_login(clerk)
    client.post(LIST, done)
    assert names() == {"Both": ["Ada", "Bob"]}
    client.force_login(editor)
    question = client.post(LIST, data).content.decode()
    client.post(LIST, done)

    assert "Their articles go to" in question
    assert names() == {"Both": ["Eve"]}
    assert Author.objects.get() == eve
