"""Series: articles in an order, at most one series for each. Shown to readers the moment it is changed."""

from __future__ import annotations

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.articles.models import Article, Series, SeriesPart, SeriesSlugHistory
from blog.articles.models.article import title_for
from blog.articles.slugs import free_slug, make_slug
from blog.paths import path_to
from blog.prepared import Prepared

MOST_PARTS = 500  # of one series: its page at the desk shows them all


class Part(NamedTuple):
    """A part of a series as a link to it shows it."""

    series: int
    series_title: str
    series_slug: str
    pk: int
    title: str
    slug: str
    access: str
    list_title: str

    def get_absolute_url(self) -> str:
        return path_to("article-detail", self.slug)

    @property
    def card_title(self) -> str:
        return title_for(self.access, self.list_title or self.title)


class Place(NamedTuple):
    """Where an article stands in its series, among the parts that strangers may read."""

    series: int
    title: str
    address: str
    number: int
    parts: tuple[Part, ...]
    previous: Part | None
    next: Part | None


_parts = Prepared(
    lambda series, now: (
        SeriesPart.objects.filter(series=series, article__in=Article.objects.published(now))
        .order_by("position", "pk")
        .values_list(
            *("series_id", "series__title", "series__slug"),
            *("article_id", "article__title", "article__slug", "article__access"),
            "article__list_title",
        )
    )
)


def place_of(article: Article) -> Place | None:
    """Return the place of a published article in its series; None where it has none, or is the only part.

    No query for an article without a series that was loaded with its part.
    """
    own: SeriesPart | None = getattr(article, "series_part", None)
    if own is None:
        return None
    parts = tuple(Part._make(row) for row in _parts(series=own.series_id, now=timezone.now()))
    at = next((at for at, part in enumerate(parts) if part.pk == article.pk), None)
    if at is None or len(parts) < 2:
        return None
    return Place(
        series=own.series_id,
        title=parts[at].series_title,
        address=path_to("series-detail", parts[at].series_slug),
        number=at + 1,
        parts=parts,
        previous=parts[at - 1] if at else None,
        next=parts[at + 1] if at + 1 < len(parts) else None,
    )


@transaction.atomic
def save_series(*, series: Series) -> Series:
    """Store a new or changed series; its address is made from the title where there is none."""
    before = Series.objects.select_for_update().filter(pk=series.pk).first() if series.pk else None
    if not series.slug:
        slug = make_slug(series.title) or "series"
        taken = [
            Series.objects.exclude(pk=series.pk),
            SeriesSlugHistory.objects.exclude(series=series.pk),
        ]
        series.slug = free_slug(taken, slug)
    series.save()
    if before and before.slug != series.slug:
        SeriesSlugHistory.objects.update_or_create(slug=before.slug, defaults={"series": series})
    SeriesSlugHistory.objects.filter(slug=series.slug).delete()
    return series


@transaction.atomic
def put_in_series(*, article: Article, series: Series | None, number: int | None = None) -> None:
    """Make the article that part of the series, or the last one; take it out of any with None.

    Parts after it move up by one. Raise ValidationError for one too many.
    """
    own = SeriesPart.objects.filter(article=article).first()
    # In the order of their keys, or two who move articles between the same two would wait for each other.
    keys = ({own.series_id} if own else set()) | ({series.pk} if series else set())
    list(Series.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    if own and (series is None or own.series_id != series.pk):
        _number(list(own.series.parts.exclude(pk=own.pk)))
    if series is None:
        SeriesPart.objects.filter(article=article).delete()
        return
    others = list(series.parts.exclude(article=article))
    if len(others) >= MOST_PARTS:
        raise ValidationError(
            _("“%(series)s” has %(most)s parts, and that is the most.")
            % {"series": series, "most": MOST_PARTS}
        )
    at = len(others) if number is None else min(max(number, 1) - 1, len(others))
    part = own or SeriesPart(article=article)
    part.series, part.position = series, at + 1
    part.save()
    others.insert(at, part)
    _number(others)


@transaction.atomic
def move_part(*, part: SeriesPart, to: str, before: int | None = None) -> None:
    """Move a part "up" or "down" by one, or "before" the part with that key (None: to the end)."""
    Series.objects.select_for_update().get(pk=part.series_id)
    parts = list(SeriesPart.objects.filter(series=part.series_id))
    at = next((at for at, other in enumerate(parts) if other.pk == part.pk), None)
    if at is None:
        return
    moved = parts.pop(at)
    if to == "before":
        aim = next((n for n, other in enumerate(parts) if other.pk == before), len(parts))
    else:
        aim = at + {"up": -1, "down": 1}.get(to, 0)
    parts.insert(min(max(aim, 0), len(parts)), moved)
    _number(parts)


def _number(parts: list[SeriesPart]) -> None:
    """Write the position of each part that has another one now, from 1."""
    moved = []
    for position, part in enumerate(parts, 1):
        if part.position != position:
            part.position = position
            moved.append(part)
    SeriesPart.objects.bulk_update(moved, ["position"])
