"""Things on other sites that an article points to: a film, a post, a map, as a card with a link.

Nothing of theirs is ever loaded here. The strict way: the card is a link that opens the page over there,
and the content security policy names no other host at all.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlencode, urlsplit

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
_YOUTUBE_FILM = re.compile(r"[\w-]{6,20}")
_VIMEO_FILM = re.compile(r"/(?:video/)?(?P<film>[0-9]{1,15})(?:/(?P<key>[0-9a-f]{1,20}))?/?")
_SPOTIFY = re.compile(r"/(?:intl-\w+/)?(?P<what>(?:episode|show|track|album|playlist)/\w{1,40})/?")


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


class Player(NamedTuple):
    """What plays a film or sound of another site, in a frame that is made when a reader asks for it."""

    kind: str  # "video" or "audio", as Article.Format has it
    name: str  # of the site, as readers know it
    page: str  # for those without scripts
    frame: str

    @property
    def origin(self) -> str:
        parts = urlsplit(self.frame)
        return f"{parts.scheme}://{parts.netloc}"


def player_of(address: str) -> Player | None:
    """Return the player for an address, in the form that keeps least of who plays; None for any other."""
    host = host_of(address)
    if not host:
        return None
    parts = urlsplit(address)
    if host in PROVIDERS["youtube"].hosts:
        return _youtube(host, parts.path, parse_qs(parts.query))
    if host in PROVIDERS["vimeo"].hosts and (found := _VIMEO_FILM.fullmatch(parts.path)):
        key = found["key"] or parse_qs(parts.query).get("h", [""])[0]
        query = {"autoplay": "1", "dnt": "1"} | ({"h": key} if key else {})
        frame = f"https://player.vimeo.com/video/{found['film']}?{urlencode(query)}"
        return Player(
            "video",
            "Vimeo",
            f"https://vimeo.com{'/'.join(('', *filter(None, found.groups())))}",
            frame,
        )
    if host == "soundcloud.com" and parts.path.strip("/"):
        page = f"https://soundcloud.com{quote(parts.path)}"
        query = {"url": page, "auto_play": "true"}
        frame = f"https://w.soundcloud.com/player/?{urlencode(query)}"
        return Player("audio", "SoundCloud", page, frame)
    if host == "open.spotify.com" and (found := _SPOTIFY.fullmatch(parts.path)):
        what = found["what"]
        page, frame = f"https://open.spotify.com/{what}", f"https://open.spotify.com/embed/{what}"
        return Player("audio", "Spotify", page, frame)
    return None


def _youtube(host: str, path: str, query: dict[str, list[str]]) -> Player | None:
    film = query.get("v", [""])[0] if path == "/watch" else ""
    if host == "youtu.be":
        film = path.strip("/")
    elif match := _YOUTUBE_PLAYER.fullmatch(path):
        film = match["film"]
    if not _YOUTUBE_FILM.fullmatch(film):
        return None
    page = f"https://www.youtube.com/watch?{urlencode({'v': film})}"
    return Player(
        "video", "YouTube", page, f"https://www.youtube-nocookie.com/embed/{film}?autoplay=1"
    )
