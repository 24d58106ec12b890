"""Where rendered pages are: in the memory of this process, and in files that all processes here share."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from blog.pagestore.pages import Page

logger = logging.getLogger(__name__)

Key = tuple[str, str, str]  # scheme, host, path
MOST_BYTES = 24 * 1024 * 1024  # of one process
MOST_FILES = 20_000
LONGEST_ON_DISK = 12 * 3600  # seconds: changes are remembered for longer
PAUSE_AFTER_ERROR = 30  # seconds without files after one could not be written


class Memory:
    """The pages used last, up to a number of bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.bytes = 0
        self.lock = Lock()

    def get(self, key: Key) -> Page | None:
        page = self.pages.get(key)
        if page is not None:
            try:
                self.pages.move_to_end(key)
            except KeyError:
                pass  # another thread has just dropped it; the page is as good as a moment ago
        return page

    def put(self, key: Key, page: Page) -> None:
        with self.lock:
            old = self.pages.pop(key, None)
            self.bytes += page.size - (old.size if old else 0)
            self.pages[key] = page
            while self.bytes > self.most_bytes and len(self.pages) > 1:
                _key, dropped = self.pages.popitem(last=False)
                self.bytes -= dropped.size

    def replace(self, key: Key, old: Page, new: Page) -> None:
        """Put the one in the place of the other, unless that has gone meanwhile."""
        with self.lock:
            if self.pages.get(key) is old:
                self.pages[key] = new
                self.bytes += new.size - old.size

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.bytes = 0

    def drop(self, key: Key) -> None:
        with self.lock:
            if (old := self.pages.pop(key, None)) is not None:
                self.bytes -= old.size


class Files:
    """Pages under a folder, replaced whole. A folder that is full, gone or read-only is done without."""

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = folder
        self.version = version
        self.paused_until = 0.0
        self.written = 0

    def get(self, key: Key) -> Page | None:
        try:
            page = Page.from_bytes(self._path(key).read_bytes())
        except (OSError, ValueError):
            return None
        if page.made_by != self.version:
            return None  # by the code before an update; it is replaced by what comes now
        age = time.time() - page.rendered_at
        # A clock that jumped back proves nothing.
        return page if 0 <= age < LONGEST_ON_DISK else None

    def put(self, key: Key, page: Page) -> None:
        if time.monotonic() < self.paused_until:
            return
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                try:
                    file.write(page.to_bytes())
                    file.close()
                    os.replace(file.name, path)  # noqa: PTH105 - whole or not at all
                except OSError:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            self.paused_until = time.monotonic() + PAUSE_AFTER_ERROR
            logger.warning("Pages are kept in memory only: %s", error)
            return
        self.written += 1
        if self.written % 500 == 1:
            self._tidy()

    def drop(self, key: Key) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError:
            pass  # it is found out of date again the next time

    def clear(self) -> None:
        for path in self.folder.glob("??"):
            shutil.rmtree(path, ignore_errors=True)

    def _path(self, key: Key) -> Path:
        name = hashlib.blake2b("\n".join(key).encode(), digest_size=20).hexdigest()
        return self.folder / name[:2] / name

    def _tidy(self) -> None:
        """Delete the oldest files beyond the limit, and what a killed process left half-written."""
        try:
            files = sorted(
                (path for path in self.folder.glob("*/*") if path.is_file()),
                key=lambda path: path.stat().st_mtime,
            )
            for path in files[:-MOST_FILES]:
                path.unlink(missing_ok=True)
            for path in self.folder.glob("*/tmp*"):
                if time.time() - path.stat().st_mtime > 60:
                    path.unlink(missing_ok=True)
        except OSError:
            pass  # another process tidies too
