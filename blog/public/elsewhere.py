"""Where to send who asks for an address that no page has: a redirect of the owner's, or a good guess.

What a redirect leads to is a row or an address of this site, never something out of the request.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q
from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from blog.articles.models import Article
from blog.pages.models import Page
from blog.public.moved import REMEMBERED, slug_of_article
from blog.redirects.paths import PLAIN_LINK
from blog.redirects.services import find_redirect
from blog.redirects.tally import note_redirect

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from blog.redirects.models import Redirect

# The permalinks of other systems end in the words of the article: /2020/05/words/, /2020/05/words.html.
_PERMALINK = re.compile(
    r"/(?P<day>\d{4}/(?:\d{1,2}/){0,2})?(?P<slug>[\w-]{1,200})(?P<ending>\.html?|/amp)?/?",
    re.ASCII,
)
LEAST_LETTERS = 4  # of a beginning from which an article is guessed
_WORDS = {
    "name": "article-detail",
    "category_name": "category-detail",
    "tag": "tag-detail",
    "author_name": "author-detail",
}


def asked_address(request: HttpRequest) -> str:
    """Return the path, or WordPress's number in the query of the home page: /?p=12."""
    query = request.META.get("QUERY_STRING", "").partition("&")[0]
    whole = f"{request.path}?{query}"
    return whole if PLAIN_LINK.fullmatch(whole) else request.path


def forward(request: HttpRequest, target: str) -> HttpResponse:
    """Lead to *target* for good, with what stood in the query."""
    query = request.META.get("QUERY_STRING", "")
    address, mark, place = target.partition("#")
    if query and asked_address(request) == request.path:
        address += f"{'&' if '?' in address else '?'}{query}"
    return _lead(address + mark + place)


def decided(path: str) -> Redirect | None:
    """Return what the owner decided about the address, and note that it was asked for."""
    found = find_redirect(path)
    if found is not None:
        note_redirect(found)
    return found


def guessed_slug(request: HttpRequest) -> str | None:
    """Return the one published article or page whose address this is in another form, or begins like this.

    Only where no view of a list or a feed was asked: /tag/words/ means a tag.
    """
    match = request.resolver_match
    if match is not None and match.view_name not in ("article-detail", "page"):
        return None
    parts = _PERMALINK.fullmatch(request.path)
    if parts is None:
        return None
    slug = parts["slug"].lower()
    articles = Article.objects.published().filter(_begins(slug))
    pages = Page.objects.published().filter(_begins(slug), parent=None)
    slugs = [rows.order_by().values_list("slug") for rows in (articles, pages)]
    found = [slug for (slug,) in slugs[0].union(slugs[1]).order_by("slug")[:2]]
    if slug in found:
        return slug
    if (parts["day"] or parts["ending"]) and (now := slug_of_article(slug)):
        return now
    return found[0] if len(found) == 1 and len(slug) >= LEAST_LETTERS else None


def _begins(slug: str) -> Q:
    """Return the condition for addresses that begin so; SQLite's LIKE would look at all of them."""
    condition = Q(slug__startswith=slug)
    if connection.vendor == "sqlite":  # which sorts by bytes: { comes after every letter
        condition &= Q(slug__gte=slug, slug__lt=f"{slug}{{")
    return condition


def from_wordpress(request: HttpRequest) -> HttpResponse | None:
    """Answer WordPress's addresses that are a query to the home page; None where this is none of them.

    Its numbers are not ours: a page is found by one only through a redirect, which is looked for as for
    every page that is not there.
    """
    asked = request.GET
    if asked_address(request) != request.path:
        raise Http404
    if "s" in asked:
        return _lead(f"{reverse('search')}?{urlencode({'q': asked['s']})}")
    if asked.get("feed"):
        form = {"atom": "feed-atom", "json": "feed-json"}.get(asked["feed"], "feed")
        return _lead(reverse(form))
    for name, view in _WORDS.items():
        if asked.get(name):
            try:
                return _lead(reverse(view, args=[asked[name]]))
            except NoReverseMatch:
                return None
    return None


def _lead(address: str) -> HttpResponse:
    response = HttpResponsePermanentRedirect(address)
    response["Cache-Control"] = REMEMBERED
    return response
