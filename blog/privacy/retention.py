"""What the site forgets by itself, and when: the days are in the site's settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from accounts.models import SignIn
from accounts.signing_up import forget_sign_ups
from accounts.visitors import forget_network_keys
from blog.articles.draft_links import forget_links
from blog.articles.presence import forget_sessions
from blog.articles.retention import thin_revisions
from blog.articles.trash import empty_old_trash
from blog.comments import following
from blog.comments.avatars import forget_avatars
from blog.comments.deleting import delete_comments
from blog.comments.models import Ban, Comment, Like, Report
from blog.outbox.models import Mail
from blog.outbox.tasks import KEEP_TEXT
from blog.pages.history import drop_old_autosaves
from blog.pages.messages import forget_messages
from blog.pages.models import Message
from blog.pages.presence import forget_open
from blog.pages.services import empty_old_trash as empty_old_page_trash
from blog.pagestore.changes import forget_old_changes
from blog.ratings.models import Burst, Rating
from blog.reads.counting import forget_visits
from blog.site.models import SiteSettings
from blog.spam.models import SpentChallenge

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

TRASH_DAYS = 30
BATCH = 500  # rows in one statement: nobody waits long for it


@dataclass(frozen=True)
class Forgotten:
    """How many rows lost something, or are gone, by what it was."""

    browsers_and_networks: int
    spam: int
    trash: int
    challenges: int
    mails: int
    sessions: int
    keys: int
    visits: int  # marks that keep a reader from being counted twice a day
    changes: int  # of pages, seen by every server
    editors: int  # that were open, and are closed
    draft_links: int  # that stopped working
    articles: int  # that were in the trash
    pages: int  # that were there, too
    messages: int  # by a contact form
    sign_ins: int  # of staff and signed-in readers
    sign_ups: int  # that nobody finished
    revisions: int  # that were typed or drafted, and never saved or published


def forget() -> Forgotten:
    """Forget what is old enough; asked again, it finds nothing more to do."""
    site = SiteSettings.objects.current()
    now = timezone.now()
    following.forget_stale()
    forget_avatars()
    thinned = thin_revisions()
    return Forgotten(
        browsers_and_networks=_forget_networks(now - timedelta(days=site.agent_days)),
        spam=_delete_old(Comment.Status.SPAM, now - timedelta(days=site.spam_days)),
        trash=_delete_old(Comment.Status.TRASH, now - timedelta(days=TRASH_DAYS)),
        challenges=SpentChallenge.objects.filter(expires_at__lt=now).delete()[0],
        mails=Mail.objects.dealt_with(before=now - KEEP_TEXT).forget(),
        sessions=Session.objects.filter(expire_date__lt=now).delete()[0],
        keys=forget_network_keys(),
        visits=forget_visits(),
        changes=forget_old_changes(),
        editors=forget_sessions() + forget_open(),
        draft_links=forget_links(),
        articles=empty_old_trash(),
        pages=empty_old_page_trash(),
        messages=forget_messages(
            before=now - timedelta(days=site.message_days),
            spam_before=now - timedelta(days=site.spam_days),
        ),
        sign_ins=SignIn.objects.filter(at__lt=now - SignIn.KEPT).delete()[0],
        sign_ups=forget_sign_ups(),
        revisions=thinned.autosaves + thinned.drafts + drop_old_autosaves(),
    )


def _forget_networks(before: datetime) -> int:
    """Empty browsers and networks of what was written before then; a ban of nothing else is over."""
    has_network = ~Q(network_hash="")
    count = _empty(
        Comment, has_network | ~Q(user_agent=""), before, network_hash="", user_agent=""
    )
    for model in (Rating, Like, Report, Burst, Message):
        count += _empty(model, has_network, before, network_hash="")
    nobody_else = Q(user=None, email="", visitor=None)
    old = Ban.objects.filter(has_network, created_at__lt=before)
    return count + old.filter(nobody_else).delete()[0] + old.update(network_hash="")


def _empty(model: type[Model], has_some: Q, before: datetime, **empty: Any) -> int:
    rows = model._default_manager.filter(has_some, created_at__lt=before)
    count = 0
    while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        count += model._default_manager.filter(pk__in=pks).update(**empty)
    return count


def _delete_old(status: str, before: datetime) -> int:
    """Delete comments that were given this status before then. The day counts on which it was decided."""
    rows = Comment.objects.filter(status=status, created_at__lt=before)
    return delete_comments(comments=rows.exclude(decisions__created_at__gte=before), actor=None)
