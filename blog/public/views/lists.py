"""Lists of articles: home, category, tag, author, year, month, and the rankings."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import wraps
from typing import Any

from django.core.paginator import Page
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Author, AuthorLink
from blog.articles.models import Article, ArticleQuerySet, Category, Series, Tag
from blog.articles.queries import above, put_links
from blog.frame.menus import TopCategory, load_menus
from blog.frame.models import Section
from blog.prepared import Prepared
from blog.public import listing
from blog.public.addresses import absolute
from blog.public.elsewhere import from_wordpress
from blog.public.listing import (
    READS_HOLD,
    STICKY_LIMIT,
    Listed,
    counted_comments,
    keys_of_page,
    load_cards,
    most_discussed_ever,
    most_discussed_lately,
    pager_of,
    published_in_year,
    reads_told,
)
from blog.public.moved import forwards_author, forwards_category, forwards_series, forwards_tag
from blog.public.pages import front_page
from blog.public.sections import MOVES_AFTER, Block, Plan, load_sections, plan_sections
from blog.public.shown import SHARED, keep_page, tags_of_cards
from blog.public.structured import Crumb, Picture, list_graph
from blog.ratings.queries import BORROWED
from blog.ratings.queries import top_rated as top_rated_articles
from blog.reads.queries import Span
from blog.reads.queries import most_read as most_read_articles
from blog.site.middleware import site_of
from blog.site.theme import template_for

SECTION_LEAST = 3  # articles a section needs on the front page, and as many must be left over
SECTION_LENGTH = 5
LONGEST_RANKING = (
    100  # articles: nobody looks further, and it costs the same on a site of any size
)

_sticky = Prepared(
    lambda now: (
        Article.objects.published(now)
        .latest_first()
        .filter(is_sticky=True)
        .values_list("pk")[:STICKY_LIMIT]
    )
)


_categories = Prepared(lambda path: Category.objects.filter(path=path))
_within = Prepared(lambda parent: Category.objects.filter(parent=parent))
_tags = Prepared(lambda slug: Tag.objects.filter(slug=slug))
_links = Prepared(lambda author: AuthorLink.objects.filter(author=author))
_authors = Prepared(lambda slug: Author.objects.filter(slug=slug).select_related("photo"))


def shared(view: Callable) -> Callable:
    """Mark an answer that is the same for everybody."""

    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers.setdefault("Cache-Control", SHARED)
        return response

    return marked


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
        return _archive(
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
        "pager": page and pager_of(page, lambda n: _page_address("/", n)),
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
    return _archive(
        request,
        listing.latest(),
        number,
        place="in:all",
        address=reverse("latest"),
        heading=_("Latest"),
        feed_url=reverse("feed"),
    )


@require_safe
@forwards_category
@shared
def category(request: HttpRequest, path: str, number: int = 1) -> HttpResponse:
    """Show the articles of a category and of those within it."""
    shown = _only(_categories(path=path))
    parents = above(shown)
    return _archive(
        request,
        listing.of_category(shown.pk),
        number,
        place=f"in:category:{shown.pk}",
        address=shown.get_absolute_url(),
        heading=shown.name,
        kind=_("Category"),
        description=shown.description,
        parents=[(parent.name, parent.get_absolute_url()) for parent in parents],
        links=[(row.name, row.get_absolute_url()) for row in _within(parent=shown.pk)],
    )


@require_safe
@forwards_tag
@shared
def tag(request: HttpRequest, slug: str, number: int = 1) -> HttpResponse:
    shown = _only(_tags(slug=slug))
    return _archive(
        request,
        listing.of_tag(shown.pk),
        number,
        place=f"in:tag:{shown.pk} tag:{shown.pk}",
        address=shown.get_absolute_url(),
        heading=shown.name,
        kind=_("Tag"),
        page_description=_("Articles about %(tag)s") % {"tag": shown.name},
    )


@require_safe
@forwards_series
@shared
def series(request: HttpRequest, slug: str, number: int = 1) -> HttpResponse:
    """Show the parts of a series in their order."""
    shown = get_object_or_404(Series, slug=slug)
    return _archive(
        request,
        Article.objects.published()
        .filter(series_part__series=shown)
        .order_by("series_part__position", "series_part__pk"),
        number,
        place=f"series:{shown.pk}",
        address=shown.get_absolute_url(),
        heading=shown.title,
        kind=_("Series"),
        description=shown.description,
    )


@require_safe
@forwards_author
@shared
def author(request: HttpRequest, slug: str, number: int = 1) -> HttpResponse:
    shown = _only(_authors(slug=slug))
    put_links(shown, _links(author=shown.pk))
    photo = f" picture:{shown.photo_id}" if shown.photo_id else ""
    return _archive(
        request,
        listing.of_author(shown.pk),
        number,
        place=f"in:author:{shown.pk} author:{shown.pk}{photo}",
        address=shown.get_absolute_url(),
        heading=shown.name,
        kind=_("Author"),
        page_description=Truncator(" ".join(shown.bio.split())).chars(200)
        or _("Articles by %(name)s") % {"name": shown.name},
        author=shown,
    )


@require_safe
@shared
def year(request: HttpRequest, year: int, number: int = 1) -> HttpResponse:
    months = published_in_year(year).datetimes("publish_at", "month")
    if not months:
        raise Http404
    return _archive(
        request,
        listing.listed_between(*listing.days_of_year(year)),
        number,
        place=f"in:year:{year}",
        address=reverse("year-archive", args=[year]),
        heading=str(year),
        kind=_("Year"),
        page_description=_("Articles of %(when)s") % {"when": year},
        links=[
            (date_format(month, "F"), reverse("month-archive", args=[year, month.month]))
            for month in months
        ],
    )


@require_safe
@shared
def month(request: HttpRequest, year: int, month: int, number: int = 1) -> HttpResponse:
    articles = listing.listed_between(*listing.days_of_month(year, month))
    if not articles.count():
        raise Http404
    heading = date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")
    of_year = (str(year), reverse("year-archive", args=[year]))
    return _archive(
        request,
        articles,
        number,
        place=f"in:year:{year}",
        address=reverse("month-archive", args=[year, month]),
        heading=heading,
        kind=_("Month"),
        page_description=_("Articles of %(when)s") % {"when": heading},
        parents=[of_year],
        links=[of_year],
    )


@require_safe
@shared
def top_rated(request: HttpRequest, number: int = 1) -> HttpResponse:
    """Show the best rated articles; the order and the numbers beside them differ, so the page says how."""
    keys, mean = top_rated_articles(LONGEST_RANKING)
    return _archive(
        request,
        keys,
        number,
        place="in:all ratings",
        address=reverse("top-rated"),
        heading=_("Top rated"),
        page_description=_("The articles that readers rated best"),
        description=_(
            "Beside each article stands the plain average of its ratings. The order is fairer to"
            " many ratings than to few: each article is placed as if %(borrowed)s more readers had"
            " given it %(mean)s stars, the average of this site."
        )
        % {"borrowed": BORROWED, "mean": number_format(mean, 1)},
        feed_url="",
        is_ranking=True,
    )


@require_safe
@shared
def most_read(request: HttpRequest, span: str, number: int = 1) -> HttpResponse:
    """Show what is read most; a read changes no page, so this one is made anew every few minutes."""
    if not site_of(request).reads_counted:
        raise Http404
    keys = most_read_articles(Span(span)).values_list("pk", flat=True)[:LONGEST_RANKING]
    return _ranking(
        request,
        list(keys),
        number,
        name="most-read",
        span=Span(span),
        spans=list(Span),
        place="in:all",
        heading=_("Most read"),
        note=_("A reader counts once a day, after five seconds with the article in sight."),
        nothing=_("Nobody has read anything in this time."),
        holds=READS_HOLD,
        tells_reads=True,
    )


@require_safe
@shared
def most_discussed(request: HttpRequest, span: str, number: int = 1) -> HttpResponse:
    """Show what has most comments, of the last thirty days or of all time."""
    if Span(span) == Span.EVER:
        keys = list(most_discussed_ever().values_list("pk", flat=True)[:LONGEST_RANKING])
    else:
        keys = [row["article"] for row in counted_comments()[:LONGEST_RANKING]]
    return _ranking(
        request,
        keys,
        number,
        name="most-discussed",
        span=Span(span),
        spans=[Span.MONTH, Span.EVER],
        place="in:all comments",
        heading=_("Most discussed"),
        nothing=_("Nobody has commented in this time."),
        holds=MOVES_AFTER,
    )


def _ranking(
    request: HttpRequest,
    keys: list[int],
    number: int,
    *,
    name: str,
    span: Span,
    spans: list[Span],
    note: str = "",
    **context: Any,
) -> HttpResponse:
    """Show one page of a ranking, with the ways to its other *spans*, whose first has the short address."""
    addresses = {each: reverse(name if each == spans[0] else f"{name}-{each}") for each in spans}
    return _archive(
        request,
        keys,
        number,
        address=addresses[span],
        description=f"{span.label}. {note}".strip(),
        links=[(str(each.label), addresses[each]) for each in spans if each != span],
        feed_url="",
        is_ranking=True,
        span=span,
        **context,
    )


@require_safe
def first_page(request: HttpRequest) -> HttpResponse:
    """Forward …/page/1/ to the list itself: one page has one address."""
    # A second slash at the start would lead to another host.
    return HttpResponsePermanentRedirect("/" + request.path.removesuffix("page/1/").lstrip("/"))


def _only[Row](rows: list[Row]) -> Row:
    if not rows:
        raise Http404
    return rows[0]


def _archive(
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
        "pager": pager_of(page, lambda n: _page_address(address, n)),
        "feed_url": f"{address}feed/" if feed_url is None else feed_url,
        "canonical_url": absolute(request, _page_address(address, number)),
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


def _page_address(address: str, number: int) -> str:
    return f"{address}page/{number}/" if number > 1 else address


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
