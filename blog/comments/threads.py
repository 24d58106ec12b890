"""The comments of an article as its page shows them: page by page, nested, in the order a reader chose."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from blog.comments.models import Comment
from blog.comments.thread_rows import (
    ORDERS,
    REPLIES_ALONE,
    REPLIES_SHOWN,
    Place,
    Row,
    place_before,
    place_of,
    place_of_number,
    rows_by_key,
    rows_of_replies,
    rows_of_threads,
    sort_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blog.articles.models import Article

__all__ = [
    "ORDERS",
    "Node",
    "Place",
    "Row",
    "ThreadPage",
    "initial_of",
    "page_of_threads",
    "place_before",
    "place_of",
    "place_of_number",
    "thread_of",
]

# What a place that is kept for its replies does not say.
NOTHING_TO_TELL: dict[str, Any] = {"name": "", "email": "", "website": "", "html": "", "about": ""}
FIRST_PAGE = Place()
NESTED = 5  # levels shown nested by default, as in WordPress; deeper replies stand flat, with "in reply to"


@lru_cache(maxsize=4096)  # the same people write again
def initial_of(name: str) -> str:
    """Return what stands for a name where there is no photo."""
    return name[:1].upper() or "–"


@dataclass(slots=True)
class Node:
    """One comment in its place. `opens` and `closes` let a template nest lists without recursion."""

    comment: Row | Comment
    depth: int  # below the number of levels that are shown nested
    is_shown: bool  # False: a tombstone that keeps the place of its replies
    is_closed: bool = False  # its thread takes no replies
    is_cut: bool = False  # the first of a thread that has more replies than the page shows
    is_by_author: bool = False
    photo_url: str = ""  # of an author of the article
    is_held: bool = False
    question: Row | Comment | None = None  # the nearest one above a reply
    receipt_path: str = ""  # the private page, for its writer alone
    in_reply_to: Node | None = None  # the parent, where the place does not show it
    opens: bool = False  # the first reply in its list
    closes: range = range(0)  # lists of replies that end after this one
    has_replies: bool = False

    @property
    def initial(self) -> str:
        return initial_of(self.comment.name if self.is_shown else "")


@dataclass(frozen=True)
class ThreadPage:
    """The comments of one page in the order of reading, and where the next page begins."""

    nodes: list[Node]
    first: Row | None = None  # of the threads, or the replies, that make up the page
    next_after: int = 0  # 0 on the last page


def page_of_threads(
    article: Article,
    *,
    place: Place = FIRST_PAGE,
    per_page: int = 50,
    extra: Comment | None = None,
    levels: int = NESTED,
) -> ThreadPage | None:
    """Return a page of comments; None for a place that is not there, or past the end.

    The first page is one query, however many comments there are. Shown are the approved ones and
    *extra*, the one this reader has written, whose thread stands on every page it is asked with. What
    was removed or is not approved keeps its place, without its text, where something shown stands below.
    """
    if place.only:
        return _replies_alone(article, place, extra, levels)
    rows = rows_of_threads(article, place=place, per_page=per_page, extra=extra)
    if rows is None or (not rows and place.after):
        return None
    own, own_thread = (extra.pk, extra.root_id or extra.pk) if extra else (0, 0)
    rows, cut = _first_replies(rows, own)
    threads = sorted((row for row in rows if row.root_id is None), key=sort_key(place.order))
    counted = [
        row.pk
        for row in threads
        if row.pk != own or row.status == Comment.Status.APPROVED  # else nobody else's page has it
    ]
    later = set(counted[per_page:])
    nodes = _nodes(
        article, rows, [row for row in threads if row.pk not in later - {own_thread}], own, levels
    )
    for node in nodes:
        node.is_cut = node.comment.pk in cut
    first = next((row for row in threads if row.pk != own), None)
    return ThreadPage(nodes, first, next_after=counted[per_page - 1] if later else 0)


def thread_of(article: Article, *, extra: Comment | None = None) -> list[Node]:
    """Return the first page of the comments, the oldest first."""
    page = page_of_threads(article, extra=extra)
    return page.nodes if page else []


def _first_replies(rows: list[Row], own: int) -> tuple[list[Row], set[int]]:
    """Leave out the reply of each thread by which it is known to have more; return these threads, too."""
    count: Counter[int | None] = Counter()
    kept = []
    for row in rows:  # oldest first
        count[row.root_id] += 1
        if row.root_id is None or row.pk == own or count[row.root_id] <= REPLIES_SHOWN:
            kept.append(row)
    cut = {root for root, replies in count.items() if root and replies > REPLIES_SHOWN}
    return kept, cut


def _replies_alone(
    article: Article, place: Place, extra: Comment | None, levels: int
) -> ThreadPage | None:
    """Return one thread, with as many replies as a page takes; on later pages each says whom it answers."""
    rows = rows_of_replies(article, place=place, extra=extra)
    if rows is None or (place.after and len(rows) == 1):
        return None
    own = extra.pk if extra else 0
    counted = [row.pk for row in rows if row.root_id is not None and row.pk != own]
    next_after = counted[REPLIES_ALONE - 1] if len(counted) > REPLIES_ALONE else 0
    if next_after:
        rows = [row for row in rows if row.pk != counted[REPLIES_ALONE]]
    top = [row for row in rows if row.pk == place.only]
    nodes = _nodes(article, rows, top, own, levels)
    first = next((row for row in rows if row.root_id is not None and row.pk != own), None)
    return ThreadPage(nodes, first, next_after) if nodes else None


def _nodes(
    article: Article, rows: list[Row], threads: list[Row], own: int, levels: int
) -> list[Node]:
    """Put the rows in order below their threads. *own* is the waiting comment of this reader."""
    comments = {row.pk: row for row in rows}
    shown = {pk for pk, row in comments.items() if row.status == Comment.Status.APPROVED}
    if own in comments:  # else it was deleted a moment ago
        shown.add(own)
    elsewhere = rows_by_key(
        {row.parent_id for row in rows if row.parent_id and row.pk in shown} - comments.keys()
    )
    photos = {
        author.user_id: author.photo.files.small if author.photo else ""
        for author in (byline.author for byline in article.bylines.all())
        if author.user_id
    }
    nodes: dict[int, Node] = {}
    is_closed = False
    for comment, level in _in_order(_children(comments, threads, shown)):
        if comment.answer_id in comments and comment.answer_id not in shown:
            comment = comment._replace(answer_id=None)  # noqa: PLW2901 - not there for readers
        above = nodes.get(comment.parent_id) if comment.parent_id else None
        is_closed = comment.is_closed if level == 0 else is_closed
        node = nodes[comment.pk] = _node(
            comment, min(level, levels - 1), comment.pk in shown, photos
        )
        node.is_closed = is_closed or comment.is_closed
        if comment.parent_id in elsewhere:
            node.in_reply_to = _elsewhere(elsewhere[comment.parent_id])
        elif level >= levels:
            node.in_reply_to = above
        if above is not None:
            is_asked = above.is_shown and above.comment.is_question
            node.question = above.comment if is_asked else above.question
    in_order = list(nodes.values())
    _nest(in_order)
    return in_order


def _node(row: Row, depth: int, is_shown: bool, photos: dict[int, str]) -> Node:
    photo = photos.get(row.user_id) if row.user_id else None
    return Node(
        comment=row if is_shown else row._replace(**NOTHING_TO_TELL),
        depth=depth,
        is_shown=is_shown,
        is_by_author=photo is not None,
        photo_url=photo or "",
        is_held=is_shown and row.status != Comment.Status.APPROVED,
    )


def _children(
    comments: dict[int, Row], threads: list[Row], shown: set[int]
) -> dict[int | None, list[Row]]:
    """Return what stands below each comment, in the order of the rows, where anything of it is shown."""
    needed = _with_ancestors(shown, comments)
    children: dict[int | None, list[Row]] = {None: [row for row in threads if row.pk in needed]}
    for pk, comment in comments.items():
        if pk in needed and comment.parent_id is not None:
            is_here = comment.parent_id in comments
            parent = comment.parent_id if is_here else comment.root_id
            children.setdefault(parent, []).append(comment)
    return children


def _elsewhere(row: Row) -> Node:
    """Return what is said of a comment on another page: who wrote it."""
    is_shown = row.status == Comment.Status.APPROVED
    return Node(
        comment=row if is_shown else row._replace(**NOTHING_TO_TELL), depth=0, is_shown=is_shown
    )


def _with_ancestors(shown: Iterable[int], comments: dict[int, Row]) -> set[int]:
    needed: set[int] = set()
    for start in shown:
        pk: int | None = start
        while pk is not None and pk not in needed:
            needed.add(pk)
            row = comments.get(pk)  # what it answers may stand on another page: then its thread
            pk = (row.parent_id if row.parent_id in comments else row.root_id) if row else None
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
