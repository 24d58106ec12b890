"""Search: every word must be in the article, in the page, or in one comment."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pace import MINUTE, is_too_fast
from blog.comments.tone import masked_text
from blog.public.converters import PageNumber
from blog.public.listing import load_cards, pager_of, reads_told
from blog.public.shown import keep_page, shared
from blog.search.choices import Choices, load_choices
from blog.search.filters import LEAST_VOTES
from blog.search.models import Document
from blog.search.queries import Result, Results
from blog.search.queries import search as find
from blog.search.query import Query, Term, clean, parse, words_of
from blog.search.snippets import marked, snippet
from blog.search.spelling import did_you_mean
from blog.search.suggesting import suggest
from blog.site.middleware import site_of
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from blog.articles.models import Article
    from blog.comments.models import Comment
    from blog.pages.models import Page as StillPage

NARROWED_BY = ("category", "tag", "author", "year", "rating")
STARS = ("4", "3")
# of one network
MOST_IN_A_MINUTE = 60
MOST_SUGGESTIONS_IN_A_MINUTE = 240


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the words as typed, and what the form says beside them."""

    text: str = ""
    narrowed_by: tuple[tuple[str, str], ...] = ()
    kind: str = ""  # "comment" for the second tab
    by_date: bool = False
    before: int | None = None
    number: int = 1

    @classmethod
    def of(cls, parameters: QueryDict) -> Asked:
        """Return it, or raise 404 for a page or a window whose number is none."""
        chosen = ((name, clean(parameters.get(name, ""))) for name in NARROWED_BY)
        return cls(
            text=clean(parameters.get("q", parameters.get("s", ""))),
            narrowed_by=tuple((name, value) for name, value in chosen if value),
            kind="comment" if parameters.get("type") == "comment" else "",
            by_date=parameters.get("order") == "date",
            before=_number(before) if (before := parameters.get("before")) else None,
            number=_number(parameters.get("page", "1")),
        )

    def query(self, *, is_stemmed: bool) -> Query:
        query = parse(self.text, is_stemmed=is_stemmed)
        if query.is_empty and not self.narrowed_by:
            return query
        return query.narrowed(dict(self.narrowed_by) | {"type": self.kind})

    @property
    def address(self) -> str:
        return f"{reverse('search')}?{self._parameters()}"

    @property
    def feed_address(self) -> str:
        """Return the address of the feed, which is always in the order of dates."""
        said = replace(self, by_date=False, before=None, number=1)
        return f"{reverse('search-feed')}?{said._parameters()}"

    def _parameters(self) -> str:
        parameters: dict[str, str | int] = {"q": self.text, **dict(self.narrowed_by)}
        if self.kind:
            parameters["type"] = self.kind
        if self.by_date:
            parameters["order"] = "date"
        if self.before:
            parameters["before"] = self.before
        if self.number > 1:
            parameters["page"] = self.number
        return urlencode(parameters)

    def address_of(self, **changes: Any) -> str:
        """Return the address of the same search, changed, from its beginning unless that is changed, too."""
        return replace(self, **({"number": 1, "before": None} | changes)).address


@dataclass(frozen=True)
class Found:
    """One result as the page shows it: an article, an article by its comment, a comment, or a page."""

    snippet: SafeString
    article: Article | None = None
    comment: Comment | None = None
    page: StillPage | None = None

    @property
    def address(self) -> str:
        return (self.page or self.comment or self.article).get_absolute_url()  # type: ignore[union-attr]


@require_safe
@shared
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, best or newest first; without words, only the form."""
    asked = Asked.of(request.GET)
    context: dict[str, Any] = {
        "query": asked.text,
        "heading": _("Search"),
        "page_title": _("Search: %(query)s") % {"query": asked.text}
        if asked.text
        else _("Search"),
        "least_votes": LEAST_VOTES,
    }
    if request.GET and is_too_fast(request, "search", most=MOST_IN_A_MINUTE):
        context["is_too_fast"] = True
        response = render(request, "articles/search.html", context, status=429)
        response["Retry-After"] = str(MINUTE)
        response["Cache-Control"] = "no-store"
        return response
    choices = load_choices()
    query = asked.query(is_stemmed=choices.is_stemmed)
    context |= {
        "asked": asked,
        "fields": _fields(asked, choices),
        "widened": asked.address_of(narrowed_by=()),
        "other_order": asked.address_of(by_date=not asked.by_date),
    }
    if not query.is_empty:
        context |= _answer(request, asked, query) | {"feed_url": asked.feed_address}
    response = render(request, "articles/search.html", context)
    if context.get("is_cut"):
        response["Cache-Control"] = "no-store"  # in a quieter moment there may be more
    return response


def _answer(request: HttpRequest, asked: Asked, query: Query) -> dict[str, Any]:
    results = find(query, by_date=asked.by_date, before=asked.before)
    page = _page(results, asked.number, site_of(request).articles_per_page)
    context = {
        "results": found_of(page, query, site_of(request)),
        "pager": pager_of(page, lambda n: asked.address_of(number=n, before=asked.before)),
        "is_searched": True,
        "is_last_page": not page.has_next(),
        "of_comments": query.filters.get("type") == ["comment"],
        "tabs": _tabs(asked, query, results),
        "is_cut": results.is_cut,
    }
    if results.older_than:
        context["older"] = asked.address_of(before=results.older_than)
    if not (results or results.is_cut or asked.narrowed_by) and (better := did_you_mean(query)):
        context |= {"better": better, "better_address": asked.address_of(text=better)}
    return context


@require_safe
@shared
def suggestions(request: HttpRequest, text: str) -> HttpResponse:
    """Answer with titles that have the words being typed: a piece of a page, nothing where there are none.

    Kept is only what the script asks for, and what is found: nobody can fill the store with nonsense.
    """
    if is_too_fast(request, "suggestions", most=MOST_SUGGESTIONS_IN_A_MINUTE):
        return HttpResponse(
            status=429, headers={"Retry-After": MINUTE, "Cache-Control": "no-store"}
        )
    words = words_of(clean(text))
    documents = suggest(words)
    if not documents:
        return HttpResponse(status=204)
    shown = [_suggestion(document, words) for document in documents]
    context = {
        "suggestions": shown,
        "query": clean(text),
        "all_address": Asked(text=clean(text)).address,
    }
    response = render(request, "articles/_suggestions.html", context)
    if text == " ".join(words):
        # Any article or page may get a title that belongs here, so all of them are on it.
        pictures = (f"picture:{item['image'].pk}" for item in shown if item["image"])
        keep_page(response, ("articles", "pages", *pictures))
    return response


def _suggestion(document: Document, words: tuple[str, ...]) -> dict[str, Any]:
    terms = tuple(Term((word,), is_prefix=word == words[-1], is_stemmed=False) for word in words)
    page, article = document.page, document.article
    title = page.title if page else article.shown_title if article else ""
    return {
        "title": marked(title, Query(terms, is_stemmed=False)),
        "address": (page or article).get_absolute_url(),  # type: ignore[union-attr]
        "image": article.shown_image if article else None,
    }


def found_of(page: Page, query: Query, site: SiteSettings) -> list[Found]:
    """Return the results of one page with their cards and snippets, in three queries."""
    words = site.masked_words
    results: list[Result] = list(page.object_list)
    cards = load_cards(
        (result.article_id for result in results if result.article_id),
        reads=reads_told(site, site.in_lists),
    )
    documents = Document.objects.select_related("comment", "page").in_bulk(
        [result.document_id for result in results]
    )
    found = []
    for result in results:
        document = documents.get(result.document_id)
        article = cards.get(result.article_id or 0)
        if document is None or not (article or document.page):
            continue  # gone since it was found
        if document.comment and article:
            document.comment.article = article
        text = masked_text(document.body, words) if document.comment else document.body
        begin = article.summary if article and not document.comment else text[:200]
        piece = snippet(text, query) or marked(begin, query)
        found.append(Found(piece, article, document.comment, document.page))
    return found


def _fields(asked: Asked, choices: Choices) -> list[dict[str, Any]]:
    """Return the fields that narrow a search down. What the address says stays, also where no list has it."""
    narrowed_by = dict(asked.narrowed_by)
    stars = [(star, _("%(stars)s and more") % {"stars": star}) for star in STARS]
    fields = []
    for name, label, offered in (
        ("category", _("Category"), choices.categories),
        ("author", _("Author"), choices.authors),
        ("year", _("Year"), choices.years),
        ("rating", _("Rating"), stars),
        ("tag", _("Tag"), None),
    ):
        value = narrowed_by.get(name, "")
        options = offered
        if offered is not None and value not in {"", *(option for option, _label in offered)}:
            options = [(value, value), *offered]
        if options is None or len(options) > 1 or value:
            fields.append({"name": name, "label": label, "value": value, "options": options})
    return fields


def _tabs(asked: Asked, query: Query, results: Results) -> list[dict[str, Any]]:
    """Return the two tabs; none where the words themselves say what is wanted, or there are no words."""
    if not query.wanted or ("type" in query.filters and not asked.kind):
        return []
    capped = "+" if results.has_more_comments else ""
    return [
        {
            "label": _("Articles and pages"),
            "address": asked.address_of(kind=""),
            "is_current": not asked.kind,
            "count": "",
        },
        {
            "label": _("Comments"),
            "address": asked.address_of(kind="comment"),
            "is_current": bool(asked.kind),
            "count": "" if results.comments is None else f"{results.comments}{capped}",
        },
    ]


def page_number(request: HttpRequest) -> int:
    """Return the page asked for by `?page=`, the first by default; 404 for what is no number."""
    return _number(request.GET.get("page", "1"))


def _number(text: str) -> int:
    if not re.fullmatch(PageNumber.regex, text):
        raise Http404
    return int(text)


def _page(results: Results, number: int, per_page: int) -> Page:
    """Return one page. The rows stand in order in memory: page 200 costs what page 1 does."""
    try:
        return Paginator(results, per_page).page(number)
    except EmptyPage as error:
        raise Http404 from error
