"""Messages to the two services. Called by the worker only, never while somebody waits for a page."""

from __future__ import annotations

import json
import socket
from functools import cache
from http.client import HTTPException
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from django.conf import settings
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INDEXNOW = "https://api.indexnow.org/indexnow"
TIMEOUT = 10  # seconds
MAY_ASK_INSIDE = False  # a hub in our own network: only tests have one


class Unavailable(Exception):  # noqa: N818 - names what happened
    """The service did not take the message; why is in the text."""


class _NoRedirects(HTTPRedirectHandler):
    """A hub that sends us elsewhere may send us into our own network."""

    def redirect_request(self, *args: object) -> None:
        return None


@cache  # not at the start of every process: it reads the certificates of all authorities
def _opener() -> OpenerDirector:
    return build_opener(_NoRedirects)


def tell_hub(hub: str, feeds: Iterable[str]) -> None:
    """Tell a WebSub hub which feeds have changed; it fetches them and sends them on to who asked for it."""
    parts = urlsplit(hub)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unavailable("The address of the hub must begin with https://")
    if not MAY_ASK_INSIDE:
        _refuse_inside(parts.hostname)
    fields = [("hub.mode", "publish"), *(("hub.url", feed) for feed in feeds)]
    _post(hub, urlencode(fields).encode(), "application/x-www-form-urlencoded")


def tell_indexnow(urls: Sequence[str]) -> None:
    """Tell the search engines that share in IndexNow which addresses are new, changed or gone."""
    key = indexnow_key()
    message = {
        "host": urlsplit(settings.SITE_URL).netloc,
        "key": key,
        "keyLocation": f"{settings.SITE_URL}/{key}.txt",
        "urlList": urls,
    }
    _post(INDEXNOW, json.dumps(message).encode(), "application/json; charset=utf-8")


def indexnow_key() -> str:
    """Return the key that this site shows at /<key>.txt: whoever sends it speaks for the site. Not stored."""
    return salted_hmac("blog.announcing.indexnow", "key", algorithm="sha256").hexdigest()[:32]


def site_is_public() -> bool:
    """Say whether SITE_URL is an address that others can open."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return "." in host and not host.replace(".", "").isdigit()


def _refuse_inside(host: str) -> None:
    """Raise Unavailable for a host in our own network: only who may reach it shall ask it anything."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"{host}: {error}") from error
    if not all(ip_address(str(each[4][0]).partition("%")[0]).is_global for each in found):
        raise Unavailable(f"{host} is in a private network.")


def _post(url: str, data: bytes, content_type: str) -> None:
    headers = {"Content-Type": content_type, "User-Agent": "Byline"}
    request = Request(url, data=data, headers=headers)  # noqa: S310 - http(s), looked at above
    try:
        with _opener().open(request, timeout=TIMEOUT):
            return
    except (URLError, OSError, HTTPException, ValueError) as error:
        raise Unavailable(str(error)) from error
