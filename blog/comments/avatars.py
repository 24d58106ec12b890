"""Pictures beside comments: what people with an account choose, and what Gravatar has for guests.

Gravatar is asked by the worker, never by a reader's browser, and only where the owner wants that: it learns
a hash of the address, and that somebody with it writes here. The picture is kept and shown from here.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import cache as once
from hashlib import sha256
from http.client import HTTPException
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.tasks import task
from django.utils import timezone

from blog.comments.models import Avatar, Comment
from blog.media.services import clean_picture, small_square
from blog.outbox.services import mark_of
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from accounts.models import User
    from blog.media.services import CleanPicture

GRAVATAR = "https://gravatar.com/avatar/"
EDGE = 80  # pixels: shown at 40
TIMEOUT = 10  # seconds
MOST = 500_000  # bytes of a picture of that size
AGAIN = timedelta(days=30)

PAUSE = 300  # seconds without a question after one that failed
_PAUSES = "comments.gravatar_pauses"

logger = logging.getLogger(__name__)


class _SameService(HTTPRedirectHandler):
    """Another host that we are sent to may be one of our own network."""

    def redirect_request(self, req: Request, *args: Any) -> Request | None:
        old, new = urlsplit(req.full_url), urlsplit(args[-1])
        hosts = f".{old.hostname}", f".{new.hostname}"
        if old.scheme != new.scheme or old.port != new.port or not hosts[1].endswith(hosts[0]):
            return None
        return super().redirect_request(req, *args)


@once  # not at the start of every process: it reads the certificates of all authorities
def _opener() -> OpenerDirector:
    return build_opener(_SameService)


@transaction.atomic
def choose_avatar(*, user: User, picture: CleanPicture | None) -> None:
    """Show this picture beside all that the user has written; None: the initial again.

    It is a new row each time, so that no browser shows the old picture at its address.
    """
    earlier = Avatar.objects.filter(user=user)
    earlier.select_for_update().first()  # a comment that is being stored with it is stored before
    earlier.delete()
    if picture is None:
        return
    avatar = Avatar.objects.create(
        user=user, image=small_square(picture, EDGE), checked_at=timezone.now()
    )
    Comment.objects.filter(user=user).update(avatar=avatar)


def avatar_of(user: User | None) -> int | None:
    """Return the key of the picture that a new comment of this user gets, in the transaction that stores it.

    The row is locked: if the picture is changed at this moment, either the comment is there to be changed
    with it, or it begins without one.
    """
    if user is None:
        return None
    rows = Avatar.objects.select_for_update(no_key=True).filter(user=user)
    return rows.values_list("pk", flat=True).first()


@task
def find_avatar(comment_id: int) -> None:
    """Look for the picture of a guest whose comment is public, at most once a month for an address.

    Where Gravatar cannot be reached all stays as it was; nobody is asked for some minutes, as each question
    would hold a worker, and the next comment after them asks again.
    """
    comment = Comment.objects.approved().filter(pk=comment_id, user=None).exclude(email="").first()
    if comment is None or not SiteSettings.objects.current().gravatars_on:
        return
    mark = mark_of(comment.email)
    avatar = Avatar.objects.filter(mark=mark).first()
    if avatar is None or avatar.checked_at < timezone.now() - AGAIN:
        if cache.get(_PAUSES):
            return
        try:
            image = _ask_gravatar(comment.email)
        except (URLError, OSError, HTTPException, ValidationError) as error:
            logger.warning("Gravatar gave no picture for comment %s: %s", comment_id, error)
            cache.set(_PAUSES, True, PAUSE)
            return
        avatar = _keep(mark, image)
    if avatar.image:
        same = Comment.objects.filter(email=comment.email, user=None)
        same.exclude(avatar=avatar).update(avatar=avatar)


@transaction.atomic
def _keep(mark: str, image: bytes) -> Avatar:
    """Keep what was found, nothing too; another picture is another row, as in `choose_avatar`."""
    found: dict[str, Any] = {"image": image, "checked_at": timezone.now()}
    known, is_new = Avatar.objects.select_for_update().get_or_create(mark=mark, defaults=found)
    if is_new:
        return known
    if bytes(known.image) == image:
        known.checked_at = found["checked_at"]
        known.save(update_fields=["checked_at"])
        return known
    known.delete()
    return Avatar.objects.create(mark=mark, **found)


def _ask_gravatar(email: str) -> bytes:
    """Return the picture, decoded and encoded again by us; nothing where there is none for all ages."""
    name = sha256(email.strip().lower().encode()).hexdigest()
    request = Request(  # noqa: S310 - the address is a constant, or a test's
        f"{GRAVATAR}{name}?s={EDGE}&d=404&r=g", headers={"User-Agent": "Byline"}
    )
    try:
        with _opener().open(request, timeout=TIMEOUT) as response:
            content = response.read(MOST)
    except HTTPError as error:
        if error.code == 404:
            return b""
        raise
    return small_square(clean_picture(BytesIO(content)), EDGE)


def forget_avatars() -> None:
    """Delete what Gravatar had for guests of whom nothing is left, and all of it where it is switched off.

    That it had nothing is known for as long as nobody is asked again.
    """
    rows = Avatar.objects.exclude(mark="")
    if SiteSettings.objects.current().gravatars_on:
        rows = rows.exclude(image=b"", checked_at__gt=timezone.now() - AGAIN)
        rows = rows.exclude(Exists(Comment.objects.filter(avatar=OuterRef("pk"))))
    rows.delete()
