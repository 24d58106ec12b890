"""The editorial calendar: what appears, changes and goes on each day of a month, in the current zone."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import (
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    TextChoices,
    prefetch_related_objects,
)
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from blog.articles.assigning import may_assign, open_assignments
from blog.articles.models import Article, ArticleQuerySet, Byline, Category, Revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User

USUAL_TIME = time(9)  # of a draft that gets a day and had no time yet
UNDATED_SHOWN = 50  # drafts without a time, the newest
FIRST_YEAR, LAST_YEAR = 1970, 2999
SHOWN_FIELDS = "title status publish_at expire_at trashed_at version draft_revision stage".split()
SHOWN_FIELDS += "working_status working_status__name working_status__colour".split()


class Kind(TextChoices):
    """What happens to an article at one moment."""

    PUBLISHED = "published", _("Published")
    SCHEDULED = "scheduled", _("Scheduled")
    CHANGES = "changes", _("Scheduled changes")
    EXPIRY = "expiry", _("Taken down")
    DRAFT = "draft", _("Draft")
    DUE = "due", _("First draft due")


class Question(NamedTuple):
    """Which entries are asked for; everything where nothing is chosen."""

    author: int | None = None
    category: Category | None = None
    kind: str = ""


EVERYTHING = Question()


@dataclass(frozen=True)
class Entry:
    kind: Kind
    article: Article
    at: datetime | None  # in the current zone; None for a draft nobody planned yet
    may_move: bool

    @property
    def is_all_day(self) -> bool:
        return self.kind == Kind.DUE

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.article.pk}"


@dataclass
class Day:
    date: date
    is_today: bool
    is_of_month: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Month:
    """The weeks that the month touches, begun as the language does, and the drafts without a time."""

    first: date
    weeks: list[list[Day]]
    undated: list[Entry]

    @property
    def default_day(self) -> date:
        """Return the day that a new draft is for unless another is chosen."""
        return max(self.first, timezone.localdate())

    @property
    def previous(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def next(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)


def month_named(name: str) -> date:
    """Return the first day of a month written as 2026-11; of the present one for anything else."""
    year, _dash, month = name.partition("-")
    is_written = len(name) == 7 and name.isascii() and year.isdigit() and month.isdigit()
    if is_written and FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(month) <= 12:
        return date(int(year), int(month), 1)
    return timezone.localdate().replace(day=1)


def month_of(
    first: date, *, user: User, may_publish: bool, question: Question = EVERYTHING
) -> Month:
    """Return the month as this person may see it, in five queries, however much there is in it.

    Everybody at the desk sees what readers can see; drafts, plans and ends only of what they may edit.
    """
    today = timezone.localdate()
    weeks = [
        [Day(day, day == today, day.month == first.month) for day in week]
        for week in Calendar((get_format("FIRST_DAY_OF_WEEK") - 1) % 7).monthdatescalendar(
            first.year, first.month
        )
    ]
    days = {day.date: day for week in weeks for day in week}
    start, end = midnight(weeks[0][0].date), midnight(weeks[-1][-1].date + timedelta(days=1))
    for entry in entries_between(
        start, end, user=user, may_publish=may_publish, question=question
    ):
        if entry.at and entry.at.date() in days:
            days[entry.at.date()].entries.append(entry)
    undated = _undated(user, question) if question.kind in {"", Kind.DRAFT} else []
    shown = [*undated, *(entry for day in days.values() for entry in day.entries)]
    prefetch_related_objects(
        [entry.article for entry in shown],
        Prefetch("bylines", Byline.objects.select_related("author")),
    )
    return Month(first, weeks, undated)


def entries_between(
    start: datetime,
    end: datetime,
    *,
    user: User,
    may_publish: bool,
    question: Question = EVERYTHING,
) -> list[Entry]:
    """Return what happens from one moment until before another, in that order; three queries."""
    entries = [
        *_moments(user, start, end, question, may_publish),
        *_changes(user, start, end, question, may_publish),
        *_due(user, start, end, question),
    ]
    asked = [entry for entry in entries if question.kind in {"", entry.kind}]
    return sorted(asked, key=lambda entry: (entry.at or start, entry.article.pk))


def on_day(at: datetime | None, day: date) -> datetime:
    """Return that moment on another day: the same time by the clock, whatever daylight saving does.

    A time that the clocks skip on that day becomes one an hour later.
    """
    clock = timezone.localtime(at).time() if at else USUAL_TIME
    zone = timezone.get_current_timezone()
    moved = datetime.combine(day, clock.replace(fold=0), tzinfo=zone)
    return moved.astimezone(UTC).astimezone(zone)


def midnight(day: date) -> datetime:
    """Return when a day begins in the current zone."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _asked(articles: ArticleQuerySet, question: Question) -> ArticleQuerySet:
    if question.author:
        articles = articles.filter(bylines__author=question.author)
    if question.category:
        articles = articles.in_category(question.category)
    return articles.select_related("working_status").only(*SHOWN_FIELDS)


def _moments(
    user: User, start: datetime, end: datetime, question: Question, may_publish: bool
) -> Iterator[Entry]:
    """Yield when articles appear and go. What is to come can be moved, what was cannot."""
    own = Article.objects.editable_by(user).filter(pk=OuterRef("pk"))
    now = timezone.now()
    found = _asked(Article.objects.visible_to(user), question).filter(
        Q(publish_at__gte=start, publish_at__lt=end) | Q(expire_at__gte=start, expire_at__lt=end),
        trashed_at=None,
    )
    for article in found.annotate(is_own=Exists(own)):
        is_out = article.status == Article.Status.PUBLISHED
        if article.publish_at and start <= article.publish_at < end:
            kind = Kind.PUBLISHED if is_out else Kind.DRAFT
            if is_out and article.publish_at > now:
                kind = Kind.SCHEDULED
            may_move = kind == Kind.DRAFT or (kind == Kind.SCHEDULED and may_publish)
            at = timezone.localtime(article.publish_at)
            yield Entry(kind, article, at, article.is_own and may_move)
        if is_out and article.is_own and article.expire_at and start <= article.expire_at < end:
            may_move = article.expire_at > now and may_publish
            yield Entry(Kind.EXPIRY, article, timezone.localtime(article.expire_at), may_move)


def _changes(
    user: User, start: datetime, end: datetime, question: Question, may_publish: bool
) -> Iterator[Entry]:
    """Yield when waiting changes of live articles become public."""
    waiting = Revision.objects.filter(
        publish_at__gte=start,
        publish_at__lt=end,
        pk=F("article__draft_revision"),
        article__in=_asked(_editable(user), question).values("pk"),
    )
    now = timezone.now()
    shown = [f"article__{name}" for name in SHOWN_FIELDS]
    waiting = waiting.select_related("article__working_status")
    for revision in waiting.only("publish_at", "article", *shown):
        if revision.article and revision.publish_at:
            at = timezone.localtime(revision.publish_at)
            may_move = may_publish and revision.publish_at > now
            yield Entry(Kind.CHANGES, revision.article, at, may_move)


def _due(user: User, start: datetime, end: datetime, question: Question) -> Iterator[Entry]:
    """Yield on which days first drafts are due of what is still to be written.

    Of an author that is what they are to write, whether it names them already or not.
    """
    theirs, question = question.author, question._replace(author=None)
    first, last = timezone.localdate(start), timezone.localdate(end - timedelta(microseconds=1))
    waiting = open_assignments().filter(
        due_on__range=(first, last), article__in=_asked(_editable(user), question).values("pk")
    )
    if theirs:
        named = Byline.objects.filter(author=theirs).values("article")
        waiting = waiting.filter(Q(writer__author=theirs) | Q(article__in=named))
    shown = [f"article__{name}" for name in SHOWN_FIELDS]
    may_move = may_assign(user)
    waiting = waiting.select_related("article__working_status")
    for row in waiting.only("due_on", "article", *shown):
        if row.due_on:
            yield Entry(Kind.DUE, row.article, midnight(row.due_on), may_move)


def _editable(user: User) -> ArticleQuerySet:
    return Article.objects.editable_by(user).filter(trashed_at=None)


def _undated(user: User, question: Question) -> list[Entry]:
    drafts = _asked(_editable(user), question).filter(status=Article.Status.DRAFT, publish_at=None)
    return [
        Entry(Kind.DRAFT, article, None, may_move=True)
        for article in drafts.order_by("-created_at", "-pk")[:UNDATED_SHOWN]
    ]
