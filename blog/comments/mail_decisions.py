"""Deciding by a link in a mail."""

from __future__ import annotations

from django.db import transaction

from blog.comments.deciding import transition
from blog.comments.models import Thread
from blog.comments.moderation_links import Link, read_link


@transaction.atomic
def follow_link(token: str) -> Link:
    """Decide as the link says, once; raise LinkRefused where it is no longer good.

    Of two links used at once the second waits for the lock and then finds the decision made.
    """
    link = read_link(token)
    Thread.objects.select_for_update().filter(article=link.comment.article_id).first()
    link = read_link(token)
    transition(comment=link.comment, to=link.to, actor=link.moderator, via="mail")
    return link
