"""What stands beside an article: its terms, its neighbours in time, and the related ones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import AuthorLink
from blog.articles.models import (
    Article,
    ArticleQuerySet,
    Byline,
    Category,
    RelatedArticle,
    Tag,
)
from blog.articles.models.article import marks_of, title_for
from blog.media.models import Picture
from blog.paths import path_to
from blog.prepared import Prepared

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import Author

RELATED_COUNT = 3
RELATED_POOL = 30  # newest articles, among which the categories decide where too few are prepared


class Neighbour(NamedTuple):
    """What a link to the article before or after one shows."""

    pk: int
    title: str
    slug: str
    publish_at: datetime
    access: str
    list_title: str

    def get_absolute_url(self) -> str:
        return path_to("article-detail", self.slug)

    @property
    def card_title(self) -> str:
        return title_for(self.access, self.list_title or self.title)


class Related(NamedTuple):
    """What the card of a related article shows. Plain values: models would cost ten times as much."""

    pk: int
    title: str
    slug: str
    publish_at: datetime
    access: str
    list_title: str
    post_format: str
    is_trending: bool
    picture_id: int | None
    picture: Picture | None
    is_prepared: bool  # chosen for the article; else one of the newest, for want of such

    def get_absolute_url(self) -> str:
        return path_to("article-detail", self.slug)

    @property
    def card_title(self) -> str:
        return title_for(self.access, self.list_title or self.title)

    @property
    def marks(self) -> list[str]:
        return marks_of(self.post_format, is_trending=self.is_trending)

    @property
    def shown_image(self) -> Picture | None:
        return None if self.access == Article.Access.PASSWORD else self.picture


# The columns of a card, in the order of Related and Picture.
_CARD: tuple[str, ...] = (
    *("pk", "title", "slug", "publish_at", "access", "list_title"),
    *("post_format", "is_trending", "lead_image"),
    *("lead_image__file", "lead_image__width", "lead_image__height", "widths"),
    *("lead_image__focal_x", "lead_image__focal_y"),
)

PICTURE = len(Picture._fields)

# "At the latest" is for the index: by the rest alone PostgreSQL begins at the newest article, or the oldest.
# Before published(), too: SQLite begins at the first limit it reads, which would be now.
_older = Prepared(
    lambda pk, at, now: (
        Article.objects.filter(Q(publish_at__lt=at) | Q(pk__lt=pk), publish_at__lte=at)
        .published(now)
        .latest_first()
        .values_list(*Neighbour._fields)[:1]
    )
)
_newer = Prepared(
    lambda pk, at, now: (
        Article.objects.published(now)
        .filter(Q(publish_at__gt=at) | Q(pk__gt=pk), publish_at__gte=at)
        .order_by("publish_at", "pk")
        .values_list(*Neighbour._fields)[:1]
    )
)
_older_in = Prepared(
    lambda category, pk, at, now: (
        Article.objects.filter(primary_category=category)
        .filter(Q(publish_at__lt=at) | Q(pk__lt=pk), publish_at__lte=at)
        .published(now)
        .latest_first()
        .values_list(*Neighbour._fields)[:1]
    )
)
_newer_in = Prepared(
    lambda category, pk, at, now: (
        Article.objects.published(now)
        .filter(primary_category=category)
        .filter(Q(publish_at__gt=at) | Q(pk__gt=pk), publish_at__gte=at)
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
_newest = Prepared(
    lambda pk, now: (
        _cards(pk, now)
        # Not Exists(): PostgreSQL would read all articles of the categories, once, instead of asking for 30.
        .annotate(
            is_alike=Subquery(
                _in_its_categories(pk).filter(article=OuterRef("pk")).values("article")[:1]
            )
        )
        .values_list("is_alike", *_CARD)[:RELATED_POOL]
    )
)
_related = Prepared(
    lambda pk, now: (
        _cards(pk, now)
        .filter(pk__in=RelatedArticle.objects.filter(article=pk).order_by().values("other"))
        .order_by(
            Subquery(
                RelatedArticle.objects.filter(article=pk, other=OuterRef("pk")).values("position")
            )
        )
        .values_list(*_CARD)[:RELATED_COUNT]
    )
)


def neighbours_of(
    article: Article, *, in_category: bool = False
) -> tuple[Neighbour | None, Neighbour | None]:
    """Return the published articles just before and just after this one, of the same category if asked."""
    if article.publish_at is None:
        return None, None
    place = {"pk": article.pk, "at": article.publish_at, "now": timezone.now()}
    before, after = _older, _newer
    if in_category and article.primary_category_id:
        place["category"] = article.primary_category_id
        before, after = _older_in, _newer_in
    older, newer = (
        next(map(Neighbour._make, rows), None) for rows in (before(**place), after(**place))
    )
    return older, newer


def load_authors(article: Article) -> list[Author]:
    """Return the authors in the order of the bylines, with photos and links loaded, in two queries."""
    links = _links(article=article.pk)
    bylines = _bylines(article=article.pk)
    for byline in bylines:
        put_links(byline.author, [link for link in links if link.author_id == byline.author_id])
    put_bylines(article, bylines)
    return [byline.author for byline in bylines]


def put_bylines(article: Article, bylines: list[Byline]) -> None:
    """Let `article.bylines.all()` return these rows."""
    _put(article, "bylines", bylines)


def put_links(author: Author, links: list[AuthorLink]) -> None:
    """Let `author.links.all()` return these rows."""
    _put(author, "links", links)


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


def related_to(article: Article) -> list[Related]:
    """Return the first published of the articles that were prepared (blog/articles/related.py), in one query.

    Never empty while anything else is published: where too few are prepared, the newest fill up, those
    of the same categories first.
    """
    now = timezone.now()
    rows = _related(pk=article.pk, now=now)
    related = [_related_card(*row, is_prepared=True) for row in rows]
    if len(rows) < RELATED_COUNT:
        keys = {row[0] for row in rows}
        newest = [row for row in _newest(pk=article.pk, now=now) if row[1] not in keys]
        newest.sort(key=lambda row: not row[0])
        related += [_related_card(*row[1:]) for row in newest[: RELATED_COUNT - len(rows)]]
    return related


def _related_card(*row: Any, is_prepared: bool = False) -> Related:
    said, picture = row[:-PICTURE], row[-PICTURE:]
    has_picture = said[-1] is not None
    return Related._make((*said, Picture._make(picture) if has_picture else None, is_prepared))


def _cards(pk: int, now: datetime) -> ArticleQuerySet:
    """Return the other articles, with the widths of their pictures as JSON."""
    return (
        Article.objects.published(now)
        .exclude(pk=pk)
        .annotate(widths=Cast("lead_image__widths", TextField()))
        .latest_first()
    )


def _in_its_categories(pk: int) -> QuerySet:
    """Return the rows that give articles a category of this one."""
    rows = Article.categories.through._default_manager.all()
    return rows.filter(category__in=rows.filter(article=pk).values("category"))


class _Loaded(QuerySet):
    """Rows of an instance that are there, without the condition, which takes ten times longer to write.

    Django writes it into each; here only once somebody filters them further, which asks the database.
    """

    of: dict[str, Model]

    def _chain(self) -> QuerySet:
        return self.model._default_manager.filter(**self.of)


def _put(instance: Model, name: str, rows: list[Any]) -> None:
    """Make `instance.name.all()` return these rows, as `prefetch_related` does."""
    relation: Any = type(instance)._meta.get_field(name)
    queryset: Any = _Loaded(relation.related_model)
    queryset._result_cache, queryset.of = rows, {relation.field.name: instance}
    instance._prefetched_objects_cache = {name: queryset}  # type: ignore[attr-defined]
