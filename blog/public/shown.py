"""What a page shows, as tags. The triggers in triggers.py write the same tags when it changes.

site              settings, categories, menus with the names of what they lead to, sections
article:12        what an article says itself, its terms, authors and picture
talk:12           its comments and its rating
series:6          what a series says itself, and which parts it has in which order
page:4            what a page says itself, its address, and which pages stand within it
related:12        which articles stand below it
author:3          an author's name, photo, links
picture:9         a picture's text and size
pictures          those of any picture
articles  pages   any article; titles and addresses of pages
in:all  in:category:3  in:tag:5  in:author:3  in:year:2026
                  which articles are published there, in which order
comments          approved comments anywhere
ratings           totals anywhere
tags              which tags articles have
bylines           who wrote articles
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from blog.paths import path_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from django.http import HttpResponse

    from blog.articles.models import Article


# Browsers ask each time; a proxy in front may keep a page for a second, and for one more while it asks anew.
SHARED = "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=86400"

# What strangers change, and how often they like: a page may show it a quarter of a second late.
READERS = ("talk:", "comments", "ratings")

LONGEST_KEYS = 2_000  # bytes: nginx takes 4,000 for all headers together


def shared(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark an answer that is the same for everybody."""

    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers.setdefault("Cache-Control", SHARED)
        return response

    return marked


def keep_page(
    response: HttpResponse, tags: Iterable[str], *, holds_until: datetime | None = None
) -> None:
    """Let the page store keep this response until one of the tags changes, or that moment.

    A page tells browsers by a header which links to fetch ahead: the policy allows no script for it. Its
    tags are also its `Surrogate-Key`s, by which a CDN can be told to drop it; very many are one, `many`.
    """
    if response.headers["Content-Type"].startswith("text/html"):
        response.headers["Speculation-Rules"] = f'"{path_to("speculation-rules")}"'
    shows = {"site", *tags}
    keys = " ".join(sorted(shows))
    response["Surrogate-Key"] = keys if len(keys) <= LONGEST_KEYS else "site many"
    response.shows = shows  # type: ignore[attr-defined]
    if holds_until is not None:
        response.holds_until = holds_until.timestamp()  # type: ignore[attr-defined]


def tags_of_card(article: Article) -> Iterator[str]:
    """Yield the tags of an article as lists show it, with its bylines and picture loaded."""
    yield f"article:{article.pk}"
    yield f"talk:{article.pk}"
    if article.lead_image_id:
        yield f"picture:{article.lead_image_id}"
    for byline in article.bylines.all():
        yield f"author:{byline.author_id}"


def tags_of_cards(*tags: str, articles: Iterable[Article]) -> Iterator[str]:
    """Yield these tags and those of the articles of a list."""
    yield from tags
    for article in articles:
        yield from tags_of_card(article)


def years_between(*times: datetime | None) -> Iterator[str]:
    """Yield the tags of the years from the first to the last of these times, in the site's zone."""
    years = [timezone.localtime(time).year for time in times if time is not None]
    if years:
        for year in range(min(years), max(years) + 1):
            yield f"in:year:{year}"
