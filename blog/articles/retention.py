"""Which revisions are kept for how long: what was saved for ever, what was only typed for a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, ForeignObjectRel, OuterRef, Q
from django.utils import timezone

from blog.articles.models import Article, EditingSession, Revision

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

KEEP_DAYS = 30
BATCH = 200  # rows in one statement: nobody who saves waits long for it


@dataclass(frozen=True)
class Thinned:
    """How many revisions went, or would go, by kind."""

    autosaves: int
    drafts: int


def thin_revisions(*, is_dry_run: bool = False) -> Thinned:
    """Delete autosaves that nobody touched for KEEP_DAYS, and of older drafts all but the last of each day.

    Kept for ever is what was saved, what readers see, a draft that waits, a substantial update, and
    whatever something else refers to, such as a comment or a rating. The autosave of an editor that is
    open still stays. Days are those of the site's zone.
    """
    before = timezone.now() - timedelta(days=KEEP_DAYS)
    rows = (_old_autosaves(before), _superseded_drafts(before))
    autosaves = list(rows[0].values_list("pk", flat=True))
    drafts = _all_but_last_of_day(rows[1])
    if is_dry_run:
        return Thinned(len(autosaves), len(drafts))
    return Thinned(_delete(rows[0], autosaves), _delete(rows[1], drafts))


def _old_autosaves(before: datetime) -> QuerySet[Revision]:
    is_open = EditingSession.objects.filter(
        key=OuterRef("session"), saved_at=None, seen_at__gte=before
    )
    return Revision.objects.filter(
        ~Exists(is_open), kind=Revision.Kind.AUTOSAVE, updated_at__lt=before
    )


def _superseded_drafts(before: datetime) -> QuerySet[Revision]:
    in_use = Article.objects.filter(
        Q(draft_revision=OuterRef("pk")) | Q(current_revision=OuterRef("pk"))
    )
    drafts = Revision.objects.filter(
        ~Exists(in_use), kind=Revision.Kind.DRAFT, is_substantial=False, created_at__lt=before
    )
    # Comments, ratings and whatever comes later: apps above this one, which it does not know.
    for relation in Revision._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model is not Article:
            rows = relation.related_model._base_manager.filter(
                **{relation.field.name: OuterRef("pk")}
            )
            drafts = drafts.filter(~Exists(rows))
    return drafts


def _all_but_last_of_day(drafts: QuerySet[Revision]) -> list[int]:
    seen: set[tuple[int | None, date]] = set()
    others = []
    rows = drafts.order_by("article", "-version").values_list("pk", "article", "created_at")
    for pk, article, created_at in rows:
        day = article, timezone.localdate(created_at)
        if day in seen:
            others.append(pk)
        seen.add(day)
    return others


def _delete(rows: QuerySet[Revision], keys: list[int]) -> int:
    """Delete those of the rows that have these keys; what is in use by now is not among them any more."""
    count = 0
    for start in range(0, len(keys), BATCH):
        count += rows.filter(pk__in=keys[start : start + BATCH]).only("pk").delete()[0]
    return count
