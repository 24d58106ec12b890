"""When pages change although nothing is written: articles come and go at their hour."""

from datetime import UTC, datetime

from blog.articles.models import Article
from blog.prepared import Prepared

_next_to_appear = Prepared(
    lambda now: (
        Article.objects.filter(status=Article.Status.PUBLISHED, publish_at__gt=now)
        .order_by("publish_at", "pk")
        .values_list("publish_at", flat=True)[:1]
    )
)
_next_to_go = Prepared(
    lambda now: (
        Article.objects.filter(status=Article.Status.PUBLISHED, expire_at__gt=now)
        .order_by("expire_at")
        .values_list("expire_at", flat=True)[:1]
    )
)


def next_event(now: float) -> float:
    """Return when an article next appears or goes, both in seconds since the epoch; infinity for never."""
    at = datetime.fromtimestamp(now, UTC)
    times = [*_next_to_appear(now=at), *_next_to_go(now=at)]
    return min((time.timestamp() for time in times if time), default=float("inf"))
