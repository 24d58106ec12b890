"""Categories and tags at the desk, and how authors are looked up."""

import pytest
from django.urls import reverse

from blog.articles.models import Byline, Category, Tag
from tests.articles.desk import LIST, errors_of
from tests.factories import make_article, make_author, make_category, make_tag, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


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

    child = make_category(name="Tides", parent=category)
    address = reverse("admin:articles_category_delete", args=[category.pk])

    asked = client.get(address).content.decode()
    client.post(address, {"post": "yes"})

    assert "1 article has it as its primary category. Give it another one first." in asked
    within = f"“{child}” stands within it. Place it elsewhere first, or delete it."
    assert within in asked
    assert Category.objects.count() == 2
    # Nor both at once: the answer says which one goes first.
    both = {"action": "delete_selected", "_selected_action": [category.pk, child.pk]}
    address = reverse("admin:articles_category_changelist")
    assert within in client.post(address, both).content.decode()


def test_tag_says_how_many_articles_lose_it(client, editor):
    tag = make_tag(name="Tides")
    make_article(tags=[tag])
    address = reverse("admin:articles_tag_delete", args=[tag.pk])

    asked = client.get(address).content.decode()
    assert "<li>1 article loses it.</li>" in asked.replace("\n", "").replace("\t", "")
    assert "Article-tag" not in asked
    client.post(address, {"post": "yes"})
    assert not Tag.objects.exists()


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
