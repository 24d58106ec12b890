"""The page of a page: its text, what stands above and within it, and what its kind adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render

from blog.articles.models import Category
from blog.pages.models import Page, PagePathHistory
from blog.public import section_rows
from blog.public.addresses import absolute
from blog.public.archives import years_with_months
from blog.public.contact import ContactForm, sent_from
from blog.public.moved import moved_to
from blog.public.shown import SHARED, keep_page
from blog.public.structured import page_graph
from blog.site.middleware import site_of
from blog.site.theme import template_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

MOST_AUTHORS = 200
MOST_TAGS = 60
MOST_CHILDREN = 200
Kind = Page.Kind


def show_page(request: HttpRequest, path: str) -> HttpResponse:
    """Show the page of this address, forward from one it once had, or raise 404."""
    page = get_readable_page(request, path)
    if page.path == path:
        if sent_at := sent_from(request.GET.get("sent", "")):
            return page_response(request, page, sent_at=sent_at)
        return page_response(request, page)
    return moved_to(request, page.get_absolute_url())


def front_page(request: HttpRequest, pk: int) -> HttpResponse | None:
    """Return the page in place of the latest articles; None while strangers may not read it."""
    page = Page.objects.published().filter(pk=pk).first()
    return page_response(request, page, is_front=True) if page else None


def get_readable_page(request: HttpRequest, path: str) -> Page:
    """Return the page that has, or once had, this path if this visitor may read it, or raise 404.

    One query where it is published; a session counts only for drafts.
    """
    here = Q(path=path) | Q(pk__in=PagePathHistory.objects.filter(path=path).values("page"))
    found = list(Page.objects.published().filter(here))
    if not found and settings.SESSION_COOKIE_NAME in request.COOKIES:
        found = list(Page.objects.visible_to(request.user).filter(here))
    if not found:
        raise Http404
    return max(found, key=lambda page: page.path == path)


def page_response(
    request: HttpRequest,
    page: Page,
    *,
    status: int = 200,
    is_front: bool = False,
    notice: str = "",
    **personal: Any,
) -> HttpResponse:
    """Render the page. With anything *personal* (a refused form, a receipt, a notice) it is one reader's."""
    is_shared = page.is_live and not (personal or notice)
    context = {
        **page_context(request, page),
        **personal,
        "is_front_page": is_front,
        "notice": notice,
        "is_shared": is_shared,
    }
    if page.pk and page.pk == site_of(request).front_page_id:
        context["canonical_url"] = absolute(request, "/")
    if is_shared:
        above = [(parent.title, parent.get_absolute_url()) for parent in context["parents"]]
        crumbs = [] if is_front else [*above, (page.title, page.get_absolute_url())]
        context["graph"] = page_graph(request, page, url=context["canonical_url"], crumbs=crumbs)
    response = render(request, template_for("pages/page.html", page.path), context, status=status)
    if is_shared:
        response["Cache-Control"] = SHARED
        keep_page(response, _tags(context))
    else:
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
    return response


def page_context(request: HttpRequest, page: Page) -> dict[str, Any]:
    """Return what the page shows: two queries, and those of its kind. What stands above may be a draft."""
    above = page.paths_above
    shown = Page.objects.published()
    context: dict[str, Any] = {
        "page": page,
        "page_title": page.title,
        "description": page.seo_description,
        "canonical_url": absolute(request, page.get_absolute_url()),
        "parents": list(shown.filter(path__in=above).order_by("path")) if above else [],
        "children": list(shown.filter(parent=page.pk)[:MOST_CHILDREN]) if page.pk else [],
    }
    if page.kind == Kind.CONTACT:
        context["contact_form"] = ContactForm()
    elif page.kind == Kind.AUTHORS:
        context["authors"] = section_rows.authors(MOST_AUTHORS)
    elif page.kind == Kind.ARCHIVES:
        context |= {
            "years": years_with_months(),
            "categories": list(Category.objects.order_by("path")),
            "cloud": section_rows.tags_by_use(MOST_TAGS),
        }
    return context


def _tags(context: dict[str, Any]) -> Iterator[str]:
    """Yield the tags of what the page shows (shown.py); `site` covers the categories."""
    page = context["page"]
    yield f"page:{page.pk}"
    for other in (*context["parents"], *context["children"]):
        yield f"page:{other.pk}"
    if page.kind == Kind.AUTHORS:
        yield from ("in:all", "bylines", "addresses")
        yield from section_rows.tags(context["authors"])
    elif page.kind == Kind.ARCHIVES:
        yield from ("in:all", "tags")
        yield from section_rows.tags(context["cloud"])
