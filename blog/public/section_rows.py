"""What stands in sections that show something else than articles: comments, authors, tags, months."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Author
from blog.articles.models import Article, Place, Tag
from blog.comments.queries import readable_comments
from blog.public.listing import published_in_month, published_in_year

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from django.db.models import QuerySet

    from blog.comments.models import Comment

# Of stored HTML, in which every other < is &lt;. Tags of the first kind stand within words.
_INLINE = re.compile("</?(?:a|code|em|strong)(?: [^>]*)?>")
_TAG = re.compile("<[^>]*>")
EXCERPT = 120  # characters of a comment
TAG_SIZES = 4
WEIGHED = 1000  # newest articles, whose tags tell how large each is written
MONTHS, YEARS = 24, 20  # that the archives look back


class Said(NamedTuple):
    """A comment in a list: its writer, its words, where it stands."""

    pk: int
    at: datetime
    name: str
    words: str
    length: int  # characters of them that are shown
    article: Article
    address: str


class Sized(NamedTuple):
    """A tag, and how large it is written: 1 to TAG_SIZES."""

    tag: Tag
    size: int


class Period(NamedTuple):
    label: str
    address: str


def words_of(comment: Comment) -> str:
    """Return a comment as plain text."""
    # A space for each other tag: else the last word of a paragraph and the first of the next are one.
    return " ".join(unescape(_TAG.sub(" ", _INLINE.sub("", comment.html))).split())


def comments(
    count: int, *, excerpt: int = EXCERPT, older_than: Comment | None = None
) -> list[Said]:
    """Return the newest comments that a stranger can read somewhere, or those older than that one."""
    found = (
        readable_comments()
        .select_related("article")
        .only("name", "html", "created_at", "article__title", "article__slug")
        .order_by("-created_at", "-pk")
    )
    if older_than is not None:
        at = older_than.created_at
        # The first condition is for the index, which the second alone would not begin at that time.
        found = found.filter(created_at__lte=at).filter(
            Q(created_at__lt=at) | Q(pk__lt=older_than.pk)
        )
    return [
        Said(
            pk=comment.pk,
            at=comment.created_at,
            name=comment.name,
            words=words_of(comment),
            length=excerpt,
            article=comment.article,
            address=reverse("comment", args=[comment.article.slug, comment.pk]),
        )
        for comment in found[:count]
    ]


def authors(count: int) -> list[Author]:
    """Return the first authors by name who have published something."""
    own = Place.objects.live(timezone.now()).of_each("author")
    return list(Author.objects.filter(Exists(own)).select_related("photo")[:count])


def tags_by_use(count: int) -> list[Sized]:
    """Return the tags that most of the newest articles have, by name, the larger the more; then others.

    A tag without a published article is left out. Of a large site the newest are enough to tell: to count
    all uses reads as many rows as there are.
    """
    published = Article.objects.published()
    newest, values = published.latest_first().values("pk")[:WEIGHED].query.sql_with_params()
    live = Place.objects.live(timezone.now()).values("name")
    places, times = live.query.sql_with_params()
    found: list[Tag] = list(
        Tag.objects.raw(
            f"WITH newest (id) AS MATERIALIZED ({newest}), uses (tag_id, number) AS MATERIALIZED"  # noqa: S608 - ours
            " (SELECT given.tag_id, count(*) FROM newest"
            " JOIN articles_article_tags AS given ON given.article_id = newest.id GROUP BY given.tag_id),"
            f" places (name) AS ({places})"
            " SELECT tag.id, tag.name, tag.slug FROM articles_tag AS tag"
            " LEFT JOIN uses ON uses.tag_id = tag.id WHERE uses.number IS NOT NULL"
            " OR EXISTS (SELECT 1 FROM places WHERE places.name = 'tag:' || tag.id)"
            " ORDER BY coalesce(uses.number, 0) DESC, tag.name, tag.id LIMIT %s",
            [*values, *times, count],
        )
    )
    return [
        Sized(tag, TAG_SIZES - place * TAG_SIZES // len(found)) for place, tag in enumerate(found)
    ]


class Periods:
    """The months and years in which something was published.

    Each is asked for by the first article in it: an index answers that, where naming the months of all
    articles would read every one of them.
    """

    def __init__(self) -> None:
        today = timezone.localdate()
        ago = (today.year * 12 + today.month - 1 - back for back in range(MONTHS))
        self.months = [date(month // 12, month % 12 + 1, 1) for month in ago]
        self.years = [date(today.year - back, 1, 1) for back in range(YEARS)]

    def lists(self) -> dict[str, QuerySet[Any, Any]]:
        months: dict[str, QuerySet[Any, Any]] = {
            f"month {m}": published_in_month(m.year, m.month)[:1] for m in self.months
        }
        years = {f"year {y}": published_in_year(y.year)[:1] for y in self.years}
        return months | years

    def shown(self, found: Mapping[str, list[int]], count: int) -> list[Period]:
        """Return the newest months, then the years before the last of them."""
        months = [month for month in self.months if found[f"month {month}"]][:count]
        last = months[-1].year if len(months) == count else self.months[-1].year
        years = [y for y in self.years if y.year <= last and found[f"year {y}"]]
        return [
            *(
                Period(
                    date_format(month, "YEAR_MONTH_FORMAT"),
                    reverse("month-archive", args=[month.year, month.month]),
                )
                for month in months
            ),
            *(Period(str(y.year), reverse("year-archive", args=[y.year])) for y in years),
        ]


def tags(rows: Iterable[Any]) -> Iterator[str]:
    """Yield the tags of what a page shows of them (shown.py)."""
    for row in rows:
        if isinstance(row, Said):
            yield f"article:{row.article.pk}"
        elif isinstance(row, Sized):
            yield f"tag:{row.tag.pk}"
        elif isinstance(row, Author):
            yield f"author:{row.pk}"
            if row.photo_id:
                yield f"picture:{row.photo_id}"
