"""Writers of one SQLite file wait for each other in a queue, and always leave it."""

import os
import sqlite3
import subprocess
import sys
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from blog.site.models import SiteSettings
from blog.sqlite import base

pytestmark = pytest.mark.django_db(transaction=True)
HOLD = "import fcntl, sys; f = open(sys.argv[1], 'ab'); fcntl.flock(f, fcntl.LOCK_EX); print(); input()"


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """Let the test's connection queue like one of a file."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL queues by itself.")
    connection.ensure_connection()
    name = str(connection.settings_dict["NAME"])
    queue = base.Queue(tmp_path / "queue")
    monkeypatch.setitem(base._queues, name, queue)
    monkeypatch.setattr(connection, "is_in_memory_db", lambda: False)
    yield queue
    if queue.file is not None:
        os.close(queue.file)


def write():
    SiteSettings.objects.update_or_create(pk=1, defaults={"title": "Written"})


def test_a_transaction_has_its_turn_and_leaves(queue):
    with transaction.atomic():
        assert queue.lock.locked()
        with transaction.atomic():
            write()
        assert queue.lock.locked()

    assert not queue.lock.locked()


def test_a_transaction_that_fails_leaves_too(queue):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _ = 1 / 0

    assert not queue.lock.locked()


def test_a_refused_statement_leaves_too(queue):
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("SELECT * FROM nowhere")

    assert not queue.lock.locked()


def test_a_transaction_that_cannot_begin_leaves_too(queue, monkeypatch):
    def locked(*args):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(connection, "cursor", locked)
    with pytest.raises(sqlite3.OperationalError), transaction.atomic():
        pass

    assert not queue.lock.locked()


def test_another_process_is_waited_for(queue):
    turns = []
    thread = Thread(target=lambda: turns.append(queue.enter()))
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(queue.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        other.stdout.readline()
        thread.start()
        thread.join(0.2)
        assert turns == []
        other.communicate("\n")
    thread.join(10)
    assert turns == [True]
    queue.leave()


def test_a_turn_that_never_comes_is_left_to_sqlite(queue, monkeypatch):
    monkeypatch.setattr(base, "LONGEST_WAIT", 0.05)
    queue.lock.acquire()
    with transaction.atomic():
        write()

    assert SiteSettings.objects.get().title == "Written"
    assert queue.lock.locked()


def test_a_folder_nobody_may_write_to_is_done_without(queue, tmp_path):
    queue.path = tmp_path / "gone" / "queue"
    with transaction.atomic():
        write()

    assert not queue.lock.locked()
