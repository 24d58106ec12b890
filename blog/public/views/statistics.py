"""What became of one article: reads, votes and comments, for those who may edit it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from blog.articles.models import Article
from blog.comments.models import Comment
from blog.ratings.chart import DAYS, HEIGHT, STEP, votes_by_day
from blog.ratings.queries import shares_of, summary_of, waiting_votes
from blog.reads.models import DailyReads

IN_SECONDS = 120  # longer times are said in minutes


@dataclass(frozen=True)
class ReadBar:
    """One day in the small picture of reads."""

    day: date
    count: int
    x: int
    y: int
    height: int


@never_cache
@staff_member_required
@require_safe
def statistics(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show the figures of an article; 404 for one that this person may not edit."""
    articles = Article.objects.editable_by(cast("User", request.user))
    loaded = articles.select_related("rating_summary", "thread", "read_total").defer(
        "body", "body_html"
    )
    article = get_object_or_404(loaded, pk=article_id)
    summary = summary_of(article)
    context = {
        **admin.site.each_context(request),
        "title": _("Statistics"),
        "subtitle": article.title,
        "original": article,
        "opts": Article._meta,
        "summary": summary,
        "shares": shares_of(summary),
        "waiting": waiting_votes(article),
        "bars": votes_by_day(article.ratings.all()),
        "read_bars": _reads_by_day(article),
        "reads": getattr(article, "read_total", None),
        "read_through": _read_through(article),
        "time_taken": _usual_time(article),
        "comments": _comments_by_status(article),
    }
    return render(request, "admin/articles/statistics.html", context)


def _read_through(article: Article) -> int | None:
    """Return how many of a hundred readers came to the end of the text; None before anybody was counted.

    Counted are the days since readers were first asked: older ones know nothing of it.
    """
    days = DailyReads.objects.filter(article=article)
    first = days.filter(finished__gt=0).order_by("day").values_list("day", flat=True).first()
    if first is None:
        return None
    sums = days.filter(day__gte=first).aggregate(read=Sum("count"), finished=Sum("finished"))
    return round(100 * sums["finished"] / sums["read"])


def _usual_time(article: Article) -> str:
    """Return in words after which time half of the votes were given: no forgotten tab moves that."""
    times = article.ratings.exclude(seconds_taken=None).order_by("seconds_taken")
    count = times.count()
    if not count:
        return ""
    seconds = times.values_list("seconds_taken", flat=True)[(count - 1) // 2] or 0
    if seconds < IN_SECONDS:
        return ngettext("%d second", "%d seconds", seconds) % seconds
    minutes = round(seconds / 60)
    return ngettext("%d minute", "%d minutes", minutes) % minutes


def _reads_by_day(article: Article) -> list[ReadBar]:
    """Return a bar for each of the last thirty days of the site's calendar; none where nobody read it."""
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    rows = DailyReads.objects.filter(article=article, day__gte=first).values_list("day", "count")
    counts = dict(rows)
    highest = max(counts.values(), default=0)
    if not highest:
        return []
    bars = []
    for number in range(DAYS):
        day = first + timedelta(days=number)
        count = counts.get(day, 0)
        height = max(1, round(count * HEIGHT / highest)) if count else 0
        bars.append(ReadBar(day, count, number * STEP, HEIGHT - height, height))
    return bars


def _comments_by_status(article: Article) -> list[tuple[str, int]]:
    """Return how many comments there are of each kind, by the names moderators know."""
    rows = article.comments.order_by().values_list("status").annotate(number=Count("pk"))
    counts = dict(rows)
    return [
        (str(label), counts[value]) for value, label in Comment.Status.choices if counts.get(value)
    ]
