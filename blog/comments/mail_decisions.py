"""Deciding by a link in a mail."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from blog.comments.deciding import transition
from blog.comments.models import Thread
from blog.comments.moderation_links import Link, LinkRefused, edition, read_link


@transaction.atomic
def follow_link(token: str, *, read: str | None = None) -> Link:
    """Decide as the link says, once; raise LinkRefused where it is no longer good.

    Of two links used at once the second waits for the lock and then finds the decision made. *read* is
    the `edition` the moderator had before them: a text that its writer has changed since is not decided
    about unread.
    """
    link = read_link(token)
    Thread.objects.select_for_update().filter(article=link.comment.article_id).first()
    link = read_link(token)
    if read not in (None, edition(link.comment)):
        raise LinkRefused(
            _("The text was changed while you read it. Open the link once more to see it."),
            status=409,
        )
    transition(comment=link.comment, to=link.to, actor=link.moderator, via="mail")
    return link
