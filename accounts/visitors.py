"""Guests: a signed cookie that only a POST sets, and a network hash that forgets overnight.

The address itself is never stored (DESIGN, rule 4).
"""

import hmac
import re
import secrets
import uuid
from datetime import date
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import NetworkKey

COOKIE = "visitor"
COOKIE_AGE = 360 * 24 * 3600  # seconds; WordPress's rating plugins remember as long
_SALT = "byline.visitor"


def visitor_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the guest's id, or None for a browser that never posted or a forged cookie."""
    try:
        return uuid.UUID(signing.loads(request.COOKIES[COOKIE], salt=_SALT))
    except (KeyError, ValueError, TypeError, AttributeError, signing.BadSignature):
        return None


def remember_visitor(response: HttpResponse, visitor: uuid.UUID) -> None:
    """Set the visitor cookie. Call it only when answering a POST: pages are shared by everybody."""
    response.set_cookie(
        COOKIE,
        signing.dumps(str(visitor), salt=_SALT),
        max_age=COOKIE_AGE,
        httponly=True,
        secure=settings.SITE_IS_HTTPS,
        samesite="Lax",
    )


def client_address(request: HttpRequest) -> str:
    """Return the client's address as text; X-Forwarded-For counts only behind a trusted proxy.

    The list is read from the right, past our own proxies: what stands left of the first foreign
    address was written by the client and proves nothing.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if not _is_trusted(address):
        return address
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not (hop := hop.strip()):
            continue
        address = hop
        if not _is_trusted(hop):
            break
    return address


def country_of(request: HttpRequest) -> str:
    """Return the two letters of the country that a trusted proxy says a request comes from; else "".

    It is looked at, and not kept: no table of addresses is here, and none is stored (DESIGN, rule 4).
    """
    if not settings.COUNTRY_HEADER or not _is_trusted(request.META.get("REMOTE_ADDR", "")):
        return ""
    country = request.headers.get(settings.COUNTRY_HEADER, "").strip().upper()
    # XX and T1 are what a well-known proxy says where it does not know.
    return country if re.fullmatch("[A-Z]{2}", country) and country != "XX" else ""


def network_of(request: HttpRequest) -> str:
    """Return the client's address as text, of IPv6 the /64 that is handed to one household."""
    text = client_address(request)
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64)
    return str(address)


def network_hash(request: HttpRequest) -> str:
    """Return 32 hex digits for the client's network, different every day (UTC); "" for a GET.

    The key of a day is random and destroyed afterwards (`forget_network_keys`): from then on nobody
    can tell whose network a hash stands for, not even with the SECRET_KEY. At midnight a network
    becomes a new one. So what is counted within an hour or a day begins anew there: for that moment a
    network has twice the limit, at most, and what is kept against a network by its hash ends with its
    day.

    A GET writes nothing, so it gets no hash: nothing that only reads has a use for one.
    """
    if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"}:
        return ""
    key = network_key(timezone.now().date())
    return hmac.digest(key, network_of(request).encode(), "sha256").hex()[:32]


def network_key(day: date) -> bytes:
    """Return the random key of the day. Each process remembers one, so it asks the database once a day.

    Call it outside of transactions: a key that is rolled back is known to one process only.
    """
    key = remembered_keys.get(day)
    if key is None:
        key = stored_network_key(day)
        remembered_keys.clear()
        remembered_keys[day] = key
    return key


remembered_keys: dict[date, bytes] = {}


def stored_network_key(day: date) -> bytes:
    """Return the key from the database; the first who asks makes it, and of two at once there is one."""
    row, _created = NetworkKey.objects.get_or_create(
        day=day, defaults={"key": secrets.token_hex(32)}
    )
    return bytes.fromhex(row.key)


def forget_network_keys() -> int:
    """Destroy the keys of days that are over; return how many. Hashes made with them stay comparable."""
    count, _rows = NetworkKey.objects.filter(day__lt=timezone.now().date()).delete()
    return count


def _is_trusted(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address == "" and bool(settings.TRUSTED_PROXIES)  # a unix socket has no address
    return any(parsed in network for network in settings.TRUSTED_PROXIES)
