"""Lists page by page: `limit` says how many, `cursor` where the page before ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from blog.api.answers import RefusedError
from blog.numbers import number_in
from blog.public.addresses import absolute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Model, QuerySet

LIMIT, MOST = 20, 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def limit_of(request: HttpRequest) -> int:
    text = request.GET.get("limit", str(LIMIT))
    digits = len(str(MOST))  # longer is no number to be read: it may have thousands
    if not (
        text.isascii() and text.isdecimal() and len(text) <= digits and 1 <= int(text) <= MOST
    ):
        raise RefusedError(
            400, {"limit": [_("Ask for a number from 1 to %(most)s.") % {"most": MOST}]}
        )
    return int(text)


def by_key[Row: Model](
    request: HttpRequest,
    rows: QuerySet[Row],
    shape: Callable[[Row], dict[str, Any]],
    *,
    newest_first: bool = False,
) -> JsonResponse:
    """Answer with a page of these rows in the order of their keys."""
    limit = limit_of(request)
    if cursor := request.GET.get("cursor", ""):
        (key,) = _numbers(cursor, 1)
        rows = rows.filter(pk__lt=key) if newest_first else rows.filter(pk__gt=key)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: limit + 1])
    end = str(found[limit - 1].pk) if len(found) > limit else ""
    return answer(request, (shape(row) for row in found[:limit]), end)


def keys_by_time[Rows: QuerySet](
    request: HttpRequest, rows: Rows, readable: Callable[[Rows], Rows], *, key: str = "pk"
) -> tuple[list[int], str]:
    """Return the keys of a page of what is *readable* of the rows, in its order, and where the page ends.

    That must be by time of publication, the newest first.
    """
    limit = limit_of(request)
    if cursor := request.GET.get("cursor", ""):
        moment, last = _numbers(cursor, 2)
        try:
            at = _EPOCH + moment * _MICROSECOND
        except OverflowError:
            raise _wrong_cursor() from None
        # The first condition says again what the second holds: by it alone an index is entered, and before
        # the limit that is now, since SQLite enters by the first one.
        rows = rows.filter(publish_at__lte=at)
        rows = rows.filter(Q(publish_at__lt=at) | Q(**{f"{key}__lt": last}))
    found = list(readable(rows).values_list("publish_at", key)[: limit + 1])
    end = ""
    if len(found) > limit:
        at, last = found[limit - 1]
        end = f"{(at - _EPOCH) // _MICROSECOND}-{last}"
    return [row[1] for row in found[:limit]], end


def part_of(request: HttpRequest, keys: list[int]) -> tuple[list[int], str]:
    """Return a page of a list that is known as a whole, and where it ends."""
    limit = limit_of(request)
    (start,) = _numbers(request.GET.get("cursor") or "0", 1)
    end = start + limit
    return keys[start:end], str(end) if end < len(keys) else ""


def answer(request: HttpRequest, items: Iterable[dict[str, Any]], end: str) -> JsonResponse:
    """Answer with a page, and with the address of the next one where there is one, in a header, too."""
    following = None
    if end:
        query = request.GET.copy()
        query["cursor"] = end
        following = absolute(request, f"{request.path}?{query.urlencode()}")
    response = JsonResponse({"items": list(items), "next": following})
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return response


def _numbers(cursor: str, count: int) -> list[int]:
    parts = cursor.split("-")
    numbers = [number for number in map(number_in, parts) if number is not None]
    if not len(parts) == len(numbers) == count:
        raise _wrong_cursor()
    return numbers


def _wrong_cursor() -> RefusedError:
    return RefusedError(
        400, {"cursor": [_("Take it from “next” of the page before, or begin without one.")]}
    )
