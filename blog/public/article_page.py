"""The page of one article, put together: shown by a GET, and again by a refused POST with its errors."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import Author
from blog.articles.models import Article, Category, Tag
from blog.articles.queries import (
    RELATED_COUNT,
    above,
    load_authors,
    neighbours_of,
    related_to,
    terms_of,
)
from blog.articles.seo import search_description, search_title
from blog.articles.series import place_of
from blog.articles.services import render_whole
from blog.articles.share_cards import HEIGHT, WIDTH
from blog.comments.queries import closing_time
from blog.comments.threads import Place
from blog.public.access import reader_of
from blog.public.addresses import absolute
from blog.public.asking import answers_to, with_questions
from blog.public.discussion import comment_context
from blog.public.leads import allow_player, lead_of
from blog.public.listing import READS_HOLD, reads_told
from blog.public.personal import NOTHING_PERSONAL, Personal
from blog.public.protection import is_locked, locked_page
from blog.public.rating_box import rating_context
from blog.public.shown import SHARED, keep_page, tags_of_card, years_between
from blog.public.structured import Picture, article_graph, what_graph_says
from blog.public.text_pages import paged, prepare_page
from blog.reads.queries import reads_of
from blog.said import said_by
from blog.site.middleware import site_of
from blog.site.theme import template_for


def article_page(
    request: HttpRequest,
    article: Article,
    personal: Personal = NOTHING_PERSONAL,
    *,
    place: Place | None = None,
    number: int = 1,
    status: int = 200,
) -> HttpResponse:
    """Render the page, with the comments of *place*: by default the first ones in the site's order.

    `number` is that of the page of the text. Only the page without anything personal may be kept by
    caches. Raise 404 past the last comments, and past the last page.
    """
    if is_locked(request, article):
        return locked_page(request, article, status=status)
    if article.is_protected:
        render_whole(article)  # which the row does not hold
    prepare_page(article, number)
    site = site_of(request)
    reads = reads_told(site, site.on_articles)
    if reads:
        article.reads = reads_of([article.pk], reads).get(article.pk)  # type: ignore[attr-defined]
    is_shared = (
        personal == NOTHING_PERSONAL
        and article.is_live
        and not article.is_protected
        and not reader_of(request).is_authenticated
    )
    context = {
        **article_context(request, article),
        **rating_context(request, article, personal),
        **comment_context(request, article, personal, place, number),
        "is_shared": is_shared,
    }
    context |= _asking_context(article, context)
    # Its authors and the moderators come here for other reasons.
    context["counts_reads"] = (
        article.is_live and site.reads_counted and not context["may_moderate"]
    )
    if is_shared:
        context["graph_says"] = what_graph_says(request, context)
        context["graph"] = partial(article_graph, request, context)
        context["oembed_url"] = _oembed_url(request, article)
    # The graph above is of the whole article, whichever page this is.
    context = context | paged(request, context, number)
    response = render(
        request, template_for("articles/detail.html", article.slug), context, status=status
    )
    allow_player(response, context["lead"])
    if is_shared:
        response["Cache-Control"] = SHARED
        ends = [closing_time(article, site), timezone.now() + READS_HOLD if reads else None]
        keep_page(response, _tags(context), holds_until=min(filter(None, ends), default=None))
    else:
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
    return response


def _oembed_url(request: HttpRequest, article: Article) -> str:
    """Return where other sites learn how to show the article as a card."""
    url = absolute(request, article.get_absolute_url())
    return f"{absolute(request, reverse('oembed'))}?{urlencode({'url': url})}"


def _asking_context(article: Article, context: dict[str, Any]) -> dict[str, str]:
    """Return the text with the questions in it as links to the form; nothing for a text without any."""
    if not context["asked"]:
        return {}
    before, after = with_questions(
        context["text_before_fold"],
        context["text_after_fold"],
        answers=answers_to(article) if context["show_comments"] else {},
        are_open=context["may_comment"],
    )
    return {"text_before_fold": before, "text_after_fold": after}


def _tags(context: dict[str, Any]) -> Iterator[str]:
    """Yield the tags of what the page shows (shown.py)."""
    article, related = context["article"], context["related"]
    beside = [other for other in (context["previous_article"], context["next_article"]) if other]
    yield from tags_of_card(article)
    if article.share_image_id:
        yield f"picture:{article.share_image_id}"
    for author in context["authors"]:
        if author.photo_id:
            yield f"picture:{author.photo_id}"
    for category in context["categories"]:
        yield f"in:category:{category.pk}"
    for tag in context["tags"]:
        yield f"tag:{tag.pk}"
        yield f"in:tag:{tag.pk}"
    for other in related:
        if other.picture_id:
            yield f"picture:{other.picture_id}"
    for other in (*related, *beside):
        yield f"article:{other.pk}"
    yield f"related:{article.pk}"
    is_prepared = len(related) == RELATED_COUNT and all(other.is_prepared for other in related)
    if len(beside) < 2 or not is_prepared:
        yield "in:all"  # whatever is published next may stand here
    if series := context["series"]:
        yield f"series:{series.series}"
        for part in series.parts:
            yield f"article:{part.pk}"
    yield from years_between(article.publish_at, *(other.publish_at for other in beside))


def article_context(
    request: HttpRequest,
    article: Article,
    *,
    authors: list[Author] | None = None,
    terms: tuple[list[Category], list[Tag]] | None = None,
) -> dict[str, Any]:
    """Return what the page shows of the article and of its surroundings.

    `authors` and `terms` (categories, the primary one first, and tags) are those of the article unless given.
    """
    fold = article.fold_at if article.fold_at is not None else len(article.body_html)
    lead, before_fold, after_fold = lead_of(
        article, article.body_html[:fold], article.body_html[fold:]
    )
    previous_article, next_article = neighbours_of(
        article, in_category=site_of(request).neighbours_in_category
    )
    categories, tags = terms_of(article) if terms is None else terms
    authors = load_authors(article) if authors is None else authors
    site = site_of(request)
    return {
        "article": article,
        "said": (site.said, *_said(article, authors, categories, tags)),
        "is_live": article.is_live,
        "canonical_url": article.canonical_url or absolute(request, article.get_absolute_url()),
        "share_image": share_image(request, article),
        "search_title": search_title(article, site, authors=authors, categories=categories),
        "search_description": search_description(
            article, site, authors=authors, categories=categories
        ),
        "authors": authors,
        "categories": categories,
        "crumbs": tuple(
            (category.name, category.get_absolute_url())
            for first in categories[:1]
            for category in (*above(first), first)
        ),
        "tags": tags,
        "lead": lead,
        "text_before_fold": before_fold,
        "text_after_fold": after_fold,
        "text_page": None,
        "series": place_of(article),
        "previous_article": previous_article,
        "next_article": next_article,
        "related": tuple(related_to(article)),
    }


def _said(
    article: Article, authors: list[Author], categories: list[Category], tags: list[Tag]
) -> tuple[object, ...]:
    """Return all that the rows about the article say: parts that show nothing else are kept by it."""
    return (
        said_by(article),
        said_by(article.lead_image),
        *((said_by(author), said_by(author.photo)) for author in authors),
        *(said_by(link) for author in authors for link in author.links.all()),
        *map(said_by, categories),
        *map(said_by, tags),
    )


def share_image(request: HttpRequest, article: Article) -> Picture | None:
    """Return the picture for links to the page: the chosen one, the one made for it, or the lead picture."""
    card = getattr(article, "share_card", None)
    if card and article.share_image is None:
        return Picture(absolute(request, card.file.url), WIDTH, HEIGHT, article.title)
    image = article.share_image or article.lead_image
    if image is None:
        return None
    return Picture(absolute(request, image.file.url), image.width, image.height, image.alt)
