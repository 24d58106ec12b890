"""The site's last seven days beside the seven before, as bars of small pictures that the server draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.days import day_words
from blog.ratings.models import Rating
from blog.reads.models import DailyReads

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from blog.site.models import SiteSettings

DAYS = 7
HEIGHT = 64  # of the highest bar, in units of the picture
STEP = 30  # from one day to the next


@dataclass(frozen=True)
class Bar:
    """One day, and behind it the same day a week earlier."""

    day: date
    count: int
    before: int
    x: int
    height: int
    before_height: int

    @property
    def y(self) -> int:
        return HEIGHT - self.height

    @property
    def before_y(self) -> int:
        return HEIGHT - self.before_height

    @property
    def middle(self) -> int:
        return self.x + STEP // 2

    @property
    def weekday(self) -> str:
        return date_format(self.day, "D")

    @property
    def words(self) -> str:
        return day_words(self.day)


@dataclass(frozen=True)
class Chart:
    """How much there was of one thing; `address` leads to the list of it."""

    name: str
    noun: str  # after the number
    address: str
    bars: list[Bar]

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)

    @property
    def before(self) -> int:
        return sum(bar.before for bar in self.bars)

    @property
    def compared(self) -> str:
        if self.total == self.before:
            return (
                _("as many as in the week before") if self.total else _("nor in the week before")
            )
        if not self.before:
            return _("none in the week before")
        percent = number_format(max(1, abs(self.total - self.before) * 100 // self.before))
        if self.total > self.before:
            return _("%(percent)s %% more than in the week before") % {"percent": percent}
        return _("%(percent)s %% less than in the week before") % {"percent": percent}

    @property
    def sentence(self) -> str:
        """Say what the picture shows, for those who do not see it."""
        days = ", ".join(f"{bar.weekday} {number_format(bar.count)}" for bar in self.bars)
        return f"{days}; {self.compared}."


def week_of(user: User, site: SiteSettings) -> list[Chart]:
    """Return the week of the site for editors, of their own articles for others: one query for each chart."""
    today = timezone.localdate()
    start = _start(today)
    whose = Q()
    if not user.has_perm("articles.edit_any_article"):
        whose = Q(article__in=Article.objects.written_by(user))
    reads = DailyReads.objects.filter(whose, day__gte=timezone.localdate(start))
    comments = Comment.objects.approved().filter(whose, created_at__gte=start)
    ratings = Rating.objects.counted().filter(whose, created_at__gte=start)
    charts = []
    if site.reads_counted:
        rows = reads.order_by().values_list("day").annotate(number=Sum("count"))
        bars = _bars(dict(rows), today)
        count = sum(bar.count for bar in bars)
        charts.append(
            Chart(_("Reads"), ngettext("read", "reads", count), reverse("most-read"), bars)
        )
    bars = _bars(_by_day(comments), today)
    count = sum(bar.count for bar in bars)
    address = reverse("recent-comments")
    if user.has_perm("comments.moderate_comment"):
        address = f"{reverse('admin:comments_comment_changelist')}?tab=approved"
    charts.append(Chart(_("Comments"), ngettext("comment", "comments", count), address, bars))
    bars = _bars(_by_day(ratings), today)
    count = sum(bar.count for bar in bars)
    address = reverse("top-rated")
    if user.has_perm("ratings.view_rating"):
        address = reverse("admin:ratings_rating_changelist")
    charts.append(Chart(_("Ratings"), ngettext("rating", "ratings", count), address, bars))
    return charts


def spam_of_week() -> Chart:
    """Return what came as spam and is kept still: what rules delete at once is counted with them alone."""
    today = timezone.localdate()
    spam = Comment.objects.filter(status=Comment.Status.SPAM, created_at__gte=_start(today))
    bars = _bars(_by_day(spam), today)
    count = sum(bar.count for bar in bars)
    address = f"{reverse('admin:comments_comment_changelist')}?tab=spam"
    return Chart(_("Spam"), ngettext("comment caught", "comments caught", count), address, bars)


def _start(today: date) -> datetime:
    """Return when the week before this one began."""
    return timezone.make_aware(datetime.combine(today - timedelta(days=2 * DAYS - 1), time()))


def _by_day(rows: QuerySet[Any]) -> dict[date, int]:
    days = rows.order_by().annotate(of_day=TruncDate("created_at")).values_list("of_day")
    return dict(days.annotate(number=Count("pk")))


def _bars(counts: dict[date, int], today: date) -> list[Bar]:
    highest = max(counts.values(), default=0)

    def height(count: int) -> int:
        return max(1, round(count * HEIGHT / highest)) if count else 0

    bars = []
    for number in range(DAYS):
        day = today - timedelta(days=DAYS - 1 - number)
        count, before = counts.get(day, 0), counts.get(day - timedelta(days=DAYS), 0)
        bars.append(Bar(day, count, before, number * STEP, height(count), height(before)))
    return bars
