"""The comments of an article as its page shows them, and the counts against the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from blog.articles.models import Article
from blog.comments.models import Comment, Thread
from blog.site.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from blog.site.models import SiteSettings

# What a place that is kept for its replies does not say.
NOTHING_TO_TELL = {"name": "", "email": "", "website": "", "html": ""}
NESTED = 3  # levels shown nested; deeper replies stand flat, with "in reply to"


class Row(NamedTuple):
    """A comment as a page shows it. Plain values: fifty models would cost more than the rest of the page."""

    pk: int
    parent_id: int | None
    user_id: int | None
    name: str
    email: str  # never shown: for the tint of the initial
    website: str
    html: str
    status: str
    reason: str
    created_at: datetime
    edited_at: datetime | None


@dataclass(slots=True)
class Node:
    """One comment in its place. `opens` and `closes` let a template nest lists without recursion."""

    comment: Row | Comment
    depth: int  # 0 to NESTED - 1
    is_shown: bool  # False: a tombstone that keeps the place of its replies
    is_by_author: bool = False
    photo_url: str = ""  # of an author of the article
    is_held: bool = False
    receipt_path: str = ""  # the private page, for its writer alone
    in_reply_to: Node | None = None  # the parent, where the place does not show it
    opens: bool = False  # the first reply in its list
    closes: range = range(0)  # lists of replies that end after this one
    has_replies: bool = False

    @property
    def initial(self) -> str:
        return self.comment.name[:1].upper() if self.is_shown and self.comment.name else "–"


# Replies keep the place of what they answer, whatever became of it.
_rows = Prepared(
    lambda article, extra: (
        Comment.objects.filter(article=article)
        .filter(
            Q(status=Comment.Status.APPROVED)
            | Q(pk=extra)
            | Exists(Comment.objects.filter(parent=OuterRef("pk")))
        )
        .order_by("created_at", "pk")
        .values_list(*Row._fields)
    )
)


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
    """Return when comments close by the site's number of days, None for never."""
    days = site.comments_close_after_days
    if not days or article.publish_at is None:
        return None
    return article.publish_at + timedelta(days=days)


def needs_sign_in(site: SiteSettings, user: User | AnonymousUser) -> bool:
    """Say whether this reader has to sign in before a comment."""
    return site.comment_needs_sign_in and not user.is_authenticated


def thread_of(article: Article, *, extra: Comment | None = None) -> list[Node]:
    """Return the comments to show in the order of reading, in one query however many there are.

    Shown are the approved ones and *extra*, the waiting one of this reader. What was removed or is not
    approved keeps its place, without its text, where something shown stands below it.
    """
    rows = _rows(article=article.pk, extra=extra.pk if extra else 0)
    comments = {row[0]: Row._make(row) for row in rows}
    shown = {pk for pk, row in comments.items() if row.status == Comment.Status.APPROVED}
    if extra is not None and extra.pk in comments:  # else it was deleted a moment ago
        shown.add(extra.pk)
    children: dict[int | None, list[Row]] = {}
    needed = _with_ancestors(shown, comments)
    for pk, comment in comments.items():  # in the order of the rows
        if pk in needed:
            children.setdefault(comment.parent_id, []).append(comment)
    by_author = {
        author.user_id: author.photo
        for author in (byline.author for byline in article.bylines.all())
        if author.user_id
    }
    nodes: dict[int, Node] = {}
    for comment, level in _in_order(children):
        is_shown = comment.pk in shown
        photo = by_author.get(comment.user_id)
        nodes[comment.pk] = Node(
            comment=comment if is_shown else comment._replace(**NOTHING_TO_TELL),
            depth=min(level, NESTED - 1),
            is_shown=is_shown,
            is_by_author=comment.user_id in by_author,
            photo_url=photo.files.small if photo else "",
            is_held=is_shown and comment.status != Comment.Status.APPROVED,
            in_reply_to=nodes.get(comment.parent_id or 0) if level >= NESTED else None,
        )
    in_order = list(nodes.values())
    _nest(in_order)
    return in_order


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


def _with_ancestors(shown: Iterable[int], comments: dict[int, Row]) -> set[int]:
    needed: set[int] = set()
    for start in shown:
        pk: int | None = start
        while pk is not None and pk not in needed:
            needed.add(pk)
            pk = comments[pk].parent_id
    return needed


def _in_order(children: dict[int | None, list[Row]]) -> Iterator[tuple[Row, int]]:
    """Yield each comment with its level, a parent before its replies. A stack: threads may be deep."""
    stack = [(comment, 0) for comment in reversed(children.get(None, []))]
    while stack:
        comment, level = stack.pop()
        yield comment, level
        stack += [(reply, level + 1) for reply in reversed(children.get(comment.pk, []))]


def _nest(nodes: list[Node]) -> None:
    depth = 0
    for node, following in zip_longest(nodes, nodes[1:]):
        node.opens = node.depth > depth
        depth = node.depth
        next_depth = following.depth if following else 0
        node.has_replies = next_depth > depth
        node.closes = range(max(0, depth - next_depth))
