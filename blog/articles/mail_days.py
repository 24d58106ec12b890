"""Mail by the rules of this desk about days: of publication, and of first drafts that did not come."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.tasks import task
from django.utils import timezone

from blog.articles.assigning import open_assignments
from blog.articles.calendar import midnight
from blog.articles.mail_rules import Event, rules_of, tell
from blog.articles.models import Article, MailRule
from blog.days import day_words
from blog.site.local import in_words_of_the_site
from blog.taskqueue import enqueue_once

if TYPE_CHECKING:
    from datetime import date

LOOK_EVERY = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=7)  # a new rule does not write about what was due last year
MOST = 200  # articles that one rule writes about at a time


@task
@in_words_of_the_site()
def tell_of_days() -> int:
    """Write what the rules say of days that come or are over; return to how many people.

    The outbox takes each mail once for a day: of an article that is moved its people hear again.
    """
    enqueue_once(tell_of_days, after=LOOK_EVERY)
    today, count = timezone.localdate(), 0
    # Of what is planned at short notice, several rules come due at once: the nearest one writes to a person.
    told: defaultdict[int, set[str]] = defaultdict(set)
    for rule in sorted(rules_of(MailRule.Kind.BEFORE), key=lambda rule: rule.days):
        end = midnight(today + timedelta(days=rule.days + 1))
        coming = Article.objects.filter(publish_at__gt=timezone.now(), publish_at__lt=end)
        coming = coming.filter(trashed_at=None).order_by("publish_at", "pk")
        for article in coming[:MOST]:
            day = timezone.localdate(article.publish_at)
            event = _of_day("before", article, day, f":{rule.days}")
            count += tell([rule], event, told=told[article.pk])
    if overdue := rules_of(MailRule.Kind.OVERDUE):
        late = open_assignments().filter(due_on__lt=today, due_on__gte=today - FORGOTTEN_AFTER)
        for row in late.select_related("article").order_by("due_on", "pk")[:MOST]:
            if row.due_on:
                count += tell(overdue, _of_day("overdue", row.article, row.due_on))
    return count


def _of_day(kind: str, article: Article, day: date, more: str = "") -> Event:
    key = f"{kind}:{article.pk}:{day}{more}"
    return Event(article, key, None, {"day": day_words(day), "who": ""})
