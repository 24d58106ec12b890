"""Links by which a moderator decides from a mail: for one comment, one person and one decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from blog.comments.models import Comment, Decision
from blog.comments.writers import may_moderate
from blog.days import moment_words

_SALT = "byline.moderate"
LASTS = timedelta(days=7)
ACTIONS = (Comment.Status.APPROVED, Comment.Status.SPAM, Comment.Status.TRASH)


@dataclass(frozen=True)
class Link:
    comment: Comment
    moderator: User
    to: str


class LinkRefused(Exception):  # noqa: N818 - names what happened
    """The link cannot be used; the text says why, `status` how to answer."""

    def __init__(self, text: str, *, status: int) -> None:
        super().__init__(text)
        self.status = status


def links_for(comment: Comment, moderator: User) -> dict[str, str]:
    """Return a whole address for each decision, by its status.

    The newest decision is in the link: with the next one, whoever makes it, all links end.
    """
    last = last_decision(comment)
    return {
        to.value: settings.SITE_URL
        + reverse(
            "moderate",
            args=[
                signing.dumps([comment.pk, moderator.pk, to.value, last and last.pk], salt=_SALT)
            ],
        )
        for to in ACTIONS
    }


def read_link(token: str) -> Link:
    """Return what the link is for; raise LinkRefused where it is not, or no longer, good."""
    try:
        pk, user_pk, to, decision_pk = signing.loads(token, salt=_SALT, max_age=LASTS)
    except signing.SignatureExpired as error:
        raise LinkRefused(
            _("This link was good for seven days. Decide at the desk instead."), status=410
        ) from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkRefused(
            _("This link is not complete. Copy the whole of it from the mail."), status=404
        ) from error
    comment = Comment.objects.select_related("article", "parent").filter(pk=pk).first()
    if comment is None or comment.status == Comment.Status.REMOVED:
        raise LinkRefused(_("This comment was deleted meanwhile."), status=410)
    moderator = User.objects.filter(pk=user_pk, is_active=True).first()
    if moderator is None or not may_moderate(moderator, comment.article):
        raise LinkRefused(
            _("This link was made for somebody who may not moderate any more."), status=403
        )
    last = last_decision(comment)
    if (last and last.pk) != decision_pk:
        raise LinkRefused(_decided(comment, last, moderator), status=410)
    return Link(comment, moderator, to)


def edition(comment: Comment) -> str:
    """Return a mark of the text as it is now: another one after each change."""
    return comment.edited_at.isoformat() if comment.edited_at else ""


def last_decision(comment: Comment) -> Decision | None:
    """Return the newest decision about the status; that somebody mended a typing error is none."""
    return comment.decisions.exclude(from_status=F("to_status")).select_related("actor").first()


def _decided(comment: Comment, last: Decision | None, reader: User) -> str:
    if last is None:
        return _("This comment was decided about since.")
    words = {
        "what": comment.get_status_display(),
        "when": moment_words(last.created_at),
        "who": last.actor,
    }
    if last.actor == reader:
        return _("You have decided already: “%(what)s”, %(when)s.") % words
    if last.actor is None:
        return _("It was decided already: “%(what)s”, %(when)s.") % words
    return _("%(who)s has decided already: “%(what)s”, %(when)s.") % words
