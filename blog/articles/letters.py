"""Mail as text: in the site's zone and language, with whole addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string

from blog.outbox.services import queue_mail, shorten
from blog.site.local import in_words_of_the_site

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_QUOTE = 3000  # characters


def post_letter(
    *,
    template: str,
    key: str,
    to: str,
    subject: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> None:
    """Render the template *template* and put the mail into the outbox, once for each key."""
    with in_words_of_the_site() as site:
        body = render_to_string(template, {**context, "site": site, "origin": settings.SITE_URL})
    queue_mail(
        key=key,
        to=to,
        subject=f"[{site.title}] {subject}",
        body=body.strip() + "\n",
        headers=headers,
    )


def quoted(text: str) -> str:
    """Return the text with a mark before each line, so that nobody's words can pass for our own."""
    lines = shorten(text, LONGEST_QUOTE).splitlines() or [""]
    return "\n".join(f"> {line}".rstrip() for line in lines)
