"""The lists that articles stand in follow every write, whoever makes it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.articles import places
from blog.articles.models import Article, Category, Place
from blog.articles.queries import neighbours_of
from blog.articles.terms import merge_tags, place_category, undo_merge
from blog.public import listing
from tests.factories import make_article, make_author, make_category, make_tag

pytestmark = pytest.mark.django_db


def stands():
    """Return the name and article of every place, and hold them against what the models say."""
    now = timezone.now()
    found = set(Place.objects.live(now).values_list("name", "article"))
    said = set()
    for article in Article.objects.published(now):
        for category in article.categories.all():
            path = category.path.split("/")
            above = ["/".join(path[: depth + 1]) for depth in range(len(path))]
            branch = Category.objects.filter(path__in=above)
            said |= {(f"category:{pk}", article.pk) for pk in branch.values_list("pk", flat=True)}
        said |= {(f"tag:{tag.pk}", article.pk) for tag in article.tags.all()}
        said |= {(f"author:{author.pk}", article.pk) for author in article.authors.all()}
    assert found == said
    assert places.drift() == []
    return {name for name, _article in found}


def test_places_follow_every_door(django_assert_num_queries):
    top, other = make_category(slug="a_b"), make_category(slug="axb")
    inner = make_category(parent=other, slug="inner")
    make_category(parent=inner, slug="deepest")
    tag, second = make_tag(), make_tag()
    author = make_author()
    article = make_article(
        status=Article.Status.DRAFT, authors=[author], categories=[inner, other], tags=[tag]
    )
    rows = Article.objects.filter(pk=article.pk)
    everywhere = {
        f"category:{inner.pk}",
        f"category:{other.pk}",
        f"tag:{tag.pk}",
        f"author:{author.pk}",
    }
    assert stands() == set()
    rows.update(status="published")
    assert stands() == everywhere
    for hidden, shown in (
        ({"access": "private"}, {"access": "password", "password_hash": "x"}),
        ({"trashed_at": timezone.now()}, {"trashed_at": None}),
        ({"publish_at": timezone.now() + timedelta(days=1)}, {"publish_at": article.publish_at}),
        ({"expire_at": timezone.now() - timedelta(seconds=1)}, {"expire_at": None}),
        ({"status": "draft"}, {"status": "published"}),
    ):
        rows.update(**hidden)
        assert stands() == set(), hidden
        rows.update(**shown)
        assert stands() == everywhere, shown

    article.categories.remove(other)
    assert stands() == everywhere  # still within it
    article.tags.set([second])
    article.bylines.all().delete()
    assert stands() == {f"category:{inner.pk}", f"category:{other.pk}", f"tag:{second.pk}"}
    [merge] = merge_tags(tags=[second], into=tag, actor=None)
    assert f"tag:{tag.pk}" in stands()
    undo_merge(merge=merge)
    assert f"tag:{tag.pk}" not in stands()

    inner.parent = top
    place_category(category=inner)
    assert {f"category:{inner.pk}", f"category:{top.pk}"} < stands()
    inner.parent = None
    place_category(category=inner)
    assert f"category:{top.pk}" not in stands()
    moved = make_article(categories=[top])
    with connection.cursor() as cursor:  # raw SQL, all terms at once
        cursor.execute("UPDATE articles_article_categories SET article_id = %s", [moved.pk])
    assert f"category:{inner.pk}" in stands()
    article.tags.all().delete()
    moved.delete()
    assert stands() == set()


def test_drift_of_places_is_said_and_mended():
    article = make_article(tags=[make_tag()])
    Place.objects.filter(name__startswith="tag:").delete()

    with pytest.raises(CommandError):
        call_command("recount", stdout=(said := StringIO()))
    call_command("recount", "--fix", stdout=StringIO())

    assert f"lacks article {article.pk}" in said.getvalue()
    assert places.drift() == []


def test_a_list_is_the_beginning_of_an_index():
    """Neither its keys nor their number look at an article, or sort."""
    tag, now = make_tag(), timezone.now()
    Article.objects.bulk_create(
        Article(title="x", slug=f"x-{n}", status="published", publish_at=now - timedelta(days=n))
        for n in range(300)
    )
    Place.objects.bulk_create(
        Place(article=article, name=f"tag:{tag.pk + number}", publish_at=article.publish_at)
        for article in Article.objects.all()
        for number in range(2)
    )
    if connection.vendor == "postgresql":  # which else goes by what it last saw in these tables
        connection.cursor().execute("ANALYZE articles_place, articles_article")
    lists = {"place_latest": listing.of_tag(tag.pk), "article_latest": listing.latest()}
    found = []
    for index, listed in lists.items():
        with CaptureQueriesContext(connection) as asked:
            listed.count(), listed[10:20]
        found += [(index, query) for query in asked]

    assert len(found) == 4
    for index, query in found:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # which reads small tables as they are
                cursor.execute("SET LOCAL enable_seqscan = off")
            explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{explain} {query['sql']}")
            steps = " ".join(str(row[-1]) for row in cursor.fetchall())
        # A count has no order: PostgreSQL takes whichever index it holds for the cheapest.
        is_free = connection.vendor == "postgresql" and "COUNT(" in query["sql"]
        assert index in steps or (is_free and "Index" in steps)
        assert index == "article_latest" or "articles_article" not in steps
        assert not {"sort", "temp"} & set(steps.lower().split())


def test_the_neighbours_of_an_old_article_are_found_where_it_stands():
    """SQLite takes the first of two limits for the beginning of its walk: that must not be now."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes the nearer one.")
    now = timezone.now()
    Article.objects.bulk_create(
        Article(title="x", slug=f"x-{n}", status="published", publish_at=now - timedelta(days=n))
        for n in range(300)
    )
    steps = []
    connection.connection.set_progress_handler(lambda: steps.append(1), 10)
    counts = []
    for number in (1, 298):
        article = Article.objects.get(slug=f"x-{number}")
        steps.clear()
        older, newer = neighbours_of(article)
        assert (older.slug, newer.slug) == (f"x-{number + 1}", f"x-{number - 1}")
        counts.append(len(steps))
    connection.connection.set_progress_handler(None, 0)

    assert counts[1] <= counts[0] * 2, counts
