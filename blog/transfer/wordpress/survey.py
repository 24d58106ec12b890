"""Look at a whole export before anything is stored: what there is, who refers to what, what is broken."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from blog.articles.embeds import host_of
from blog.transfer.wordpress.export import Record, read_export
from blog.transfer.wordpress.values import cut, plain

if TYPE_CHECKING:
    from pathlib import Path

# Nobody ever saved the one; the other is a revision.
SKIPPED = frozenset({"auto-draft", "inherit"})
_PICTURE = re.compile(r"<img\b[^>]{0,2000}?\bsrc\s*=\s*[\"']([^\"']{1,1000})", re.IGNORECASE)
_UPLOADS = re.compile(r"/(?:wp-content/uploads|files)/(?:sites/[0-9]+/)?(?P<name>.+)")
_PROXY = re.compile(r"i[0-3]\.wp\.com")  # Jetpack's: the true host is the first part of the path
PICTURE_ENDING = re.compile(r"\.(?:jpe?g|jpe|png|gif|webp|avif)$", re.IGNORECASE)
_SIZE = re.compile(r"-[0-9]{1,5}x[0-9]{1,5}(?=\.\w+$)")


@dataclass(slots=True)
class Thing:
    """A post, page or attachment, without its text: all of them are in memory at once."""

    kind: str
    number: int
    guid: str
    status: str = ""
    name: str = ""
    title: str = ""
    link: str = ""
    parent: int = 0
    order: int = 0
    url: str = ""  # of an attachment's file
    alt: str = ""
    caption: str = ""
    slug: str = ""  # here
    address: str = ""  # here

    @property
    def key(self) -> tuple[str, int]:
        return self.guid, self.number


@dataclass
class Survey:
    """What an export holds."""

    title: str = ""
    base: str = ""  # the address of the blog, without a slash at its end
    things: list[Thing] = field(default_factory=list)
    authors: dict[str, Record] = field(default_factory=dict)  # by login
    categories: dict[str, Record] = field(default_factory=dict)  # by nicename
    tags: dict[str, Record] = field(default_factory=dict)
    used_tags: set[str] = field(default_factory=set)
    loose: dict[str, None] = field(default_factory=dict)  # addresses of pictures in texts
    left_out: Counter[str] = field(default_factory=Counter)  # kinds of items
    guid_hosts: set[str] = field(default_factory=set)

    def of_kind(self, kind: str) -> list[Thing]:
        return [thing for thing in self.things if thing.kind == kind]

    @property
    def hosts(self) -> set[str]:
        """Return the names under which the blog was known, and from which its pictures came."""
        files = {host_of(thing.url) for thing in self.things if thing.url}
        return ({host_of(self.base)} | self.guid_hosts | files) - {""}


def key_of(record: Record) -> tuple[str, int]:
    """Return by what an item is known again."""
    return (record.text("guid") or record.text("link"))[:500], record.number("wp:post_id")


def look_through(path: Path) -> Survey:
    """Read the file to its end, or raise ImportProblem."""
    survey = Survey()
    for record in read_export(path):
        if record.kind == "site":
            base = record.text("wp:base_blog_url") or record.text("link")
            survey.title, survey.base = plain(record.text("title")), base.rstrip("/")
        elif record.kind == "author":
            survey.authors.setdefault(record.text("wp:author_login"), record)
        elif record.kind == "category":
            survey.categories.setdefault(record.text("wp:category_nicename"), record)
        elif record.kind == "tag":
            survey.tags.setdefault(record.text("wp:tag_slug"), record)
        elif record.kind == "item":
            _note(survey, record)
    return survey


def _note(survey: Survey, record: Record) -> None:
    kind, status = record.text("wp:post_type") or "post", record.text("wp:status")
    if kind not in {"post", "page", "attachment"}:
        survey.left_out[kind] += 1
        return
    if kind != "attachment" and status in SKIPPED:
        survey.left_out["revision"] += 1
        return
    guid, number = key_of(record)
    survey.guid_hosts.add(host_of(guid))
    thing = Thing(
        kind=kind,
        number=number,
        guid=guid,
        status=status,
        name=record.text("wp:post_name"),
        title=cut(plain(record.text("title")), 200),
        link=record.text("link"),
        parent=record.number("wp:post_parent"),
        order=record.number("wp:menu_order"),
    )
    if kind == "attachment":
        thing.url = record.text("wp:attachment_url") or guid
        thing.alt = cut(plain(record.meta.get("_wp_attachment_image_alt", "")), 300)
        thing.caption = cut(plain(record.text("excerpt:encoded")), 300)
    else:
        survey.used_tags.update(
            nicename for domain, nicename, _name in record.terms if domain == "post_tag"
        )
        for address in _PICTURE.findall(record.fields.get("content:encoded", "")):
            survey.loose[unescape(address).strip()] = None
    survey.things.append(thing)


def file_name_of(address: str, hosts: set[str]) -> str:
    """Return the name of an uploaded file below wp-content/uploads, "" for one of another host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host, path = (parts.hostname or "").removeprefix("www."), unquote(parts.path)
    if _PROXY.fullmatch(host):
        host, _slash, path = path.lstrip("/").partition("/")
        host, path = host.removeprefix("www."), f"/{path}"
    if host and host not in hosts:
        return ""
    found = _UPLOADS.search(path)
    return found["name"] if found else path.lstrip("/")


def names_of(name: str) -> list[str]:
    """Return under which names the file may be known, whatever size of it was asked for, the best first."""
    whole = _SIZE.sub("", name)
    stem, dot, ending = whole.rpartition(".")
    return list(dict.fromkeys([name, whole, f"{stem}-scaled{dot}{ending}"]))


def whole_name(name: str) -> str:
    return _SIZE.sub("", name)
