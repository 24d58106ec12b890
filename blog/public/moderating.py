"""What those who may decide find under the comments of an article; nobody else's page has any of it."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from blog.articles.models import Article
from blog.comments.batches import decisions_of, sentence
from blog.comments.models import Comment
from blog.comments.writers import may_moderate

MOST_WAITING = 20


def moderation_context(
    request: HttpRequest, article: Article, reader: User | AnonymousUser
) -> dict[str, Any]:
    """Return whether this reader may decide here, and what their last click did. A guest costs no query."""
    if not reader.is_authenticated or not may_moderate(reader, article):
        return {"may_moderate": False, "may_edit": False, "may_ban": False, "moderated": None}
    may_edit = reader.is_staff and reader.has_perm("comments.moderate_comment")
    thread = getattr(article, "thread", None)
    count = thread.pending_count if thread else 0
    return {
        "may_moderate": True,
        "may_edit": may_edit,
        "may_ban": may_edit and reader.has_perm("comments.add_ban"),
        "moderated": _moderated(request.GET.get("moderated", ""), reader),
        "waiting_count": count,
        "waiting": _waiting(article) if count else [],
    }


def _waiting(article: Article) -> list[Comment]:
    """Return the first comments that wait here, the oldest before: a moderator has the queue for the rest."""
    waiting = article.comments.pending().select_related("parent")
    return list(waiting.order_by("created_at", "pk")[:MOST_WAITING])


def _moderated(asked: str, reader: User) -> dict[str, Any] | None:
    """Return the sentence about a click, with the batch by which it is undone."""
    try:
        batch = UUID(asked)
    except ValueError:
        return None
    decisions = [each for each in decisions_of(batch) if each.actor_id == reader.pk]
    if not decisions:
        return {"text": _("Somebody was quicker. Nothing was changed."), "batch": None}
    return {"text": sentence(decisions), "batch": batch}
