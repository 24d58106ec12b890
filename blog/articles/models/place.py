"""The lists that articles stand in, with their times beside the name of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from blog.articles.models.article import Article

if TYPE_CHECKING:
    from datetime import datetime


class PlaceQuerySet(models.QuerySet["Place"]):
    def live(self, at: datetime) -> PlaceQuerySet:
        """Places of what is published at that moment; the rest of published() decides which there are."""
        return self.filter(Q(expire_at__isnull=True) | Q(expire_at__gt=at), publish_at__lte=at)

    def of_each(self, kind: str) -> PlaceQuerySet:
        """Places in the list of whatever row stands in the outer query."""
        key = Cast(OuterRef("pk"), models.CharField())
        return self.filter(name=Concat(Value(f"{kind}:"), key))

    def latest_first(self) -> PlaceQuerySet:
        return self.order_by("-publish_at", "-article")


class Place(models.Model):
    """An article's place in the list of a category, its own or one above it, of a tag or of an author.

    Kept by triggers (blog/articles/triggers.py) of what has a time of publication, is not in the trash and
    not private. A list of any length is then the beginning of an index, which holds all that is asked for:
    by the rows that give terms, it would look at each of its articles, 7 microseconds each.
    """

    article = models.ForeignKey(
        Article,
        on_delete=models.DO_NOTHING,  # the trigger's
        db_index=False,  # place_once
        related_name="+",
    )
    name = models.CharField(max_length=40)  # "category:3", "tag:3", "author:3"
    publish_at = models.DateTimeField()
    expire_at = models.DateTimeField(null=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "name"], name="place_once")]
        indexes = [
            models.Index(
                "name",
                F("publish_at").desc(),
                F("article").desc(),
                "expire_at",
                name="place_latest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.article_id}"
