"""Old addresses: they forward while they mean one thing, and tell nothing of what is not public."""

import pytest

from accounts.models import AuthorSlugHistory
from accounts.services import save_author
from blog.articles.models import Category, SlugHistory
from blog.articles.terms import place_category, save_tag
from blog.comments.models import Comment
from blog.ratings.models import Rating
from tests.factories import make_article, make_author, make_comment, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved():
    """Make one of each kind and rename it: `old…` becomes `new…`."""
    category = place_category(category=Category(name="Old", slug="old-category"))
    tag, author = make_tag(slug="old-tag"), make_author(slug="old-author")
    article = make_article(slug="new-article", categories=[category], authors=[author])
    article.tags.add(tag)
    SlugHistory.objects.create(article=article, slug="old-article")
    category.slug, tag.slug, author.slug = "new-category", "new-tag", "new-author"
    place_category(category=category)
    save_tag(tag=tag)
    save_author(author=author)
    return article


@pytest.mark.parametrize(
    "address",
    [
        "/old-article/",
        "/old-article/?receipt=x",
        "/old-article/feed/",
        "/old-article/comments/newest/",
        "/category/old-category/",
        "/category/old-category/feed/atom/",
        "/tag/old-tag/",
        "/tag/old-tag/feed/",
        "/author/old-author/",
        "/author/old-author/feed/json/",
    ],
)
def test_old_address_forwards_for_good(client, moved, address):
    response = client.get(address)

    assert response.status_code == 301
    assert response["Location"] == address.replace("old-", "new-")
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("address", ["/category/old-category/", "/tag/old-tag/page/2/"])
def test_later_pages_forward_too(client, moved, address):
    assert client.get(address)["Location"] == address.replace("old-", "new-")


def test_permalink_of_a_comment_forwards(client, moved):
    comment = make_comment(article=moved)

    response = client.get(f"/old-article/comments/{comment.pk}/")

    assert response["Location"] == f"/new-article/comments/{comment.pk}/"


def test_category_is_found_wherever_it_stands(client, moved):
    assert client.get("/category/science/new-category/")["Location"] == "/category/new-category/"


def test_address_in_use_does_not_forward(client, moved):
    make_author(slug="old-author")

    assert client.get("/author/old-author/").status_code == 200


def test_author_gets_an_old_address_back(moved):
    author = AuthorSlugHistory.objects.get().author
    author.slug = "old-author"
    save_author(author=author)

    assert list(AuthorSlugHistory.objects.values_list("slug", flat=True)) == ["new-author"]


def test_what_was_typed_under_the_old_address_arrives(client, moved):
    form = {
        "body": "Written while the address changed.",
        "name": "Ada",
        "email": "ada@example.org",
    }

    answer = client.post("/old-article/comments/", form, headers={"Sec-Fetch-Site": "same-origin"})
    vote = client.post(
        "/old-article/rating/", {"stars": 5}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert [answer.status_code, vote.status_code] == [303, 303]
    assert answer["Location"].startswith("/new-article/")
    assert Comment.objects.get().article == Rating.objects.get().article == moved
