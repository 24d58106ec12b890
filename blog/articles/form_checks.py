"""The checklist over what was typed: asked before a form that publishes is saved, so that nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blog.articles import review
from blog.articles.checks import Content, failures
from blog.articles.rendering import sanitise_body
from blog.media.models import Image

if TYPE_CHECKING:
    from accounts.models import User


def published_over(data: dict[str, Any], *, slug: str, user: User) -> list[str]:
    """Return the codes of the required checks that the typed article fails and is published over.

    `data` is what ArticleForm has cleaned. Raise review.BlockedError where this person may not publish
    over them, or gave no reason. `slug` is the address of an article that was given none.
    """
    content = Content(
        title=data.get("title") or "",
        slug=data.get("slug") or slug,
        excerpt=data.get("excerpt") or "",
        body=sanitise_body(data.get("body") or ""),
        lead_image=_lead_image(data),
        has_category=bool(data.get("categories") or data.get("primary_category")),
        goes_live_at=data.get("publish_at"),
    )
    return review.published_over(
        failures(content), actor=user, reason=data.get("publish_reason") or "", title=content.title
    )


def _lead_image(data: dict[str, Any]) -> Image | None:
    """Return the lead picture with the words that were typed for it; not to be saved."""
    chosen = data.get("lead_image")
    if not (chosen or data.get("lead_upload")):
        return None
    typed = {name: data.get(f"lead_{name}") or "" for name in ("alt", "caption")}
    if chosen and not data.get("lead_upload") and not any(typed.values()):
        return chosen
    file = str(chosen.file) if chosen and not data.get("lead_upload") else ""
    return Image(file=file, **typed)
