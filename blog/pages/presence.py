"""Who has a page open, as of an article (blog/articles/presence.py): told, never enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import ngettext

from blog.articles.presence import KEEP_OPEN, UNSEEN, Present
from blog.pages.models import OpenPage

if TYPE_CHECKING:
    from accounts.models import User
    from blog.pages.models import Page


class PresentAtPage(Present):
    """Somebody who has the page open, in another window than the one that asks."""

    def __str__(self) -> str:
        if self.is_oneself:
            text = ngettext(
                "You have this page open in another window, last seen %(count)d second ago.",
                "You have this page open in another window, last seen %(count)d seconds ago.",
                self.seconds,
            )
        else:
            text = ngettext(
                "%(name)s has this page open, last seen %(count)d second ago.",
                "%(name)s has this page open, last seen %(count)d seconds ago.",
                self.seconds,
            )
        return text % {"name": self.name, "count": self.seconds}


def see(*, user: User, session: str, page: Page) -> None:
    """Note that this form is open now; the session of somebody else stays theirs."""
    now = timezone.now()
    if OpenPage.objects.filter(key=session, user=user).update(seen_at=now):
        return
    # Two signs of life at once: one of them makes the row.
    row = OpenPage(key=session, user=user, page=page, seen_at=now)
    OpenPage.objects.bulk_create([row], ignore_conflicts=True)


def leave(*, user: User, session: str) -> None:
    """Note that this form was closed, or saved."""
    OpenPage.objects.filter(key=session, user=user).delete()


def others(*, page: Page, session: str, user: User) -> list[Present]:
    """Return who else has the page open, the one seen last first, each person once."""
    now = timezone.now()
    rows = OpenPage.objects.filter(page=page, seen_at__gt=now - UNSEEN).exclude(key=session)
    found: dict[int, Present] = {}
    for row in rows.select_related("user").order_by("-seen_at"):
        seconds = max(0, int((now - row.seen_at).total_seconds()))
        is_oneself = row.user_id == user.pk
        found.setdefault(row.user_id, PresentAtPage(row.key, str(row.user), is_oneself, seconds))
    return list(found.values())


def forget_open() -> int:
    """Delete what nobody needs of forms that were closed; return how many there were."""
    return OpenPage.objects.filter(seen_at__lt=timezone.now() - KEEP_OPEN).delete()[0]
