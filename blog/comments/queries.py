"""Whether comments are open, what waits, who writes, and the counts against the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.models import Comment, CommentQuerySet, Thread

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from blog.site.models import SiteSettings


def comments_are_open(article: Article, site: SiteSettings) -> bool:
    """Say whether readers may comment now: the site's switch, the article's policy and age."""
    if (
        not site.comments_open
        or article.comment_policy != Article.Policy.OPEN
        or not article.is_live
    ):
        return False
    closes_at = closing_time(article, site)
    return closes_at is None or timezone.now() < closes_at


def closing_time(article: Article, site: SiteSettings) -> datetime | None:
    """Return when comments close or closed: at the article's date, or after the site's days."""
    thread = getattr(article, "thread", None)
    times = [thread.closes_at] if thread and thread.closes_at else []
    if site.comments_close_after_days and article.publish_at:
        times.append(article.publish_at + timedelta(days=site.comments_close_after_days))
    return min(times, default=None)


def can_be_followed(article: Article, site: SiteSettings) -> bool:
    """Say whether readers may follow the comments by mail: the site's switch, and the article's own."""
    thread = getattr(article, "thread", None)
    return site.following_on and not (thread and thread.mail_is_off)


def needs_sign_in(site: SiteSettings, user: User | AnonymousUser) -> bool:
    """Say whether this reader has to sign in before a comment."""
    return site.comment_needs_sign_in and not user.is_authenticated


def waiting_of(article: Article, visitor: UUID) -> list[Comment]:
    """Return the guest's comments that wait for a moderator, oldest first; spam looks like waiting."""
    waiting = (Comment.Status.PENDING, Comment.Status.SPAM)
    return list(
        article.comments.filter(visitor=visitor, status__in=waiting).order_by("created_at", "pk")
    )


@dataclass(frozen=True)
class History:
    """What became of one writer's comments, and since when they write here."""

    approved: int
    spam: int
    pending: int
    since: datetime


def history_of(emails: set[str]) -> dict[str, History]:
    """Return the history of each e-mail address that has written, in one query."""
    rows = (
        Comment.objects.filter(email__in=emails - {""})
        .order_by()
        .values("email")
        .annotate(
            approved=Count("pk", filter=Q(status=Comment.Status.APPROVED)),
            spam=Count("pk", filter=Q(status=Comment.Status.SPAM)),
            pending=Count("pk", filter=Q(status=Comment.Status.PENDING)),
            since=Min("created_at"),
        )
    )
    return {
        row["email"]: History(row["approved"], row["spam"], row["pending"], row["since"])
        for row in rows
    }


def thread_counts(article_ids: set[int]) -> dict[int, Thread]:
    """Return the counts of each article that has comments, in one query."""
    return Thread.objects.in_bulk(article_ids)


@dataclass(frozen=True)
class ThreadDrift:
    """An article whose counts differ from its comments."""

    article_id: int
    title: str
    recorded: tuple[int, int]  # approved, pending
    counted: tuple[int, int]

    def __str__(self) -> str:
        return (
            f"article {self.article_id} ({self.title}): counts say {self.recorded[0]} approved and"
            f" {self.recorded[1]} waiting, comments say {self.counted[0]} and {self.counted[1]}"
        )


def thread_drift() -> list[ThreadDrift]:
    """Return every article whose counts differ from its comments, in one query."""
    rows = (
        Article.objects.order_by("pk")
        .values("pk", "title")
        .annotate(
            recorded_approved=Coalesce("thread__approved_count", 0),
            recorded_pending=Coalesce("thread__pending_count", 0),
            approved=Count("comments", filter=Q(comments__status=Comment.Status.APPROVED)),
            pending=Count("comments", filter=Q(comments__status=Comment.Status.PENDING)),
        )
        .exclude(recorded_approved=F("approved"), recorded_pending=F("pending"))
    )
    return [
        ThreadDrift(
            article_id=row["pk"],
            title=row["title"],
            recorded=(row["recorded_approved"], row["recorded_pending"]),
            counted=(row["approved"], row["pending"]),
        )
        for row in rows
    ]


def readable_comments(at: datetime | None = None) -> CommentQuerySet:
    """Return the approved comments a stranger can see somewhere at that moment (default: now).

    EXISTS looks at the articles of these comments only; SQLite would list all articles for an IN.
    """
    shown = Article.objects.open_to_all(at).exclude(comment_policy=Article.Policy.OFF)
    return Comment.objects.approved().filter(Exists(shown.filter(pk=OuterRef("article"))))


def readable_among(keys: set[int]) -> set[int]:
    """Return those of these keys that are of comments which everybody can read."""
    return set(readable_comments().filter(pk__in=keys).values_list("pk", flat=True))
