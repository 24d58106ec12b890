"""Search: every word must be in the article, or in one of its comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.comments.tone import masked
from blog.public.converters import PageNumber
from blog.public.listing import load_cards, pager_of
from blog.public.views.lists import shared
from blog.search.models import Document
from blog.search.queries import Result
from blog.search.queries import search as find
from blog.search.query import Query, clean, parse
from blog.search.snippets import marked, snippet
from blog.search.spelling import did_you_mean
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from blog.articles.models import Article
    from blog.comments.models import Comment


@dataclass(frozen=True)
class Found:
    """One result as the page shows it."""

    article: Article
    snippet: SafeString
    comment: Comment | None

    @property
    def address(self) -> str:
        return (self.comment or self.article).get_absolute_url()


@require_safe
@shared
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, best or newest first; without words, only the form."""
    text = clean(request.GET.get("q", ""))
    by_date = request.GET.get("order") == "date"
    query = parse(text)
    context: dict[str, Any] = {
        "query": text,
        "heading": _("Search"),
        "page_title": _("Search: %(query)s") % {"query": text} if text else _("Search"),
    }
    if not query.is_empty:
        page = _page(find(query, by_date=by_date), request)
        context |= {
            "results": found_of(page, query, site_of(request).masked_words),
            "pager": pager_of(page, lambda n: _address(text, n, by_date=by_date)),
            "by_date": by_date,
            "other_order": _address(text, by_date=not by_date),
        }
        if not page.paginator.count and (better := did_you_mean(query)):
            context |= {"better": better, "better_address": _address(better)}
    return render(request, "articles/search.html", context)


def found_of(page: Page, query: Query, words: str = "") -> list[Found]:
    """Return the results of one page with their cards and snippets, in four queries; *words* are masked."""
    results: list[Result] = list(page.object_list)
    cards = load_cards(result.article_id for result in results)
    documents = Document.objects.select_related("comment").in_bulk(
        [result.document_id for result in results]
    )
    found = []
    for result in results:
        article, document = cards.get(result.article_id), documents.get(result.document_id)
        if article and document:
            piece = snippet(document.body, query) or marked(
                document.body[:200] if document.comment else article.summary, query
            )
            if document.comment:
                piece = SafeString(masked(piece, words))
                document.comment.article = article
            found.append(Found(article, piece, document.comment))
    return found


def page_number(request: HttpRequest) -> int:
    """Return the page asked for by `?page=`, the first by default; 404 for what is no number."""
    number = request.GET.get("page", "1")
    if not re.fullmatch(PageNumber.regex, number):
        raise Http404
    return int(number)


def _page(results: list[Result], request: HttpRequest) -> Page:
    try:
        return Paginator(results, site_of(request).articles_per_page).page(page_number(request))
    except EmptyPage as error:
        raise Http404 from error


def _address(query: str, number: int = 1, *, by_date: bool = False) -> str:
    parameters: dict[str, str | int] = {"q": query}
    if by_date:
        parameters["order"] = "date"
    if number > 1:
        parameters["page"] = number
    return f"{reverse('search')}?{urlencode(parameters)}"
