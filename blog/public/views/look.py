"""What the owner chose of the look, for browsers: the site's own stylesheet, and a manifest with its icon."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from blog.public.shown import keep_page, shared
from blog.site.colours import palette_of
from blog.site.local import language_of
from blog.site.look import look_of
from blog.site.middleware import site_of

FOR_EVER = 365 * 24 * 3600  # seconds; another look has another address


@require_safe
def stylesheet(request: HttpRequest, digest: str) -> HttpResponse:
    """Send the rules of the present look, also to a page from before the last change."""
    look = look_of(site_of(request))
    response = HttpResponse(look.css, content_type="text/css; charset=utf-8")
    if digest == look.digest:
        response["Cache-Control"] = f"public, max-age={FOR_EVER}, immutable"
        keep_page(response, ())
    else:
        response["Cache-Control"] = "no-store"
    return response


@require_safe
@shared
def manifest(request: HttpRequest) -> HttpResponse:
    """Say under which name and icon the site stands on a home screen; there is none without an icon."""
    site = site_of(request)
    if site.icon is None:
        raise Http404
    files = site.icon.files
    paper = palette_of(site.accent, site.paper).paper[0]
    content = {
        "name": site.title,
        "short_name": site.title[:12],
        "description": site.tagline,
        "lang": language_of(site),
        "start_url": reverse("home"),
        "display": "browser",
        "background_color": paper,
        "theme_color": paper,
        "icons": [{"src": files.src, "sizes": "any", "purpose": "any"}],
    }
    response = JsonResponse(content, content_type="application/manifest+json")
    keep_page(response, ())
    return response
