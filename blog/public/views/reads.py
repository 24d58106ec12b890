"""The word of a browser that its reader has seen an article for five seconds, or to its end (reads.js)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from blog.public.origin import is_same_origin
from blog.reads.counting import count_finish, count_read, is_bot
from blog.site.middleware import site_of


@csrf_exempt  # no token in pages that everybody shares: DESIGN, rule 3
@require_POST
def read(request: HttpRequest, article_id: int) -> HttpResponse:
    """Count it, or not: the answer is the same empty one, and tells nobody which articles there are."""
    headers = request.headers
    # As browsers do with a POST.
    says_where_from = "Sec-Fetch-Site" in headers or "Origin" in headers
    if (
        site_of(request).reads_counted
        and says_where_from
        and is_same_origin(request)
        and not is_bot(headers.get("User-Agent", ""))
    ):
        count = count_finish if request.POST.get("at") == "end" else count_read
        count(request, article_id)
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
