"""Before Django: a page that was rendered already is sent as it is."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from blog.pagestore.changes import Changes
from blog.pagestore.packing import Packing
from blog.pagestore.pages import Page
from blog.pagestore.store import Files, Key, Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from blog.pagestore.changes import Moment
    from blog.pagestore.pages import Headers

type Environ = dict[str, Any]
type Application = Callable[[Environ, Callable], Iterable[bytes]]

# What newsletters and networks append to addresses; it changes nothing on a page.
TRACKING = re.compile(
    r"(?:utm_[a-z_]+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|ref_src)(?:=[^&]*)?"
)
# The cookie of whoever has entered the password of an article: what they read is theirs alone.
UNLOCKED = "unlocked"
WAIT_FOR_RENDERING = 3  # seconds; then render it once more rather than wait for a stuck thread
# A page that was made so often within so many seconds is made again only when it held so long ago.
OFTEN, OFTEN_WITHIN = 3, 5
HELD_LATELY = 0.25  # seconds
# Set apart: answers in Django's hands, or of which each is another.
CONDITIONAL = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")


class PageStore:
    """A WSGI application that keeps what the application behind it renders.

    A response is kept if its view set `response.shows`, the tags of everything on it: any of them
    changing drops it. `response.holds_until` (seconds since the epoch) and *next_event* say when it
    would be another page without any change: at the next scheduled publication, expiry or closing.
    *version* is of the application: on disk, pages of another one are not taken.

    What changes many times a second, in tags that begin as one of *often*, is not made as often: who has
    never written here (no *writer_cookie*) may get a page as it was up to 250 ms ago.
    """

    def __init__(
        self,
        application: Application,
        *,
        folder: Path,
        version: str,
        next_event: Callable[[float], float],
        apart: tuple[str, ...],
        session_cookie: str,
        writer_cookie: str,
        often: tuple[str, ...],
    ) -> None:
        self.application = application
        self.next_event = next_event
        self.apart = apart  # beginnings of paths that are never kept
        self.session_cookie = f"{session_cookie}="
        self.writer_cookie = f"{writer_cookie}="
        self.often = often
        self.memory = Memory()
        # 404 and 410: bounded, so nobody pushes pages out.
        self.missing = Memory(most_bytes=2 * 1024 * 1024)
        self.version = version
        self.files = Files(folder, version)
        self.packing = Packing(self.memory, self.files)
        folder.mkdir(parents=True, exist_ok=True)
        self.changes = Changes(folder / "writes")
        self.rendering: dict[Key, Lock] = {}
        # When, at which sequence that was known, and at what time: a clock may jump forward and back.
        self.event_at = (float("-inf"), -1, 0.0)

    def __call__(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            try:
                return self.application(environ, start_response)
            finally:
                self.changes.announce()
        key = self.key_of(environ)
        if key is None:
            return self.application(environ, start_response)
        page = self.kept(key, self.changes.now())
        if page is None:
            response = self.anew(key, environ)
            if not isinstance(response, Page):
                return response(start_response)
            page = response
        else:
            self.packing.consider(key, page)
        return send(page, environ, start_response, is_stale=self.changes.is_down)

    def key_of(self, environ: Environ) -> Key | None:
        """Return where the page is kept; None for what is never kept."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(self.apart):
            return None
        query = environ.get("QUERY_STRING", "")
        if query and not all(TRACKING.fullmatch(part) for part in query.split("&")):
            return None
        cookies = environ.get("HTTP_COOKIE", "")
        if self.session_cookie in cookies or f"{UNLOCKED}=" in cookies:
            return None
        scheme = environ.get("HTTP_X_FORWARDED_PROTO") or environ["wsgi.url_scheme"]
        return (
            "https" if scheme == "https" else "http",
            environ.get("HTTP_HOST", "").lower(),
            path,
        )

    def kept(self, key: Key, moment: Moment) -> Page | None:
        """Return the page if it still holds; while the database is down, whatever there is.

        One that was outdated by a change stays where it is: see `held_lately`.
        """
        page = self.memory.get(key) or self.missing.get(key) or self.from_disk(key)
        if page is None or self.changes.is_down:
            return page
        if not page.rendered_at - 1 <= time.time() < page.expires_at:
            self.drop(key)
            return None
        if page.sequence != moment.sequence:
            if self.changes.since(page.tags, page.sequence):
                return None
            page.sequence = moment.sequence
        page.held_at = moment.read_at
        return page

    def from_disk(self, key: Key) -> Page | None:
        """Return the page as another process has made it since, now in memory; it may be out of date."""
        known, page = self.memory.get(key), self.files.get(key)
        if page is None:
            return None
        if known and page.rendered_at <= known.rendered_at and page.position <= known.position:
            return None
        if not self.changes.is_down:
            if not self.changes.reaches(page.position):
                self.files.drop(key)
                return None
            page.sequence = self.changes.sequence_of(page.tags, page.position)
            page.held_at = time.monotonic() - (time.time() - page.rendered_at)
        self.memory.put(key, page)
        return page

    def held_lately(self, key: Key, environ: Environ) -> Page | None:
        """Return the page as it was a moment ago, for a reader who has nothing of their own on it."""
        if self.writer_cookie in environ.get("HTTP_COOKIE", ""):
            return None
        page = self.memory.get(key) or self.missing.get(key)
        if page is None or not page.rendered_at - 1 <= time.time() < page.expires_at:
            return None
        if time.monotonic() - page.held_at >= HELD_LATELY:
            return None
        return page if self.changes.only(self.often, page.tags, page.sequence) else None

    def anew(self, key: Key, environ: Environ) -> Page | Callable:
        """Return the page rendered now, or as it was a moment ago where it is just being made or often is."""
        old = self.held_lately(key, environ)
        if old and is_made_often(old):
            return old
        with self.alone(key, waits=old is None) as is_alone:
            if old and not is_alone:
                return old
            moment = self.changes.now()
            page = self.kept(key, moment)
            if page is None:  # another process may have been quicker
                self.from_disk(key)
                page = self.kept(key, moment)
            if page is None:
                old = self.held_lately(key, environ)
                page = old if old and is_made_often(old) else None
            return page or self.render(key, environ)

    def drop(self, key: Key) -> None:
        self.memory.drop(key)
        self.missing.drop(key)
        self.files.drop(key)

    def forget(self) -> None:
        """Drop every page: for a database that was emptied or replaced behind the triggers' back."""
        self.memory.clear()
        self.missing.clear()
        self.files.clear()
        self.changes.forget()

    def render(self, key: Key, environ: Environ) -> Page | Callable:
        """Return the page as the application renders it now, kept if it may be."""
        started = time.time()
        before = self.changes.now()
        old = self.memory.get(key) or self.missing.get(key)
        holds_until = self.event_after(started, before)
        asked = {name: value for name, value in environ.items() if name not in CONDITIONAL}
        asked |= {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "identity", "QUERY_STRING": ""}
        head: list[Any] = []
        response = self.application(asked, lambda *args: head.extend(args))
        status, headers = head[0], head[1]
        if getattr(response, "streaming", True):
            return _as_it_is(response, status, headers)
        try:
            body = b"".join(response)
        finally:
            response.close()  # type: ignore[attr-defined]
        page = Page.of(
            status=status,
            headers=headers,
            body=body,
            tags=getattr(response, "shows", ()),
            position=before.position,
            rendered_at=started,
            expires_at=min(holds_until, getattr(response, "holds_until", float("inf"))),
            made_by=self.version,
            made_at=(*(old.made_at[1 - OFTEN :] if old else ()), started),
        )
        self.keep(key, page, before, may_be_kept=may_keep(page, response))
        return page

    def keep(self, key: Key, page: Page, before: Moment, *, may_be_kept: bool) -> None:
        """Keep what was rendered from *before* on, in place of what was there."""
        if self.changes.is_down:
            return
        if not may_be_kept:
            self.drop(key)
            return
        self.changes.now(at_once=True)  # what changed meanwhile may or may not be on the page
        page.sequence, page.held_at = before.sequence, before.read_at
        if not is_made_often(page):  # for what is made again in a moment, only as somebody asks
            page.pack()
        if page.status.startswith("200"):
            self.missing.drop(key)
            self.memory.put(key, page)
            self.files.put(key, page)
        else:
            self.memory.drop(key)
            self.files.drop(key)
            self.missing.put(key, page)

    def event_after(self, now: float, moment: Moment) -> float:
        """Return when the site next changes by itself; asked again after a change or the event."""
        at, sequence, asked_at = self.event_at
        if sequence != moment.sequence or not asked_at <= now < at:
            at = self.next_event(now)
            self.event_at = (at, moment.sequence, now)
        return at

    @contextmanager
    def alone(self, key: Key, *, waits: bool) -> Iterator[bool]:
        """Let one thread of this process render a page; say whether it is this one. Others may wait."""
        lock = self.rendering.setdefault(key, Lock())
        got = lock.acquire(timeout=WAIT_FOR_RENDERING if waits else 0)
        try:
            yield got
        finally:
            if got:
                lock.release()
                self.rendering.pop(key, None)


def is_made_often(page: Page) -> bool:
    return len(page.made_at) == OFTEN and 0 <= time.time() - page.made_at[0] < OFTEN_WITHIN


def may_keep(page: Page, response: Any) -> bool:
    headers = {name.lower(): value for name, value in page.headers}
    return (
        getattr(response, "shows", None) is not None
        and page.status[:3] in ("200", "404", "410")
        and "set-cookie" not in headers
        and "nonce-" not in headers.get("content-security-policy", "")
        and headers.get("cache-control", "").startswith("public")
    )


def send(
    page: Page, environ: Environ, start_response: Callable, *, is_stale: bool = False
) -> Iterable[bytes]:
    """Answer with the page, or 304 where the client has it already.

    While the database is down nobody knows whether a page still holds: the answer says so (RFC 9211).
    """
    more = [("Cache-Status", "byline; hit; detail=database-down")] if is_stale else []
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and page.status.startswith("200") and _matches(known, page.etag):
        start_response("304 Not Modified", page.headers_unchanged + more)
        return [b""]
    encoding = page.encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
    start_response(page.status, page.headers_for(encoding) + more)
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [page.bodies[encoding]]


def _matches(known: str, etag: str) -> bool:
    """Compare weakly, as If-None-Match does (RFC 9110, 13.1.2)."""
    if known.strip() == "*":
        return True
    return any(one.strip().removeprefix("W/") == etag[2:] for one in known.split(","))


def _as_it_is(response: Iterable[bytes], status: str, headers: Headers) -> Callable:
    def answer(start_response: Callable) -> Iterable[bytes]:
        start_response(status, headers)
        return response

    return answer
