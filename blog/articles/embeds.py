"""Things on other sites that an article points to: a film, a post, a map, as a card with a link.

Nothing of theirs is ever loaded here. The strict way: the card is a link that opens the page over there,
and the content security policy names no other host at all.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

OTHER = "link"  # a card to any other page


class Provider(NamedTuple):
    name: str  # as readers know it
    hosts: frozenset[str]  # without www.


PROVIDERS = {
    "youtube": Provider(
        "YouTube",
        frozenset({"youtube.com", "m.youtube.com", "youtu.be", "youtube-nocookie.com"}),
    ),
    "vimeo": Provider("Vimeo", frozenset({"vimeo.com", "player.vimeo.com"})),
    "gist": Provider("GitHub Gist", frozenset({"gist.github.com"})),
    "openstreetmap": Provider(
        "OpenStreetMap", frozenset({"openstreetmap.org", "osm.org", "umap.openstreetmap.fr"})
    ),
    # Anybody may run a Mastodon: it is known by its addresses.
    "mastodon": Provider("Mastodon", frozenset()),
}
KINDS = frozenset({*PROVIDERS, OTHER})
_MASTODON_POST = re.compile(r"/@[\w.-]+(@[\w.-]+)?/[0-9]{6,}(/embed)?/?")
_YOUTUBE_PLAYER = re.compile(r"/(embed|shorts|live)/(?P<film>[\w-]{6,20})")
_VIMEO_PLAYER = re.compile(r"/video/(?P<film>[0-9]+)")


def host_of(address: str) -> str:
    """Return the host of a web address without "www.", or "" for what is none."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if parts.scheme in {"http", "https"} else ""


def kind_of(address: str) -> str:
    """Return which kind of card an address makes, or "" for what is no web address."""
    host = host_of(address)
    if not host:
        return ""
    for kind, provider in PROVIDERS.items():
        if host in provider.hosts:
            return kind
    return "mastodon" if _MASTODON_POST.fullmatch(urlsplit(address).path) else OTHER


def name_of(kind: str, address: str) -> str:
    """Return where a card leads, for people: the site's name, or its host."""
    host = host_of(address)
    if kind == "mastodon":
        return f"Mastodon, {host}"
    return PROVIDERS[kind].name if kind in PROVIDERS else host


def page_of(address: str) -> str:
    """Return the page for people where the address is a player's, made for frames."""
    kind, parts = kind_of(address), urlsplit(address)
    if kind == "youtube" and (match := _YOUTUBE_PLAYER.fullmatch(parts.path)):
        return f"https://www.youtube.com/watch?{urlencode({'v': match['film']})}"
    if kind == "vimeo" and (match := _VIMEO_PLAYER.fullmatch(parts.path)):
        return f"https://vimeo.com/{match['film']}"
    if kind == "mastodon":
        return address.rstrip("/").removesuffix("/embed")
    if kind == "openstreetmap" and parts.path == "/export/embed.html":
        return _map_page(parse_qs(parts.query))
    return address


def _map_page(query: dict[str, list[str]]) -> str:
    """Return the map around the middle of the frame's corners."""
    try:
        west, south, east, north = map(float, query["bbox"][0].split(","))
    except (KeyError, ValueError):
        return "https://www.openstreetmap.org/"
    place = {
        "mlat": f"{(south + north) / 2:.5f}",
        "mlon": f"{(west + east) / 2:.5f}",
    }
    return f"https://www.openstreetmap.org/?{urlencode(place)}"
