"""Read WordPress's export (WXR: RSS with elements of its own) piece by piece: memory holds one piece.

Elements are known by their prefixed names, as WordPress's own importer does: `wp:` has had three
namespaces, the prefix was always the same. The values of meta fields are texts: nothing is unserialised.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from django.utils.translation import gettext as _

from blog.transfer.problems import ImportProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK = 64 * 1024  # bytes
MAX_FIELD = 4 * 1024 * 1024  # characters of one element; what is longer is no text
MAX_DEPTH = 20  # a real one has five

# Plugins and old versions let these through; XML does not know them.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}encoding=["']([A-Za-z0-9._-]{1,40})["']""")


@dataclass
class Record:
    """One author, category, tag, other term or item, with its simple elements by name."""

    kind: str
    fields: dict[str, str] = field(default_factory=dict)
    terms: list[tuple[str, str, str]] = field(default_factory=list)  # domain, nicename, name
    meta: dict[str, str] = field(default_factory=dict)
    comments: list[dict[str, str]] = field(default_factory=list)
    is_too_large: bool = False

    def text(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def number(self, name: str) -> int:
        return number_of(self.fields.get(name, ""))


KINDS = {
    "wp:author": "author",
    "wp:category": "category",
    "wp:tag": "tag",
    "wp:term": "term",
    "item": "item",
}


def number_of(text: str) -> int:
    """Return a number as WordPress writes them, 0 for anything else."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else 0


def read_export(path: Path) -> Iterator[Record]:
    """Yield the channel's own fields first, as a record of the kind "site", and then every piece.

    Raise ImportProblem where the file cannot be read, is broken, or holds a document type: entities
    and references to elsewhere come with one.
    """
    reader = _Reader()
    try:
        with path.open("rb") as file:
            head = file.read(CHUNK)
            decode = codecs.getincrementaldecoder(_encoding_of(head))(errors="replace").decode
            text = decode(head).lstrip("\ufeff \t\r\n")  # plugins write empty lines before it
            while head:
                reader.feed(_CONTROLS.sub("", text))
                yield from reader.taken()
                head = file.read(CHUNK)
                text = decode(head)
            reader.finish()
            yield from reader.taken()
    except OSError as error:
        raise ImportProblem(_("It cannot be read: %s.") % error.strerror) from error
    if not reader.is_export:
        raise ImportProblem(
            _("It is no export of WordPress. Make one there under Tools, Export: “All content”.")
        )


def _encoding_of(head: bytes) -> str:
    found = _ENCODING.search(head[:200])
    try:
        return codecs.lookup(found[1].decode() if found else "utf-8").name
    except LookupError:
        return "utf-8"


class _Reader:
    """Build records out of the parser's events."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.path: list[str] = []
        self.text: list[str] = []
        self.length = 0
        self.attributes: dict[str, str] = {}
        self.site: Record | None = Record("site")
        self.record: Record | None = None
        self.inner: dict[str, str] | None = None  # a comment or a meta field within an item
        self.done: list[Record] = []
        self.is_export = False

    def feed(self, text: str) -> None:
        self._parse(text, is_final=False)

    def finish(self) -> None:
        self._parse("", is_final=True)
        self._end_site()

    def taken(self) -> list[Record]:
        done, self.done = self.done, []
        return done

    def _parse(self, text: str, *, is_final: bool) -> None:
        try:
            self.parser.Parse(text, is_final)
        except expat.ExpatError as error:
            raise ImportProblem(
                _("It is broken or incomplete in line %(line)d (%(what)s). Export it once more.")
                % {"line": error.lineno, "what": expat.ErrorString(error.code)}
            ) from error

    def _refuse(self, *args: object) -> None:
        raise ImportProblem(
            _("It holds a document type (<!DOCTYPE …>). No export does, so it is not read.")
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name)
        if len(self.path) > MAX_DEPTH:
            raise ImportProblem(_("It is nested too deeply to be an export of WordPress."))
        self.text, self.length = [], 0
        self.attributes = attributes
        if self.path[:-1] == ["rss", "channel"] and name in KINDS:
            self._end_site()
            self.record, self.is_export = Record(KINDS[name]), True
        elif self.record and len(self.path) == 4 and name in ("wp:comment", "wp:postmeta"):
            self.inner = {}

    def _data(self, text: str) -> None:
        self.length += len(text)
        if self.length <= MAX_FIELD:
            self.text.append(text)
        elif self.record:
            self.record.is_too_large = True

    def _end(self, name: str) -> None:
        depth = len(self.path)
        text = "".join(self.text)
        self.path.pop()
        self.text, self.length = [], 0
        record = self.record
        if record is None:
            if depth == 3 and self.site:
                self.site.fields.setdefault(name, text)
                self.is_export |= name == "wp:wxr_version"
        elif depth == 3:
            self.done.append(record)
            self.record = None
        elif self.inner is not None and depth == 5:
            self.inner[name] = text
        elif self.inner is not None and depth == 4:
            self._end_inner(record, name, self.inner)
        elif depth == 4 and name == "category":
            domain, nicename = (self.attributes.get(key, "") for key in ("domain", "nicename"))
            record.terms.append((domain, nicename, text.strip()))
        elif depth == 4:
            record.fields[name] = text

    def _end_inner(self, record: Record, name: str, inner: dict[str, str]) -> None:
        if name == "wp:comment":
            record.comments.append(inner)
        else:
            record.meta[inner.get("wp:meta_key", "").strip()] = inner.get("wp:meta_value", "")
        self.inner = None

    def _end_site(self) -> None:
        """The channel's own fields stand before everything else."""
        if self.site:
            self.done.append(self.site)
            self.site = None
