"""Count a read. Five statements, whoever reads; the unique marks make it exact however many come at once."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.visitors import network_hash, network_key
from blog.articles.models import Article
from blog.prepared import Prepared
from blog.reads.models import Pace, Visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.http import HttpRequest

# People behind one address tell each other of an article; one machine that plays many readers gains little.
OF_ARTICLE_FROM_NETWORK = 30  # reads in a day
FROM_NETWORK = 600
# Most bots run no scripts and never come here. Those that do say so; a Cubot is a telephone.
BOTS = re.compile(
    r"(?<!cu)bot\b|bot[/_-]|crawl|spider|slurp|headless|lighthouse|preview|monitor|scrap|archiver|fetch"
    r"|curl|wget|python|java/|okhttp|go-http|libwww|httpclient|axios|phantom|selenium|puppeteer"
    r"|playwright|facebookexternalhit|whatsapp|pingdom|ptst",
    re.IGNORECASE,
)

_published = Prepared(
    lambda pk, now: Article.objects.published(now).filter(pk=pk).values_list("pk", flat=True)
)
_VISIT = "INSERT INTO reads_visit (day, mark) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_PACE = (
    "INSERT INTO reads_pace (day, mark, count) VALUES (%s, %s, 1) ON CONFLICT (day, mark)"
    " DO UPDATE SET count = reads_pace.count + 1 WHERE reads_pace.count < %s"
)
_DAY = (
    "INSERT INTO reads_dailyreads (article_id, day, count) VALUES (%s, %s, 1)"
    " ON CONFLICT (article_id, day) DO UPDATE SET count = reads_dailyreads.count + 1"
)
_FINISHED = (
    "UPDATE reads_dailyreads SET finished = finished + 1"
    " WHERE article_id = %s AND day = %s AND finished < count"
)
_TOTAL = (
    "INSERT INTO reads_readtotal (article_id, week, month, ever) VALUES (%s, 1, 1, 1)"
    " ON CONFLICT (article_id) DO UPDATE SET week = reads_readtotal.week + 1,"
    " month = reads_readtotal.month + 1, ever = reads_readtotal.ever + 1"
)


class TooMuch(Exception):  # noqa: N818 - names what happened
    """The network has read its share of today."""


def is_bot(agent: str) -> bool:
    return not agent or BOTS.search(agent) is not None


def count_read(request: HttpRequest, article_id: int) -> bool:
    """Count that whoever sent this POST has read the article; say whether it counted.

    A reader is a network with a browser's name. Both are hashed with the day's random key, which is
    destroyed afterwards (accounts.visitors), together with the article: no two marks can be told to be
    of the same reader. The day of the marks is that of the key; the count is of the site's own day.
    """
    if not _published(pk=article_id, now=timezone.now()):
        return False
    day, network = timezone.now().date(), network_hash(request)
    mark = _marks_of(day)
    visit = mark(network, request.headers.get("User-Agent", ""), article_id)
    paces = {mark(network): FROM_NETWORK, mark(network, article_id): OF_ARTICLE_FROM_NETWORK}
    try:
        with transaction.atomic():
            return _store(article_id, day, visit, paces)
    except (TooMuch, IntegrityError):  # or the article was deleted a moment ago
        return False


def count_finish(request: HttpRequest, article_id: int) -> bool:
    """Count that whoever sent this POST came to the end of an article that counted as read today."""
    day, mark = timezone.now().date(), _marks_of(timezone.now().date())
    reader = (network_hash(request), request.headers.get("User-Agent", ""), article_id)
    if not Visit.objects.filter(day=day, mark=mark(*reader)).exists():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_VISIT, [day.isoformat(), mark("end", *reader)])
        if cursor.rowcount == 0:
            return False  # came to the end today already
        cursor.execute(_FINISHED, [article_id, timezone.localdate().isoformat()])
    return True


def _marks_of(day: date) -> Callable[..., bytes]:
    """Return what makes the marks of that day. Call it outside of a transaction, as the key asks for."""
    key = network_key(day)

    def mark(*parts: object) -> bytes:
        return hmac.digest(key, "\0".join(map(str, ("read", *parts))).encode(), "sha256")[:16]

    return mark


def _store(article_id: int, day: date, visit: bytes, paces: dict[bytes, int]) -> bool:
    """Write the rows, in the same order for everybody, so that no two wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(_VISIT, [day.isoformat(), visit])
        if cursor.rowcount == 0:
            return False  # read it today already
        for mark, most in paces.items():
            cursor.execute(_PACE, [day.isoformat(), mark, most])
            if cursor.rowcount == 0:
                raise TooMuch
        cursor.execute(_DAY, [article_id, timezone.localdate().isoformat()])
        cursor.execute(_TOTAL, [article_id])
    return True


def forget_visits() -> int:
    """Delete the marks of days that are over; return how many."""
    today = timezone.now().date()
    count, _rows = Visit.objects.filter(day__lt=today).delete()
    return count + Pace.objects.filter(day__lt=today).delete()[0]
