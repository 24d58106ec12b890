"""One archive that holds the whole blog: database, pictures, and the secret that signs its links.

It is written beside its name and moved there when it is whole: what is called a backup is one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

FOLDER = "backups"
_NAME = re.compile(r"byline-(\d{8}-\d{6})\.tar\.gz")
COMPRESSION = 1  # pictures hardly get smaller; the database does, at any level
SPARE = 50 * 1024 * 1024  # bytes that must stay free


class CannotBackUp(Exception):  # noqa: N818 - names what happened
    """There is no backup; the message says why and what to do."""


@dataclass(frozen=True)
class Backup:
    path: Path
    made_at: datetime
    size: int  # bytes


def backups(folder: Path | None = None) -> list[Backup]:
    """Return the archives in the folder, the newest first."""
    found = []
    try:
        for path in (folder or settings.DATA_DIR / FOLDER).iterdir():
            if name := _NAME.fullmatch(path.name):
                made_at = datetime.strptime(name[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
                found.append(Backup(path, made_at, path.stat().st_size))
    except OSError:  # no folder, or a backup that is being deleted
        pass
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def make_backup(folder: Path | None = None, *, keep: int | None = None) -> Backup:
    """Write an archive; then delete all but the newest *keep*. The blog may run meanwhile.

    The database is copied first, at one moment; a picture uploaded after it is in the archive without
    being used, one deleted after it may be missing.
    """
    folder = folder or settings.DATA_DIR / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_space(folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix="unfinished-") as place:
            copy = _copy_database(Path(place))
            path = _pack(copy, Path(place), folder)
    except (OSError, tarfile.TarError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotBackUp(f"The backup could not be written to {folder}: {reason}.") from error
    if keep is not None:
        for old in backups(folder)[max(keep, 1) :]:
            old.path.unlink(missing_ok=True)
    return next(backup for backup in backups(folder) if backup.path == path)


def _check_space(folder: Path) -> None:
    needed = _database_size() + sum(path.stat().st_size for path in _media())
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise CannotBackUp(
            f"A backup may need {needed // 2**20 + 1} MB, and {free // 2**20} MB are free in {folder}."
            " Make room, or choose another folder: --to FOLDER"
        )


def _media() -> list[Path]:
    """Return the files of MEDIA_ROOT, also of a folder there that is a link to another disk."""
    found = Path(settings.MEDIA_ROOT).rglob("*", recurse_symlinks=True)
    return sorted(path for path in found if path.is_file())


def _database_size() -> int:
    if connection.vendor == "sqlite":
        return 2 * Path(connection.settings_dict["NAME"]).stat().st_size  # the copy, and packed
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def _copy_database(place: Path) -> Path:
    """Return a file with everything in the database as of one moment, looked through once."""
    return _copy_sqlite(place) if connection.vendor == "sqlite" else _dump_postgresql(place)


def _copy_sqlite(place: Path) -> Path:
    """Copy page by page with SQLite's own online backup: writers are not kept waiting."""
    path = place / "db.sqlite3"
    source = sqlite3.connect(connection.settings_dict["NAME"], timeout=20)
    copy = sqlite3.connect(path)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise CannotBackUp(f"SQLite could not copy the database: {error}.") from error
    finally:
        copy.close()
        source.close()
    if found != "ok":
        raise CannotBackUp(f"The database is damaged: {found}. Keep your older backups.")
    return path


def _dump_postgresql(place: Path) -> Path:
    """Let pg_dump write its own format, which pg_restore reads, whole or table by table."""
    path = place / "database.dump"
    given = connection.get_connection_params()
    environment = os.environ | {
        variable: str(given[name])
        for variable, name in (
            ("PGHOST", "host"),
            ("PGPORT", "port"),
            ("PGUSER", "user"),
            ("PGPASSWORD", "password"),
            ("PGDATABASE", "dbname"),
            ("PGSSLMODE", "sslmode"),
        )
        if given.get(name)
    }
    command = ["pg_dump", "--format=custom", "--no-owner", f"--file={path}"]
    try:
        done = subprocess.run(  # noqa: S603 (our own command; the password is not on its line)
            command, env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise CannotBackUp(
            "pg_dump is not installed here. On Debian: apt install postgresql-client"
        ) from error
    if done.returncode:
        raise CannotBackUp(f"pg_dump failed: {done.stderr.strip()[-500:]}")
    return path


def _pack(copy: Path, place: Path, folder: Path) -> Path:
    """Pack the archive and give it its name, the time of UTC. A link is followed: alone it saves nothing."""
    unfinished = place / "archive"
    media = Path(settings.MEDIA_ROOT)
    secret = settings.DATA_DIR / "secret_key"
    with (
        os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file,
        tarfile.open(
            fileobj=file, mode="w:gz", compresslevel=COMPRESSION, dereference=True
        ) as archive,
    ):
        about = place / "about.json"
        about.write_text(json.dumps(_about(), indent=1))
        archive.add(about, "about.json")
        archive.add(copy, copy.name)
        if secret.is_file():
            archive.add(secret, "secret_key")
        if settings.THEME.is_dir():
            archive.add(settings.THEME, "theme")
        for path in _media():
            try:
                archive.add(path, f"media/{path.relative_to(media)}")
            except FileNotFoundError:  # deleted meanwhile
                continue
    while (path := folder / f"byline-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz").exists():
        time.sleep(0.1)  # two within a second: each gets a name
    return unfinished.rename(path)


def _about() -> dict[str, Any]:
    """Say what is inside, for who finds the file in some years."""
    applied = MigrationRecorder(connection).applied_migrations()
    return {
        "what": "A backup of a Byline blog. README.md of Byline says how it is restored.",
        "site": settings.SITE_URL,
        "database": connection.vendor,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": sorted(f"{app}.{name}" for app, name in applied),
    }
