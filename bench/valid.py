"""Read every page of a running site as a stranger does: each link answers, each page is valid.

    uv run python bench/valid.py http://127.0.0.1:8000/ --vnu node_modules/vnu-jar/build/dist/vnu.jar

The Nu Html Checker is npm's `vnu-jar`, and wants Java; without it only links and feeds are looked at. Exit
code 1 where a link leads nowhere, a page has an error or a warning, or XML or JSON does not parse.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import deque
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
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
    ),
)
EXPECTED = {"no-such-page/": 404}
MOST = 3000  # addresses


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
            elif kind.endswith("xml"):
                root = ElementTree.fromstring(text)  # noqa: S314 (our own site)
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
