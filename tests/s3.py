"""A bucket: a server that keeps what it is sent in memory and speaks as much of S3 as pictures need."""

from __future__ import annotations

import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

KEY = "AKEY"


class Bucket:
    """`files` by their names in the bucket; `asked` has each request as method and name."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                name = unquote(urlsplit(self.path).path).removeprefix("/blog/")
                bucket.asked.append((self.command, name))
                if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
                    return self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
                if self.command == "PUT":
                    bucket.files[name] = content
                    return self.answer(200)
                if self.command == "DELETE":
                    bucket.files.pop(name, None)
                    return self.answer(204)
                if name not in bucket.files:
                    return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
                return self.answer(200, bucket.files[name])

            do_HEAD = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that it looks for

            def answer(self, status: int, content: bytes = b"") -> None:
                self.send_response(status)
                self.send_header("ETag", '"etag"')
                self.send_header("Last-Modified", formatdate(1_790_000_000, usegmt=True))
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"s3+http://{KEY}:a%2Fsecret@127.0.0.1:{self.server.server_port}/blog"

    def __enter__(self) -> Bucket:
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self.thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening: twice does no harm."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
