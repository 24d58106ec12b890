"""Page stores in front of the whole application, with committed data and folders of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from accounts.visitors import COOKIE
from blog.pagestore.server import PageStore
from blog.public.schedule import next_event
from blog.public.shown import READERS


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Counted:
    """The application, and how often it was asked."""

    def __init__(self) -> None:
        self.application = get_wsgi_application()
        self.paths: list[str] = []

    def __call__(self, environ: dict, start_response: Callable):
        self.paths.append(environ["PATH_INFO"])
        return self.application(environ, start_response)


class Server:
    """One worker of the server, without the sockets."""

    def __init__(self, folder: Path, version: str = "1") -> None:
        self.rendered = Counted()
        self.store = PageStore(
            self.rendered,
            folder=folder,
            version=version,
            next_event=next_event,
            apart=("/admin/", "/accounts/", "/me/", "/static/", "/media/", "/healthz"),
            session_cookie=settings.SESSION_COOKIE_NAME,
            writer_cookie=COOKIE,
            often=READERS,
        )

    def ask(self, path: str, method: str = "GET", form: str = "", **environ: str) -> Answer:
        head: list = []
        path, _mark, query = path.partition("?")
        body = form.encode()
        parts = self.store(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "SERVER_NAME": "testserver",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "HTTP_HOST": "testserver",
                "REMOTE_ADDR": "127.0.0.1",
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_SEC_FETCH_SITE": "same-origin",
                "wsgi.input": BytesIO(body),
                "wsgi.url_scheme": "http",
                "wsgi.version": (1, 0),
                **environ,
            },
            lambda *args: head.extend(args),
        )
        try:
            content = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return Answer(int(head[0].split()[0]), {k.lower(): v for k, v in head[1]}, content)

    def renderings(self, path: str) -> int:
        """Return how often the page was rendered since the last time this was asked."""
        count = self.rendered.paths.count(path)
        self.rendered.paths.clear()
        return count


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pages"


@pytest.fixture
def server(transactional_db, folder: Path) -> Server:
    return Server(folder)


@pytest.fixture
def other_server(server: Server, folder: Path) -> Server:
    """Another worker on the same machine."""
    return Server(folder)
