"""The one door to articles and categories."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from blog.articles.models import Article, Byline, Category, Revision, SlugHistory
from blog.articles.services import (
    delete_article,
    publish,
    restore,
    save_article,
    set_sticky,
    trash,
    unpublish,
)
from blog.articles.terms import place_category
from blog.comments.models import Comment
from blog.ratings.models import Rating
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_rating,
    make_staff,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db


def saved(title: str = "A title", **fields) -> Article:
    own = {name: fields.pop(name) for name in ("authors", "categories", "tags") if name in fields}
    editor = fields.pop("editor", None)
    return save_article(article=Article(title=title, **fields), editor=editor, **own)


def test_text_is_sanitised_and_rendered():
    article = saved(body="<h1>Title</h1><script>x</script><p onclick=x>One two three</p>")

    article.refresh_from_db()
    assert article.body == "<h2>Title</h2>\n<p>One two three</p>"
    assert article.body_html == '<h2 id="title">Title</h2>\n<p>One two three</p>\n'
    assert article.toc == [{"id": "title", "text": "Title", "level": 2}]
    assert (article.word_count, article.fold_at) == (4, None)
    assert article.summary == "One two three"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The Night Shift at the Tide Mill", "the-night-shift-at-the-tide-mill"),
        ("Don’t panic — it’s 50/50 & fine", "dont-panic-its-50-50-and-fine"),
        ("Ærø, Łódź und Straße", "aero-lodz-und-strasse"),
        ("Щи да каша", "shchi-da-kasha"),
        ("Καλημέρα", "kalimera"),
        ("東京の夜", "article-1"),
        ("🎉", "article-1"),
        ("2024", "2024-2"),
        ("Feed", "feed-2"),
        ("Search", "search-2"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>alert(1)</script>", "scriptalert1-script"),
        ("x" * 200, "x" * 200),
        ("word " * 40, "-".join(["word"] * 40)),
    ],
)
def test_address_is_made_from_the_title(title, slug):
    article = saved(title[:200])

    assert article.slug == slug
    article.full_clean()


def test_equal_titles_get_addresses_of_their_own():
    assert [saved("Same").slug for _ in range(3)] == ["same", "same-2", "same-3"]


def test_long_equal_titles_get_addresses_of_their_own():
    assert [len(saved("x" * 200).slug) for _ in range(2)] == [200, 200]


def test_changed_address_forwards_and_is_free_again_when_taken_back():
    article = saved("First")
    article.slug = "second"
    save_article(article=article, editor=None)
    assert list(SlugHistory.objects.values_list("slug", "article")) == [("first", article.pk)]

    article.slug = "first"
    save_article(article=article, editor=None)

    assert list(SlugHistory.objects.values_list("slug", flat=True)) == ["second"]


def test_new_address_stays_clear_of_forwards_of_others():
    article = saved("First")
    article.slug = "second"
    save_article(article=article, editor=None)

    assert saved("First").slug == "first-2"


def test_typed_address_takes_over_a_forward():
    article = saved("First")
    article.slug = "second"
    save_article(article=article, editor=None)

    other = saved("Other", slug="first")

    assert other.slug == "first"
    assert not SlugHistory.objects.exists()


def test_address_taken_meanwhile_gets_a_number():
    saved("One", slug="same")

    assert saved("Two", slug="same").slug == "same-2"


@pytest.mark.django_db(transaction=True)
def test_equal_titles_at_once_get_addresses_of_their_own(at_once):
    at_once([lambda: saved("Same")] * 6)

    assert sorted(Article.objects.values_list("slug", flat=True)) == [
        "same",
        *(f"same-{number}" for number in range(2, 7)),
    ]


@pytest.mark.django_db(transaction=True)
def test_savings_at_once_follow_each_other(at_once):
    article = saved()

    def save_again(number: int) -> None:
        mine = Article.objects.get(pk=article.pk)
        mine.title = f"Title {number}"
        save_article(article=mine, editor=None)

    at_once([lambda number=number: save_again(number) for number in range(6)])

    article.refresh_from_db()
    assert article.version == 7
    assert sorted(article.revisions.values_list("version", flat=True)) == list(range(1, 8))
    assert article.current_revision.data["title"] == article.title


def test_first_category_becomes_the_primary_one():
    second, first = make_category(position=2), make_category(position=1)

    article = saved(categories=Category.objects.filter(pk__in=[first.pk, second.pk]))

    assert article.primary_category == first
    assert set(article.categories.all()) == {first, second}


def test_what_is_published_in_no_category_goes_into_the_default_one():
    place_category(category=Category(name="Old default", is_default=True))
    default = place_category(category=Category(name="Notes", is_default=True))
    other = make_category()
    draft = saved()

    published = saved(status="published", slug="a")
    elsewhere = saved(status="published", slug="b", categories=[other])

    assert (draft.primary_category, elsewhere.primary_category) == (None, other)
    assert published.primary_category == default
    publish(article=draft, editor=None)
    for article in (Article.objects.get(pk=draft.pk), published):
        assert (article.primary_category, *article.categories.all()) == (default, default)
    assert list(Category.objects.filter(is_default=True)) == [default]
    elsewhere.refresh_from_db()
    unplaced = saved(slug="c", categories=[other])
    for article in (elsewhere, unplaced):
        Article.objects.filter(pk=article.pk).update(primary_category=None)
    for article in (
        save_article(article=Article.objects.get(pk=elsewhere.pk), editor=None),
        publish(article=unplaced, editor=None),
    ):
        assert (article.primary_category, *article.categories.all()) == (other, other)


def test_primary_category_is_among_the_categories():
    one, two = make_category(), make_category()

    article = saved(primary_category=one, categories=[two])

    assert article.primary_category == one
    assert set(article.categories.all()) == {one, two}


def test_terms_and_authors_stay_when_nothing_is_said_about_them():
    author, category, tag = make_author(), make_category(), make_tag()
    article = saved(authors=[author], categories=[category], tags=[tag])

    save_article(article=Article.objects.get(), editor=make_user())

    assert list(article.authors.all()) == [author]
    assert list(article.categories.all()) == [category]
    assert list(article.tags.all()) == [tag]


def test_authors_keep_their_order_and_appear_once():
    first, second = make_author(), make_author()

    article = saved(authors=[second, first, second])

    assert [byline.author for byline in article.bylines.all()] == [second, first]


def test_editor_is_the_author_by_default():
    editor = make_user()
    author = make_author(user=editor)

    article = saved(editor=editor)

    assert list(article.authors.all()) == [author]
    assert article.created_by == editor


def test_editor_without_a_public_name_leaves_the_article_without_author():
    assert not Byline.objects.filter(article=saved(editor=make_user())).exists()


HIDDEN = ("lead_image", "share", "authors", "neighbours", "related")


def test_revision_holds_the_whole_article():
    editor, author, category, tag = make_user(), make_author(), make_category(), make_tag()
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)

    article = saved(
        "T", body="<p>x</p>", publish_at=at, status="published", editor=editor,
        authors=[author], categories=[category], tags=[tag],
    )  # fmt: skip

    revision = Revision.objects.get()
    assert article.current_revision == revision
    assert (revision.version, revision.author) == (1, editor)
    assert revision.data == {
        "format": 1,
        "title": "T",
        "subtitle": "",
        "slug": "t",
        "excerpt": "",
        "body": "<p>x</p>",
        "status": "published",
        "publish_at": "2026-03-01T09:00:00+00:00",
        "expire_at": None,
        "is_sticky": False,
        "is_trashed": False,
        "review_title": "",
        "review_summary": "",
        "review_position": "bottom",
        "comment_policy": "open",
        "rating_policy": "open",
        "seo_title": "",
        "seo_description": "",
        "canonical_url": "",
        "is_noindex": False,
        "access": "open",
        "is_template": False,
        "password_hash": "",
        "lead_placement": "below",
        "post_format": "standard",
        "lead_embed": "",
        "list_title": "",
        "is_trending": False,
        **dict.fromkeys(("highlights", "sources", "via", "criteria", "criteria_total"), ""),
        **{f"hides_{name}": False for name in HIDDEN},
        "criteria_style": "stars",
        **dict.fromkeys(("reviewed_type", "reviewed_name", "reviewed_url"), ""),
        "authors": [{"id": author.pk, "name": author.name}],
        "categories": [{"id": category.pk, "name": category.name}],
        "tags": [{"id": tag.pk, "name": tag.name}],
        "primary_category": {"id": category.pk, "name": category.name},
        "lead_image": None,
        "share_image": None,
    }


def test_every_change_is_a_version_and_no_change_is_none():
    article = saved()
    save_article(article=Article.objects.get(), editor=None)
    assert Article.objects.get().version == 1

    article.title = "Another"
    save_article(article=article, editor=None)

    assert Article.objects.get().version == 2
    assert Revision.objects.count() == 2


def test_update_is_a_change_of_what_readers_see_after_publication():
    published_at = timezone.now() - timedelta(days=2)
    article = saved(body="<p>x</p>", status="published", publish_at=published_at)
    assert article.updated_at is None

    article.is_sticky = True
    save_article(article=article, editor=None)
    assert article.updated_at is None

    article.body = "<p>y</p>"
    save_article(article=article, editor=None)
    assert article.was_updated


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "published", "publish_at": timezone.now() + timedelta(days=400)},
    ],
)
def test_change_before_publication_is_no_update(fields):
    article = saved(**fields)

    article.title = "Another"
    save_article(article=article, editor=None)

    assert article.updated_at is None


def test_published_without_a_time_is_published_now():
    with time_machine.travel(datetime(2026, 5, 5, 12, tzinfo=UTC), tick=False):
        assert saved(status="published").publish_at == datetime(2026, 5, 5, 12, tzinfo=UTC)


def test_articles_go_through_their_life():
    editor = make_staff("Editor")
    article = saved(editor=editor)

    assert publish(article=article, editor=editor).is_live
    assert unpublish(article=article, editor=editor).status == "draft"
    article = publish(article=article, editor=editor)
    assert not trash(article=article, editor=editor).is_live
    assert restore(article=article, editor=editor).is_live
    assert set_sticky(article=article, editor=editor, is_sticky=True).is_sticky
    assert list(article.revisions.order_by("version").values_list("version", "note")) == [
        (1, ""),
        (2, "Published"),
        (3, "Unpublished"),
        (4, "Published"),
        (5, "Moved to the trash"),
        (6, "Restored from the trash"),
        (7, "Made sticky"),
    ]


def test_publishing_keeps_a_time_that_was_set():
    at = timezone.now().replace(microsecond=0) + timedelta(days=3)

    article = publish(article=saved(publish_at=at), editor=None)

    assert article.publish_at == at
    assert not article.is_live


def test_publishing_again_what_was_taken_down_lets_it_stand():
    now = timezone.now()
    article = make_article(publish_at=now - timedelta(days=2), expire_at=now - timedelta(days=1))

    assert publish(article=article, editor=None).is_live


def test_publishing_from_the_trash_is_refused():
    article = trash(article=saved("Gone"), editor=None)

    with pytest.raises(ValidationError, match="“Gone” is in the trash"):
        publish(article=article, editor=None)


def test_deleting_needs_the_trash_and_takes_everything_along():
    article = saved()
    comment = make_comment(article=article)
    make_comment(article=article, parent=make_comment(article=article, parent=comment))
    make_rating(article=article)
    with pytest.raises(ValidationError):
        delete_article(article=article)

    trash(article=article, editor=None)
    delete_article(article=article)

    assert not any(model.objects.exists() for model in (Article, Comment, Rating, Revision))


def test_substantial_update_is_marked_on_its_revision():
    article = saved(body="<p>One</p>")
    article.body = "<p>Two</p>"
    save_article(article=article, editor=None, is_substantial=True)
    article.body = "<p>Two.</p>"
    save_article(article=article, editor=None)

    marks = Revision.objects.order_by("version").values_list("version", "is_substantial")
    assert list(marks) == [(1, False), (2, True), (3, False)]


def test_update_can_be_marked_as_substantial_afterwards():
    article = saved(body="<p>One</p>")
    article.body = "<p>Two</p>"
    save_article(article=article, editor=None)

    save_article(article=article, editor=None, is_substantial=True)

    marks = Revision.objects.order_by("version").values_list("version", "is_substantial")
    assert list(marks) == [(1, False), (2, True)]


def test_first_version_is_no_update():
    article = save_article(article=Article(title="New"), editor=None, is_substantial=True)

    assert article.current_revision.is_substantial is False
