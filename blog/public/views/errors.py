"""Pages that say what went wrong and where to go from there."""

import re
import sys
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path, reverse
from django.utils import timezone

from blog.articles.models import Article, Byline
from blog.public.elsewhere import asked_address, decided, forward, guessed_slug
from blog.public.shown import keep_page
from blog.redirects.tally import note_missing
from blog.search.query import clean
from blog.site.local import settle
from blog.site.middleware import site_of

MAX_WORDS = 6
NEAR_POOL = 50  # newest candidates among which the number of common words decides
NEAR_LENGTH = 3
NEAR_AMONG = 1000  # articles
RETRY_AFTER = 30  # seconds
BRIEFLY = timedelta(seconds=30)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Lead on where somebody decided so or one article is meant; else offer what is like the address.

    That is a search for its words, and published articles with such words.
    """
    found = decided(asked_address(request)) if request.method in ("GET", "HEAD") else None
    if found and found.target:
        return forward(request, found.target)
    if found is None and request.method in ("GET", "HEAD"):
        if slug := guessed_slug(request):
            return forward(request, reverse("article-detail", args=[slug]))
        if not _gets_a_slash(request):
            note_missing(request.path)
    # No view was found in many cases, so nothing speaks the site's language yet.
    settle(site_of(request))
    words = words_of(request.path)
    context = {"query": " ".join(words), "near": near(words), "is_gone": found is not None}
    response = render(request, "404.html", context, status=410 if found else 404)
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        response["Cache-Control"] = "public, max-age=0, must-revalidate"
        # A comment that waits has no address yet; once it is approved, mails lead to it.
        tags = ("in:all", "articles", "addresses", "comments")
        keep_page(response, tags, holds_until=timezone.now() + BRIEFLY)
    return response


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer without a query or the request: a wrong host is noticed before the site is known."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without a query: the database may be what failed. Then it is 503, and the text is kept."""
    if is_of_something_down(sys.exc_info()[1]):
        return unavailable(request)
    return HttpResponseServerError(render_to_string("500.html"))


def is_of_something_down(error: BaseException | None) -> bool:
    """Say whether trying again may help: the database, the bucket of pictures or Redis did not answer.

    Redis has its own ConnectionError and TimeoutError, which are not Python's.
    """
    return isinstance(
        error, (OperationalError, InterfaceError, ConnectionError, TimeoutError)
    ) or type(error).__name__ in ("ConnectionError", "TimeoutError")


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that it is for a moment only, and give back what was being sent."""
    try:
        text = request.POST.get("body", "") if request.method == "POST" else ""
    except (OSError, ValueError):  # a form that cannot be read holds no text to keep
        text = ""
    response = HttpResponse(render_to_string("503.html", {"text": text}), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def _gets_a_slash(request: HttpRequest) -> bool:
    """Say whether the answer will be replaced by a redirect to the address with a slash at its end."""
    path = request.path_info
    if path.endswith("/") or is_valid_path(path):
        return False
    return bool(is_valid_path(f"{path}/"))


def words_of(path: str) -> list[str]:
    """Return the words of the last part of an address; none where it names a file."""
    last = clean(path.rstrip("/").rpartition("/")[2]).lower()
    return [] if "." in last else re.findall(r"[^\W_]+", last)[:MAX_WORDS]


def near(words: list[str]) -> list[Article]:
    """Return published articles whose address begins like the words or has some of them: two queries.

    Of the newest only: looking for a part of each address reads them all, and anybody can ask for any
    address. A search finds the others.
    """
    # The first letters are enough: the others may be where the typing error is.
    parts = [word[:5] for word in words if len(word) > 2]
    if not parts:
        return []
    start = "-".join(words)
    alike = Q(slug__startswith=start)
    for part in parts:
        alike |= Q(slug__contains=part)
    pool = (
        Article.objects.published()
        .for_listing()
        .prefetch_related(None)
        .select_related("rating_summary", "thread")
        .filter(alike, pk__in=Article.objects.published().latest_first().values("pk")[:NEAR_AMONG])
        .latest_first()
    )
    found = sorted(
        pool[:NEAR_POOL],
        key=lambda article: (
            not article.slug.startswith(start),
            -sum(part in article.slug for part in parts),
        ),
    )[:NEAR_LENGTH]
    prefetch_related_objects(found, Prefetch("bylines", Byline.objects.select_related("author")))
    return found
