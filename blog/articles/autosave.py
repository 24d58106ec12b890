"""What was typed and not saved yet: one autosave for each open editor, offered to its author on return."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from blog.articles.models import EditingSession, Revision
from blog.articles.models.revision import count_words
from blog.articles.typed import is_empty, is_same
from blog.days import moment_words

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User
    from blog.articles.models import Article
    from blog.articles.typed import Content

MOST_OFFERED = 5
MOST_KEPT = 200  # autosaves of one person: a script that runs wild fills no disk


class TooManyError(Exception):
    """This person has as many autosaves as one may have."""


class Outcome(Enum):
    """What became of an autosave: `OLDER` came after a newer one, `OVER` after the form was saved."""

    STORED = "stored"
    OLDER = "older"
    OVER = "over"


@dataclass(frozen=True)
class Offer:
    """An autosave as it is offered: what it would bring back."""

    pk: int
    session: str
    title: str
    at: str
    more_words: int  # than the stored version; negative: fewer
    base_version: int | None
    is_behind: bool  # somebody saved since it was begun

    @property
    def words(self) -> int:
        return abs(self.more_words)


def own_autosaves(user: User) -> QuerySet[Revision]:
    """Return this person's autosaves: nobody else ever sees them."""
    return Revision.objects.filter(kind=Revision.Kind.AUTOSAVE, author=user)


def store(
    *,
    user: User,
    session: str,
    sequence: int,
    article: Article | None,
    base_version: int | None,
    data: Content,
    recovered: int | None = None,
    typed_at: datetime | None = None,
) -> Outcome:
    """Keep what was typed into an article in this session, in place of what it kept before.

    `recovered` is the autosave this session was opened with, which it replaces; `typed_at` is for a text
    that arrives late. Raise PermissionDenied for a session that is somebody else's or of another article,
    and TooManyError above MOST_KEPT.
    """
    row = Revision(
        kind=Revision.Kind.AUTOSAVE,
        author=user,
        session=session,
        sequence=sequence,
        article=article,
        base_version=base_version,
        data=data,
    )
    return keep(row, own_autosaves(user), article=article, recovered=recovered, typed_at=typed_at)


def keep(
    row: Any,
    of_person: QuerySet[Any],
    *,
    recovered: int | None = None,
    typed_at: datetime | None = None,
    **text: Any,
) -> Outcome:
    """Store an autosave, or write it over the one of its session: of an article, or of a page.

    `of_person` are all of the same person and kind, `text` says of which article or page. The sequence
    grows within a session: of two autosaves that overtake each other the later typed one stays, since the
    UPDATE itself compares.
    """
    values = {
        "data": row.data,
        "word_count": count_words(row.data),
        "sequence": row.sequence,
        "base_version": row.base_version,
        "updated_at": typed_at or timezone.now(),
    }
    own = of_person.filter(session=row.session, **text)
    saved = EditingSession.objects.filter(key=row.session, saved_at__isnull=False)
    newer = own.filter(~Exists(saved), sequence__lt=row.sequence)
    if newer.update(**values):
        return Outcome.STORED
    if saved.exists():
        return Outcome.OVER
    if own.exists():
        # Newer than this one, or begun by an older one just after the UPDATE looked: it looks again.
        return Outcome.STORED if newer.update(**values) else Outcome.OLDER
    if of_person.count() >= MOST_KEPT:
        raise TooManyError
    try:
        _begin(row, values, of_person.filter(pk=recovered, **text) if recovered else None)
    except IntegrityError:
        # The first two autosaves of a session at once, or the session of somebody else.
        if not own.exists():
            raise PermissionDenied from None
        return Outcome.STORED if newer.update(**values) else Outcome.OLDER
    return Outcome.STORED


@transaction.atomic
def _begin(row: Any, values: dict[str, Any], recovered: QuerySet[Any] | None) -> None:
    """Store the first autosave of a session, in place of the one that the session was opened with."""
    row.save()
    # What `save` would not take: the time of a new row is now, whenever it was typed.
    type(row)._default_manager.filter(pk=row.pk).update(**values)
    if recovered is not None:
        drop(recovered)


def forget(*, user: User, session: str, recovered: int | None = None) -> None:
    """Drop what a session kept, now that its form was saved; what it sent before and arrives later, too.

    `recovered` is the autosave that the saved form was filled with.
    """
    if session:
        drop(own_autosaves(user).filter(Q(session=session) | Q(pk=recovered)))
        end_session(user=user, session=session)


def end_session(*, user: User, session: str) -> None:
    """Remember that the form of a session was saved: an autosave of it that arrives now is over."""
    now = timezone.now()
    if not EditingSession.objects.filter(key=session, user=user).update(saved_at=now):
        row = EditingSession(key=session, user=user, seen_at=now, saved_at=now)
        EditingSession.objects.bulk_create([row], ignore_conflicts=True)


def discard(*, user: User, pk: int) -> None:
    """Drop one of this person's autosaves for good."""
    drop(own_autosaves(user).filter(pk=pk))


def drop(rows: QuerySet[Any]) -> None:
    # Nothing ever refers to an autosave: `delete()` would ask every table that may refer to a revision.
    rows._raw_delete(rows.db)


def offers(*, user: User, article: Article, session: str = "") -> list[Offer]:
    """Return what this person typed into the article and never saved, newest first; one query.

    Left out is what equals the version that the form opens with, and what `session` itself keeps.
    """
    rows = own_autosaves(user).filter(article=article).order_by("-updated_at")[:MOST_OFFERED]
    others = [row for row in rows if row.session != session]
    stored = (article.draft_revision or article.current_revision) if others else None
    return [
        offer_of(row, stored, article.version)
        for row in others
        if not (stored and is_same(row.data, stored.data))
    ]


def offers_of_new(*, user: User, session: str = "") -> list[Offer]:
    """Return what this person typed into articles that were never saved at all, newest first; one query."""
    rows = own_autosaves(user).filter(article=None).exclude(session=session)
    newest = rows.order_by("-updated_at")[:MOST_OFFERED]
    return [offer_of(row, None, None) for row in newest if not is_empty(row.data)]


def offer_of(row: Any, stored: Any, version: int | None) -> Offer:
    return Offer(
        pk=row.pk,
        session=row.session,
        title=row.data.get("title", "").strip(),
        at=moment(row.updated_at),
        more_words=row.word_count - (stored.word_count if stored else 0),
        base_version=row.base_version,
        is_behind=bool(version and row.base_version and row.base_version < version),
    )


def saved_since(*, article: Article, opened_version: int | None, user: User) -> str:
    """Say who saved the article after this version was opened; empty where nobody did.

    The article comes with both its revisions and their authors.
    """
    if not opened_version or article.version <= opened_version:
        return ""
    newest = [article.draft_revision, article.current_revision]
    revision = next((row for row in newest if row and row.version == article.version), None)
    values = {
        "name": (revision and revision.author) or _("Somebody"),
        "at": moment(revision.created_at) if revision else "",
        "version": opened_version,
    }
    if revision is None:
        return (
            _("Somebody saved this article meanwhile; you have version %(version)d before you.")
            % values
        )
    if revision.author_id == user.pk:
        return (
            _(
                "You saved this article at %(at)s in another window; version %(version)d is before you here."
            )
            % values
        )
    return (
        _("%(name)s saved this article at %(at)s; you have version %(version)d before you.")
        % values
    )


def moment(time: datetime) -> str:
    """Return a time as briefly as it can be said: today's without the day."""
    local, today = timezone.localtime(time), timezone.localdate()
    if local.date() == today:
        return date_format(local, "H:i")
    return moment_words(time)
