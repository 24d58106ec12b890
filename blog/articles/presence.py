"""Who has an article open. It is told, never enforced: nobody is locked out by a window left open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import ngettext

from blog.articles.models import EditingSession

if TYPE_CHECKING:
    from accounts.models import User
    from blog.articles.models import Article

UNSEEN = timedelta(seconds=60)  # four signs of life missed: the editor is taken for closed
KEEP_OPEN = timedelta(days=1)
# As long as a browser may keep a text (static/js/desk/copies.js), and a day: an old copy of what was
# saved must not be taken for something that was lost.
KEEP_SAVED = timedelta(days=15)


@dataclass(frozen=True)
class Present:
    """Somebody who has the article open, in another window than the one that asks."""

    session: str
    name: str
    is_oneself: bool
    seconds: int  # since the last sign of life

    def __str__(self) -> str:
        if self.is_oneself:
            text = ngettext(
                "You have this article open in another window, last seen %(count)d second ago.",
                "You have this article open in another window, last seen %(count)d seconds ago.",
                self.seconds,
            )
        else:
            text = ngettext(
                "%(name)s has this article open, last seen %(count)d second ago.",
                "%(name)s has this article open, last seen %(count)d seconds ago.",
                self.seconds,
            )
        return text % {"name": self.name, "count": self.seconds}


def see(
    *, user: User, session: str, article: Article | None, opened_version: int | None = None
) -> bool:
    """Note that this editor is open now; return False once its form was saved, or if it is another's."""
    now = timezone.now()
    own = EditingSession.objects.filter(key=session, user=user)
    if own.filter(saved_at=None).update(seen_at=now):
        return True
    if own.exists():
        return False
    row = EditingSession(
        key=session, user=user, article=article, opened_version=opened_version, seen_at=now
    )
    # Two signs of life at once: one of them makes the row.
    EditingSession.objects.bulk_create([row], ignore_conflicts=True)
    return True


def leave(*, user: User, session: str) -> None:
    """Note that this editor was closed."""
    EditingSession.objects.filter(key=session, user=user, saved_at=None).delete()


def others(*, article: Article, session: str, user: User) -> list[Present]:
    """Return who else has the article open, the one seen last first, each person once."""
    now = timezone.now()
    rows = (
        EditingSession.objects.filter(article=article, saved_at=None, seen_at__gt=now - UNSEEN)
        .exclude(key=session)
        .select_related("user")
        .order_by("-seen_at")
    )
    found: dict[int, Present] = {}
    for row in rows:
        seconds = max(0, int((now - row.seen_at).total_seconds()))
        is_oneself = row.user_id == user.pk
        found.setdefault(row.user_id, Present(row.key, str(row.user), is_oneself, seconds))
    return list(found.values())


def forget_sessions() -> int:
    """Delete what nobody needs of editors that were closed; return how many there were."""
    now = timezone.now()
    rows = EditingSession.objects
    count = rows.filter(saved_at=None, seen_at__lt=now - KEEP_OPEN).delete()[0]
    return count + rows.filter(saved_at__lt=now - KEEP_SAVED).delete()[0]
