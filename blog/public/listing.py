"""Pages of articles: the keys of one page first, then only its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.core.paginator import EmptyPage, Page, Paginator
from django.db import connection
from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils import timezone

from blog.articles.models import Article, ArticleQuerySet, Byline, Place
from blog.articles.queries import put_bylines
from blog.comments.models import Comment
from blog.comments.queries import readable_comments
from blog.prepared import Prepared
from blog.reads.queries import Span, reads_of
from blog.site.models import SiteSettings

STICKY_LIMIT = 10
# To count all of a large site costs more than the page itself: a list says how many there are up to this.
MOST_COUNTED = 2000
READS_HOLD = timedelta(minutes=5)  # for so long a page tells numbers of reads that have grown
MOST_ROWS = 2**31  # an address may hold any number; PostgreSQL takes none beyond
DISCUSSED_LENGTH = 5
DISCUSSED_LEAST = 3  # fewer are no list
DISCUSSED_DAYS = 30


@dataclass(frozen=True)
class Pager:
    """What the navigation under a list shows. An ellipsis is a label without an address."""

    current: str  # the label of this page
    count: int  # articles on all pages
    has_more: bool  # than were counted
    links: list[tuple[str, str]]  # label and address; none where there is one page
    newer: str
    older: str


class Listing:
    """Rows in an order, by two statements that are written once: for the lists readers open all day.

    Calling it with the values that *build* wants gives what `keys_of_page` takes: the articles of these rows.
    """

    def __init__(self, build: Callable[..., QuerySet], *, key: str = "pk") -> None:
        self.keys: Prepared[tuple[int]] = Prepared(
            lambda **values: build(**values).values_list(key), sliced=True
        )
        self.number: Prepared[tuple[int]] = Prepared(
            lambda **values: build(**values).order_by().values_list(key), counts=True
        )

    def __call__(self, **values: Any) -> Listed:
        return Listed(self, {"now": timezone.now()} | values)


@dataclass
class Listed:
    """One such list: what a paginator asks of it. It counts no further than to MOST_COUNTED."""

    listing: Listing
    values: dict[str, Any]
    counted: int | None = None

    def count(self) -> int:
        if self.counted is None:
            [(self.counted,)] = self.listing.number(**self.values, limit=MOST_COUNTED + 1)
        return min(self.counted, MOST_COUNTED)

    @property
    def has_more(self) -> bool:
        return self.count() == MOST_COUNTED and self.counted != MOST_COUNTED

    def __getitem__(self, part: slice) -> list[int]:
        start = part.start or 0
        keys = self.listing.keys(**self.values, limit=part.stop - start, offset=start)
        return [key for (key,) in keys]


latest = Listing(lambda now: Article.objects.published(now).latest_first())
# The end before published(): SQLite begins at the first limit it reads, which would be now.
_between = Listing(
    lambda now, first, end: (
        Article.objects.filter(publish_at__gte=first, publish_at__lt=end)
        .published(now)
        .latest_first()
    )
)


_in_place = Listing(
    lambda now, name: Place.objects.live(now).filter(name=name).latest_first(), key="article"
)


def of_category(key: int) -> Listed:
    """Return the articles of a category and of those within it, the newest first."""
    return _in_place(name=f"category:{key}")


def of_tag(key: int) -> Listed:
    return _in_place(name=f"tag:{key}")


def of_author(key: int) -> Listed:
    return _in_place(name=f"author:{key}")


def newest_of(place: str, count: int) -> ArticleQuerySet:
    """Return the newest articles of one such list, in no order."""
    now = timezone.now()
    newest = Place.objects.live(now).filter(name=place).latest_first()
    return Article.objects.published(now).filter(pk__in=newest.values("article")[:count])


def keys_of_page(
    articles: Listed | ArticleQuerySet | list[int], number: int, per_page: int
) -> Page:
    """Return the primary keys on that page, or raise 404 past the end. A ranking is a list of keys already.

    Skipping over keys reads nothing but an index: skipping over whole articles reads their texts,
    and made page 10,000 seventy times slower than page 1.
    """
    keys = articles.values_list("pk", flat=True) if isinstance(articles, QuerySet) else articles
    paginator = Paginator(keys, per_page)  # type: ignore[arg-type]
    if isinstance(keys, Listed) and keys.has_more and number >= paginator.num_pages:
        return _page_beyond(keys, paginator, number)
    try:
        return paginator.page(number)
    except EmptyPage as error:
        raise Http404 from error


def _page_beyond(listed: Listed, paginator: Paginator, number: int) -> Page:
    """Return a page past those that were counted: whether one follows, its own rows tell."""
    start = (number - 1) * paginator.per_page
    if start >= MOST_ROWS:
        raise Http404
    keys = listed[start : start + paginator.per_page + 1]
    if not keys:
        raise Http404
    paginator.num_pages = number + (len(keys) > paginator.per_page)
    return Page(keys[: paginator.per_page], number, paginator)


def pager_of(page: Page, address_of: Callable[[int], str]) -> Pager:
    """Return the navigation for a page of keys; `address_of` gives the address of a page.

    Of a list that was not counted to its end the last page is not known: it has no link.
    """
    paginator = page.paginator
    shown = list(paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    links = [(str(n), address_of(n) if isinstance(n, int) else "") for n in shown]
    listed: object = paginator.object_list
    has_more = isinstance(listed, Listed) and listed.has_more
    if has_more and page.has_next() and page.number + 1 < paginator.num_pages:
        del links[-1]
    return Pager(
        current=str(page.number),
        count=paginator.count,
        has_more=has_more,
        links=links if paginator.num_pages > 1 else [],
        newer=address_of(page.number - 1) if page.has_previous() else "",
        older=address_of(page.number + 1) if page.has_next() else "",
    )


def load_cards(keys: Iterable[int], *, reads: Span | None = None) -> dict[int, Article]:
    """Return articles by key with all that a card shows, in two queries, however many they are.

    A third one counts the reads in that span, where they are told.
    """
    values = {f"key_{number}": key for number, key in enumerate(dict.fromkeys(keys))}
    if not values:
        return {}
    cards, bylines = _cards_of(len(values))
    articles = {article.pk: article for article in cards(now=timezone.now(), **values)}
    of_article: dict[int, list[Byline]] = {key: [] for key in articles}
    for byline in bylines(**values):
        of_article.get(byline.article_id, []).append(byline)
    for key, article in articles.items():
        put_bylines(article, of_article[key])
    if reads:
        for key, count in reads_of(articles, reads).items():
            articles[key].reads = count  # type: ignore[attr-defined]  # for _reads.html
    return articles


def reads_told(site: SiteSettings, facts: Iterable[str]) -> Span | None:
    """Return the span of reads where they stand among these facts, None where not or where nobody counts."""
    return Span.EVER if site.reads_counted and SiteSettings.Fact.READS in facts else None


_articles_seen: dict[tuple, Article] = {}
_bylines_seen: dict[tuple, Byline] = {}


@lru_cache(maxsize=200)
def _cards_of(count: int) -> tuple[Prepared[Article], Prepared[Byline]]:
    """Return the queries for so many cards and their bylines: pages of a list have as many as each other."""
    cards = Prepared(
        lambda now, **keys: (
            Article.objects.published(now)
            .for_listing()
            .select_related("rating_summary", "thread")
            .filter(pk__in=list(keys.values()))
        ),
        remembers=_articles_seen,
    )
    bylines = Prepared(
        lambda **keys: (
            Byline.objects.filter(article__in=list(keys.values()))
            .select_related("author")
            .order_by("position", "pk")
        ),
        remembers=_bylines_seen,
    )
    return cards, bylines


def counted_comments(now: datetime | None = None, since: datetime | None = None) -> QuerySet:
    """Return the articles with comments in the last days, most first, as rows of their keys and numbers."""
    now = now or timezone.now()
    # Their keys first: SQLite, which does not know how few they are, would count all there ever were.
    recent = Comment.objects.filter(created_at__gte=since or now - timedelta(days=DISCUSSED_DAYS))
    return (
        readable_comments(now)
        .filter(pk__in=recent.order_by().values("pk"))
        .values("article")
        .annotate(comments=Count("pk"))
        .order_by("-comments", "-article")
    )


_most_discussed = Prepared(
    lambda now, since: counted_comments(now, since).values_list("article", "comments")[
        :DISCUSSED_LENGTH
    ]
)


def most_discussed_lately() -> list[int]:
    """Return the keys of the articles with most comments in the last days, most first."""
    now = timezone.now()
    keys = [key for key, _count in _most_discussed(now=now, since=now - timedelta(DISCUSSED_DAYS))]
    return keys if len(keys) >= DISCUSSED_LEAST else []


def most_discussed_ever() -> ArticleQuerySet:
    """Return the published articles with comments, most first: the beginning of an index."""
    return (
        Article.objects.open_to_all()
        .exclude(comment_policy=Article.Policy.OFF)
        .filter(thread__approved_count__gt=0)
        .order_by("-thread__approved_count", "-thread__article_id")
    )


def keys_of_lists(lists: Mapping[str, QuerySet[Any, Any]]) -> dict[str, list[int]]:
    """Return the keys of the articles in each of these lists, in their order, in one query for all.

    A list is a sliced queryset of articles, or of rows with an article's key first. Django's own `union`
    takes no slices on SQLite; each list is therefore a subquery here, which numbers its own rows.
    """
    if not lists:
        return {}
    parts: list[str] = []
    params: list[Any] = []
    for number, articles in enumerate(lists.values()):
        keys = articles.values_list("pk") if articles.model is Article else articles
        sql, values = keys.query.sql_with_params()
        # The names of the columns differ; a key is the first of each.
        columns = "(key, number)" if len(keys.query.annotation_select) else "(key)"
        name = f"list_{number}"
        parts.append(f"{name} {columns} AS ({sql})")
        params += values
    selects = " UNION ALL ".join(
        f"SELECT {number}, row_number() OVER (), key FROM list_{number}"  # noqa: S608 - our own names
        for number in range(len(lists))
    )
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} {selects}", params)
        rows = sorted(cursor.fetchall())
    found: dict[str, list[int]] = {name: [] for name in lists}
    names = list(lists)
    for number, _place, key in rows:
        found[names[number]].append(key)
    return found


def published_in_year(year: int) -> ArticleQuerySet:
    """Return what was published in that year of the site's calendar."""
    return published_between(*days_of_year(year))


def published_in_month(year: int, month: int) -> ArticleQuerySet:
    """Return what was published in that month of the site's calendar."""
    return published_between(*days_of_month(year, month))


def days_of_year(year: int) -> tuple[date, date]:
    """Return its first day, and that of the next one."""
    return date(year, 1, 1), date(year + 1, 1, 1)


def days_of_month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def published_between(first: date, end: date) -> ArticleQuerySet:
    """Return what was published from one day of the site's calendar until before another."""
    return Article.objects.filter(
        publish_at__gte=_start_of(first), publish_at__lt=_start_of(end)
    ).published()


def listed_between(first: date, end: date) -> Listed:
    """Return the same as a list, the newest first."""
    return _between(first=_start_of(first), end=_start_of(end))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
