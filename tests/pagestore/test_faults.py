"""A full disk, a vanished folder, a torn file, a dead database: the page is right or fresh, never wrong."""

import os
import shutil
import time
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connections
from django.utils import timezone

from blog.pagestore.changes import forget_old_changes
from blog.pagestore.models import Change
from blog.pagestore.pages import Page
from blog.pagestore.store import Memory
from tests.factories import make_article


def files_in(folder):
    return [path for path in folder.glob("*/*") if path.is_file()]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"<html>not a page",
        lambda content: content[:-1] + b"X",
        lambda content: content + b"more",
    ],
    ids=["half", "empty", "foreign", "changed", "longer"],
)
def test_a_damaged_file_is_rendered_anew(server, other_server, folder, damage):
    address = make_article().get_absolute_url()
    page = server.ask(address)
    file = files_in(folder)[0]
    file.write_bytes(damage(file.read_bytes()))

    assert other_server.ask(address).body == page.body
    assert other_server.renderings(address) == 1
    assert Page.from_bytes(files_in(folder)[0].read_bytes()).bodies["identity"] == page.body


def test_a_folder_that_vanished_is_done_without(server, folder):
    address = make_article().get_absolute_url()
    server.ask(address)
    shutil.rmtree(folder)

    assert server.ask(address).status == 200
    assert server.ask(make_article().get_absolute_url()).status == 200


def test_a_folder_nobody_may_write_to_is_done_without(server, folder, monkeypatch):
    """Root may write anywhere, so the file system says no in its place."""

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    address = make_article().get_absolute_url()

    assert [server.ask(address).status for _ in range(2)] == [200, 200]
    assert server.renderings(address) == 1
    assert files_in(folder) == []


def test_without_a_database_what_was_rendered_stays_readable(server, monkeypatch):
    address = make_article(title="Bridges").get_absolute_url()
    server.ask(address)

    def gone():
        raise ConnectionError("The database is down.")

    monkeypatch.setattr(server.store.changes, "_rows", gone)
    server.store.changes.announce()
    answer = server.ask(address)

    assert (answer.status, "Bridges" in answer.text) == (200, True)
    assert answer.headers["cache-status"] == "byline; hit; detail=database-down"


def test_when_it_is_back_what_changed_meanwhile_shows(server, monkeypatch):
    article = make_article(title="Bridges")
    server.ask(article.get_absolute_url())
    with monkeypatch.context() as patch:
        patch.setattr(server.store.changes, "_rows", lambda: 1 / 0)
        server.store.changes.announce()
        server.ask(article.get_absolute_url())
        type(article).objects.update(title="Tunnels")
    server.store.changes.read_at = float("-inf")

    assert "Tunnels" in server.ask(article.get_absolute_url()).text


def test_a_clock_that_jumps_back_makes_pages_anew(server, time_machine):
    now = timezone.now()
    address = make_article(publish_at=now - timedelta(days=30)).get_absolute_url()
    server.ask(address)
    time_machine.move_to(now - timedelta(days=1))

    server.ask(address)
    assert server.renderings(address) == 2


def test_a_clock_that_jumps_forward_and_back_shows_what_its_time_has(
    server, time_machine, monkeypatch
):
    monkeypatch.setattr("time.monotonic", lambda: 0.0)  # it does not jump
    now = timezone.now()
    make_article(title="Tomorrow", publish_at=now + timedelta(days=1))

    for hours, is_shown in [(0, False), (9000, True), (23.9, False), (24.1, True)]:
        time_machine.move_to(now + timedelta(hours=hours))
        assert ("Tomorrow" in server.ask("/").text) == is_shown, hours


def test_a_worker_that_slept_too_long_drops_all(server):
    address = make_article().get_absolute_url()
    server.ask(address)
    server.store.changes.read_at = time.monotonic() - 13 * 3600
    server.store.files.drop(("http", "testserver", address))

    server.ask(address)
    assert server.renderings(address) == 2


def test_readers_who_come_at_once_wait_for_one_rendering(server):
    address = make_article().get_absolute_url()
    inner = server.rendered.application

    def slow(environ, start_response):
        time.sleep(0.3)
        return inner(environ, start_response)

    server.rendered.application = slow
    bodies: list[bytes] = []

    def read():
        try:
            bodies.append(server.ask(address).body)
        finally:
            connections.close_all()

    threads = [Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(bodies) == 6
    assert len(set(bodies)) == 1
    assert server.renderings(address) == 1


def test_memory_is_bounded(server):
    server.store.memory.most_bytes = 60_000
    addresses = [make_article().get_absolute_url() for _ in range(12)]
    for address in addresses:
        server.ask(address)

    assert server.store.memory.bytes <= 60_000
    assert server.store.memory.bytes == sum(
        page.size for page in server.store.memory.pages.values()
    )


def test_pages_from_a_later_point_than_the_database_has_reached_are_not_taken(
    server, other_server, folder
):
    """A backup that was restored: its changes begin anew, and their numbers with them."""
    address = make_article().get_absolute_url()
    server.ask(address)
    file = files_in(folder)[0]
    page = Page.from_bytes(file.read_bytes())
    page.position += 1_000_000
    file.write_bytes(page.to_bytes())

    other_server.ask(address)
    assert other_server.renderings(address) == 1


def test_old_changes_are_forgotten(server):
    make_article()
    Change.objects.update(created_at=timezone.now() - timedelta(days=2))
    fresh = Change.objects.count()
    make_article()

    assert forget_old_changes() == fresh
    assert Change.objects.count() > 0


class KilledError(BaseException):
    """Stands for SIGKILL: nothing that would tidy up sees it."""


def test_a_worker_killed_while_storing_leaves_nothing_that_is_read(
    server, other_server, folder, monkeypatch
):
    address = make_article().get_absolute_url()

    def killed(*args, **kwargs):
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        with pytest.raises(KilledError):
            server.ask(address)
    [left] = files_in(folder)
    left.write_bytes(left.read_bytes()[:100])

    page = other_server.ask(address)
    assert (page.status, other_server.renderings(address)) == (200, 1)
    assert server.ask(address).body == page.body
    os.utime(left, (1, 1))
    server.store.files._tidy()
    assert left not in files_in(folder)
    assert len(files_in(folder)) == 1


def test_a_hundred_thousand_addresses_fill_neither_memory_nor_disk(server, folder, monkeypatch):
    page = Page.of(
        status="200 OK", headers=[], body=b"x" * 1000, tags=(), position=0, rendered_at=0,
        expires_at=0, made_by="",
    )  # fmt: skip
    server.ask("/no-such-page/")
    memory = Memory(most_bytes=200_000)
    for number in range(100_000):
        memory.put(("http", "testserver", f"/{number}/"), page)
    assert memory.bytes == sum(kept.size for kept in memory.pages.values()) <= 200_000
    assert len(memory.pages) < 1000

    monkeypatch.setattr("blog.pagestore.store.MOST_FILES", 5)
    for number in range(20):
        server.store.files.put(("http", "testserver", f"/{number}/"), page)
    server.store.files._tidy()
    assert len(files_in(folder)) == 5
    assert server.store.rendering == {}  # no lock is left behind by those that were asked for
