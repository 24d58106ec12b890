"""One page of a list of articles, put together: for archives and rankings alike."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Author
from blog.articles.models import ArticleQuerySet
from blog.frame.models import Section
from blog.public.addresses import absolute
from blog.public.listing import READS_HOLD, Listed, keys_of_page, load_cards, pager_of, reads_told
from blog.public.sections import MOVES_AFTER, load_sections, plan_sections
from blog.public.shown import keep_page, tags_of_cards
from blog.public.structured import Crumb, Picture, list_graph
from blog.site.middleware import site_of
from blog.site.theme import template_for


def list_page(
    request: HttpRequest,
    articles: Listed | ArticleQuerySet | list[int],
    number: int,
    *,
    place: str,
    address: str,
    heading: str,
    feed_url: str | None = None,
    parents: Sequence[Crumb] = (),
    author: Author | None = None,
    holds: timedelta | None = None,
    tells_reads: bool = False,
    **context: Any,
) -> HttpResponse:
    """Show one page of articles; *place* holds the tags of what is on the page beside their cards.

    *holds* is for how long the list is as it is, were nothing to change.
    """
    site = site_of(request)
    page = keys_of_page(articles, number, site.articles_per_page)
    beside = [row for row in load_sections(site) if row.area == Section.Area.SIDEBAR]
    plan = plan_sections(beside, taken=list(page.object_list))
    reads = context["span"] if tells_reads else reads_told(site, site.in_lists)
    cards = load_cards({*page.object_list, *plan.keys}, reads=reads)
    holds = (READS_HOLD if reads else holds) or (MOVES_AFTER if beside else None)
    context |= {
        "heading": heading,
        "page_title": _("%(title)s, page %(number)s") % {"title": heading, "number": number}
        if number > 1
        else heading,
        "articles": [cards[key] for key in page.object_list if key in cards],
        "beside": plan.blocks(Section.Area.SIDEBAR, cards),
        "pager": pager_of(page, lambda n: page_address(address, n)),
        "feed_url": f"{address}feed/" if feed_url is None else feed_url,
        "canonical_url": absolute(request, page_address(address, number)),
        "parents": parents,
        "author": author,
    }
    crumbs = [*parents, (heading, address)] if address != reverse("home") else []
    context |= _described(request, context, crumbs)
    response = render(request, template_for("articles/archive.html", address), context)
    tags = tags_of_cards(*place.split(), *plan.tags(cards), articles=context["articles"])
    keep_page(response, tags, holds_until=timezone.now() + holds if holds else None)
    return response


def _described(
    request: HttpRequest, context: dict[str, Any], crumbs: Sequence[Crumb]
) -> dict[str, Any]:
    """Return what search engines and shared links learn of a list."""
    author: Author | None = context["author"]
    photo = author and author.photo
    described: dict[str, Any] = {
        "graph": list_graph(
            request,
            url=context["canonical_url"],
            name=context["page_title"],
            description=context.get("page_description") or context.get("description", ""),
            articles=context["articles"],
            crumbs=crumbs,
            author=author,
        ),
        "og_type": "profile" if author else "",
    }
    if photo:
        address = absolute(request, photo.file.url)
        described["share_image"] = Picture(address, photo.width, photo.height, photo.alt)
    return described


def page_address(address: str, number: int) -> str:
    return f"{address}page/{number}/" if number > 1 else address
