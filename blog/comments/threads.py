"""The comments of an article as its page shows them: page by page, nested, in the order a reader chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, When

from blog.comments.models import Comment
from blog.site.models import SiteSettings
from blog.site.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from blog.articles.models import Article
    from blog.comments.models import CommentQuerySet

Order = SiteSettings.CommentOrder

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
    is_pinned: bool
    is_closed: bool
    is_question: bool
    answer_id: int | None
    like_count: int


@dataclass(slots=True)
class Node:
    """One comment in its place. `opens` and `closes` let a template nest lists without recursion."""

    comment: Row | Comment
    depth: int  # 0 to NESTED - 1
    is_shown: bool  # False: a tombstone that keeps the place of its replies
    is_closed: bool = False  # its thread takes no replies
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


@dataclass(frozen=True)
class Place:
    """Which threads a page shows: those after one of them in an order, or a single one in full."""

    order: str = Order.OLDEST
    after: int = 0  # the first comment of the thread before; 0 on the first page
    only: int = 0  # the first comment of the only thread


@dataclass(frozen=True)
class ThreadPage:
    """The comments of one page in the order of reading, and where the next page begins."""

    nodes: list[Node]
    next_after: int = 0  # 0 on the last page
    is_cut: bool = (
        False  # there were more replies than a page takes: a thread has a page of its own
    )


# Pinned threads stand first in any order. "Best" is most liked; of equals the older, which was there first.
ORDERS: dict[str, tuple[str, ...]] = {
    Order.OLDEST: ("-is_pinned", "created_at", "pk"),
    Order.NEWEST: ("-is_pinned", "-created_at", "-pk"),
    Order.BEST: ("-is_pinned", "-like_count", "created_at", "pk"),
}
MOST_REPLIES = 1_000  # rows of one page; a longer thread has a page of its own


def page_of_threads(
    article: Article,
    *,
    place: Place = Place(),
    per_page: int = 50,
    extra: Comment | None = None,
) -> ThreadPage | None:
    """Return a page of threads, one query however many comments there are; None past the end.

    Shown are the approved ones and *extra*, the waiting one of this reader, whose thread stands on every
    page it is asked with. What was removed or is not approved keeps its place, without its text, where
    something shown stands below it.
    """
    own = {"article": article.pk, "extra": extra.pk if extra else 0}
    own["thread"] = (extra.root_id or extra.pk) if extra else 0
    if place.only:
        found = _only(**own | {"thread": place.only})
    elif place.after:
        anchor = Comment.objects.filter(article=article, parent=None, pk=place.after).first()
        if anchor is None:
            return None
        found = list(_rows(place.order, per_page, follows(anchor, place.order), **own))
    else:
        found = _first_page(place.order, per_page)(**own)
    rows = [Row._make(row) for row in found]
    if not rows and (place.after or place.only):
        return None
    threads = sorted((row for row in rows if row.parent_id is None), key=_sort_key(place.order))
    own_thread = own["thread"]
    counted = [row for row in threads if row.pk != own_thread]
    following = counted[per_page:] if not place.only else []
    dropped = {row.pk for row in following}
    order = [row for row in threads if row.pk not in dropped]
    nodes = _nodes(article, rows, order, extra)
    return ThreadPage(
        nodes,
        next_after=counted[per_page - 1].pk if following else 0,
        is_cut=not place.only and len(rows) == per_page + MOST_REPLIES,
    )


def thread_of(article: Article, *, extra: Comment | None = None) -> list[Node]:
    """Return the first page of the comments, the oldest first."""
    page = page_of_threads(article, extra=extra)
    return page.nodes if page else []


def place_of(comment: Comment, *, order: str, per_page: int) -> Place:
    """Return the page that shows the comment, in two queries: its own thread comes first there."""
    root = comment.root or comment
    before = (
        _threads(comment.article_id, extra=0).exclude(pk=root.pk).exclude(follows(root, order))
    )
    if before.order_by()[:per_page].count() < per_page:
        return Place(order=order)
    last = before.order_by(*_reversed(ORDERS[order])).values_list("pk", flat=True).first()
    return Place(order=order, after=last or 0)


def follows(anchor: Comment, order: str) -> Q:
    """Return the condition for threads that come after this one."""
    condition = Q()
    equal = Q()
    for field in ORDERS[order]:
        name = field.removeprefix("-")
        value = getattr(anchor, name)
        if name == "is_pinned":
            later = Q(is_pinned=False) if value else None
        else:
            later = Q(**{f"{name}__{'lt' if field != name else 'gt'}": value})
        if later is not None:
            condition |= equal & later
        equal &= Q(**{name: value})
    return condition


def _reversed(fields: tuple[str, ...]) -> list[str]:
    return [field[1:] if field.startswith("-") else f"-{field}" for field in fields]


def _sort_key(order: str) -> Callable[[Row], tuple]:
    def key(row: Row) -> tuple:
        if order == Order.NEWEST:
            return (not row.is_pinned, -row.created_at.timestamp(), -row.pk)
        likes = -row.like_count if order == Order.BEST else 0
        return (not row.is_pinned, likes, row.created_at, row.pk)

    return key


def _shown(extra: int) -> Q:
    """Return the condition for rows a page may need: replies keep the place of what they answer."""
    is_answered = Exists(Comment.objects.filter(parent=OuterRef("pk")))
    return Q(status=Comment.Status.APPROVED) | Q(pk=extra) | is_answered


def _threads(article: int, extra: int) -> CommentQuerySet:
    return Comment.objects.filter(article=article, parent=None).filter(_shown(extra))


def _rows(
    order: str, per_page: int, condition: Q, *, article: int, extra: int, thread: int
) -> CommentQuerySet:
    """Return the rows of the next threads, one more than the page shows, with their replies."""
    threads = _threads(article, extra).filter(condition).order_by(*ORDERS[order])
    keys = threads.values("pk")[: per_page + 1]
    return (
        Comment.objects.filter(article=article)
        .filter(Q(pk__in=keys) | Q(root__in=keys) | Q(pk=thread) | Q(root=thread))
        .filter(_shown(extra))
        .order_by(Case(When(parent=None, then=0), default=1), "created_at", "pk")
        .values_list(*Row._fields)[: per_page + MOST_REPLIES]
    )


@cache
def _first_page(order: str, per_page: int) -> Prepared:
    return Prepared(
        lambda article, extra, thread: _rows(
            order, per_page, Q(), article=article, extra=extra, thread=thread
        )
    )


_only = Prepared(
    lambda article, extra, thread: (
        Comment.objects.filter(article=article)
        .filter(Q(pk=thread) | Q(root=thread))
        .filter(_shown(extra))
        .order_by("created_at", "pk")
        .values_list(*Row._fields)
    )
)


def _nodes(
    article: Article, rows: list[Row], threads: list[Row], extra: Comment | None
) -> list[Node]:
    comments = {row.pk: row for row in rows}
    shown = {pk for pk, row in comments.items() if row.status == Comment.Status.APPROVED}
    if extra is not None and extra.pk in comments:  # else it was deleted a moment ago
        shown.add(extra.pk)
    children: dict[int | None, list[Row]] = {}
    needed = _with_ancestors(shown, comments)
    for pk, comment in comments.items():  # in the order of the rows
        if pk in needed and comment.parent_id is not None:
            children.setdefault(comment.parent_id, []).append(comment)
    children[None] = [row for row in threads if row.pk in needed]
    by_author = {
        author.user_id: author.photo
        for author in (byline.author for byline in article.bylines.all())
        if author.user_id
    }
    nodes: dict[int, Node] = {}
    is_closed = False
    for comment, level in _in_order(children):
        is_shown = comment.pk in shown
        photo = by_author.get(comment.user_id)
        if level == 0:
            is_closed = comment.is_closed
        nodes[comment.pk] = Node(
            comment=comment if is_shown else comment._replace(**NOTHING_TO_TELL),
            depth=min(level, NESTED - 1),
            is_shown=is_shown,
            is_closed=is_closed,
            is_by_author=comment.user_id in by_author,
            photo_url=photo.files.small if photo else "",
            is_held=is_shown and comment.status != Comment.Status.APPROVED,
            in_reply_to=nodes.get(comment.parent_id or 0) if level >= NESTED else None,
        )
    in_order = list(nodes.values())
    _nest(in_order)
    return in_order


def _with_ancestors(shown: Iterable[int], comments: dict[int, Row]) -> set[int]:
    needed: set[int] = set()
    for start in shown:
        pk: int | None = start
        while pk in comments and pk not in needed:  # what it hangs on may have been cut off
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
