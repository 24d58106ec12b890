"""One rendered page: everything a server sends, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    from collections.abc import Iterable

Headers = list[tuple[str, str]]
_MAGIC = b"byline page 2\n"
# Set for each answer, or by whatever sends it.
_OWN = frozenset({"content-length", "content-encoding", "etag", "vary", "date", "connection"})


class Bodies(dict[str, bytes]):
    """A body in each encoding that makes it smaller, packed when it is first looked up: `bodies["br"]`."""

    def __missing__(self, encoding: str) -> bytes:
        body = self["identity"]
        packed = _PACKED[encoding](body)
        self[encoding] = packed if len(packed) < len(body) else body
        return self[encoding]


_PACKED = {
    "br": partial(brotli.compress, quality=6),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}


@dataclass
class Page:
    """A response with its three bodies, what it shows, and until when it holds.

    `position` is the database's when rendering began; `expires_at` and `rendered_at` are seconds since
    the epoch.
    """

    status: str
    headers: Headers
    bodies: dict[str, bytes]  # "br", "gzip", "identity"
    tags: frozenset[str]
    position: int
    rendered_at: float
    expires_at: float
    etag: str
    made_by: str = ""  # the version of the site: another one makes other pages
    made_at: tuple[float, ...] = ()  # the last times, this one among them
    is_packed: bool = False  # as small as brotli can (packing.py)
    sequence: int = 0  # of this process: up to there it is known to hold
    held_at: float = 0  # on the monotonic clock: it held then, and may be out of date since
    answers: dict[str, Headers] = field(default_factory=dict)
    size: int = field(init=False)  # of the bodies; those that are not packed yet count in full

    def __post_init__(self) -> None:
        self.bodies = Bodies(self.bodies)
        self._measure()

    def _measure(self) -> None:
        plain = len(self.bodies["identity"])
        self.size = plain + sum(len(self.bodies.get(name, b"")) or plain for name in _PACKED)

    @classmethod
    def of(
        cls,
        *,
        status: str,
        headers: Headers,
        body: bytes,
        tags: Iterable[str],
        position: int,
        rendered_at: float,
        expires_at: float,
        made_by: str,
        made_at: tuple[float, ...] = (),
    ) -> Page:
        return cls(
            status=status,
            headers=[header for header in headers if header[0].lower() not in _OWN],
            bodies={"identity": body},
            tags=frozenset(tags),
            position=position,
            rendered_at=rendered_at,
            expires_at=expires_at,
            made_by=made_by,
            made_at=made_at,
            # Weak: the same page whatever its encoding (RFC 9110, 8.8.3).
            etag=f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"',
        )

    def pack(self) -> None:
        """Pack the body in every encoding now, for all who will ask."""
        self.bodies |= {encoding: self.bodies[encoding] for encoding in _PACKED}
        self._measure()

    def encoding_for(self, accepted: str) -> str:
        """Return the best encoding the client takes (RFC 9110, 12.5.3); nonsense gets the plain body."""
        for encoding in ("br", "gzip"):
            if encoding in accepted and _takes(accepted, encoding):
                return encoding
        return "identity"

    def headers_for(self, encoding: str) -> Headers:
        headers = self.answers.get(encoding)
        if headers is None:
            headers = [
                *self.headers,
                ("Vary", "Accept-Encoding"),
                ("ETag", self.etag),
                ("Content-Length", str(len(self.bodies[encoding]))),
            ]
            if self.bodies[encoding] != self.bodies["identity"]:  # a few words do not get smaller
                headers.append(("Content-Encoding", encoding))
            self.answers[encoding] = headers
        return headers

    @property
    def headers_unchanged(self) -> Headers:
        """Return what a 304 repeats (RFC 9110, 15.4.5)."""
        kept = {"cache-control", "content-location", "expires", "vary", "etag"}
        return [header for header in self.headers_for("identity") if header[0].lower() in kept]

    def to_bytes(self) -> bytes:
        bodies = dict(self.bodies)  # at once: somebody may be packing another one just now
        head = {
            "status": self.status,
            "headers": self.headers,
            "tags": sorted(self.tags),
            "position": self.position,
            "rendered_at": self.rendered_at,
            "expires_at": self.expires_at,
            "etag": self.etag,
            "made_by": self.made_by,
            "made_at": self.made_at,
            "is_packed": self.is_packed,
            "lengths": {name: len(body) for name, body in bodies.items()},
        }
        content = json.dumps(head).encode() + b"\n" + b"".join(bodies.values())
        return _MAGIC + hashlib.blake2b(content, digest_size=16).hexdigest().encode() + content

    @classmethod
    def from_bytes(cls, content: bytes) -> Page:
        """Return the page; raise ValueError for a file that was cut off or is something else."""
        magic, digest, rest = content[:14], content[14:46], content[46:]
        if magic != _MAGIC or digest != hashlib.blake2b(rest, digest_size=16).hexdigest().encode():
            raise ValueError("not a whole page")
        line, _newline, packed = rest.partition(b"\n")
        head = json.loads(line)
        bodies, start = {}, 0
        for name, length in head.pop("lengths").items():
            bodies[name] = packed[start : start + length]
            start += length
        head["headers"] = [(name, value) for name, value in head["headers"]]
        head["tags"] = frozenset(head["tags"])
        head["made_at"] = tuple(head["made_at"])
        return cls(bodies=bodies, **head)


def _takes(accepted: str, encoding: str) -> bool:
    for part in accepted.split(","):
        name, _semicolon, quality = part.partition(";")
        if name.strip() == encoding:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
