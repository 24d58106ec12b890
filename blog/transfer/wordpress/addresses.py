"""Where the things of another blog are now: for the links in its texts, and for those who follow old ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from blog.numbers import number_in
from blog.redirects.paths import both_forms, path_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.transfer.wordpress.survey import Survey, Thing

_LISTS = frozenset({"category", "tag", "author"})
_DATED = re.compile(r"/[12][0-9]{3}/(?:[0-9]{1,2}/){0,2}(?P<slug>[\w-]+)/?", re.ASCII)
_ARCHIVE = re.compile(r"/?[12][0-9]{3}(?:/[0-9]{2})?/?")
_NUMBERS = ("p", "page_id", "attachment_id")


class Addresses:
    def __init__(self, survey: Survey, file_at: Callable[[str], str]) -> None:
        self.base = survey.base
        self.hosts = {urlsplit(survey.base).hostname or ""} | survey.guid_hosts
        self.hosts = {host.removeprefix("www.") for host in self.hosts} - {""}
        self.file_at = file_at
        self.here: dict[str, str] = {}
        self.numbers: dict[int, str] = {}

    def add(self, thing: Thing, address: str) -> None:
        self.numbers.setdefault(thing.number, address)
        if "?" not in thing.link and (key := _key(urlsplit(thing.link).path)):
            self.here.setdefault(key, address)

    def of(self, link: str) -> str:
        """Return where a link leads now; as it was where that is not here."""
        try:
            parts = urlsplit(link.strip())
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            return link
        if parts.scheme not in {"", "http", "https"} or (host and host not in self.hosts):
            return self.file_at(link) or link
        if not host and not parts.path.startswith("/"):
            return link  # a place on the same page, mostly
        if file := self.file_at(link):
            return file
        end = f"#{parts.fragment}" if parts.fragment else ""
        if end.startswith("#comment"):
            end = "#comments"
        if found := self._found(parts.path, parts.query):
            return found + end
        path = parts.path.removeprefix(urlsplit(self.base).path.rstrip("/"))
        first = path.strip("/").partition("/")[0]
        if not parts.query and (first in _LISTS or _ARCHIVE.fullmatch(path) or not first):
            return f"{unquote(path).rstrip('/')}/{end}"
        return link if host else f"{self.base}{link}"

    def _found(self, path: str, query: str) -> str | None:
        asked = parse_qs(query)
        for name in _NUMBERS:
            if number := number_in(asked.get(name, [""])[0]):
                return self.numbers.get(number)
        return self.here.get(_key(path))


def _key(path: str) -> str:
    return unquote(path).strip("/").lower()


def old_paths(thing: Thing) -> list[str]:
    """Return the addresses that a post, page or attachment had and that lead nowhere here by themselves."""
    name = {"page": "page_id", "attachment": "attachment_id"}.get(thing.kind, "p")
    paths = [f"/?{name}={thing.number}"] if thing.number else []
    link = path_of(thing.link)
    dated = _DATED.fullmatch(link)
    is_found = link in both_forms(thing.address) or (dated and dated["slug"] == thing.slug)
    if link not in {"", "/"} and not is_found:
        paths.append(link)
    return list(dict.fromkeys(paths))
