"""What machines ask for: robots.txt, the sitemap, a sign of life, stored pictures."""

import mimetypes
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import was_modified_since

from blog.announcing.telling import indexnow_key as own_indexnow_key
from blog.public import pictures
from blog.public.addresses import absolute
from blog.public.protection import opens_picture
from blog.public.shown import keep_page, shared
from blog.public.views.errors import page_not_found
from blog.site.middleware import site_of, without_site

MEDIA_AGE = 365 * 24 * 3600  # seconds; a stored file never changes, a new one has a new name
NOTHING_AGE = 24 * 3600  # seconds
PRIVATE = "private, no-store"


@require_safe
@shared
def robots(request: HttpRequest) -> HttpResponse:
    context = {
        "is_closed": site_of(request).discourage_search_engines,
        "sitemap_url": absolute(request, reverse("sitemap")),
    }
    response = render(request, "robots.txt", context, content_type="text/plain; charset=utf-8")
    keep_page(response, ())
    return response


@require_safe
@shared
def indexnow_key(request: HttpRequest, key: str) -> HttpResponse:
    """Prove to IndexNow that what was sent with this key is from here; there is none while that is off."""
    if not site_of(request).indexnow_on or not constant_time_compare(key, own_indexnow_key()):
        raise Http404
    response = HttpResponse(key, content_type="text/plain; charset=utf-8")
    keep_page(response, ())
    return response


@without_site
@require_safe
def speculation_rules(request: HttpRequest) -> JsonResponse:
    """Tell browsers which pages they may fetch before a link is followed: those a pointer rests on.

    Nothing is lost by it: a GET never writes, and a read counts only once the page is seen. Left out is
    what is no page, what asks something, and what search engines shall not follow either.
    """
    home = reverse("home")
    apart = [f"{home}{place}/*" for place in ("admin", "accounts", "me")]
    apart += [f"{settings.STATIC_URL}*", f"{settings.MEDIA_URL}*"]
    where = [
        {"href_matches": f"{home}*"},
        {"not": {"href_matches": apart}},
        {"not": {"selector_matches": "[rel~=nofollow], [download], [href*='?']"}},
    ]
    rules = {"prefetch": [{"where": {"and": where}, "eagerness": "moderate"}]}
    response = JsonResponse(rules, content_type="application/speculationrules+json")
    response["Cache-Control"] = f"public, max-age={NOTHING_AGE}"
    return response


@without_site
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say "ok" when the database answers, 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@without_site
@require_safe
def nothing(request: HttpRequest, **parts: str) -> HttpResponse:
    """Answer those who try the doors of other systems: short, and without asking the database."""
    answer = HttpResponse("Not here.\n", status=404, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={NOTHING_AGE}"
    return answer


@without_site
@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send one stored file. A web server in front may do it instead once this view has allowed it.

    A picture that only drafts show is not there for strangers, and one of a protected article only for
    who has entered its password; those who write see all. None of that is cached.
    """
    if not path.startswith(pictures.FOLDERS):
        return stored_file(request, path, f"public, max-age={MEDIA_AGE}, immutable")
    is_public = pictures.is_public(path)
    if is_public is None and (successor := pictures.successor_of(path)):
        if successor.is_public or pictures.may_see_all(request):
            response: HttpResponseBase = HttpResponseRedirect(successor.address)
            response["Cache-Control"] = "no-cache" if successor.is_public else PRIVATE
            return response
    elif is_public:
        return stored_file(request, path, f"public, max-age={MEDIA_AGE}, immutable")
    elif is_public is False and (opens_picture(request, path) or pictures.may_see_all(request)):
        return stored_file(request, path, PRIVATE)
    # No cache may keep the answer: a scheduled article's picture is there the second it goes live.
    response = page_not_found(request, Http404())
    response["Cache-Control"] = "no-store"
    return response


def stored_file(request: HttpRequest, path: str, cache_control: str) -> HttpResponseBase:
    """Send a file of MEDIA_ROOT or of the bucket, or raise 404; ConnectionError becomes 503."""
    try:
        changed_at = default_storage.get_modified_time(path).timestamp()
        if not was_modified_since(request.headers.get("If-Modified-Since"), changed_at):
            return HttpResponseNotModified()
        file = default_storage.open(path)
    except ConnectionError:
        raise
    # None, a folder, no name for a file.
    except (OSError, SuspiciousOperation, ValueError) as error:
        raise Http404 from error
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    is_picture = kind.startswith("image/") and kind != "image/svg+xml"
    response = FileResponse(
        file, as_attachment=not is_picture, content_type=kind, filename=PurePath(path).name
    )
    response["Last-Modified"] = http_date(changed_at)
    response["Cache-Control"] = cache_control
    response["X-Content-Type-Options"] = "nosniff"
    # Pictures are compressed already: without this the gzip middleware would try again.
    response["Content-Encoding"] = "identity"
    return response
