"""Articles on other people's pages: what oEmbed tells of one, and the card that stands in their frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.csp import CSP
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from blog.articles.queries import load_authors
from blog.public.access import get_addressed_article, get_published_article
from blog.public.addresses import absolute
from blog.public.article_page import share_image
from blog.public.feeds import NOT_XML
from blog.public.moved import forwards_article
from blog.public.shown import keep_page, shared, tags_of_card
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from blog.articles.models import Article

WIDTH, HEIGHT = 600, 240  # pixels of the card, unless there is less room
LEAST_WIDTH, LEAST_HEIGHT = 220, 120
AGE = 3600  # seconds that others may keep the answer
# The one page that others may frame. Nothing runs on it, and nothing can be sent from it.
FRAMED = settings.SECURE_CSP | {
    "script-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "connect-src": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}


@require_safe
@shared
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer what oEmbed 1.0 asks: 404 for what is no published article here, 501 for another format."""
    form = request.GET.get("format", "json")
    if form not in {"json", "xml"}:
        return HttpResponse("json, xml\n", status=501, content_type="text/plain; charset=utf-8")
    article = _article_at(request, request.GET.get("url", ""))
    answer = _described(request, article)
    if form == "json":
        return JsonResponse(answer)
    content_type = "text/xml; charset=utf-8"
    text = NOT_XML.sub("", render_to_string("articles/oembed.xml", {"answer": answer}))
    return HttpResponse(text, content_type=content_type)


@require_safe
@xframe_options_exempt
@csp_override(FRAMED)
@forwards_article
@shared
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an article as a card for the frame of another page: its links open there, not in the frame."""
    article = _open(get_published_article(slug))
    context = {
        "article": article,
        "authors": load_authors(article),
        "url": absolute(request, article.get_absolute_url()),
        "home_url": absolute(request, "/"),
    }
    response = render(request, "articles/embed.html", context)
    response["X-Robots-Tag"] = "noindex"
    keep_page(response, tags_of_card(article))
    return response


def _article_at(request: HttpRequest, url: str) -> Article:
    """Return the published article at that whole address, also an old one; raise 404 for anything else."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404) as error:
        raise Http404 from error
    own = urlsplit(absolute(request, "/"))
    if (parts.netloc.lower(), match.url_name) != (own.netloc.lower(), "article-detail"):
        raise Http404
    return _open(get_addressed_article(match.kwargs["slug"]))


def _open(article: Article) -> Article:
    """Return the article unless it asks for a password: a card would tell what it keeps."""
    if article.is_protected:
        raise Http404
    return article


def _described(request: HttpRequest, article: Article) -> dict[str, Any]:
    site = site_of(request)
    width = _room(request, "maxwidth", WIDTH, LEAST_WIDTH)
    height = _room(request, "maxheight", HEIGHT, LEAST_HEIGHT)
    authors = load_authors(article)
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": article.title,
        "provider_name": site.title,
        "provider_url": absolute(request, "/"),
        "cache_age": AGE,
        "width": width,
        "height": height,
        "html": format_html(
            '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy"></iframe>',
            absolute(request, reverse("article-embed", args=[article.slug])),
            width,
            height,
            article.title,
        ),
    }
    if authors:
        answer["author_name"] = ", ".join(author.name for author in authors)
        answer["author_url"] = absolute(request, authors[0].get_absolute_url())
    picture = share_image(request, article)
    # A picture may not be larger than there is room for.
    if picture and not {"maxwidth", "maxheight"} & request.GET.keys():
        answer["thumbnail_url"] = picture.url
        answer["thumbnail_width"] = picture.width
        answer["thumbnail_height"] = picture.height
    return answer


def _room(request: HttpRequest, name: str, usual: int, least: int) -> int:
    """Return how large the card may be; what is no number says nothing."""
    asked = request.GET.get(name, "")
    return max(min(int(asked), usual), least) if re.fullmatch(r"[0-9]{1,6}", asked) else usual
