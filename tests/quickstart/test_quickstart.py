"""The first command of a newcomer, run as one: a process of its own on a folder of its own."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from blog.quickstart import serve

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60  # seconds; the promise is a first page in under a minute


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """Return what a newcomer's shell has: none of the settings, but where the data goes."""
    ours = ("SECRET_KEY", "DATABASE_URL", "CACHE_URL", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"DATA_DIR": str(data_dir)} | variables


def quickstart(
    data_dir: Path, *options: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "quickstart", *options],
        cwd=ROOT,
        env=environment(data_dir, **variables),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set a blog up once; return its data folder."""
    folder = tmp_path_factory.mktemp("blog") / "var"
    done = quickstart(folder, "--no-serve")
    assert done.returncode == 0, done.stderr
    (folder / "said").write_text(done.stdout)
    return folder


@pytest.fixture
def ownerless(blog: Path, tmp_path: Path) -> Path:
    """Return the data of a blog that nobody administers: without another first run."""
    folder = tmp_path / "var"
    shutil.copytree(blog, folder)
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database, database:
        database.execute("UPDATE accounts_user SET is_superuser = 0, email = 'was-' || email")
    return folder


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_first_run_says_the_password_once(blog):
    again = quickstart(blog, "--no-serve")

    assert "Sign in as admin@example.org with the password " in (blog / "said").read_text()
    assert (again.returncode, again.stderr) == (0, "")
    assert "password" not in again.stdout


def test_secret_is_kept_for_its_owner_alone(blog):
    kept = blog / "secret_key"

    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(kept.read_text()) >= 50


def test_given_administrator_is_used_and_the_password_not_shown(ownerless):
    done = quickstart(
        ownerless,
        "--no-serve",
        "--no-demo",
        DJANGO_SUPERUSER_EMAIL="owner@example.org",
        DJANGO_SUPERUSER_PASSWORD="correct horse battery",
    )

    assert "Sign in as owner@example.org with the password you gave" in done.stdout
    assert "correct horse" not in done.stdout


def test_taken_port_is_one_line_that_says_what_to_do(blog):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = quickstart(blog, "--port", str(port))

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"--port {port + 1}" in done.stderr


@pytest.mark.parametrize(
    ("options", "variables", "names"),
    [
        (["--port", "70000"], {}, "--port"),
        ([], {"DATABASE_URL": "postgres://127.0.0.1:1/nothing"}, "database"),
        ([], {"DATA_DIR": "~nobody-of-that-name/var"}, "DATA_DIR"),
        ([], {"SITE_URL": "https://[::1"}, "SITE_URL"),
    ],
)
def test_wrong_setting_is_named_without_a_traceback(tmp_path, options, variables, names):
    done = quickstart(tmp_path / "var", "--no-serve", "--no-demo", *options, **variables)

    assert done.returncode in {1, 2}
    assert names in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_address_of_the_administrator_is_named_without_a_traceback(ownerless):
    done = quickstart(ownerless, "--no-serve", DJANGO_SUPERUSER_EMAIL="nobody")

    assert done.returncode == 1
    assert "DJANGO_SUPERUSER_EMAIL" in done.stderr
    assert "Traceback" not in done.stderr


def test_host_that_is_not_this_machine_is_one_line(blog):
    done = quickstart(blog, "--host", "no.such.host.invalid")

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "--host 127.0.0.1" in done.stderr


def test_unwritable_folder_is_one_line_that_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")

    done = quickstart(tmp_path / "file" / "var")

    assert done.returncode == 1
    assert "Set DATA_DIR" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def running(blog: Path, free_port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve the blog; its worker would spend the time on pictures that nobody looks at."""
    with closing(sqlite3.connect(blog / "db.sqlite3")) as database, database:
        database.execute("DELETE FROM django_tasks_database_dbtaskresult")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "quickstart", "--port", str(free_port)],
        cwd=ROOT,
        env=environment(blog),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, f"http://127.0.0.1:{free_port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        process.stdout.close()


def get(address: str) -> tuple[int, str]:
    end = time.monotonic() + LIMIT
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def megabytes(pid: int) -> float:
    """Return the memory of a process and all below it; what they share counts once. 0 but on Linux."""
    found = 0.0
    try:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found += sum(megabytes(int(child)) for child in children.read_text().split())
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):  # a task worker that has run what there was
        return found
    return found + int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1]) / 1024


def test_served_blog_shows_its_posts_and_stops_when_asked(running):
    process, address = running

    status, html = get(f"{address}/")
    pages = [
        get(f"{address}{path}")[0]
        for path in (
            "/about/authors/",
            "/contact/",
            "/feed/",
            "/healthz",
            "/accounts/login/",
            "/no-such/",
        )
    ]
    linked = re.findall(r'(?:href|src)="(/static/(?:css|js)/[^"]+)"', html)
    files = [get(f"{address}{path}") for path in linked]
    memory = megabytes(process.pid)
    for asked in (signal.SIGHUP, signal.SIGTERM):  # the terminal that is closed, and uv
        process.send_signal(asked)

    assert (status, html.count("<article")) == (200, html.count("</article>"))
    assert "Latest" in html
    assert files
    assert all(code == 200 and "{" in text and "/*" not in text for code, text in files)
    assert pages == [200, 200, 200, 200, 200, 404]
    assert memory < 200
    assert process.wait(timeout=30) == 0
    with pytest.raises(OSError):
        socket.create_connection(address.removeprefix("http://").split(":"), timeout=1)


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a child that its parent is gone"
)
def test_children_end_with_a_parent_that_is_killed():
    program = (
        "from blog.quickstart import serve; import time\n"
        "def outlive(): print('here', flush=True); time.sleep(10); print('still here')\n"
        "serve._start(outlive).join()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout.readline() == "here\n"
        parent.kill()
        assert parent.stdout.read() == ""  # the child holds the other end, too


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("blog.local", "http://blog.local:8000"),
    ],
)
def test_mails_hold_an_address_that_opens_even_without_site_url(host, address):
    assert serve.address_shown(host, 8000) == address


def test_a_server_that_does_not_begin_to_listen_is_told_of(free_port, monkeypatch, capfd):
    monkeypatch.setattr(serve, "SAY_AFTER", 0)
    monkeypatch.setattr(serve, "START_TIMEOUT", 0.15)

    with pytest.raises(serve.CannotServe, match=r"not begun to listen within 0\.15 seconds"):
        serve._is_ready(lambda: True, "127.0.0.1", free_port)

    assert capfd.readouterr().err.count("still waiting") == 1


def test_the_server_finds_the_folder_that_was_meant_where_quickstart_ran(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", "data")
    monkeypatch.setenv("MALLOC_ARENA_MAX", "2")
    monkeypatch.setattr(os, "execv", lambda *_command: None)

    serve.hand_over("127.0.0.1", 8000)

    assert Path.cwd() == ROOT
    assert os.environ["DATA_DIR"] == str(tmp_path / "data")
