"""Mail about comments as text: in the site's zone, with whole addresses, and what strangers wrote quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac

from blog.outbox.services import one_line, queue_mail, shorten
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.comments.models import Comment

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
    """Render `comments/email/<template>.txt` and put the mail into the outbox, once for each key."""
    site = SiteSettings.objects.current()
    with timezone.override(ZoneInfo(site.time_zone)):
        body = render_to_string(
            f"comments/email/{template}.txt",
            {**context, "site": site, "origin": settings.SITE_URL},
        )
    queue_mail(
        key=key,
        to=to,
        subject=f"[{site.title}] {subject}",
        body=body.strip() + "\n",
        headers=headers,
    )


def quoted(text: str) -> str:
    """Return the text with a mark before each line, so that no comment can pass for our own words."""
    lines = shorten(text, LONGEST_QUOTE).splitlines() or [""]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def about(comment: Comment) -> dict[str, Any]:
    """Return what every mail about a comment shows of it."""
    return {
        "comment": comment,
        "name": one_line(comment.name),
        "title": one_line(comment.article.title),
        "text": quoted(comment.body),
        "page_url": f"{settings.SITE_URL}{comment.get_absolute_url()}",
    }


def mark_of(address: str) -> str:
    """Return a mark of an address for keys: always the same, and the address cannot be read from it."""
    return salted_hmac("byline.outbox.key", address.lower(), algorithm="sha256").hexdigest()[:24]
