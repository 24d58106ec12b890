"""A second opinion from outside, for sites with an Akismet key. Without one nothing here runs."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.comments.counts import lock_comment
from blog.comments.deciding import transition
from blog.comments.models import Comment
from blog.comments.notices import comment_held
from blog.site.models import SiteSettings
from blog.spam.akismet import Unavailable, is_spam

logger = logging.getLogger(__name__)

AGAIN = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))


@task
def ask_akismet(comment_id: int, may_approve: bool, attempt: int = 0) -> None:
    """Ask about a comment that waits: spam is marked, another is approved if it waits for that alone.

    Where the service gives no verdict the comment stays held, moderators are told, and it is asked again
    a few times. What somebody has decided meanwhile stays decided.
    """
    site = SiteSettings.objects.current()
    comment = Comment.objects.pending().select_related("article").filter(pk=comment_id).first()
    if comment is None or not site.akismet_key:
        return
    try:
        verdict = is_spam(
            key=site.akismet_key, site_url=settings.SITE_URL, comment=_fields(comment)
        )
    except Unavailable as error:
        logger.warning("Akismet gave no verdict on comment %s: %s", comment_id, error)
        comment_held(comment)
        _ask_again(comment_id, may_approve, attempt)
        return
    if verdict:
        transition(
            comment=comment,
            to=Comment.Status.SPAM,
            actor=None,
            reason=_("Akismet takes it for spam."),
            via="akismet",
            seen=Comment.Status.PENDING,
        )
    else:
        _let_pass(comment, may_approve)


@transaction.atomic
def _let_pass(comment: Comment, may_approve: bool) -> None:
    """Approve what waits for Akismet alone. A text that was changed since, no rule has seen."""
    if lock_comment(comment) != Comment.Status.PENDING:
        return  # somebody has decided while the service was asked
    is_changed = Comment.objects.filter(pk=comment.pk, edited_at__isnull=False).exists()
    if may_approve and not is_changed:
        transition(comment=comment, to=Comment.Status.APPROVED, actor=None, via="akismet")
    else:
        comment_held(comment)


def _ask_again(comment_id: int, may_approve: bool, attempt: int) -> None:
    if attempt < len(AGAIN) and ask_akismet.get_backend().supports_defer:
        later = ask_akismet.using(run_after=timezone.now() + AGAIN[attempt])
        later.enqueue(comment_id, may_approve, attempt + 1)


def _fields(comment: Comment) -> dict[str, str]:
    return {
        "comment_content": comment.body,
        "comment_author": comment.name,
        "comment_author_email": comment.email,
        "comment_author_url": comment.website,
        "user_agent": comment.user_agent,
        "permalink": settings.SITE_URL + comment.article.get_absolute_url(),
    }
