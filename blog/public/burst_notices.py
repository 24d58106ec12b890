"""Mail to moderators about votes that were set aside: comments know the people, ratings the votes."""

from datetime import timedelta

from django.conf import settings
from django.tasks import task
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from blog.comments.letters import post_letter
from blog.comments.models import MailChoice
from blog.comments.notices import moderators
from blog.outbox.services import was_queued
from blog.ratings.models import Burst, Rating
from blog.site.local import in_words_of_the_site
from blog.taskqueue import enqueue_once

AFTER = timedelta(minutes=10)  # a burst is told of when it is one, not with its first vote
PAUSE = {MailChoice.Held.DAILY: timedelta(days=1)}  # between two such mails; for others:
SHORTEST_PAUSE = timedelta(hours=1)
MOST = 20  # bursts named in one mail


def note_set_aside(rating: Rating) -> None:
    """Have the moderators told soon, if the vote waits for them. Until then it stands on their desk."""
    if not rating.is_counted:
        enqueue_once(tell_of_bursts, after=AFTER)


@task
@in_words_of_the_site()
def tell_of_bursts() -> int:
    """Write to the moderators who want mail about what waits; return how many were written to.

    Each newest burst is told of once; who had such a mail lately is told later.
    """
    waiting = Burst.objects.filter(outcome=Burst.Outcome.WAITING)
    bursts = list(waiting.select_related("article").order_by("-pk")[:MOST])
    if not bursts:
        return 0
    told = 0
    want_none = MailChoice.objects.filter(held=MailChoice.Held.NEVER).values("user")
    people = moderators().exclude(pk__in=want_none).select_related("mail_choice")
    for moderator in people:
        since = timezone.now() - _pause_of(moderator)
        if was_queued(to=moderator.email, key_start="bursts:", since=since):
            enqueue_once(tell_of_bursts, after=SHORTEST_PAUSE)
        elif moderator.has_perm("ratings.change_burst"):
            _write(moderator, bursts, waiting.count())
            told += 1
    return told


def _pause_of(moderator: User) -> timedelta:
    choice = getattr(moderator, "mail_choice", None)
    return PAUSE.get(choice.held, SHORTEST_PAUSE) if choice else SHORTEST_PAUSE


def _write(moderator: User, bursts: list[Burst], count: int) -> None:
    subject = ngettext(
        "%(count)d burst of votes waits for you", "%(count)d bursts of votes wait for you", count
    )
    path = reverse("admin:ratings_burst_changelist")
    post_letter(
        template="bursts",
        key=f"bursts:{moderator.pk}:{bursts[0].pk}",
        to=moderator.email,
        subject=subject % {"count": count},
        context={
            "bursts": [(" ".join(burst.article.title.split()), str(burst)) for burst in bursts],
            "more": count - len(bursts),
            "desk_url": f"{settings.SITE_URL}{path}?outcome__exact={Burst.Outcome.WAITING}",
        },
    )
