"""What stands beside an article: its terms, its neighbours in time, and the related ones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import AuthorLink
from blog.articles.models import Article, ArticleQuerySet, Byline, Category, Tag
from blog.articles.models.article import title_for
from blog.media.models import Picture
from blog.paths import path_to
from blog.prepared import Prepared

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from accounts.models import Author

RELATED_COUNT = 3
RELATED_POOL = 10  # newest articles of the same categories among which shared tags decide


class Neighbour(NamedTuple):
    """What a link to the article before or after one shows."""

    pk: int
    title: str
    slug: str
    publish_at: datetime
    access: str

    def get_absolute_url(self) -> str:
        return path_to("article-detail", self.slug)

    @property
    def shown_title(self) -> str:
        return title_for(self.access, self.title)


class Related(NamedTuple):
    """What the card of a related article shows. Plain values: models would cost ten times as much."""

    pk: int
    title: str
    slug: str
    publish_at: datetime
    access: str
    picture_id: int | None
    picture: Picture | None

    def get_absolute_url(self) -> str:
        return path_to("article-detail", self.slug)

    @property
    def shown_title(self) -> str:
        return title_for(self.access, self.title)

    @property
    def shown_image(self) -> Picture | None:
        return None if self.access == Article.Access.PASSWORD else self.picture


# The columns of a card, in the order of Related and Picture.
_CARD: tuple[str, ...] = (
    *("pk", "title", "slug", "publish_at", "access", "lead_image"),
    *("lead_image__file", "lead_image__width", "lead_image__height", "widths"),
    *("lead_image__focal_x", "lead_image__focal_y"),
)

PICTURE = len(Picture._fields)

_older = Prepared(
    lambda pk, at, now: (
        Article.objects.published(now)
        .filter(Q(publish_at__lt=at) | Q(publish_at=at, pk__lt=pk))
        .latest_first()
        .values_list(*Neighbour._fields)[:1]
    )
)
_newer = Prepared(
    lambda pk, at, now: (
        Article.objects.published(now)
        .filter(Q(publish_at__gt=at) | Q(publish_at=at, pk__gt=pk))
        .order_by("publish_at", "pk")
        .values_list(*Neighbour._fields)[:1]
    )
)
_categories = Prepared(lambda article: Category.objects.filter(articles=article))
_tags = Prepared(lambda article: Tag.objects.filter(articles=article))
_bylines = Prepared(
    lambda article: Byline.objects.filter(article=article).select_related("author__photo")
)
_links = Prepared(lambda article: AuthorLink.objects.filter(author__bylines__article=article))
_newest = Prepared(lambda pk, now: _cards(pk, now).values_list(*_CARD)[:RELATED_POOL])
_related = Prepared(
    lambda pk, now: (
        _cards(pk, now)
        .filter(
            Q(pk__in=_in_same(Article.categories.through, "category", pk).values("article"))
            | Q(pk__in=_in_same(Article.tags.through, "tag", pk).values("article"))
        )
        .annotate(shared_tags=_shared_tags(pk))
        .values_list("shared_tags", *_CARD)[:RELATED_POOL]
    )
)


def neighbours_of(article: Article) -> tuple[Neighbour | None, Neighbour | None]:
    """Return the published articles just before and just after this one."""
    if article.publish_at is None:
        return None, None
    place = {"pk": article.pk, "at": article.publish_at, "now": timezone.now()}
    older, newer = (
        next(map(Neighbour._make, rows), None) for rows in (_older(**place), _newer(**place))
    )
    return older, newer


def load_authors(article: Article) -> list[Author]:
    """Return the authors in the order of the bylines, with photos and links loaded, in two queries."""
    links = _links(article=article.pk)
    bylines = _bylines(article=article.pk)
    for byline in bylines:
        _put(
            byline.author, "links", [link for link in links if link.author_id == byline.author_id]
        )
    _put(article, "bylines", bylines)
    return [byline.author for byline in bylines]


def terms_of(article: Article) -> tuple[list[Category], list[Tag]]:
    """Return the categories, the primary one first, and the tags."""
    categories = _categories(article=article.pk)
    categories.sort(key=lambda category: category.pk != article.primary_category_id)
    return categories, _tags(article=article.pk)


def above(category: Category) -> list[Category]:
    """Return the categories that this one stands in, the outermost first; no query for a top one."""
    path = category.path
    paths = [path[:at] for at, character in enumerate(path) if character == "/"]
    return list(Category.objects.filter(path__in=paths).order_by("path")) if paths else []


def related_to(article: Article, count: int = RELATED_COUNT) -> list[Related]:
    """Return up to *count* other published articles: shared tags first, then the same categories.

    Never empty while anything else is published: the newest fill up. Two queries at the most, both
    by index: which of a section's articles are related is decided among its newest.
    """
    now = timezone.now()
    found = _related(pk=article.pk, now=now)
    found.sort(key=lambda row: -(row[0] or 0))
    rows = [row[1:] for row in found]
    if len(rows) < count:
        keys = {row[0] for row in rows}
        rows += [row for row in _newest(pk=article.pk, now=now) if row[0] not in keys]
    return [_related_card(*row) for row in rows[:count]]


def _related_card(*row: Any) -> Related:
    said, picture = row[:-PICTURE], row[-PICTURE:]
    has_picture = said[-1] is not None
    return Related._make((*said, Picture._make(picture) if has_picture else None))


def _cards(pk: int, now: datetime) -> ArticleQuerySet:
    """Return the other articles, with the widths of their pictures as JSON."""
    return (
        Article.objects.published(now)
        .exclude(pk=pk)
        .annotate(widths=Cast("lead_image__widths", TextField()))
        .latest_first()
    )


def _in_same(through: type[Model], term: str, pk: int) -> QuerySet:
    """Return the rows that give other articles a category or tag of this one."""
    own = through._default_manager.filter(article=pk).values(term)
    return through._default_manager.filter(**{f"{term}__in": own})


def _shared_tags(pk: int) -> Subquery:
    """Return how many tags a row has in common with the article; computed for the few rows that come out."""
    shared = _in_same(Article.tags.through, "tag", pk).filter(article=OuterRef("pk"))
    return Subquery(shared.order_by().values("article").annotate(n=Count("pk")).values("n"))


def _put(instance: Model, name: str, rows: list[Any]) -> None:
    """Make `instance.name.all()` return these rows, as `prefetch_related` does."""
    queryset = getattr(instance, name).all()
    queryset._result_cache = rows
    instance._prefetched_objects_cache = {name: queryset}  # type: ignore[attr-defined]
