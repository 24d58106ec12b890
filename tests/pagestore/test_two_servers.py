"""Two servers with nothing in common but PostgreSQL: what is written on one is read on the other."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from blog.articles.models import Article
from blog.site.models import SiteSettings
from tests.factories import make_article, make_comment

SEEN_WITHIN = 0.3  # seconds
START_LIMIT = 60  # seconds


def get(address: str) -> str:
    end = time.monotonic() + START_LIMIT
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def post(address: str, **form: str) -> None:
    request = urllib.request.Request(
        address, urlencode(form).encode(), {"Sec-Fetch-Site": "same-origin"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200  # of the page that the 303 leads to


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(folder: Path, port: int) -> Iterator[str]:
    """Run one server with a data folder of its own; yield its address."""
    (folder / "static").mkdir(parents=True)
    server_of_the_tests = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"{server_of_the_tests}/{connection.settings_dict['NAME']}",
        "DEBUG": "true",  # static files without `collectstatic`
    }
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)),
            *("--no-ws", "--log-level", "error", "blog.wsgi:application"),
        ],
        env=environment,
        cwd=settings.BASE_DIR,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.skipif(
    not os.environ.get("DATABASE_URL"), reason="Several servers share PostgreSQL, never SQLite."
)
@pytest.mark.django_db(transaction=True)
def test_what_one_server_writes_the_other_shows_within_300_ms(tmp_path):
    marta = {"name": "Marta", "email": "marta@example.org"}
    make_article(title="Bridges", slug="bridges")
    make_comment(article=make_article(), status="approved", **marta)
    SiteSettings.objects.update_or_create(pk=1, defaults={"seconds_between_comments": 0})
    with ExitStack() as stack:
        one, two = (
            stack.enter_context(server(tmp_path / name, free_port())) for name in ("one", "two")
        )
        get(f"{one}/bridges/")
        # More slow clients than a server has threads: their requests never end, and keep nobody waiting.
        for port in (int(one.rpartition(":")[2]),) * 8:
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            slow.sendall(b"POST /bridges/comments/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
        for address in (one, two, one, two):  # rendered, then kept
            assert "I walked across it." not in get(f"{address}/bridges/")
        assert all(any((tmp_path / name / "pages").glob("??/*")) for name in ("one", "two"))

        post(f"{one}/bridges/comments/", body="I walked across it.", **marta)
        written = time.monotonic()
        assert "I walked across it." in get(f"{one}/bridges/")
        get(f"{two}/bridges/")  # at once: it may know or not
        time.sleep(max(0, written + SEEN_WITHIN - time.monotonic()))
        assert "I walked across it." in get(f"{two}/bridges/")

        Article.objects.update(title="Tunnels")  # by a third one
        time.sleep(SEEN_WITHIN)
        assert all("Tunnels" in get(f"{address}/bridges/") for address in (one, two))
