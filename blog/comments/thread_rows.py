"""Which comments a page shows, read by key: one query, however long the discussion is.

Three indexes hold the threads of an article in their three orders, and one the replies of each thread, so
a page costs the same wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from blog.comments.models import Comment
from blog.prepared import Prepared
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from blog.articles.models import Article
    from blog.comments.models import CommentQuerySet

Order = SiteSettings.CommentOrder
Status = Comment.Status

REPLIES_SHOWN = 30  # of one thread among others; a longer one has pages of its own
REPLIES_ALONE = 200  # on each of these
OLDEST_REPLY: tuple[str, ...] = ("created_at", "pk")

# Pinned threads stand first in any order. "Best" is most liked: there is no vote against a comment, so
# there is no share of votes to estimate. Of equals the older, which was there first.
ORDERS: dict[str, tuple[str, ...]] = {
    Order.OLDEST: ("-is_pinned", "created_at", "pk"),
    Order.NEWEST: ("-is_pinned", "-created_at", "-pk"),
    Order.BEST: ("-is_pinned", "-like_count", "created_at", "pk"),
}


class Row(NamedTuple):
    """A comment as a page shows it. Plain values: fifty models would cost more than the rest of the page."""

    pk: int
    parent_id: int | None
    root_id: int | None
    user_id: int | None
    avatar_id: int | None
    name: str
    email: str  # never shown: for the tint of the initial
    website: str
    html: str
    status: str
    reason: str
    created_at: datetime
    edited_at: datetime | None
    is_pinned: bool
    is_featured: bool
    is_closed: bool
    is_question: bool
    answer_id: int | None
    like_count: int
    about: str


@dataclass(frozen=True)
class Place:
    """Which comments a page shows: the threads after one of them in an order, or one thread alone."""

    order: str = Order.OLDEST
    # The last thread, or with `only` the last reply, of the page before; 0 on the first.
    after: int = 0
    only: int = 0  # the first comment of the only thread


def rows_of_threads(
    article: Article, *, place: Place, per_page: int, extra: Comment | None = None
) -> list[Row] | None:
    """Return the rows of a page of threads, and of the thread after them; None for an unknown place.

    *extra* and its thread come with them, wherever they stand.
    """
    found: list[Any]
    if place.after:
        anchor = Comment.objects.filter(article=article, root=None, pk=place.after).first()
        if anchor is None:
            return None
        after = beyond(anchor, ORDERS[place.order])
        found = list(_rows(article.pk, place.order, per_page, after, extra))
    elif extra is not None:
        found = list(_rows(article.pk, place.order, per_page, Q(), extra))
    else:
        found = _first_page(place.order, per_page)(article=article.pk)
    return [Row._make(row) for row in found]


def rows_of_replies(
    article: Article, *, place: Place, extra: Comment | None = None
) -> list[Row] | None:
    """Return the first comment of the only thread, and a page of its replies and the one after them.

    None where there is no such thread or no such reply.
    """
    after = Q()
    if place.after:
        anchor = Comment.objects.filter(root=place.only, pk=place.after).first()
        if anchor is None:
            return None
        after = beyond(anchor, OLDEST_REPLY)
    replies = _replies(extra).filter(after, root=place.only).order_by(*OLDEST_REPLY)
    own = Q(pk=extra.pk, root=place.only) if extra else Q(pk=None)
    rows = Comment.objects.filter(
        Q(pk=place.only, root=None) | Q(pk__in=replies.values("pk")[: REPLIES_ALONE + 1]) | own,
        article=article,
    )
    found = [Row._make(row) for row in rows.order_by(*OLDEST_REPLY).values_list(*Row._fields)]
    return found if any(row.pk == place.only for row in found) else None


def rows_by_key(keys: set[int]) -> dict[int, Row]:
    """Return rows that stand on another page, in one query, or none for no keys."""
    rows = Comment.objects.filter(pk__in=keys).values_list(*Row._fields) if keys else []
    return {row[0]: Row._make(row) for row in rows}


def place_of(comment: Comment, *, order: str, per_page: int) -> Place:
    """Return the page that shows the comment, in two or three queries."""
    root = comment.root or comment
    replies = _replies().filter(root=root)
    if comment.root_id:
        count = replies.filter(beyond(comment, _reversed(OLDEST_REPLY))).count()
        if count >= REPLIES_SHOWN:
            only = Place(order=order, only=root.pk)
            return _turned(only, replies.order_by(*OLDEST_REPLY), count // REPLIES_ALONE)
    threads = _threads(comment.article_id)
    count = threads.filter(beyond(root, _reversed(ORDERS[order]))).count()
    return _turned(
        Place(order=order), threads.order_by(*ORDERS[order]), count // per_page, per_page
    )


def place_of_number(article: Article, number: int, *, order: str, per_page: int) -> Place | None:
    """Return the page that WordPress would give this number; None past the end.

    The keys before it are skipped over: an index has them, and only old links come by number.
    """
    threads = _threads(article.pk).order_by(*ORDERS[order])
    place = _turned(Place(order=order), threads, number - 1, per_page)
    is_there = threads[(number - 1) * per_page :].values("pk")[:1]
    return place if list(is_there) else None


def place_before(article: Article, place: Place, first: Row, *, per_page: int) -> Place:
    """Return the page before this one, whose first thread or reply is given, in one query."""
    if place.only:
        rows, fields, count = _replies().filter(root=place.only), OLDEST_REPLY, REPLIES_ALONE
    else:
        rows, fields, count = _threads(article.pk), ORDERS[place.order], per_page
    back = _reversed(fields)
    earlier = rows.filter(beyond(first, back)).order_by(*back).values_list("pk", flat=True)
    return replace(place, after=next(iter(earlier[count : count + 1]), 0))


def beyond(anchor: Comment | Row, fields: tuple[str, ...]) -> Q:
    """Return the condition for rows that come after *anchor* in that order, as an index can read it."""
    field, *rest = fields
    name, value = field.removeprefix("-"), getattr(anchor, field.removeprefix("-"))
    if name == "is_pinned":
        later = beyond(anchor, tuple(rest)) & Q(is_pinned=value)
        comes_last = field == name  # ascending: pinned ones are the last
        return later if value is comes_last else later | Q(is_pinned=not value)
    sign = "gt" if field == name else "lt"
    condition = Q(**{f"{name}__{sign}": value})
    if rest:
        # The bound alone, too: by this an index finds the place, which it cannot by "or".
        condition |= beyond(anchor, tuple(rest))
        condition &= Q(**{f"{name}__{sign}e": value})
    return condition


def sort_key(order: str) -> Callable[[Row], tuple]:
    """Return the order as a key for rows in hand."""

    def key(row: Row) -> tuple:
        if order == Order.NEWEST:
            return (not row.is_pinned, -row.created_at.timestamp(), -row.pk)
        likes = -row.like_count if order == Order.BEST else 0
        return (not row.is_pinned, likes, row.created_at, row.pk)

    return key


def _reversed(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(field[1:] if field.startswith("-") else f"-{field}" for field in fields)


def _turned(
    place: Place, rows: CommentQuerySet, pages: int, per_page: int = REPLIES_ALONE
) -> Place:
    """Return the place so many pages further on among these rows."""
    if not pages:
        return place
    last = rows.values_list("pk", flat=True)[pages * per_page - 1 : pages * per_page]
    return replace(place, after=next(iter(last), 0))


def _threads(article: int) -> CommentQuerySet:
    """Return the first comments of threads in which anything is shown."""
    has_shown_reply = Exists(Comment.objects.approved().filter(root=OuterRef("pk")))
    return Comment.objects.filter(
        Q(status=Status.APPROVED) | has_shown_reply, article=article, root=None
    )


def _replies(extra: Comment | None = None) -> CommentQuerySet:
    """Return the replies a page may need: they keep the place of what they answer."""
    is_answered = Exists(Comment.objects.filter(parent=OuterRef("pk")))
    own = Q(pk=extra.pk) if extra else Q(pk=None)
    return Comment.objects.filter(Q(status=Status.APPROVED) | is_answered | own)


def _rows(
    article: int, order: str, per_page: int, after: Q, extra: Comment | None
) -> QuerySet[Comment, Any]:
    """Return the threads of a page and one more, each with its first replies and one more."""
    keys = _threads(article).filter(after).order_by(*ORDERS[order]).values("pk")[: per_page + 1]
    of_page = Q(root__in=keys)
    own = Q(pk=None)
    if extra is not None:
        thread = extra.root_id or extra.pk
        of_page |= Q(root=thread)
        own = Q(pk__in=(extra.pk, thread))
    number = Window(RowNumber(), partition_by="root", order_by=OLDEST_REPLY)
    replies = _replies().filter(of_page).annotate(number=number)
    first = replies.filter(number__lte=REPLIES_SHOWN + 1)
    return (
        Comment.objects.filter(
            Q(pk__in=keys) | Q(pk__in=first.values("pk")) | own, article=article
        )
        .order_by(*OLDEST_REPLY)
        .values_list(*Row._fields)
    )


@cache
def _first_page(order: str, per_page: int) -> Prepared[Any]:
    return Prepared(lambda article: _rows(article, order, per_page, Q(), None))
