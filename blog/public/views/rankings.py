"""Rankings of articles: the best rated, the most read, the most discussed."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.public.list_page import list_page
from blog.public.listing import READS_HOLD, counted_comments, most_discussed_ever
from blog.public.sections import MOVES_AFTER
from blog.public.shown import shared
from blog.ratings.queries import BORROWED
from blog.ratings.queries import top_rated as top_rated_articles
from blog.reads.queries import Span
from blog.reads.queries import most_read as most_read_articles
from blog.site.middleware import site_of

# Articles: nobody looks further, and it costs the same on a site of any size.
LONGEST_RANKING = 100


@require_safe
@shared
def top_rated(request: HttpRequest, number: int = 1) -> HttpResponse:
    """Show the best rated articles; the order and the numbers beside them differ, so the page says how."""
    keys, mean = top_rated_articles(LONGEST_RANKING)
    return list_page(
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
    return list_page(
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
