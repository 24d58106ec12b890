"""What a rule has deleted at once: no row is left, so the limits and the answer to its writer look here.

In the cache, which all processes share, in one entry: many would push the throttles of signing in out of it.
It holds times, numbers and keyed marks of who wrote, for some minutes, and nothing of the comment.
Two at the same instant below two articles may count as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from blog.comments.writers import Writer

MINUTE = 60  # seconds
KEEP = 600  # seconds, for the page that the writer sees next
MOST = 1000  # then the oldest are forgotten
_KEY = "comments.dropped"


def remember_drop(number: int, writer: Writer, *, pause: int) -> None:
    """Count one more of this person and of this network; *number* is that of the comment."""
    now, keep = timezone.now().timestamp(), max(pause, KEEP)
    drops = [drop for drop in cache.get(_KEY, ()) if drop[0] > now - keep]
    cache.set(_KEY, [*drops[1 - MOST :], (now, number, *_marks(writer))], keep)


def drops_of(writer: Writer, *, pause: int) -> tuple[bool, int]:
    """Say whether this person must pause still, and how many came from the network within a minute."""
    drops = cache.get(_KEY)
    if not drops:
        return False, 0
    now = timezone.now().timestamp()
    person, network = _marks(writer)
    must_pause = any(at > now - pause and person & other for at, _pk, other, _net in drops)
    near = [at for at, _pk, _person, other in drops if network and other == network]
    return must_pause, sum(at > now - MINUTE for at in near)


def was_dropped(number: int) -> bool:
    """Say whether a comment of this number was deleted at once, some minutes ago."""
    return any(number == drop[1] for drop in cache.get(_KEY, ()))


def _marks(writer: Writer) -> tuple[set[str], str]:
    """Return the marks by which a person is known, and that of the network, or ""."""
    known = (writer.user and writer.user.pk, writer.visitor, writer.email)
    person = {_mark(f"{place}:{value}") for place, value in enumerate(known) if value}
    return person, writer.network_hash and _mark(writer.network_hash)


def _mark(value: str) -> str:
    return salted_hmac("byline.dropped", value, algorithm="sha256").hexdigest()[:24]
