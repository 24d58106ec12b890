"""The small pictures beside comments. Those of authors are pictures of the library, and not here."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from blog.comments.models import Avatar
from blog.comments.queries import readable_comments
from blog.site.middleware import site_of

KEEP = 24 * 3600  # seconds: another picture has another address, a forgotten one is gone in a day


@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a picture of somebody who has a comment that strangers can read, as long as the site shows any."""
    site = site_of(request)
    if not site.avatars_on:
        raise Http404
    shown = Exists(readable_comments().filter(avatar=OuterRef("pk")))
    rows = Avatar.objects.filter(shown, pk=pk).exclude(image=b"")
    if not site.gravatars_on:
        rows = rows.filter(mark="")
    response = HttpResponse(bytes(get_object_or_404(rows).image), content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={KEEP}"
    response["X-Robots-Tag"] = "noindex"
    return response
