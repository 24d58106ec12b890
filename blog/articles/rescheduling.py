"""Move what is to come to another day, as the calendar does."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.articles import services
from blog.articles.calendar import Kind, on_day
from blog.articles.models import Article, Revision
from blog.days import moment_words

if TYPE_CHECKING:
    from datetime import date, datetime

    from accounts.models import User

FIELDS = {Kind.SCHEDULED: "publish_at", Kind.DRAFT: "publish_at", Kind.EXPIRY: "expire_at"}


@transaction.atomic
def move_to_day(
    *,
    article: Article,
    editor: User | None,
    kind: Kind,
    day: date,
    seen_version: int,
    seen_at: datetime | None,
) -> datetime:
    """Move one entry of the calendar to that day, keep its time by the clock, and return the new moment.

    Raise ValidationError with a sentence where the article is not any more as the calendar showed it,
    for what has happened already, and for a day that is over: what goes live in the past goes live at
    once, and nobody does that by letting go of a mouse. The row is locked, so that of two people who
    move it at once the second is told.
    """
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    is_out = article.status == Article.Status.PUBLISHED
    has_kind = article.trashed_at is None and is_out != (kind == Kind.DRAFT)
    if not has_kind or article.version != seen_version or _moment(article, kind) != seen_at:
        raise ValidationError(
            _("Somebody changed “%s” meanwhile. This is the calendar as it is now.") % article
        )
    now = timezone.now()
    is_past = kind == Kind.PUBLISHED or seen_at is None or seen_at <= now
    if kind != Kind.DRAFT and is_past:
        raise ValidationError(_("“%s” cannot be moved: this is over.") % article)
    moved = on_day(seen_at, day)
    is_over = day < timezone.localdate() if kind == Kind.DRAFT else moved <= now
    if is_over:
        words = {"title": article, "at": moment_words(moved)}
        raise ValidationError(
            _("“%(title)s” was not moved: %(at)s is over. Choose a later day.") % words
        )
    if kind == Kind.CHANGES:
        Revision.objects.filter(pk=article.draft_revision_id or 0).update(publish_at=moved)
    else:
        _move(article, editor, FIELDS[kind], moved)
    return moved


def _moment(article: Article, kind: Kind) -> datetime | None:
    """Return when that happens to the article; None if nobody planned it."""
    if kind == Kind.CHANGES:
        return article.draft_revision.publish_at if article.draft_revision else None
    return article.expire_at if kind == Kind.EXPIRY else article.publish_at


def _move(article: Article, editor: User | None, field: str, moved: datetime) -> None:
    before = getattr(article, field)
    setattr(article, field, moved)
    if article.publish_at and article.expire_at and article.expire_at <= article.publish_at:
        raise ValidationError(
            _("“%s” was not moved: an article cannot be taken down before it is published.")
            % article
        )
    services.set_time(article=article, editor=editor, field=field, note=_("Moved in the calendar"))
    draft = article.draft_revision
    if draft and before and draft.data.get(field) == before.astimezone(UTC).isoformat():
        # Else publishing the waiting changes would put it back to where it was.
        draft.data[field] = moved.astimezone(UTC).isoformat()
        draft.save(update_fields=["data"])
