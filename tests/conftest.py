"""What every test gets: quick passwords, unhashed static files, tasks that run at once, a clean slate."""

import gc
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.template import Context, Template
from django.test import TransactionTestCase, override_settings
from django.utils.safestring import SafeString

from tests.emptying import empty_databases

TIME_LIMIT = 120  # seconds for one test
render_unnoted = Template._render  # before the test environment lets it tell what it renders


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that never ends, at the line where it hangs; without this the whole run would."""

    def stop(*_signal: object) -> None:
        pytest.fail(f"The test took longer than {TIME_LIMIT} seconds.")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(TIME_LIMIT)
    try:
        return (yield)
    finally:
        signal.alarm(0)


def pytest_collection_finish() -> None:
    """Spare the collector what all those modules made, and let it come less often."""
    gc.freeze()
    gc.set_threshold(20_000, 100, 1_000)


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", empty_databases)
        yield


@pytest.fixture(scope="session", autouse=True)
def contexts_of_whole_pages(django_test_environment: None) -> Iterator[None]:
    """Keep `response.context` of the page itself: one form is three hundred templates more."""
    noted = Template._render

    def render(template: Template, context: Context) -> SafeString:
        # Of one page's templates only the first is bound to its context; what it extends and includes is not.
        return (noted if context.template is template else render_unnoted)(template, context)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def test_settings(django_test_environment: None) -> Iterator[None]:
    """Replace what would make tests slow or need another process; all else is as in production."""
    from django.conf import settings

    with override_settings(
        # A real hash costs a quarter of a second on purpose.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        # Hashed names need `collectstatic` first.
        STORAGES=settings.STORAGES
        | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
        # No worker runs beside the tests: a task runs where it is queued, on commit.
        TASKS={"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}},
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_search(django_test_environment: None) -> Iterator[None]:
    """Let no search end early because the machine is busy."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("blog.search.queries.LONGEST", 10_000)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Put SQLite's test database into a file.

    Django's default lives in memory, where threads share one connection and nobody waits for a lock.
    """
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Make the groups once, as `quickstart` does: a hundred and fifty permissions for each test's people."""
    from accounts.roles import create_groups

    with django_db_blocker.unblock():
        create_groups()
    yield
    with django_db_blocker.unblock():
        hang_up_on_others()


def hang_up_on_others() -> None:
    """End the connections of the live server's threads, of which some still wait for a browser to say more.

    PostgreSQL drops no database that somebody is connected to.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def clean_slate() -> Iterator[None]:
    """Leave nothing to the next test: no throttles in the cache, no zone or language, no network key."""
    from accounts import pace
    from accounts.visitors import remembered_keys
    from blog.site.local import unsettle

    yield
    cache.clear()
    unsettle()
    remembered_keys.clear()
    pace.counts.clear()


@pytest.fixture(autouse=True)
def default_rules(request: pytest.FixtureRequest) -> None:
    """Give tests that commit the rules of a new site: emptying the database takes them, too."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not commits and not (marker and marker.kwargs.get("transaction")):
        return
    request.getfixturevalue("transactional_db")
    from blog.comments.models import Rule

    if not Rule.objects.exists():
        migration = import_module("blog.comments.migrations.0003_default_rules")
        Rule.objects.bulk_create(Rule(**values) for values in migration.RULES)


@pytest.fixture
def at_once(transactional_db: None) -> Callable[[Sequence[Callable[[], Any]]], list[Any]]:
    """Call functions at the same moment, each in a thread of its own; return their results in order.

    An exception in one of them is raised here.
    """

    def run(functions: Sequence[Callable[[], Any]]) -> list[Any]:
        barrier = threading.Barrier(len(functions))

        def call(function: Callable[[], Any]) -> Any:
            try:
                barrier.wait(timeout=10)
                return function()
            finally:
                connections.close_all()  # PostgreSQL cannot drop a database that is in use

        with ThreadPoolExecutor(len(functions)) as pool:
            return list(pool.map(call, functions))

    return run
