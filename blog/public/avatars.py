"""The tint behind a writer's initial: the same for one person everywhere on this site, and nowhere else."""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from blog.comments.models import Comment
    from blog.comments.threads import Row

TINTS = 12  # classes in article.css


def tint_of(comment: Row | Comment) -> int:
    """Return 1 to TINTS for whoever wrote it: by account, else by email, else by name.

    With a key, so that it is no hash of an address that other sites know, too.
    """
    return _tint(str(comment.user_id or comment.email or comment.name), settings.SECRET_KEY)


@lru_cache(maxsize=4096)  # the same people write again
def _tint(who: str, secret: str) -> int:
    return hmac.digest(_key(secret), who.encode(), "sha256")[0] % TINTS + 1


@lru_cache(maxsize=1)
def _key(secret: str) -> bytes:
    """Return the key: making it costs more than using it for a whole thread."""
    return salted_hmac("byline.tint", "", secret=secret, algorithm="sha256").digest()
