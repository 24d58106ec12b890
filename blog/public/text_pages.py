"""Texts on several pages: `/<slug>/2/` and so on, where an author has put breaks between them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from blog.articles.rendering import PAGE_BREAK, text_pages
from blog.public.addresses import absolute
from blog.public.leads import gallery_out_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from blog.articles.models import Article


_ID = re.compile(r'<\w[^>]*? id="(?P<id>[^"]+)"')
_LINK_WITHIN = re.compile(r'(?P<start><a\b[^>]*? href=")#(?P<id>[^"]+)"')


class TextPage(NamedTuple):
    """Which page of a text this is, and where the others are, in their order."""

    number: int
    addresses: tuple[str, ...]

    @property
    def previous(self) -> str:
        return self.addresses[self.number - 2] if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self.addresses[self.number] if self.number < len(self.addresses) else ""


def prepare_page(article: Article, number: int) -> None:
    """Leave out what stands above the beginning of the text alone. Raise 404 for a page there is not.

    Call it before anything of the article is shown, and after the text of a protected one was rendered.
    """
    if number == 1:
        return
    if article.post_format == article.Format.GALLERY:
        # It leads the first page, from wherever it stands.
        _gallery, article.body_html = gallery_out_of(article.body_html)
    if PAGE_BREAK not in article.body_html or number > len(text_pages(article.body_html)):
        raise Http404
    article.hides_lead_image, article.highlights = True, ""
    article.post_format = article.Format.STANDARD


def paged(
    request: HttpRequest,
    context: dict[str, Any],
    number: int,
    *,
    address: Callable[[int], str] | None = None,
) -> dict[str, Any]:
    """Return what differs on one page of the text; nothing for a text without breaks.

    The contents, notes and other links within the text lead to the page on which their goal stands. What is
    folded on small screens is of the first page, as far as its fold is there. `address` says where each page
    is, if not where readers find it.
    """
    article, before = context["article"], context["text_before_fold"]
    if PAGE_BREAK not in article.body_html:
        return {}
    pages = text_pages(before + context["text_after_fold"])
    address = address or partial(address_of, article)
    addresses = tuple(address(each) for each in range(1, len(pages) + 1))
    shown = TextPage(number, addresses)
    text, fold = pages[number - 1], len(before)
    elsewhere = _elsewhere(shown, pages)
    article.toc = [
        heading | {"page": elsewhere.get(str(heading["id"]), "")} for heading in article.toc
    ]
    is_folded = number == 1 and fold < len(text) and text.startswith(before)
    shows, hides = (text[:fold], text[fold:]) if is_folded else (text, "")
    changes: dict[str, Any] = {
        "text_page": shown,
        "text_before_fold": _leading(shows, elsewhere),
        "text_after_fold": _leading(hides, elsewhere),
    }
    if number > 1:
        values = {"title": context["search_title"], "number": number}
        changes["search_title"] = _("%(title)s, page %(number)s") % values
        if not article.canonical_url:
            changes["canonical_url"] = absolute(request, addresses[number - 1])
    return changes


def address_of(article: Article, number: int) -> str:
    """Return where a page of the text is; the first one is the article's."""
    if number == 1:
        return article.get_absolute_url()
    return reverse("article-text-page", args=[article.slug, number])


def _elsewhere(shown: TextPage, pages: list[str]) -> dict[str, str]:
    """Return the address of the page for each anchor that stands on another page than this one."""
    page_of: dict[str, int] = {}
    for number, text in enumerate(pages, start=1):
        for found in _ID.finditer(text):
            page_of.setdefault(found["id"], number)
    return {
        anchor: shown.addresses[number - 1]
        for anchor, number in page_of.items()
        if number != shown.number
    }


def _leading(html: str, elsewhere: dict[str, str]) -> str:
    """Return the HTML with its links to anchors on other pages leading there."""

    def link(found: re.Match[str]) -> str:
        anchor = found["id"]
        return f'{found["start"]}{elsewhere.get(anchor, "")}#{anchor}"'

    return _LINK_WITHIN.sub(link, html)
