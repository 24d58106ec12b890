"""A PostgreSQL server for one test run: private, on a unix socket, gone afterwards."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
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
    "jit": "off",  # compiling a query costs more than any of these takes
    "lock_timeout": "90s",  # who waits for ever fails: within the driver no signal ends a test
}


INITDB = "-U byline -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions".split()


class ServerError(Exception):
    """The binaries are there and the server did not start; the text says what they printed."""


def find_binaries() -> Path | None:
    """Return the folder with initdb and postgres, the newest version first, or None."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(part) for part in folder.parent.name.split(".") if part.isdigit()],
        reverse=True,
    )
    on_path = [
        Path(found).resolve().parent
        for name in ("initdb", "postgres")
        if (found := shutil.which(name))
    ]
    for folder in (*installed, *on_path, *_folder_of_pg_config()):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
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
    try:
        with _process(binaries / "initdb", *INITDB, "-D", "data", folder=folder) as initdb:
            if initdb.wait():
                raise ServerError(_complaint(initdb, folder))
        options = itertools.chain.from_iterable(("-c", f"{k}={v}") for k, v in OPTIONS.items())
        arguments = ["-D", "data", "-k", str(folder), *options]
        with _process(binaries / "postgres", *arguments, folder=folder) as server:
            while not _answers(binaries, folder):
                if server.poll() is not None:
                    raise ServerError(_complaint(server, folder))
                time.sleep(0.05)
            yield f"postgres://byline@/{folder}/byline"
    finally:
        with undisturbed():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Clean up to the end, however often Ctrl-C is pressed meanwhile."""
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _process(program: Path, *args: str, folder: Path) -> Iterator[subprocess.Popen]:
    """Run a program in the folder until the block ends, out of reach of the terminal's Ctrl-C."""
    account = _ordinary_account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    with (folder / f"{program.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [program, *args],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else [],
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with undisturbed():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGQUIT)  # PostgreSQL's word for: stop at once
            process.wait()


def _answers(binaries: Path, folder: Path) -> bool:
    return not subprocess.run(
        [binaries / "pg_isready", "-q", "-h", folder], check=False
    ).returncode


def _complaint(process: subprocess.Popen, folder: Path) -> str:
    program = Path(process.args[0]).name
    printed = (folder / f"{program}.log").read_text(errors="replace")
    return f"PostgreSQL's {program} ended with {process.returncode}:\n{printed}"


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
