"""The moderators' queue: what is asked for, a page of it at a time, and what a moderator weighs.

Nothing here grows with the site: pages are read by key, and counted is up to MANY.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Max, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.comments.models import Comment, Decision, Report
from blog.comments.queries import history_of, thread_counts
from blog.comments.searching import matching

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from blog.comments.models import CommentQuerySet, Thread
    from blog.comments.queries import History

PAGE = 20  # comments
MANY = 1000  # more are “1,000+”
_KEY = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")  # microseconds, primary key
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Tab(TextChoices):
    PENDING = "pending", _("Pending")
    MINE = "mine", _("Mine")
    REPORTED = "reported", _("Reported")
    APPROVED = "approved", _("Approved")
    SPAM = "spam", _("Spam")
    TRASH = "trash", _("Trash")
    ALL = "all", _("All")

    @property
    def is_oldest_first(self) -> bool:
        """Work that waits is done in the order in which it came; what is done is looked up from its end."""
        return self in (Tab.PENDING, Tab.REPORTED)


@dataclass(frozen=True)
class Question:
    """Which comments a moderator wants to see. Every field but the tab is empty by default."""

    tab: Tab = Tab.PENDING
    q: str = ""  # words
    writer: str = ""  # name or email, whole
    reason: str = ""  # as it stands on the comment
    rule: int | None = None
    article: int | None = None
    network: str = ""
    since: date | None = None
    until: date | None = None

    def query(self) -> str:
        """Return the question as it stands in an address, without what is empty."""
        return urlencode({name: value for name, value in vars(self).items() if value})

    def without(self, name: str) -> str:
        """Return the address's question without one of its conditions."""
        fields: dict[str, Any] = {name: None}
        return replace(self, **fields).query()

    @property
    def is_narrowed(self) -> bool:
        return self != Question(tab=self.tab)

    def comments(self, user: User) -> CommentQuerySet:
        """Return what is asked for, without order."""
        comments = Comment.objects.exclude(status=Comment.Status.REMOVED)
        if not self.article:
            comments = comments.in_sight()
        if self.q:
            comments = comments.filter(matching(self.q))
        if self.writer:
            is_email = "@" in self.writer
            by = {"email": self.writer.lower()} if is_email else {"name__iexact": self.writer}
            comments = comments.filter(**by)
        if self.since:
            comments = comments.filter(created_at__gte=_midnight(self.since))
        if self.until:
            comments = comments.filter(created_at__lt=_midnight(self.until) + timedelta(days=1))
        exactly = {"reason": self.reason, "rule": self.rule, "article": self.article}
        exactly["network_hash"] = self.network
        return comments.filter(**{name: value for name, value in exactly.items() if value}).filter(
            _of_tab(self.tab, user)
        )

    def holds(self, comment: Comment) -> bool:
        """Say whether the comment stands under this tab still; a row in hand is no reason to ask again."""
        if self.tab == Tab.REPORTED:
            return comment.report_count > 0
        return self.tab in (Tab.ALL, Tab.MINE) or comment.status == self.tab


def _of_tab(tab: Tab, user: User) -> Q:
    if tab == Tab.ALL:
        return Q()
    if tab == Tab.MINE:
        return Q(user=user)
    if tab == Tab.REPORTED:
        return Q(report_count__gt=0)
    return Q(status=tab)


def counts_of(user: User) -> dict[Tab, int]:
    """Return how many stand under each tab, up to one more than MANY: seven small queries."""
    return {
        tab: Question(tab=tab)
        .comments(user)
        .order_by()[: MANY + 1]
        .count()  # stops when it is full
        for tab in Tab
    }


@dataclass
class Row:
    """One comment with what a moderator weighs."""

    comment: Comment
    key: str  # its place in the order, for the page after it
    fits: bool  # False: it is not any more under this tab
    history: History | None
    thread: Thread | None
    reports: list[Report]
    decision: Decision | None  # the latest one by a person


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next_key: str = ""  # of the last row, where more follow
    previous_key: str = ""  # of the first row, where others stand before it


def page_of(
    question: Question, user: User, *, after: str = "", before: str = "", size: int = PAGE
) -> Page:
    """Return the page after or before a key; the first page where there is neither, or it is no key."""
    key = _place(after) or _place(before)
    is_back = _place(after) is None and key is not None
    ascending = question.tab.is_oldest_first != is_back
    comments = question.comments(user)
    if key:
        comments = comments.filter(_beyond(*key, ascending=ascending))
    order = ("created_at", "pk") if ascending else ("-created_at", "-pk")
    found = list(_with_surroundings(comments).order_by(*order)[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if is_back:
        found.reverse()
    rows = rows_of(found, question)
    if not rows:
        return Page(rows)
    return Page(
        rows,
        next_key=rows[-1].key if has_more or is_back else "",
        previous_key=rows[0].key if (has_more if is_back else key) else "",
    )


def rows_by_key(keys: Iterable[int], question: Question) -> list[Row]:
    """Return the comments with these keys, wherever they stand now, in their order in the queue."""
    comments = _with_surroundings(Comment.objects.filter(pk__in=keys))
    sign = "" if question.tab.is_oldest_first else "-"
    return rows_of(list(comments.order_by(f"{sign}created_at", f"{sign}pk")), question)


def rows_of(comments: list[Comment], question: Question) -> list[Row]:
    """Return the rows of a page: four queries, however many they are."""
    histories = history_of({comment.email for comment in comments})
    threads = thread_counts({comment.article_id for comment in comments})
    keys = [comment.pk for comment in comments]
    reports: dict[int, list[Report]] = {}
    for report in Report.objects.filter(comment__in=keys, handled_at=None).order_by("pk"):
        reports.setdefault(report.comment_id, []).append(report)
    decisions = latest_decisions(keys)
    return [
        Row(
            comment=comment,
            key=key_of(comment),
            fits=question.holds(comment),
            history=histories.get(comment.email),
            thread=threads.get(comment.article_id),
            reports=reports.get(comment.pk, []),
            decision=decisions.get(comment.pk),
        )
        for comment in comments
    ]


def latest_decisions(keys: Iterable[int]) -> dict[int, Decision]:
    """Return the newest decision by a person about each comment."""
    newest = (
        Decision.objects.filter(comment__in=keys, actor__isnull=False)
        .order_by()
        .values("comment")
        .annotate(newest=Max("pk"))
    )
    found = Decision.objects.filter(pk__in=newest.values("newest")).select_related("actor")
    return {decision.comment_id: decision for decision in found}


def key_of(comment: Comment) -> str:
    """Return the place of a comment in the order of the queue."""
    return f"{(comment.created_at - _EPOCH) // timedelta(microseconds=1)}-{comment.pk}"


def _place(key: str) -> tuple[datetime, int] | None:
    """Return the time and primary key of a place; None for what is no place."""
    if not (match := _KEY.fullmatch(key)):
        return None
    return _EPOCH + timedelta(microseconds=int(match[1])), int(match[2])


def _beyond(when: datetime, pk: int, *, ascending: bool) -> Q:
    """Return the condition for what follows; the first half of it can be read from the index."""
    if ascending:
        return Q(created_at__gte=when) & (Q(created_at__gt=when) | Q(pk__gt=pk))
    return Q(created_at__lte=when) & (Q(created_at__lt=when) | Q(pk__lt=pk))


def _with_surroundings(comments: CommentQuerySet) -> CommentQuerySet:
    """Load the article, the parent and the rule with each comment, without the texts nobody sees here."""
    unseen = ("article__body", "article__body_html", "article__toc", "parent__html")
    return comments.select_related("article", "parent", "rule").defer(*unseen)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
