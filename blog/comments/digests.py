"""Comments that wait, told together: once an hour or every morning, to the moderators who chose so."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone
from django.utils.translation import ngettext

from blog.comments import following
from blog.comments.letters import post_letter
from blog.comments.models import Comment, MailChoice
from blog.comments.notices import (
    held_context,
    moderators,
    queue_url,
    tell_moderators,
    tell_readers,
)
from blog.site.local import in_words_of_the_site
from blog.site.models import SiteSettings
from blog.taskqueue import enqueue_once, revive

if TYPE_CHECKING:
    from accounts.models import User

EVERY = timedelta(minutes=5)
MORNING = time(8)  # in the site's zone
MOST = 30  # comments told of in one mail


@task
@in_words_of_the_site()
def send_digests() -> int:
    """Write the digests that are due, and have told what a worker that died left untold.

    Return how many digests. The next run is queued first.
    """
    enqueue_once(send_digests, after=EVERY)
    revive(tell_moderators, tell_readers, following.mail_confirmation, following.mail_manage_link)
    together = (MailChoice.Held.HOURLY, MailChoice.Held.DAILY)
    people = moderators().filter(mail_choice__held__in=together).select_related("mail_choice")
    return sum(_write_digest(moderator) for moderator in people)


@transaction.atomic
def _write_digest(moderator: User) -> bool:
    """Write one moderator's digest, if one is due and there is something new to tell."""
    now = timezone.now()
    choice = MailChoice.objects.select_for_update().get(pk=moderator.pk)
    if not is_due(choice, now):
        return False
    waiting = Comment.objects.pending().in_sight().select_related("article", "user", "parent")
    new = waiting.exclude(user=moderator.pk)
    if choice.digest_at:
        since = Q(decisions__to_status="pending", decisions__created_at__gt=choice.digest_at)
        new = new.filter(since).distinct()
    comments = list(new.order_by("created_at", "pk")[: MOST + 1])
    if not comments:
        return False
    count = len(comments) if len(comments) <= MOST else new.count()
    post_letter(
        template="digest",
        key=f"digest:{moderator.pk}:{now.isoformat()}",
        to=moderator.email,
        subject=ngettext(
            "%(count)s comment waits for you", "%(count)s comments wait for you", count
        )
        % {"count": count},
        context={
            "comments": [held_context(comment, moderator) for comment in comments[:MOST]],
            "more": count - min(count, MOST),
            "waiting": waiting.count(),
            "queue_url": queue_url(),
        },
    )
    choice.digest_at = now
    choice.save(update_fields=["digest_at"])
    return True


def is_due(choice: MailChoice, now: datetime) -> bool:
    """Say whether the next digest may leave: an hour after the last, or in the morning."""
    last = choice.digest_at
    if choice.held == MailChoice.Held.HOURLY:
        return last is None or now - last >= timedelta(hours=1)
    if choice.held == MailChoice.Held.DAILY:
        zone = ZoneInfo(SiteSettings.objects.current().time_zone)
        morning = datetime.combine(now.astimezone(zone).date(), MORNING, zone)
        return now >= morning and (last is None or last < morning)
    return False
