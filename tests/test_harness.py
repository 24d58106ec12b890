"""The tests' own foundation: the right database, set up as in production, and rows that are valid."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection, transaction

from accounts.models import Author, User
from blog.articles.models import Article, Category, Tag
from blog.comments.models import Comment, Thread
from blog.media.models import Image
from blog.ratings.models import Rating, RatingSummary
from blog.sqlite.tasks import look_at_sizes
from tests import factories
from tests.plugins.databases import SETTINGS, runs_twice


@pytest.mark.django_db
def test_database_is_the_chosen_one(request):
    chosen = request.config.getoption("database")
    assert connection.vendor == ("postgresql" if chosen == "postgres" else "sqlite")


@pytest.mark.django_db
def test_sqlite_is_set_up_as_in_production():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has these options")
    with connection.cursor() as cursor:
        pragmas = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        ]
    assert pragmas == ["wal", 1, 20_000, 1]
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.django_db
def test_sqlite_knows_how_much_there_is():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks by itself")
    factories.make_tag()

    look_at_sizes.call()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'articles_tag'")
        assert cursor.fetchone()[0] > 0


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_database(at_once):
    made = at_once([factories.make_tag] * 4)

    assert set(Tag.objects.all()) == set(made)


@pytest.mark.django_db
def test_the_database_comes_before_all_browsers(request):
    """Playwright leaves an event loop running, by which Django finds other connections than before."""
    items = request.session.items
    first = next((n for n, item in enumerate(items) if "playwright" in item.fixturenames), None)

    assert first is None or not any(map(runs_twice, items[first:]))


def test_settings_keep_their_hands_off_a_real_deployment():
    assert settings.DATA_DIR.name.startswith("byline-tests-")
    assert settings.MEDIA_ROOT.is_relative_to(settings.DATA_DIR)
    assert (
        settings.MAILERS["default"]["BACKEND"] == "django.core.mail.backends.locmem.EmailBackend"
    )
    assert mail.outbox == []


def test_every_variable_of_the_settings_is_kept_from_the_tests():
    text = (settings.BASE_DIR / "blog" / "settings.py").read_text()
    read = set(re.findall(r'env(?:_value|\.\w+)\(\s*"(\w+)"', text))

    assert read - set(SETTINGS) == set()
    assert "ALLOWED_HOSTS" in read


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "model"),
    [
        (factories.make_user, User),
        (factories.make_author, Author),
        (factories.make_category, Category),
        (factories.make_tag, Tag),
        (factories.make_image, Image),
        (factories.make_article, Article),
        (factories.make_comment, Comment),
        (factories.make_rating, Rating),
    ],
)
def test_factory_makes_valid_rows(make, model):
    rows = [make(), make()]

    assert set(model.objects.all()) == set(rows)
    for row in rows:
        row.full_clean()


@pytest.mark.django_db
def test_article_of_the_factory_is_public():
    article = factories.make_article()
    factories.make_article(status=Article.Status.DRAFT, publish_at=None)

    assert list(Article.objects.published()) == [article]


@pytest.mark.django_db
def test_totals_follow_the_rows_of_the_factory():
    article = factories.make_article()
    factories.make_comment(article=article)
    factories.make_comment(article=article, status=Comment.Status.PENDING)
    for stars in (5, 4, 4):
        factories.make_rating(article=article, stars=stars)

    thread = Thread.objects.get(article=article)
    summary = RatingSummary.objects.get(article=article)
    assert (thread.approved_count, thread.pending_count) == (1, 1)
    assert (summary.count, summary.total, summary.c4, summary.c5) == (3, 13, 2, 1)


@pytest.mark.django_db
def test_triggers_are_installed_in_the_test_database():
    parent = factories.make_comment()
    elsewhere = factories.make_article()

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_comment(article=elsewhere, parent=parent)
