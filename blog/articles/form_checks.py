"""The checklist over what was typed: asked before a form that publishes is saved, so that nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blog.articles import review
from blog.articles.checks import Content, failures, picture_of
from blog.articles.rendering import sanitise_body
from blog.media.models import Image

if TYPE_CHECKING:
    from accounts.models import User


def published_over(
    data: dict[str, Any], *, slug: str, user: User, has_new_words: bool
) -> list[str]:
    """Return the codes of the required checks that the typed article fails and is published over.

    `data` is what ArticleForm has cleaned. Raise review.BlockedError where this person may not publish
    over them, or gave no reason. `slug` is the address of an article that was given none;
    `has_new_words` says that the words typed for the lead picture are to be its words.
    """
    image = Image() if data.get("lead_upload") else data.get("lead_image")
    has_new_words = has_new_words or bool(data.get("lead_upload"))
    content = Content(
        title=data.get("title") or "",
        slug=data.get("slug") or slug,
        excerpt=data.get("excerpt") or "",
        body=sanitise_body(data.get("body") or ""),
        lead_image=picture_of(image, data if has_new_words else None),
        has_category=bool(data.get("categories") or data.get("primary_category")),
        goes_live_at=data.get("publish_at"),
    )
    return review.published_over(
        failures(content), actor=user, reason=data.get("publish_reason") or "", title=content.title
    )
