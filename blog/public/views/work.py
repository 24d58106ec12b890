"""The challenge for browsers, where the site asks for proof of work."""

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blog.site.middleware import site_of
from blog.spam.work import BITS, new_challenge


@require_safe
@never_cache
def challenge(request: HttpRequest, article_id: int) -> JsonResponse:
    """Return a fresh challenge for comments on one article; nothing is stored, no cookie is set."""
    if not site_of(request).proof_of_work:
        raise Http404
    return JsonResponse({"challenge": new_challenge(str(article_id)), "bits": BITS})
