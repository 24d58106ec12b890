"""Pages of articles: the keys of one page first, then only its rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import Count, Exists, OuterRef
from django.http import Http404
from django.utils import timezone

from blog.articles.models import Article, ArticleQuerySet
from blog.comments.models import Comment, CommentQuerySet

DISCUSSED_LENGTH = 5
DISCUSSED_LEAST = 3  # fewer are no list
DISCUSSED_DAYS = 30


@dataclass(frozen=True)
class Pager:
    """What the navigation under a list shows. An ellipsis is a label without an address."""

    current: str  # the label of this page
    count: int  # articles on all pages
    links: list[tuple[str, str]]  # label and address; none where there is one page
    newer: str
    older: str


def keys_of_page(articles: ArticleQuerySet, number: int, per_page: int) -> Page:
    """Return the primary keys on that page, or raise 404 past the end.

    Skipping over keys reads nothing but an index: skipping over whole articles reads their texts,
    and made page 10,000 seventy times slower than page 1.
    """
    try:
        return Paginator(articles.values_list("pk", flat=True), per_page).page(number)
    except EmptyPage as error:
        raise Http404 from error


def pager_of(page: Page, address_of: Callable[[int], str]) -> Pager:
    """Return the navigation for a page of keys; `address_of` gives the address of a page."""
    paginator = page.paginator
    shown = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [(str(n), address_of(n) if isinstance(n, int) else "") for n in shown]
    return Pager(
        current=str(page.number),
        count=paginator.count,
        links=links if paginator.num_pages > 1 else [],
        newer=address_of(page.number - 1) if page.has_previous() else "",
        older=address_of(page.number + 1) if page.has_next() else "",
    )


def load_cards(keys: Iterable[int]) -> dict[int, Article]:
    """Return articles by key with all that a card shows, in three queries, however many they are."""
    return (
        Article.objects.published()
        .for_listing()
        .select_related("rating_summary", "thread")
        .in_bulk(list(keys))
    )


def cards_of(page: Page) -> list[Article]:
    """Return the articles of a page of keys, in its order."""
    cards = load_cards(page.object_list)
    return [cards[key] for key in page.object_list if key in cards]


def readable_comments() -> CommentQuerySet:
    """Return the approved comments a stranger can see somewhere.

    EXISTS looks at the articles of these comments only; SQLite would list all articles for an IN.
    """
    shown = Article.objects.published().exclude(comment_policy=Article.Policy.OFF)
    return Comment.objects.approved().filter(Exists(shown.filter(pk=OuterRef("article"))))


def most_discussed() -> list[int]:
    """Return the keys of the articles with most comments in the last days, most first."""
    since = timezone.now() - timedelta(days=DISCUSSED_DAYS)
    counted = (
        readable_comments()
        .filter(created_at__gte=since)
        .values("article")
        .annotate(comments=Count("pk"))
        .order_by("-comments", "-article")
    )
    keys = [row["article"] for row in counted[:DISCUSSED_LENGTH]]
    return keys if len(keys) >= DISCUSSED_LEAST else []
