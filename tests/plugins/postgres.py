"""A PostgreSQL server for one test run: private, on a unix socket, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Nothing here survives the run, so nothing needs to survive a power cut.
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "50",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class ServerError(Exception):
    """The binaries are there and the server did not start; the text says what they printed."""


def find_binaries() -> Path | None:
    """Return the folder with initdb and pg_ctl, the newest version first, or None."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(part) for part in folder.parent.name.split(".") if part.isdigit()],
        reverse=True,
    )
    on_path = [
        Path(found).resolve().parent
        for name in ("initdb", "pg_ctl")
        if (found := shutil.which(name))
    ]
    for folder in (*installed, *on_path, *_folder_of_pg_config()):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def _folder_of_pg_config() -> list[Path]:
    if (pg_config := shutil.which("pg_config")) is None:
        return []
    answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
    return [Path(answer.stdout.strip())] if answer.returncode == 0 else []


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Start a new server, yield its DATABASE_URL, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="byline-postgres-"))
    data, account = folder / "data", _ordinary_account()
    options = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        _run(
            [binaries / "initdb", "-D", data, "-U", "byline", "-A", "trust", "-E", "UTF8"]
            + ["--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            folder,
            account,
        )
        _run(
            [binaries / "pg_ctl", "start", "-D", data, "-w", "-l", folder / "log"]
            + ["-o", f"-k {folder} {options}"],
            folder,
            account,
        )
        yield f"postgres://byline@/{folder}/byline"
    finally:
        # An impatient second Ctrl-C would leave the server running.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        if (data / "postmaster.pid").exists():
            _run([binaries / "pg_ctl", "stop", "-D", data, "-m", "immediate"], folder, account)
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGINT, before)


def _ordinary_account() -> pwd.struct_passwd | None:
    """Return whom to run the server as when root starts it (PostgreSQL refuses root), else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerError(
        "PostgreSQL refuses to run as root, and there is no user postgres or nobody."
    )


def _run(command: list, folder: Path, account: pwd.struct_passwd | None) -> None:
    # Output goes to a file: the server would hold a pipe open after pg_ctl has ended.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else [],
            check=False,
        )
        output.seek(0)
        if done.returncode:
            raise ServerError(f"{command[0]} failed:\n{output.read().decode(errors='replace')}")
