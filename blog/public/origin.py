"""Cross-site protection without tokens, for forms on pages that everybody shares (DESIGN, rule 3)."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def same_origin_only(view: View) -> View:
    """Refuse with 403 what another site's page sends; every browser since 2023 says where from.

    A GET changes nothing here, and a link to the page may stand anywhere, in webmail above all.

    Sec-Fetch-Site decides where it is sent. Else Origin must name this host. A client that sends
    neither is no browser with somebody's cookies, so it may write only without a session.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} and not is_same_origin(request):
            raise PermissionDenied(
                _("This form was sent from another site. Please send it from here.")
            )
        return view(request, *args, **kwargs)

    return guarded


def is_same_origin(request: HttpRequest) -> bool:
    """Say whether the request comes from a page of this site, by the rule above."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    if origin := request.headers.get("Origin"):
        return origin.partition("://")[2] == request.get_host()  # it has no path
    return settings.SESSION_COOKIE_NAME not in request.COOKIES
