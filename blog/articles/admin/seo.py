"""How an article will look where others link to it: the preview below its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from blog.articles.models import Article
from blog.articles.seo import search_description, search_title
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from django.http import HttpRequest


def panel(request: HttpRequest, article: Article | None) -> dict[str, Any]:
    """Return what the preview shows before a script follows the typing, and what that script needs."""
    article = article or Article()
    site = site_of(request)
    authors = [byline.author for byline in article.bylines.all()] if article.pk else []
    primary = article.primary_category
    categories = [primary] if primary else []
    origin = settings.SITE_URL or request.build_absolute_uri("/")
    card = getattr(article, "share_card", None) if article.pk else None
    picture = article.share_image or card
    return {
        "title": search_title(article, site, authors=authors, categories=categories),
        "description": search_description(article, site, authors=authors, categories=categories),
        "host": origin.split("://")[-1].strip("/"),
        "address": article.slug or "…",
        "site": site,
        "author": ", ".join(author.name for author in authors),
        "category": primary.name if primary else "",
        "first_words": article.first_words,
        "picture": picture.file.url if picture else None,
    }
