"""Akismet: what is sent, and what becomes of each answer, against a server of our own."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from blog.spam import akismet
from blog.spam.akismet import Unavailable, is_spam


class Service:
    """A server that gives one answer and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.answer, self.hint = 200, "false", ""
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                service.asked.append((self.path, parse_qs(body)))
                self.send_response(service.status)
                if service.hint:
                    self.send_header("X-akismet-debug-help", service.hint)
                self.end_headers()
                self.wfile.write(service.answer.encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/1.1/"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    service = Service()
    monkeypatch.setattr(akismet, "ADDRESS", service.address)
    thread = threading.Thread(target=service.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield service
    service.server.shutdown()
    service.server.server_close()
    thread.join()


def ask() -> bool:
    return is_spam(
        key="key-1",
        site_url="https://blog.example.org",
        comment={"comment_content": "Grüße & co", "comment_author": "Ann"},
    )


@pytest.mark.parametrize(("answer", "verdict"), [("true", True), ("false", False)])
def test_verdict_is_the_answer(service, answer, verdict):
    service.answer = answer

    assert ask() is verdict
    assert service.asked == [
        (
            "/1.1/comment-check",
            {
                "api_key": ["key-1"],
                "blog": ["https://blog.example.org"],
                "user_ip": ["0.0.0.0"],
                "comment_type": ["comment"],
                "comment_content": ["Grüße & co"],
                "comment_author": ["Ann"],
            },
        )
    ]


@pytest.mark.parametrize(
    ("status", "answer", "hint", "message"),
    [
        (200, "invalid", "", "invalid"),
        (200, "invalid", "Empty key", "invalid: Empty key"),
        (500, "oops", "", "500"),
        (200, "", "", "^$"),
        (200, "true" * 5_000, "", "true"),
    ],
)
def test_anything_else_is_no_verdict(service, status, answer, hint, message):
    service.status, service.answer, service.hint = status, answer, hint

    with pytest.raises(Unavailable, match=message):
        ask()


def test_no_server_is_no_verdict(service):
    service.server.server_close()

    with pytest.raises(Unavailable):
        ask()
