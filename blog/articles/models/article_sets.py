"""Sets of articles, and the only two ways to one for readers: `published()` and `visible_to(user)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from blog.articles.models.choices import Access, State, Status
from blog.articles.models.terms import Category

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from blog.articles.models.article import Article  # noqa: F401 (named in a string below)


def _states(now: datetime) -> dict[str, Q]:
    """Return the condition of each state; those of `published` are published()'s own."""
    kept = Q(trashed_at__isnull=True)
    out = kept & Q(status=Status.PUBLISHED)
    stays = Q(expire_at__isnull=True) | Q(expire_at__gt=now)
    return {
        State.DRAFT.value: kept & Q(status=Status.DRAFT),
        State.SCHEDULED.value: out & Q(publish_at__gt=now),
        State.PUBLISHED.value: out & stays & Q(publish_at__lte=now),
        # It was published before: a constraint. Asked for the time of that, SQLite reads all that is out.
        State.EXPIRED.value: out & Q(expire_at__lte=now),
        State.TRASH.value: Q(trashed_at__isnull=False),
    }


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self, at: datetime | None = None) -> ArticleQuerySet:
        """Articles a stranger may read at that moment (default: now). A query, never a job."""
        at = at or timezone.now()
        return self.filter(
            Q(expire_at__isnull=True) | Q(expire_at__gt=at),
            status=Status.PUBLISHED,
            publish_at__lte=at,
            trashed_at__isnull=True,
        ).exclude(access=Access.PRIVATE)

    def open_to_all(self, at: datetime | None = None) -> ArticleQuerySet:
        """Published articles of which strangers may read more than the title: no password is asked."""
        return self.published(at).exclude(access=Access.PASSWORD)

    def visible_to(self, user: User | AnonymousUser) -> ArticleQuerySet:
        """Published articles, and the unpublished and private ones this person may edit."""
        if not user.is_authenticated or not user.is_staff:
            return self.published()
        return self.filter(
            Q(pk__in=self.model.objects.published()) | Q(pk__in=self.editable_by(user))
        )

    def editable_by(self, user: User) -> ArticleQuerySet:
        """Articles this person may change: all for editors, their own for authors (accounts.rules)."""
        if user.has_perm("articles.edit_any_article"):
            return self.all()
        if not user.has_perm("articles.change_article"):
            return self.none()
        return self.written_by(user)

    def written_by(self, user: User) -> ArticleQuerySet:
        """Articles this person began, is named as an author of, or is to write.

        Each by its index, then together: with OR between them SQLite reads every article.
        """
        began = self.model.objects.filter(created_by=user).order_by().values("pk")
        named = self._bylines.filter(author__user=user).order_by().values("article")
        asked = self.model.objects.filter(assignment__writer=user).order_by().values("pk")
        return self.filter(pk__in=began.union(named, asked))

    def in_stage(self, stage: str) -> ArticleQuerySet:
        """Articles in one stage of their review, by the index even where nearly all are in one other."""
        return self.filter(pk__in=self.model.objects.filter(stage=stage).values("pk"))

    def in_state(self, state: str) -> ArticleQuerySet:
        """Articles in one state of their life, as the staff desk calls it."""
        return self.filter(_states(timezone.now())[state])

    def state_counts(self, most: int) -> dict[str, int]:
        """Return how many there are in each state, counted up to that many, in one query."""
        states = _states(timezone.now())
        parts: list[str] = []
        params: list[Any] = []
        for state, condition in states.items():
            rows: models.QuerySet[Any, Any] = self.filter(condition).order_by()
            if state == State.DRAFT:
                # Said in the text, or SQLite does not see that an index holds them.
                rows = rows.extra(where=["articles_article.status = 'draft'"])
            try:
                sql, values = rows.values("pk")[:most].query.sql_with_params()
            except EmptyResultSet:  # who may edit nothing
                return dict.fromkeys(states, 0)
            parts.append(f"SELECT '{state}', count(*) FROM ({sql}) AS in_{state}")  # noqa: S608 - our own
            params += values
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            return dict(cursor.fetchall())

    def in_category(self, category: Category) -> ArticleQuerySet:
        """Articles of the category and of every category within it."""
        branch = Category.objects.filter(
            Q(path=category.path) | Q(path__startswith=f"{category.path}/")
        )
        return self.filter(
            pk__in=self.model.categories.through.objects.filter(category__in=branch).values(
                "article"
            )
        )

    def latest_first(self) -> ArticleQuerySet:
        return self.order_by("-publish_at", "-pk")

    def for_listing(self) -> ArticleQuerySet:
        """Load what a card shows, without the text."""
        return (
            self.defer("body", "body_html", "toc")
            .select_related("primary_category", "lead_image")
            .prefetch_related(models.Prefetch("bylines", self._bylines.select_related("author")))
        )

    @property
    def _bylines(self) -> models.QuerySet[Any]:
        """Return the rows that name authors. Their class needs that of articles, which needs this one."""
        through: Any = self.model.authors.through
        rows: models.QuerySet[Any] = through.objects.all()
        return rows
