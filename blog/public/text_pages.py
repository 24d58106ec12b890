"""Texts on several pages: `/<slug>/2/` and so on, where an author has put breaks between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from blog.articles.rendering import PAGE_BREAK, text_pages
from blog.public.addresses import absolute

if TYPE_CHECKING:
    from django.http import HttpRequest

    from blog.articles.models import Article


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
    if PAGE_BREAK not in article.body_html or number > len(text_pages(article.body_html)):
        raise Http404
    article.hides_lead_image, article.highlights = True, ""


def paged(request: HttpRequest, context: dict[str, Any], number: int) -> dict[str, Any]:
    """Return what differs on one page of the text; nothing for a text without breaks.

    The contents lead to the pages on which their headings stand. What is folded on small screens is of
    the first page, as far as its fold is there.
    """
    article, before = context["article"], context["text_before_fold"]
    if PAGE_BREAK not in article.body_html:
        return {}
    pages = text_pages(before + context["text_after_fold"])
    addresses = tuple(address_of(article, each) for each in range(1, len(pages) + 1))
    shown = TextPage(number, addresses)
    text, fold = pages[number - 1], len(before)
    article.toc = [heading | {"page": _address(heading, shown, pages)} for heading in article.toc]
    is_folded = number == 1 and fold < len(text) and text.startswith(before)
    changes: dict[str, Any] = {
        "text_page": shown,
        "text_before_fold": text[:fold] if is_folded else text,
        "text_after_fold": text[fold:] if is_folded else "",
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


def _address(heading: dict[str, Any], shown: TextPage, pages: list[str]) -> str:
    """Return the address of the page with the heading, "" where it is this one."""
    sign = f' id="{heading["id"]}"'
    number = next((at for at, text in enumerate(pages, start=1) if sign in text), shown.number)
    return "" if number == shown.number else shown.addresses[number - 1]
