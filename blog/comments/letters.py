"""Mail about comments as text, with what strangers wrote quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from blog.articles import letters
from blog.articles.letters import quoted
from blog.comments.tone import masked_text
from blog.outbox.services import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.comments.models import Comment


def post_letter(
    *,
    template: str,
    key: str,
    to: str,
    subject: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> None:
    """Render `comments/email/<template>.txt` and put the mail into the outbox, once for each key."""
    letters.post_letter(
        template=f"comments/email/{template}.txt",
        key=key,
        to=to,
        subject=subject,
        context=context,
        headers=headers,
    )


def about(comment: Comment, *, masked_words: str = "") -> dict[str, Any]:
    """Return what every mail about a comment shows of it; moderators read it as it was written."""
    return {
        "comment": comment,
        "name": one_line(comment.name),
        "title": one_line(comment.article.shown_title),
        "text": quoted(masked_text(comment.body, masked_words)),
        "page_url": f"{settings.SITE_URL}{comment.get_absolute_url()}",
    }
