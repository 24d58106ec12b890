"""Decide about a comment where it stands: for moderators, and for authors on their own articles."""

import re
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.models import User
from blog.articles.models import Article
from blog.comments.batches import decide_all, decisions_of, undo
from blog.comments.deciding import STATES
from blog.comments.models import Comment
from blog.comments.writers import may_moderate
from blog.public.access import reader_of
from blog.public.origin import same_origin_only
from blog.public.see_other import SeeOther

_KEY = re.compile(r"[0-9]{1,18}")


@require_POST
@same_origin_only
def decide(request: HttpRequest) -> HttpResponse:
    """Take one decision about a comment on the page, and come back to its article with an undo.

    It was approved, or waited and stood in the list of those with its text as it was then: one that has
    another text by now is left alone, as one about which somebody was quicker.
    """
    key, to = request.POST.get("comment", ""), request.POST.get("to", "")
    comment = (
        Comment.objects.select_related("article").filter(pk=key).first()
        if _KEY.fullmatch(key)
        else None
    )
    if comment is None:
        raise PermissionDenied  # as for what is not theirs: nobody learns which comments there are
    actor = moderator_of(request, comment.article)
    if to not in STATES:
        raise Http404
    outcome = decide_all(
        comments=[comment],
        to=to,
        actor=actor,
        seen={comment.pk: _seen(comment, request.POST.get("seen", ""))},
        via="page",
    )
    return SeeOther(f"{comment.article.get_absolute_url()}?moderated={outcome.batch}#comments")


def _seen(comment: Comment, said: str) -> str:
    """Return the status that the moderator saw; none at all where the text has changed since."""
    status, _dot, edition = said.partition(".")
    if status != Comment.Status.PENDING:
        return Comment.Status.APPROVED
    return status if edition == str(comment.edition) else "another text"


@require_POST
@same_origin_only
def take_back(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Undo one's own click, and come back to the comment."""
    reader = reader_of(request)
    decisions = [each for each in decisions_of(batch) if each.actor_id == reader.pk]
    if not decisions:
        raise PermissionDenied
    comment = decisions[0].comment
    # A click at the desk may be about many articles, and whoever made it no moderator any more.
    for article in {each.comment.article for each in decisions}:
        actor = moderator_of(request, article)
    outcome = undo(decisions=decisions, actor=actor, via="page")
    page = comment.article.get_absolute_url()
    if outcome.late:
        return SeeOther(f"{page}?moderated={outcome.batch}#comments")
    return SeeOther(f"{page}#comment-{comment.pk}")


def moderator_of(request: HttpRequest, article: Article) -> User:
    """Return who decides about comments of this article, or refuse with 403."""
    reader = reader_of(request)
    if not reader.is_authenticated or not may_moderate(reader, article):
        raise PermissionDenied
    return reader
