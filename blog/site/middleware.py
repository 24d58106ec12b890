"""What every request needs to know of the site: its settings row, language and time zone."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject, empty

from blog.site.first_screen import Styles
from blog.site.head_code import Head
from blog.site.local import settle, unsettle
from blog.site.models import SiteSettings

GetResponse = Callable[[HttpRequest], HttpResponse]


def site_of(request: HttpRequest) -> SiteSettings:
    """Return the site's settings row; read once per request, when first asked for."""
    return request.site  # type: ignore[return-value]


def without_site(view: Callable) -> Callable:
    """Mark a view that works when the database does not: it gets no language and no time zone."""
    view.needs_no_site = True  # type: ignore[attr-defined]
    return view


class SiteMiddleware:
    """Put the settings row on the request as `request.site`; speak its language, in its zone.

    The row costs one query; static files are answered before and cost none.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.site = SimpleLazyObject(SiteSettings.objects.current)  # type: ignore[assignment]
        try:
            return self._with_headers(request, self.get_response(request))
        finally:
            unsettle()

    def _with_headers(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Allow what stands in the page by its hashes: the first styles, the owner's head code; no robots."""
        head: Head | None = getattr(request, "shown_head", None)
        styles: Styles | None = getattr(request, "shown_styles", None)
        if head or styles:
            policy = getattr(response, "_csp_config", settings.SECURE_CSP)
            response._csp_config = policy | {  # type: ignore[attr-defined]
                "script-src": [*policy["script-src"], *(head.script_hashes if head else ())],
                "style-src": [
                    *policy["style-src"],
                    *([styles.hash] if styles else ()),
                    *(head.style_hashes if head else ()),
                ],
            }
        # Not asked of the database for this alone: what never asked shows nothing of the site.
        site: Any = request.site
        row = site._wrapped if type(site) is SimpleLazyObject else site
        if row is not empty and row.discourage_search_engines:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> None:
        if not hasattr(view, "needs_no_site"):
            settle(site_of(request))
            # Without the proxy, which takes longer than what it leads to: pages look a hundred times.
            request.site = request.site._wrapped  # type: ignore[attr-defined]

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        """Keep the name `site` for the row: views of allauth use it for the bare host."""
        if response.context_data and "site" in response.context_data:
            response.context_data["site"] = site_of(request)
        return response


class PermissionsPolicyMiddleware:
    """Send a Permissions-Policy that switches off what no page of ours uses."""

    POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response


class DeskMiddleware:
    """Speak the language that a person has chosen for the desk; refuse what no page of the admin sends.

    A NUL in a query (PostgreSQL has no such text), a selection that is not made of keys, a number that no
    column holds: Django's admin answers them with an error of its own.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> None:
        if not _is_of_the_desk(request):
            return
        if any(
            "\0" in value for values in request.GET.lists() for value in [values[0], *values[1]]
        ):
            raise BadRequest("A NUL in the query.")
        if "" in {request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)}:
            raise BadRequest("A field without a name.")
        if request.method == "POST":
            keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
            if not all(re.fullmatch(r"[0-9]{1,18}|[0-9a-f-]{36}", key) for key in keys):
                raise BadRequest("A selection that is not made of keys.")
        language = getattr(request.user, "locale", "")
        if language in dict(settings.LANGUAGES):
            translation.activate(language)  # SiteMiddleware ends it with the request

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Refuse a key that SQLite cannot hold; PostgreSQL compares numbers of any size."""
        if isinstance(exception, OverflowError) and _is_of_the_desk(request):
            raise BadRequest("A number that no column holds.") from exception


def _is_of_the_desk(request: HttpRequest) -> bool:
    """Say whether the page is the admin's or one of ours beside it, such as the health of the blog."""
    match = request.resolver_match
    return match is not None and (match.app_name == "admin" or match.route.startswith("admin/"))
