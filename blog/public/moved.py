"""Addresses that something once had: asked for, they forward to the present one."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse

from accounts.models import Author
from blog.articles.models import Article, Category, Series, Tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# Long enough to spare the second question, short enough for an address that gets a new owner.
REMEMBERED = "public, max-age=3600"


def forwards(part: str, present: Callable[[str], str | None]) -> Callable[[Callable], Callable]:
    """Where the view finds nothing, forward to the same page under the present address (301).

    *part* names the part of the address that may be old; *present* returns what it is now, or None.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def forwarded(request: HttpRequest, **parts: Any) -> HttpResponse:
            try:
                return view(request, **parts)
            except Http404:
                now = present(parts[part])
                if now is None or request.resolver_match is None:
                    raise
            address = reverse(
                request.resolver_match.view_name,
                kwargs=request.resolver_match.kwargs | {part: now},
            )
            return moved_to(request, address)

        return forwarded

    return decorate


def moved_to(request: HttpRequest, address: str) -> HttpResponse:
    """Forward for good, with the query."""
    query = request.META.get("QUERY_STRING")
    response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    response["Cache-Control"] = REMEMBERED
    return response


def slug_of_article(old: str) -> str | None:
    moved = Article.objects.published().filter(old_slugs__slug=old)
    return moved.values_list("slug", flat=True).first()


def path_of_category(old: str) -> str | None:
    """Return where a category is that stood here, or one of this name that stands elsewhere."""
    moved = Category.objects.filter(old_paths__path=old) or Category.objects.filter(
        slug=old.rpartition("/")[2]
    )
    return next((category.path for category in moved if category.path != old), None)


def slug_of_tag(old: str) -> str | None:
    return Tag.objects.filter(old_slugs__slug=old).values_list("slug", flat=True).first()


def slug_of_author(old: str) -> str | None:
    return Author.objects.filter(old_slugs__slug=old).values_list("slug", flat=True).first()


def slug_of_series(old: str) -> str | None:
    return Series.objects.filter(old_slugs__slug=old).values_list("slug", flat=True).first()


forwards_article = forwards("slug", slug_of_article)
forwards_category = forwards("path", path_of_category)
forwards_tag = forwards("slug", slug_of_tag)
forwards_author = forwards("slug", slug_of_author)
forwards_series = forwards("slug", slug_of_series)
