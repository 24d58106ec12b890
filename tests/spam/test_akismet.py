"""Akismet: what is sent, and what becomes of each answer, against a server of our own."""

from collections.abc import Iterator

import pytest

from blog.spam import akismet
from blog.spam.akismet import Unavailable, is_spam
from tests.akismet import Service


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with Service() as service:
        monkeypatch.setattr(akismet, "ADDRESS", service.address)
        yield service


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
