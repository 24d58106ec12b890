"""A backup is whole or is not there; what it holds is the blog."""

import json
import shutil
import sqlite3
import subprocess
import tarfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from blog.owner import backups
from tests.factories import make_article, make_image


def back_up(**options) -> str:
    out = StringIO()
    call_command("backup", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_what_is_in_the_archive_can_be_restored(settings, tmp_path, monkeypatch):
    make_article(title="Kept for later")
    picture = make_image()
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").write_text("a secret")
    settings.THEME = tmp_path / "theme"
    (settings.THEME / "static").mkdir(parents=True)
    (settings.THEME / "static/own.css").write_text("b { color: red }")

    said = back_up()

    (backup,) = backups.backups()
    assert said.startswith(str(backup.path))
    assert backup.path.stat().st_mode & 0o077 == 0  # it holds hashes of passwords
    with tarfile.open(backup.path) as archive:
        archive.extractall(tmp_path / "restored", filter="data")
    restored = tmp_path / "restored"
    assert (restored / "secret_key").read_text() == "a secret"
    assert (restored / "theme/static/own.css").is_file()
    stored = (restored / "media" / picture.file.name).read_bytes()
    with picture.file.open() as file:
        assert stored == file.read()
    assert json.loads((restored / "about.json").read_text())["database"] == connection.vendor
    if connection.vendor == "sqlite":
        database = sqlite3.connect(restored / "db.sqlite3")
        assert database.execute("SELECT title FROM articles_article").fetchall() == [
            ("Kept for later",)
        ]
        database.close()
    else:
        tool = shutil.which("pg_restore") or "pg_restore"
        command = [tool, "--data-only", "--table=articles_article", "--file=-"]
        done = subprocess.run(
            [*command, str(restored / "database.dump")], capture_output=True, text=True, check=True
        )
        assert "Kept for later" in done.stdout

    monkeypatch.setattr(backups, "_copy_database", lambda place: place / "nothing")
    with pytest.raises(CommandError, match="could not be written"):
        back_up()
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [backup.path.name]


def test_what_lies_elsewhere_behind_a_link_is_in_the_archive(settings, tmp_path, monkeypatch):
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    disk = tmp_path / "disk"
    (disk / "pictures").mkdir(parents=True)
    (disk / "pictures" / "a.jpg").write_text("a picture")
    (disk / "key").write_text("a secret")
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "pictures").symlink_to(disk / "pictures")
    (tmp_path / "secret_key").symlink_to(disk / "key")
    monkeypatch.setattr(backups, "_database_size", lambda: 0)
    monkeypatch.setattr(backups, "_about", dict)
    monkeypatch.setattr(backups, "_copy_database", lambda place: place / "about.json")

    back_up()

    with tarfile.open(backups.backups()[0].path) as archive:
        files = {
            name: archive.extractfile(name) for name in ("secret_key", "media/pictures/a.jpg")
        }
        held = {name: file.read() for name, file in files.items() if file}
    assert held == {"secret_key": b"a secret", "media/pictures/a.jpg": b"a picture"}


def test_only_the_newest_are_kept(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path / "data"
    folder = tmp_path / "safe"
    folder.mkdir()
    for name in ("byline-20200101-000000.tar.gz", "byline-20210101-000000.tar.gz", "mine.tar.gz"):
        (folder / name).write_text("")
    monkeypatch.setattr(backups, "_database_size", lambda: 0)
    monkeypatch.setattr(backups, "_about", dict)

    def copy(place):
        (place / "db.sqlite3").write_text("x")
        return place / "db.sqlite3"

    monkeypatch.setattr(backups, "_copy_database", copy)
    back_up(to=folder, keep=2)

    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == 3
    assert left[0] == "byline-20210101-000000.tar.gz"
    assert left[2] == "mine.tar.gz"
    for wrong in ("0", "-1", "x"):
        with pytest.raises(CommandError, match="keep"):
            call_command("backup", f"--keep={wrong}")


def test_no_room_and_no_right_to_write_are_said(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(backups, "_database_size", lambda: 2**60)
    with pytest.raises(CommandError, match=r"Make room, or choose another folder"):
        back_up()
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"could not be written to .*file"):
        back_up(to=tmp_path / "file")
    assert list((tmp_path / "backups").iterdir()) == []
