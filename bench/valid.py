"""Read every page of a running site as a stranger does: each link answers, each page is valid.

    uv run python bench/valid.py http://127.0.0.1:8000/ --vnu node_modules/vnu-jar/build/dist/vnu.jar

The Nu Html Checker is npm's `vnu-jar`, and wants Java; without it only links and feeds are looked at. Exit
code 1 where a link leads nowhere, a page has an error or a warning, or a feed or the sitemap lacks what its
specification asks for (RSS 2.0, RFC 4287, JSON Feed 1.1, sitemaps.org).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

# Pages that no link leads to, or none without a form.
ALSO = (
    *(
        "no-such-page/",
        "accounts/login/",
        "accounts/password/reset/",
        "privacy/mine/",
        "following/",
    ),
    *(
        "search/?q=the",
        "search/?q=xyzzy",
        "search/?q=%22",
        "top-rated/",
        "sitemap.xml",
        "robots.txt",
        "feed/json/",
        "comments/feed/atom/",
        "comments/feed/json/",
        "search/feed/?q=the",
        "search/feed/atom/?q=the",
        "search/feed/json/?q=the",
    ),
)
EXPECTED = {"no-such-page/": 404}
# A rule of CSS View Transitions 2 that the checker does not know; of styles it reads what stands in a page.
UNKNOWN = "CSS: Unrecognized at-rule “@view-transition”"
MOST = 3000  # addresses
MOST_IN_SITEMAP = 50_000
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"


class Links(HTMLParser):
    """Collects what a page refers to, and its own anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()
        self.data: list[str] | None = None
        self.blocks: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids.add(values.get("id", ""))
        if tag in {"a", "link", "area"} and "href" in values:
            self.found.append(values["href"])
        if tag in {"img", "script", "source", "iframe"} and values.get("src"):
            self.found.append(values["src"])
        for part in values.get("srcset", "").split(","):
            if part.strip():
                self.found.append(part.split()[0])
        if tag == "meta" and values.get("property") in {"og:url", "og:image"}:
            self.found.append(values["content"])
        if tag == "script" and values.get("type") == "application/ld+json":
            self.data = []

    def handle_data(self, data: str) -> None:
        if self.data is not None:
            self.data.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self.data is not None:
            self.blocks.append("".join(self.data))
            self.data = None


def faults_of_xml(root: ElementTree.Element) -> list[str]:
    """Return what a feed or a sitemap lacks; nothing for other XML."""
    if root.tag == "rss":
        return faults_of_rss(root)
    if root.tag == f"{ATOM}feed":
        return faults_of_atom(root)
    for file, entry in (("urlset", "url"), ("sitemapindex", "sitemap")):
        if root.tag == f"{SITEMAP}{file}":
            return faults_of_sitemap(root, entry)
    return []


def faults_of_rss(root: ElementTree.Element) -> list[str]:
    """Look at what RSS 2.0 requires, and what its validator asks for besides."""
    channel = root.find("channel")
    if channel is None or root.get("version") != "2.0":
        return ["no channel of RSS 2.0"]
    faults = lacking(channel, "title", "link", "description")
    faults += bad_times([*channel.findall("lastBuildDate"), *channel.iter("pubDate")], of_mail)
    items = channel.findall("item")
    for item in items:
        faults += lacking(item, "title", "link", "guid", "pubDate")
        for enclosure in item.iter("enclosure"):
            is_sized = enclosure.get("length", "").isdecimal()
            if not (
                is_sized and is_whole(enclosure.get("url")) and "/" in enclosure.get("type", "")
            ):
                faults.append(f"an enclosure lacks address, length or type: {enclosure.attrib}")
    links = [node.text for node in channel.iter("link")]
    return faults + not_whole(links) + twice(item.findtext("guid") for item in items)


def faults_of_atom(root: ElementTree.Element) -> list[str]:
    """Look at what RFC 4287 requires of a feed and of each entry (section 4.1)."""
    faults = []
    entries = root.findall(f"{ATOM}entry")
    for node in (root, *entries):
        faults += lacking(node, *(f"{ATOM}{name}" for name in ("id", "title", "updated")))
        if root.find(f"{ATOM}author") is None and node.find(f"{ATOM}author") is None:
            faults.append("an entry lacks an author, as its feed does")
        rels = [link.get("rel", "alternate") for link in node.findall(f"{ATOM}link")]
        if rels.count("alternate") != 1 or rels.count("self") != (node is root):
            faults.append(f"links of the kinds {rels}")
    for author in root.iter(f"{ATOM}author"):
        faults += lacking(author, f"{ATOM}name")
    times = [*root.iter(f"{ATOM}updated"), *root.iter(f"{ATOM}published")]
    faults += bad_times(times, datetime.fromisoformat)
    faults += not_whole(link.get("href") for link in root.iter(f"{ATOM}link"))
    return faults + twice(entry.findtext(f"{ATOM}id") for entry in entries)


def faults_of_sitemap(root: ElementTree.Element, entry: str) -> list[str]:
    """Look at what the schema of a sitemap, or of an index of them, allows: this, in this order."""
    faults = [f"{node.tag} among them" for node in root if node.tag != f"{SITEMAP}{entry}"]
    places = [node.findtext(f"{SITEMAP}loc") for node in root]
    for node in root:
        names = [child.tag for child in node if child.tag != f"{IMAGE}image"]
        if names not in ([f"{SITEMAP}loc"], [f"{SITEMAP}loc", f"{SITEMAP}lastmod"]):
            faults.append(f"an entry of {names}")
    if not 0 < len(places) <= MOST_IN_SITEMAP:
        faults.append(f"{len(places)} entries")
    faults += bad_times(root.iter(f"{SITEMAP}lastmod"), datetime.fromisoformat)
    pictures = [node.findtext(f"{IMAGE}loc") for node in root.iter(f"{IMAGE}image")]
    return faults + not_whole([*places, *pictures]) + twice(places)


def faults_of_json(feed: dict[str, Any]) -> list[str]:
    """Look at what JSON Feed 1.1 requires."""
    faults = (
        [] if feed.get("version") == "https://jsonfeed.org/version/1.1" else ["no version 1.1"]
    )
    faults += [] if feed.get("title") else ["lacks title"]
    addresses = [feed.get("home_page_url"), feed.get("feed_url")]
    for item in feed.get("items", []):
        if not isinstance(item.get("id"), str) or not item["id"]:
            faults.append("an item lacks an id")
        if not isinstance(item.get("content_html"), str):
            faults.append(f"{item.get('id')} lacks its text")
        if not all(author.get("name") for author in item.get("authors", [])):
            faults.append(f"{item.get('id')} has an author without a name")
        for name in ("date_published", "date_modified"):
            if name in item and not has_zone(item[name], datetime.fromisoformat):
                faults.append(f"{name} is {item[name]!r}")
        addresses.append(item.get("url"))
    return faults + not_whole(addresses) + twice(item.get("id") for item in feed.get("items", []))


def lacking(node: ElementTree.Element, *names: str) -> list[str]:
    """Return a fault for each of these children that is not there exactly once, with words."""
    found = {name: [child.text for child in node.findall(name)] for name in names}
    return [
        f"{node.tag}: {name} is {texts}"
        for name, texts in found.items()
        if len(texts) != 1 or not texts[0]
    ]


def bad_times(nodes: Iterable[ElementTree.Element], read: Callable[[str], datetime]) -> list[str]:
    return [
        f"{node.tag} is {node.text!r}" for node in nodes if not has_zone(node.text or "", read)
    ]


def has_zone(text: str, read: Callable[[str], datetime]) -> bool:
    try:
        return read(text).tzinfo is not None
    except ValueError:
        return False


def of_mail(text: str) -> datetime:
    """Read a time as RFC 822 writes it."""
    return parsedate_to_datetime(text)


def not_whole(addresses: Iterable[str | None]) -> list[str]:
    return [f"{address!r} is no whole address" for address in addresses if not is_whole(address)]


def is_whole(address: str | None) -> bool:
    parts = urlsplit(address or "")
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def twice(names: Iterable[str | None]) -> list[str]:
    return [f"{name} is there {n} times" for name, n in Counter(names).items() if n > 1]


class Site:
    def __init__(self, start: str, folder: Path) -> None:
        self.start, self.folder = start, folder
        self.host = urlsplit(start).netloc
        self.faults: list[str] = []
        self.pages: dict[str, str] = {}  # file: address
        self.anchors: dict[str, set[str]] = {}
        self.wanted_anchors: list[tuple[str, str, str]] = []  # address, anchor, from

    def read(self) -> int:
        """Ask for everything that is linked, once; return how much there was."""
        queue = deque([(self.start, "")] + [(urljoin(self.start, path), "") for path in ALSO])
        seen = {address for address, _ in queue}
        count = 0
        while queue and count < MOST:
            address, source = queue.popleft()
            count += 1
            for link in self.look_at(address, source):
                whole, anchor = urldefrag(urljoin(address, link))
                if urlsplit(whole).netloc != self.host:
                    continue
                if anchor:
                    self.wanted_anchors.append((whole, anchor, address))
                if whole not in seen:
                    seen.add(whole)
                    queue.append((whole, address))
        for whole, anchor, source in self.wanted_anchors:
            if whole in self.anchors and anchor not in self.anchors[whole]:
                self.faults.append(f"{source} leads to {whole}#{anchor}, which is not there")
        return count

    def look_at(self, address: str, source: str) -> list[str]:
        status, kind, location, body = self.ask(address)
        path = address.removeprefix(self.start)
        if status in {301, 302, 303, 308}:
            return [location]
        if status != EXPECTED.get(path, 200):
            self.faults.append(f"{status} at {address}, linked from {source}")
        text = body.decode(errors="replace")
        if kind == "text/html":
            return self.look_at_page(address, text)
        try:
            if kind.endswith("json"):
                answer = json.loads(text)
                if isinstance(answer, dict) and answer.get("type") == "rich":  # oEmbed
                    frame = Links()
                    frame.feed(answer["html"])
                    return frame.found
                if kind == "application/feed+json":
                    self.faults += [f"{address}: {fault}" for fault in faults_of_json(answer)]
            elif kind.endswith("xml"):
                root = ElementTree.fromstring(text)  # noqa: S314 (our own site)
                self.faults += [f"{address}: {fault}" for fault in faults_of_xml(root)]
                return [node.text or "" for node in root.iter() if node.tag.endswith("}loc")]
        except (ValueError, ElementTree.ParseError) as error:
            self.faults.append(f"{address}: {error}")
        return []

    def look_at_page(self, address: str, text: str) -> list[str]:
        file = self.folder / f"{len(self.pages)}.html"
        file.write_text(text)
        self.pages[str(file)] = address
        links = Links()
        links.feed(text)
        self.anchors[address] = links.ids
        for block in links.blocks:
            try:
                json.loads(block)
            except ValueError as error:
                self.faults.append(f"{address}: JSON-LD: {error}")
        return links.found

    def ask(self, address: str) -> tuple[int, str, str, bytes]:
        parts = urlsplit(address)
        connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = connect(parts.netloc, timeout=30)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path or "/", headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        kind = answer.headers.get_content_type()
        return answer.status, kind, answer.headers.get("Location", ""), body

    def check(self, vnu: Path) -> None:
        """Ask the checker about all pages at once: it takes two seconds to start."""
        command = ["java", "-jar", str(vnu), "--format", "json", "--exit-zero-always"]
        result = subprocess.run(  # noqa: S603 (the owner's own files)
            [*command, *self.pages], capture_output=True, text=True, check=True
        )
        said: dict[str, list[str]] = {}
        for message in json.loads(result.stderr or result.stdout)["messages"]:
            if message["message"] == UNKNOWN:
                continue
            address = self.pages.get(message.get("url", "").removeprefix("file:"), "?")
            kind = message.get("subType", message["type"])
            extract = " ".join(message.get("extract", "").split())
            said.setdefault(f"{kind}: {message['message']}", []).append(f"{address}: {extract}")
        for sentence, places in said.items():
            self.faults.append(f"{sentence}\n    {len(places)} times, first at {places[0]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("address", help="where the site runs, with a slash at the end")
    parser.add_argument("--vnu", type=Path, help="the checker's vnu.jar")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(options.address, Path(folder))
        count = site.read()
        if options.vnu:
            site.check(options.vnu)
    for fault in site.faults:
        print(fault)
    checked = f"{len(site.pages)} pages of them checked" if options.vnu else "pages not checked"
    print(f"{count} addresses, {checked}, {len(site.faults)} faults.")
    return 1 if site.faults else 0


if __name__ == "__main__":
    sys.exit(main())
