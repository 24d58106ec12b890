"""What was asked for: noted on the GET without the database, counted by the worker, bounded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from blog.redirects import tally
from blog.redirects.models import MissingAddress, Redirect
from blog.redirects.paths import is_plausible, path_of
from blog.redirects.services import mark_gone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def shown() -> dict[str, int]:
    return dict(MissingAddress.objects.values_list("path", "hits"))


def test_asking_writes_nothing_until_the_worker_counts(client):
    redirect = Redirect.objects.create(path="/old/", target="https://example.org/new")

    def refuse_writes(execute, sql, params, many, context):
        assert not any(word in sql for word in ("INSERT", "UPDATE ", "DELETE")), sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_writes):
        for path in ("/old/", "/old", "/nowhere/at-all/", "/nowhere/at-all/"):
            client.get(path)
        client.get("/nowhere/at-all")  # is led to the address with a slash: only that one counts
        client.post("/nowhere/at-all/")

    assert tally.count_asked() == 4
    redirect.refresh_from_db()
    assert (redirect.hits, shown()) == (2, {"/nowhere/at-all/": 2})
    assert abs(timezone.now() - redirect.last_hit_at) < timedelta(minutes=1)

    assert tally.count_asked() == 0
    client.get("/nowhere/at-all/")
    tally.count_asked()
    assert shown() == {"/nowhere/at-all/": 3}


def test_robots_do_not_fill_the_table(monkeypatch):
    monkeypatch.setattr(tally, "MOST_ADDRESSES", 3)
    MissingAddress.objects.create(path="/asked-often/", hits=5, last_at=timezone.now())
    MissingAddress.objects.create(path="/hidden/", hits=0, last_at=timezone.now(), is_hidden=True)
    old = timezone.now() - timedelta(days=91)
    MissingAddress.objects.create(path="/long-ago/", hits=900, last_at=old)
    for number in range(9):
        tally.note_missing(f"/random/{number}/")
    tally.count_asked()

    assert MissingAddress.objects.count() == 4
    assert {"/asked-often/", "/hidden/"} < shown().keys()


def test_notes_are_bounded_and_their_loss_is_borne(folder, monkeypatch):
    monkeypatch.setattr(tally, "MOST_BYTES", 40)
    for _ in range(100):
        tally.note_missing("/some/page/")
    assert (folder / "asked").stat().st_size < 60

    (folder / "asked").write_bytes(
        b"r x\nr 99\nm /a\xff\nm \nm /x/../../y.php\nz\n\nm /kept/page/"
    )
    tally.count_asked()
    assert shown() == {"/kept/page/": 1}

    (folder / "asked").mkdir()
    tally.note_missing("/some/page/")  # logs, and the reader gets the page


def test_what_people_ask_for_is_told_from_what_robots_try():
    for path in (
        "/about/",
        "/2019/05/my-post/",
        "/old.html",
        "/caf\u00e9/m\u00fcnchen/",
        "/paper.pdf",
    ):
        assert is_plausible(path), path
    for path in (
        "/wp-content/x/", "/index.php", "/.git/config", "/a/b/c/d/e/f/g/", "/x.js", "/a\nb/", "/%00/\0",
        "/backup.zip", "/phpMyAdmin/", "/" + "a" * 300, "//x/", "/cgi-bin/luci/", "/admin_old/", "/",
    ):  # fmt: skip
        assert not is_plausible(path), path


def test_an_address_is_read_as_people_write_it():
    assert path_of(" https://old.example/caf%C3%A9/?utm=1 ") == ""
    for typed, path in {
        "https://old.example/caf%C3%A9/": "/caf\u00e9/",
        "old/page": "/old/page",
        "//evil.example/x": "/x",
        "/\\evil.example/": "/evil.example/",
        "/?p=12": "/?p=12",
        "https://old.example/?page_id=7": "/?page_id=7",
        "/?p=12&q=1": "",
        "http://[": "",
        "": "",
        "/a%00b/": "",
        "/" + "x" * 600: "",
    }.items():
        assert path_of(typed) == path, typed


def test_what_was_decided_before_stays(client):
    Redirect.objects.create(path="/a/", target="/b/")
    mark_gone(paths=["/a/", "/c/"])

    assert dict(Redirect.objects.values_list("path", "target")) == {"/a/": "/b/", "/c/": ""}
