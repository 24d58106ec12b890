"""Guests: a signed cookie that only a POST sets, and a network hash that forgets overnight.

The address itself is never stored (DESIGN, rule 4).
"""

import uuid
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

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


def network_hash(request: HttpRequest) -> str:
    """Return 32 hex digits for the client's network, different every day (UTC).

    IPv6 counts by /64, the size handed to one household. Used for rate limits only.
    """
    text = client_address(request)
    try:
        address = ip_address(text)
    except ValueError:
        pass
    else:
        if isinstance(address, IPv6Address):
            address = address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64)
        text = str(address)
    day = timezone.now().date().isoformat()
    return salted_hmac(f"byline.network.{day}", text, algorithm="sha256").hexdigest()[:32]


def _is_trusted(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address == "" and bool(settings.TRUSTED_PROXIES)  # a unix socket has no address
    return any(parsed in network for network in settings.TRUSTED_PROXIES)
