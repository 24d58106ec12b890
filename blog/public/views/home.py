"""The first page of the blog, which the owner may have made of sections, and the pages behind it."""

from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.articles.models import Article, Category
from blog.frame.menus import TopCategory, load_menus
from blog.frame.models import Section
from blog.prepared import Prepared
from blog.public import listing
from blog.public.addresses import absolute
from blog.public.elsewhere import from_wordpress
from blog.public.list_page import list_page, page_address
from blog.public.listing import (
    READS_HOLD,
    STICKY_LIMIT,
    keys_of_page,
    load_cards,
    most_discussed_lately,
    pager_of,
    reads_told,
)
from blog.public.pages import front_page
from blog.public.sections import MOVES_AFTER, Block, Plan, load_sections, plan_sections
from blog.public.shown import keep_page, shared, tags_of_cards
from blog.public.structured import list_graph
from blog.site.middleware import site_of

SECTION_LEAST = 3  # articles a section needs on the front page, and as many must be left over
SECTION_LENGTH = 5

_sticky = Prepared(
    lambda now: (
        Article.objects.published(now)
        .latest_first()
        .filter(is_sticky=True)
        .values_list("pk")[:STICKY_LIMIT]
    )
)


@require_safe
@shared
def home(request: HttpRequest, number: int = 1) -> HttpResponse:
    """Show the front page, which the owner may have made of sections; then plain pages of the latest."""
    if request.GET and (answer := from_wordpress(request)):
        return answer
    site = site_of(request)
    newest = listing.latest()
    if number > 1:
        if site.front_page_id:
            return HttpResponseRedirect(reverse("latest-page", args=[number]))
        return list_page(
            request, newest, number, place="in:all", address=reverse("home"), heading=_("Latest")
        )
    if site.front_page_id and (response := front_page(request, site.front_page_id)):
        return response
    page = keys_of_page(newest, number, site.articles_per_page)
    sections = load_sections(site)
    plan = plan_sections(sections)
    reads = reads_told(site, site.on_cards)
    cards = load_cards(plan.keys, reads=reads)
    if blocks := plan.blocks(Section.Area.HOME, cards):
        has_latest = any(block.section.kind == Section.Kind.LATEST for block in blocks)
        return _front_page(request, page if has_latest else None, plan, cards, blocks)
    sticky = [key for (key,) in _sticky(now=timezone.now())]
    discussed = most_discussed_lately()
    order = list(dict.fromkeys([*sticky, *page.object_list]))
    plan = plan_sections(sections, taken=order)
    cards = load_cards({*order, *discussed, *plan.keys}, reads=reads)
    menus = load_menus()
    shown, of_discussion = (
        [cards[key] for key in keys if key in cards] for keys in (order, discussed)
    )
    blocks = _usual_blocks(shown, of_discussion, menus.sections)
    return _front_page(request, page, plan, cards, blocks, menus=menus)


def _front_page(
    request: HttpRequest,
    page: Page | None,
    plan: Plan,
    cards: dict[int, Article],
    blocks: list[Block],
    **context: Any,
) -> HttpResponse:
    """Show these blocks, the sidebar beside them, and the way to the other pages if there is a *page*."""
    context |= {
        "is_front": True,
        "blocks": blocks,
        "beside": plan.blocks(Section.Area.SIDEBAR, cards),
        "has_sections": bool(plan.sections),
        "pager": page and pager_of(page, lambda n: page_address("/", n)),
        "canonical_url": absolute(request, reverse("home")),
    }
    site = site_of(request)
    listed = {article.pk: article for block in blocks for article in block.articles}
    context["graph"] = list_graph(
        request,
        url=context["canonical_url"],
        name=site.title,
        description=site.tagline,
        articles=listed.values(),
    )
    response = render(request, "articles/home.html", context)
    # Once the page is published that the owner chose, it stands here.
    chosen = [f"page:{key}"] if (key := site_of(request).front_page_id) else []
    tags = tags_of_cards("in:all", "comments", *chosen, *plan.tags(cards), articles=cards.values())
    holds = READS_HOLD if reads_told(site, site.on_cards) else MOVES_AFTER
    keep_page(response, tags, holds_until=timezone.now() + holds)
    return response


@require_safe
@shared
def latest(request: HttpRequest, number: int = 1) -> HttpResponse:
    """Show the latest articles where a page stands in their place; elsewhere they are the front page."""
    if not site_of(request).front_page_id:
        home = reverse("home-page", args=[number]) if number > 1 else reverse("home")
        return HttpResponseRedirect(home)
    return list_page(
        request,
        listing.latest(),
        number,
        place="in:all",
        address=reverse("latest"),
        heading=_("Latest"),
        feed_url=reverse("feed"),
    )


def _usual_blocks(
    articles: list[Article], discussed: list[Article], sections: tuple[TopCategory, ...]
) -> list[Block]:
    """Return the front page of an owner who has not made one.

    The articles of a category leave the grid of the latest: the front page names none twice there.
    """
    if not articles:
        return []
    lead, *others = articles
    section, of_section = _section_among(others, sections)
    latest = [article for article in others if article not in of_section]
    blocks = [
        Block(Section(kind=Section.Kind.LEAD), [lead]),
        Block(Section(kind=Section.Kind.LATEST), latest),
    ]
    if section:
        category = Category(**section._asdict())
        blocks.append(Block(Section(kind=Section.Kind.CATEGORY, category=category), of_section))
    blocks.append(Block(Section(kind=Section.Kind.MOST_DISCUSSED), discussed))
    return [block for block in blocks if not block.is_empty]


def _section_among(
    articles: list[Article], sections: tuple[TopCategory, ...]
) -> tuple[TopCategory | None, list[Article]]:
    """Return the first section of the menu with enough of these articles, and those articles.

    They leave the grid of the latest, so that the front page names no article twice there.
    """
    for section in sections:
        own = [
            article
            for article in articles
            if article.primary_category
            and article.primary_category.path.split("/")[0] == section.path
        ][:SECTION_LENGTH]
        if len(own) >= SECTION_LEAST and len(articles) - len(own) >= SECTION_LEAST:
            return section, own
    return None, []
