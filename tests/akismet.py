"""The place of Akismet or Gravatar, taken by a server of our own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class Service:
    """A server that gives one answer and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.answer, self.hint = 200, "false", ""
        self.picture = b""
        self.moved = ""  # another address, to which a GET is sent
        self.meeting = threading.Barrier(1)  # so many questions are answered at the same moment
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

            def do_GET(self) -> None:
                service.asked.append((self.path, {}))
                service.meeting.wait(timeout=10)
                if service.moved and self.path.startswith("/1.1/"):
                    self.send_response(302)
                    self.send_header("Location", service.moved)
                else:
                    self.send_response(200 if service.picture else 404)
                self.end_headers()
                self.wfile.write(service.picture)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/1.1/"

    def __enter__(self) -> Service:
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self.thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
