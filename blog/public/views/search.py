"""Search: every word must be in the title or in the text."""

import re
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.articles.models import Article, ArticleQuerySet
from blog.public.converters import PageNumber
from blog.public.listing import cards_of, keys_of_page, pager_of
from blog.public.views.lists import shared
from blog.site.middleware import site_of

MAX_LENGTH = 200  # characters
MAX_TERMS = 10
_TERM = re.compile(r'(-?)(?:"([^"]*)"|([^\s"]+))')
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class Terms(NamedTuple):
    wanted: list[str]
    unwanted: list[str]


@require_safe
@shared
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, best first; without words, only the form."""
    query = clean(request.GET.get("q", ""))
    terms = parse(query)
    context: dict[str, Any] = {
        "query": query,
        "heading": _("Search"),
        "page_title": _("Search: %(query)s") % {"query": query} if query else _("Search"),
    }
    if terms.wanted:
        page = keys_of_page(
            matching(terms), page_number(request), site_of(request).articles_per_page
        )
        context["articles"] = cards_of(page)
        context["pager"] = pager_of(page, lambda n: _address(query, n))
    return render(request, "articles/search.html", context)


def clean(text: str) -> str:
    """Return the query as one line without control characters, which PostgreSQL cannot even store."""
    return " ".join(_CONTROL.sub(" ", text)[:MAX_LENGTH].split())


def parse(query: str) -> Terms:
    """Return the words and "phrases" that must be there, and those after a minus that must not."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, phrase, word in _TERM.findall(query)[:MAX_TERMS]:
        if term := (phrase or word).strip():
            (unwanted if minus else wanted).append(term)
    return Terms(wanted, unwanted)


def matching(terms: Terms) -> ArticleQuerySet:
    """Return published articles with all the words, those with them in the title first, then by date."""
    articles = Article.objects.published()
    for term in terms.wanted:
        articles = articles.filter(_anywhere(term))
    for term in terms.unwanted:
        articles = articles.exclude(_anywhere(term))
    all_in_title, any_in_title = Q(), Q()
    for term in terms.wanted:
        all_in_title &= _contains("title", term)
        any_in_title |= _contains("title", term)
    place = Case(
        When(_contains("title", " ".join(terms.wanted)), then=Value(0)),
        When(all_in_title, then=Value(1)),
        When(any_in_title, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return articles.order_by(place, "-publish_at", "-pk")


def _anywhere(term: str) -> Q:
    return (
        _contains("title", term)
        | _contains("subtitle", term)
        | _contains("excerpt", term)
        | _contains("body_html", escape(term))
    )


def _contains(field: str, term: str) -> Q:
    """Match without regard to case. SQLite knows the case of ASCII only: other words are tried in three."""
    found = Q(**{f"{field}__icontains": term})
    if not term.isascii():
        for variant in {term.lower(), term.upper(), term.capitalize()} - {term}:
            found |= Q(**{f"{field}__icontains": variant})
    return found


def page_number(request: HttpRequest) -> int:
    """Return the page asked for by `?page=`, the first by default; 404 for what is no number."""
    number = request.GET.get("page", "1")
    if not re.fullmatch(PageNumber.regex, number):
        raise Http404
    return int(number)


def _address(query: str, number: int) -> str:
    parameters = {"q": query} | ({"page": number} if number > 1 else {})
    return f"{reverse('search')}?{urlencode(parameters)}"
