"""Who did what: the admin's own log, decisions about comments, steps of articles and sign-ins, as one list.

Each is kept where it belongs; here they are read side by side, the newest first, a page at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import SignIn, User
from blog.articles.models import Article, StageChange
from blog.comments.models import Decision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

PER_PAGE = 50


class Kind(TextChoices):
    SETTINGS = "settings", gettext_lazy("Settings, menus, redirects")
    TEXTS = "texts", gettext_lazy("Articles, pages, pictures")
    COMMENTS = "comments", gettext_lazy("Comments")
    RATINGS = "ratings", gettext_lazy("Votes")
    PEOPLE = "people", gettext_lazy("People and roles")
    SIGN_INS = "sign-ins", gettext_lazy("Sign-ins")


# What of the admin's log belongs to which kind, by app.
APPS = {
    Kind.SETTINGS: ("site", "frame", "redirects", "outbox", "spam", "django_tasks_database"),
    Kind.TEXTS: ("articles", "media", "pages"),
    Kind.COMMENTS: ("comments",),
    Kind.RATINGS: ("ratings",),
    Kind.PEOPLE: ("accounts", "auth"),
}


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did; *address* leads to what it was done to, where that is still there."""

    at: datetime
    who: User | None
    kind: Kind
    did: str
    what: str
    address: str = ""
    note: str = ""


def entries(
    *, kind: str = "", who: int | None = None, before: datetime | None = None
) -> list[Entry]:
    """Return a page of what was done before that moment, and one more where there are others."""
    sources: list[tuple[set[Kind], Callable[..., Iterable[Entry]]]] = [
        (set(APPS), _of_admin),
        ({Kind.TEXTS}, _of_articles),
        ({Kind.COMMENTS}, _of_comments),
        ({Kind.SIGN_INS}, _of_sign_ins),
    ]
    found = [
        entry
        for kinds, read in sources
        if not kind or kind in kinds
        for entry in read(kind=kind, who=who, before=before)
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[: PER_PAGE + 1]


# Rows are written in the order of their times: walking the key backwards needs no other index.


def _of_admin(*, kind: str, who: int | None, before: datetime | None) -> Iterable[Entry]:
    rows = LogEntry.objects.select_related("user", "content_type").order_by("-pk")
    if kind:
        rows = rows.filter(content_type__app_label__in=APPS[Kind(kind)])
    if who:
        rows = rows.filter(user=who)
    if before:
        rows = rows.filter(action_time__lt=before)
    kinds = {app: name for name, apps in APPS.items() for app in apps}
    for row in rows[: PER_PAGE + 1]:
        type_ = row.content_type
        thing = type_.name if type_ else _("something")
        did = {ADDITION: _("added"), DELETION: _("deleted")}.get(row.action_flag, _("changed"))
        yield Entry(
            at=row.action_time,
            who=row.user,
            kind=kinds.get(type_.app_label if type_ else "", Kind.SETTINGS),
            did=f"{did} ({thing})",
            what=Truncator(row.object_repr).chars(120),
            address="" if row.action_flag == DELETION else (row.get_admin_url() or ""),
            note=_(row.get_change_message())
            if row.action_flag not in (ADDITION, DELETION)
            else "",
        )


def _of_articles(*, kind: str, who: int | None, before: datetime | None) -> Iterable[Entry]:
    rows = StageChange.objects.select_related("actor", "article").order_by("-pk")
    rows = rows.only(
        *("created_at", "after", "reason", "actor", "article__title"),
        *("status_before", "status_after"),
    )
    if who:
        rows = rows.filter(actor=who)
    if before:
        rows = rows.filter(created_at__lt=before)
    names = dict(Article.Stage.choices) | {"published": _("published")}
    for row in rows[: PER_PAGE + 1]:
        yield Entry(
            at=row.created_at,
            who=row.actor,
            kind=Kind.TEXTS,
            did=row.statuses if row.is_of_status else str(names.get(row.after, row.after)),
            what=row.article.title,
            address=reverse("admin:articles_article_change", args=[row.article.pk]),
            note=row.reason,
        )


def _of_comments(*, kind: str, who: int | None, before: datetime | None) -> Iterable[Entry]:
    """Return what people decided; what rules decide stands with each comment."""
    rows = Decision.objects.filter(actor__isnull=False).select_related("actor", "comment__article")
    rows = rows.order_by("-pk").only(
        *("created_at", "to_status", "reason", "actor"),
        *("comment__name", "comment__article__title"),
    )
    if who:
        rows = rows.filter(actor=who)
    if before:
        rows = rows.filter(created_at__lt=before)
    for row in rows[: PER_PAGE + 1]:
        names = {"name": row.comment.name or _("Anonymous"), "title": row.comment.article.title}
        yield Entry(
            at=row.created_at,
            who=row.actor,
            kind=Kind.COMMENTS,
            did=row.get_to_status_display(),
            what=_("Comment by %(name)s on “%(title)s”") % names,
            address=reverse("admin:comments_comment_change", args=[row.comment.pk]),
            note=row.reason,
        )


def _of_sign_ins(*, kind: str, who: int | None, before: datetime | None) -> Iterable[Entry]:
    rows = SignIn.objects.select_related("user").order_by("-pk")
    if who:
        rows = rows.filter(user=who)
    if before:
        rows = rows.filter(at__lt=before)
    for row in rows[: PER_PAGE + 1]:
        yield Entry(
            at=row.at, who=row.user, kind=Kind.SIGN_INS, did=_("signed in"), what=str(row.user)
        )
