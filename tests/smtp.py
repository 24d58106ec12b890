"""A mail server for the tests: it speaks SMTP, keeps what it gets, and refuses or hangs up when told to."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage


@dataclass(frozen=True)
class Received:
    to: list[str]
    source: bytes

    @property
    def message(self) -> EmailMessage:
        text = self.source.replace(b"\r\n", b"\n")
        return email.message_from_bytes(text, policy=email.policy.default)  # type: ignore[return-value]


@dataclass
class Manners:
    """What the server answers; a verb that is not named gets 250."""

    answers: dict[str, str] = field(default_factory=dict)  # "RCPT bad@example.org" or "DATA"
    hang_up_at: str = ""  # a verb


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.received: list[Received] = []
        self.manners = Manners()
        self.lock = threading.Lock()

    @property
    def mailers(self) -> dict[str, dict]:
        host, port = self.server_address[:2]
        return {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": host, "port": port, "timeout": 5},
            }
        }

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that dies in the middle is what some tests are about."""


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        recipients: list[str] = []
        while line := self.rfile.readline():
            words = line.decode("ascii", "replace").strip()
            verb = words[:4].upper()
            if verb == self.server.manners.hang_up_at:
                return
            if verb == "EHLO":
                self.say("250 tests")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            elif verb == "RSET":
                recipients = []
                self.say("250 ok")
            elif verb == "RCPT":
                address = words.partition("<")[2].partition(">")[0]
                answer = self.server.manners.answers.get(f"RCPT {address}", "250 ok")
                if answer.startswith("2"):
                    recipients.append(address)
                self.say(answer)
            elif verb == "DATA":
                self.take(recipients)
                recipients = []
            else:
                self.say(self.server.manners.answers.get(verb, "250 ok"))

    def take(self, recipients: list[str]) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        answer = self.server.manners.answers.get("DATA", "250 taken")
        if answer.startswith("2"):
            with self.server.lock:
                self.server.received.append(Received(recipients, b"".join(lines)))
        self.say(answer)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
