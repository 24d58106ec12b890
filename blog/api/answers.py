"""How every address of the API answers: who asks, what is refused and how, how long an answer holds."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.application_passwords import (
    CHALLENGE,
    TooManyTriesError,
    WrongPasswordError,
    user_of,
)
from accounts.pace import MINUTE
from blog.public.origin import is_same_origin
from blog.public.views.errors import is_of_something_down
from blog.site.local import settle
from blog.site.middleware import site_of, without_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

    View = Callable[..., HttpResponse]

logger = logging.getLogger(__name__)
RETRY_AFTER = 30  # seconds, while the database is down
WHOLE = "request"  # under which name an error stands that is about no field


class RefusedError(Exception):
    """The request is refused with this status; `errors` holds sentences by the names of fields."""

    def __init__(self, status: int, errors: str | dict[str, list[str]], **more: Any) -> None:
        super().__init__(status, errors)
        self.status = status
        self.errors = {WHOLE: [errors]} if isinstance(errors, str) else errors
        self.more = more  # what the answer says beside them


def endpoint(**views: View) -> View:
    """Return the view of one address: for each method a function of request, asker and parts of the path.

    Who asks is told by nothing but the application password: None is a stranger.
    """
    methods = sorted({*views, "OPTIONS", *(["HEAD"] if "GET" in views else [])})

    @csrf_exempt  # no cookie signs in here
    @without_site  # it speaks the site's language below, where the database may be missing
    def view(request: HttpRequest, **parts: Any) -> HttpResponse:
        name = "GET" if request.method == "HEAD" else str(request.method)
        try:
            settle(site_of(request))
            if name == "OPTIONS":
                response = HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
            elif name not in views:
                response = _error(405, _("This address does not do that."))
                response["Allow"] = ", ".join(methods)
            else:
                response = _ask(views[name], request, parts)
        except Exception as error:
            response = _failed(error)
        is_known = "Authorization" in request.headers
        response["Cache-Control"] = "private, no-cache" if is_known else "no-cache"
        response["Vary"] = "Authorization"
        response["X-Robots-Tag"] = "noindex"
        return response

    return view


def _ask(view: View, request: HttpRequest, parts: dict[str, Any]) -> HttpResponse:
    try:
        if any(
            "\0" in value for values in request.GET.lists() for value in [values[0], *values[1]]
        ):
            raise RefusedError(400, _("There is a NUL in the address."))
        if request.method not in {"GET", "HEAD"} and _is_sent_by_another_site(request):
            raise PermissionDenied(
                _("This form was sent from another site. Please send it from here.")
            )
        return view(request, user_of(request), **parts)
    except RefusedError as error:
        response = JsonResponse({"errors": error.errors} | error.more, status=error.status)
    except WrongPasswordError:
        response = _error(401, _("This application password opens nothing."))
    except TooManyTriesError:
        response = _error(429, _("Too many wrong passwords. Try again in a minute."))
    except PermissionDenied as error:
        response = _error(403, str(error) or _("Your account may not do this."))
    except Http404:
        response = nothing()
    except RequestDataTooBig:
        response = _error(413, _("This is too much for one request."))
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        response = _error(400, _("This request cannot be read."))
    if response.status_code == 401:
        response["WWW-Authenticate"] = CHALLENGE
    if response.status_code == 429:
        response["Retry-After"] = str(MINUTE)
    return response


def _failed(error: Exception) -> JsonResponse:
    """Answer what no view expected, in English: the language may be what could not be had."""
    logger.exception("The API failed.")
    if not is_of_something_down(error):
        return _error(500, "Something went wrong here. The log of the server says what.")
    response = _error(503, "Try again in a moment.")
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _is_sent_by_another_site(request: HttpRequest) -> bool:
    """Say whether the password may be one that a browser was once asked for, and sends by itself."""
    scheme = request.headers.get("Authorization", "").strip().partition(" ")[0]
    return scheme.lower() == "basic" and not is_same_origin(request)


def known(asker: User | None) -> User:
    """Return who asks, or refuse a stranger."""
    if asker is None:
        raise RefusedError(401, _("Sign in with your email address and an application password."))
    return asker


def nothing(*_args: Any, **_parts: Any) -> JsonResponse:
    return _error(404, _("There is nothing here. Every address ends with a slash."))


def _error(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"errors": {WHOLE: [sentence]}}, status=status)
