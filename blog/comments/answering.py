"""How long moderators usually need: told to whoever waits for them."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from statistics import median

from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.comments.models import Comment, Decision

LATEST = 50  # decisions that are looked at
ENOUGH = 10  # of them, at least, to say anything
KEEP = 3600  # seconds; one comment more or less changes nothing
_KEY = "comments.usual-wait"


def usual_wait() -> str:
    """Return in plain words how soon a comment that waits is usually decided about; "" if nobody knows."""
    seconds = cache.get(_KEY)
    if seconds is None:
        wait = _median_wait()
        seconds = wait.total_seconds() if wait is not None else -1
        cache.set(_KEY, seconds, KEEP)
    return "" if seconds < 0 else _in_words(timedelta(seconds=seconds))


def _median_wait() -> timedelta | None:
    """Return the median of the last decisions people made about comments that waited."""
    held = Decision.objects.filter(
        comment=OuterRef("comment"), to_status=Comment.Status.PENDING, pk__lt=OuterRef("pk")
    )
    decided = (
        Decision.objects.filter(from_status=Comment.Status.PENDING, actor__isnull=False)
        .exclude(to_status__in=(Comment.Status.PENDING, Comment.Status.REMOVED))
        .exclude(via="ban")  # about a person, many comments at once
        .annotate(held_at=Subquery(held.order_by("-pk").values("created_at")[:1]))
        .order_by("-pk")
        .values_list("held_at", "created_at")
    )
    waits = [at - held_at for held_at, at in decided[:LATEST] if held_at]
    return median(waits) if len(waits) >= ENOUGH else None


def _in_words(wait: timedelta) -> str:
    hours, days = ceil(wait / timedelta(hours=1)), ceil(wait / timedelta(days=1))
    if hours <= 1:
        return _("Usually answered within an hour.")
    if hours <= 24:
        text = ngettext(
            "Usually answered within %(count)d hour.",
            "Usually answered within %(count)d hours.",
            hours,
        )
        return text % {"count": hours}
    text = ngettext(
        "Usually answered within %(count)d day.", "Usually answered within %(count)d days.", days
    )
    return text % {"count": days}
