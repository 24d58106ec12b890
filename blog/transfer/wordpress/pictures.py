"""The pictures of another blog: out of a copy of its uploads, or fetched from its own host.

Fetching is the one place where a file that somebody hands us says what this server asks for. So it asks
the blog's own host alone and others only where the owner names them, never a host in a private network,
at the very address that was looked at, and follows no redirect that leads elsewhere.
"""

from __future__ import annotations

import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urljoin, urlsplit

import PIL.Image
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from blog.media.models import Image
from blog.media.services import FORMATS, MAX_BYTES
from blog.transfer.models import ImportedItem
from blog.transfer.pictures import take_in
from blog.transfer.problems import ImportProblem, sentence_of
from blog.transfer.wordpress.survey import (
    PICTURE_ENDING,
    Thing,
    file_name_of,
    names_of,
    whole_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from blog.transfer.wordpress.report import Report
    from blog.transfer.wordpress.survey import Survey

TIMEOUT = 15  # seconds without an answer
MAX_SECONDS = 120  # for one file
MAX_REDIRECTS = 3
MOST_SILENCES = 5  # in a row, of one host: thousands of pictures would wait for nothing
MAY_FETCH_INSIDE = False  # from our own network, at any port: only tests do


class Source(Protocol):
    """Where files come from."""

    def read(self, address: str, name: str) -> bytes | None:
        """Return the file at an address, or by its name below the uploads; None where there is none."""

    def check(self, address: str, name: str) -> bool:
        """Say whether there is likely such a file, for a rehearsal. May raise ImportProblem."""


@dataclass
class Uploads:
    """A copy of wp-content/uploads."""

    folder: Path

    def read(self, address: str, name: str) -> bytes | None:
        file = self._file(name)
        return file.read_bytes() if file else None

    def check(self, address: str, name: str) -> bool:
        file = self._file(name)
        if file is None:
            return False
        try:
            with PIL.Image.open(file, formats=FORMATS):  # reads the head alone
                return True
        except Exception as error:
            raise ImportProblem(_("This is not a picture we can read.")) from error

    def _file(self, name: str) -> Path | None:
        root = self.folder.resolve()
        try:
            file = (root / name).resolve()  # through links, too
            if not file.is_relative_to(root) or not file.is_file():
                return None
            size = file.stat().st_size
        except (OSError, ValueError):
            return None
        if size > MAX_BYTES:
            raise ImportProblem(_("The file is larger than 20 MB."))
        return file


class NoAnswer(ImportProblem):
    """The host is silent, or ended in the midst of it."""


@dataclass
class Web:
    """The blog's own host, as long as it is there."""

    hosts: frozenset[str]
    silences: Counter[str] = field(default_factory=Counter)

    def check(self, address: str, name: str) -> bool:
        self._target(address)
        return True

    def read(self, address: str, name: str) -> bytes | None:
        for _attempt in range(MAX_REDIRECTS + 1):
            secure, host, port, path = self._target(address)
            answer = self._answer(secure, host, port, path)
            if isinstance(answer, bytes) or answer is None:
                return answer
            address = urljoin(address, answer)
        raise ImportProblem(_("It redirects too often."))

    def _answer(self, secure: bool, host: str, port: int, path: str) -> bytes | str | None:
        if self.silences[host] >= MOST_SILENCES:
            raise ImportProblem(_("%s has not answered before: it was not asked again.") % host)
        try:
            answer = _ask(secure, host, port, path)
        except NoAnswer:
            self.silences[host] += 1
            raise
        self.silences[host] = 0
        return answer

    def _target(self, address: str) -> tuple[bool, str, int, str]:
        """Return what to ask, or raise ImportProblem for what is not the blog's."""
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            raise ImportProblem(_("It has no address that can be asked.")) from error
        if parts.scheme not in {"http", "https"} or not host:
            raise ImportProblem(_("It has no address that can be asked."))
        if host.removeprefix("www.") not in self.hosts:
            raise ImportProblem(
                _(
                    "It is on %(host)s, not the blog’s own host: allow it with --from-host %(host)s."
                )
                % {"host": host}
            )
        is_secure = parts.scheme == "https"
        usual = 443 if is_secure else 80
        if port not in (None, usual) and not MAY_FETCH_INSIDE:
            raise ImportProblem(_("Its address names a port, which is not asked."))
        path = quote(parts.path, safe="/%~!$&'()*+,;=:@-._") or "/"
        query = quote(parts.query, safe="/%~!$&'()*+,;=:@-._?")
        return is_secure, host, port or usual, f"{path}?{query}" if query else path


def own_hosts(base: str) -> set[str]:
    """Return the blog's own host and, at WordPress.com, that of its files."""
    host = (urlsplit(base).hostname or "").lower().removeprefix("www.")
    name = host.removesuffix(".wordpress.com")
    return {host} | ({f"{name}.files.wordpress.com"} if name != host and name else set())


def _ask(secure: bool, host: str, port: int, path: str) -> bytes | str | None:
    """Return the file, the address it has moved to, or None where there is none."""
    place = _place_of(host, port)
    make = HTTPSConnection if secure else HTTPConnection
    connection: Any = make(host, port, timeout=TIMEOUT)
    # Connect to the address that was looked at: asked again, the name could mean another one.
    connection._create_connection = lambda *_args, **_more: socket.create_connection(
        (place, port), TIMEOUT
    )
    end = time.monotonic() + MAX_SECONDS
    try:
        connection.request("GET", path, headers={"User-Agent": "Byline", "Accept": "image/*"})
        response = connection.getresponse()
        if response.status in {301, 302, 303, 307, 308}:
            return str(response.getheader("Location", ""))
        if response.status in {404, 410}:
            return None
        if response.status != 200:
            raise ImportProblem(_("The host answered %d.") % response.status)
        content = bytearray()
        while part := response.read1(64 * 1024):
            content += part
            if len(content) > MAX_BYTES:
                raise ImportProblem(_("The file is larger than 20 MB."))
            if time.monotonic() > end:
                raise ImportProblem(_("The host sent it too slowly."))
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(_("The host did not send it: %s.") % error) from error
    else:
        return bytes(content)
    finally:
        connection.close()


def _place_of(host: str, port: int) -> str:
    """Return the network address of a host outside; raise ImportProblem for one in a private network."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ImportProblem(_("There is no host %s.") % host) from error
    places = [str(each[4][0]).partition("%")[0] for each in found]
    if not MAY_FETCH_INSIDE and not all(ip_address(place).is_global for place in places):
        raise ImportProblem(_("%s is in a private network, which is not asked.") % host)
    return places[0]


class Library:
    """The pictures of the export, and what they are here."""

    def __init__(
        self, survey: Survey, source: Source | None, report: Report, *, is_rehearsal: bool
    ) -> None:
        self.hosts = survey.hosts
        self.base = survey.base
        self.source = source
        self.report = report
        self.is_rehearsal = is_rehearsal
        self.words: dict[str, Thing] = {}  # by name below the uploads
        self.by_number: dict[int, Thing] = {}
        self.attached: dict[int, list[int]] = {}  # to a post, by its number
        self.taken: dict[str, tuple[int, str]] = {}  # key and file here, by name below the uploads
        self.lacking: set[str] = set()  # of the text that is being read
        self.elsewhere: set[str] = set()
        self.is_new = False  # something came in by this run
        self.things = survey.of_kind("attachment")
        for thing in self.things:
            self.by_number.setdefault(thing.number, thing)
            if name := file_name_of(thing.url, self.hosts):
                self.words.setdefault(name, thing)
            if thing.parent and PICTURE_ENDING.search(name):
                self.attached.setdefault(thing.parent, []).append(thing.number)
        self.things += self._loose(survey)

    def _loose(self, survey: Survey) -> list[Thing]:
        """Return pictures of texts that no attachment tells of, as attachments without a number."""
        found: dict[str, Thing] = {}
        for address in survey.loose:
            name = file_name_of(self.absolute(address), self.hosts)
            if not PICTURE_ENDING.search(name) or any(
                each in self.words for each in names_of(name)
            ):
                continue
            url = self.absolute(address).partition("?")[0]
            found.setdefault(
                whole_name(name), Thing(kind="attachment", number=0, guid=url[:500], url=url)
            )
        return list(found.values())

    def take_all(
        self, known: dict[tuple[str, int], ImportedItem], tell: Callable[[str], None]
    ) -> None:
        """Bring in every picture that is not here, each by itself: what is done stays done."""
        for done, thing in enumerate(self.things):
            if done and done % 100 == 0:
                tell(_("Pictures: %(done)d of %(all)d") % {"done": done, "all": len(self.things)})
            name = file_name_of(thing.url, self.hosts)
            if not PICTURE_ENDING.search(name):
                ending = name.rpartition(".")[2].lower() if "." in name else "?"
                what = _("Files that are no pictures (%s); links to them lead to the old site")
                self.report.leave_out(what % ending[:10])
            elif item := known.get(thing.key):
                self._remember(name, item.image)
                self.report.count("picture", "known" if item.image else "deleted")
            else:
                self._take(thing, name)

    def _take(self, thing: Thing, name: str) -> None:
        if self.source is None:
            self.report.count("picture", "missing")
            self.report.pictures.append(thing.url)
            return
        try:
            is_there = (
                self._rehearse(thing, name) if self.is_rehearsal else self._store(thing, name)
            )
        except (ImportProblem, ValidationError) as error:
            sentence = sentence_of(error) if isinstance(error, ValidationError) else str(error)
            self.report.count("picture", "failed")
            self.report.pictures.append(f"{thing.url}: {sentence}")
            return
        self.report.count("picture", "new" if is_there else "missing")
        if not is_there:
            self.report.pictures.append(_("%s: there is no such file.") % thing.url)

    def _rehearse(self, thing: Thing, name: str) -> bool:
        is_there = any(self.source.check(*place) for place in _places(thing, name))  # type: ignore[union-attr]
        if is_there:
            self.taken[name] = (0, "pictures/rehearsal.jpg")
        return is_there

    def _store(self, thing: Thing, name: str) -> bool:
        for place in _places(thing, name):
            if content := self.source.read(*place):  # type: ignore[union-attr]
                break
        else:
            return False
        words = {"alt": thing.alt, "caption": thing.caption}
        with transaction.atomic():
            image, is_new = take_in(content, words, editor=None, is_shared=False)
            try:
                with transaction.atomic():
                    ImportedItem.objects.create(guid=thing.guid, number=thing.number, image=image)
            except Exception:
                if is_new:  # the row goes with the transaction; its file would not
                    image.file.delete(save=False)
                raise
        self._remember(name, image)
        self.is_new = True
        return True

    def _remember(self, name: str, image: Image | None) -> None:
        if image:
            self.taken[name] = (image.pk, str(image.file))

    def absolute(self, address: str) -> str:
        if address.startswith("//"):
            return f"https:{address}"
        return f"{self.base}{address}" if address.startswith("/") else address

    def address_of(self, address: str, alt: str = "") -> str | None:
        """Return where the picture of a text is now, and note which are lacking."""
        address = self.absolute(address)
        name = file_name_of(address, self.hosts)
        for each in names_of(name) if name else ():
            if each in self.taken:
                return default_storage.url(self.taken[each][1])
        (self.lacking if name else self.elsewhere).add(address)
        return None

    def file_at(self, address: str) -> str:
        """Return where the picture that a link leads to is now, "" where it is none of ours."""
        name = file_name_of(address, self.hosts)
        if not PICTURE_ENDING.search(name):
            return ""
        return next(
            (
                default_storage.url(self.taken[each][1])
                for each in names_of(name)
                if each in self.taken
            ),
            "",
        )

    def picture_at(self, address: str) -> tuple[str, str]:
        """Return the whole address of a picture, and the words that the old library had for it."""
        address = self.absolute(address)
        name = file_name_of(address, self.hosts)
        thing = next((self.words[each] for each in names_of(name) if each in self.words), None)
        return address, thing.alt if thing and name else ""

    def image(self, number: int) -> int | None:
        """Return the key of an attachment's picture here."""
        thing = self.by_number.get(number)
        if thing is None:
            return None
        pk, _name = self.taken.get(file_name_of(thing.url, self.hosts), (0, ""))
        if not pk:
            self.lacking.add(thing.url)
        return pk or None

    def pictures(self, numbers: list[int]) -> list[tuple[str, str, str]]:
        """Return addresses, words and captions of attachments, for a gallery."""
        things = [self.by_number[number] for number in numbers if number in self.by_number]
        return [(thing.url, thing.alt, thing.caption) for thing in things]


def _places(thing: Thing, name: str) -> list[tuple[str, str]]:
    """Return where the file may be: of a picture that only a text names, the whole one first."""
    places = [(thing.url, name)]
    if not thing.number and (whole := whole_name(name)) != name:
        places.insert(
            0, (thing.url.replace(name.rpartition("/")[2], whole.rpartition("/")[2]), whole)
        )
    return places
