"""Pages behind a link that was mailed to one person: the address is the key, so it is kept from others."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.views.decorators.csrf import csrf_exempt

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase


def private_link[Response: HttpResponseBase](
    view: Callable[..., Response],
) -> Callable[..., Response]:
    """Keep the page out of caches and search engines, and its address out of logs and the Referer header.

    A POST needs neither cookie nor origin: whoever can write it has the link. That is how a mail
    program unsubscribes (RFC 8058), and nobody else can do it, since nobody else knows the address.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> Response:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        # Django logs the path of what is refused; that of a form with a mistake would still open the page.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    return guarded
