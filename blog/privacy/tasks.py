"""What the worker does for privacy: forgets once a day, and mails the link to what is known."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.comments.letters import post_letter
from blog.outbox.services import mark_of, was_queued
from blog.privacy.people import BadLink, path_of, person_of
from blog.privacy.retention import forget
from blog.site.local import in_words_of_the_site
from blog.taskqueue import enqueue_once

EVERY = timedelta(days=1)
ONE_MAIL_EVERY = timedelta(hours=1)  # to one address


@task
def forget_old() -> None:
    """Forget what is old enough. The next run is queued first: whatever goes wrong below, there is one."""
    enqueue_once(forget_old, after=EVERY)
    forget()


@task
@in_words_of_the_site()
def mail_mine_link(token: str, origin: str) -> None:
    """Mail the link to what the site knows of an address, at most once an hour.

    The token names the address for the queue, which keeps what was asked of it for a while. An unknown
    address has none: it comes here, too, so that asking takes as long.
    """
    try:
        email = person_of(token).email
    except BadLink:
        return
    now = timezone.now()
    if was_queued(to=email, key_start="mine:", since=now - ONE_MAIL_EVERY):
        return
    post_letter(
        template="mine",
        key=f"mine:{mark_of(email)}:{now:%Y-%m-%dT%H}",  # of two at once, one mail
        to=email,
        subject=_("What this site knows about you"),
        context={"mine_url": f"{settings.SITE_URL or origin}{path_of(token)}"},
    )
