"""What the moderators' templates say of a comment, and Django's filters do not."""

import re
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext

from blog.comments.models import Comment
from blog.comments.queue import MANY
from blog.spam.explain import explain

register = template.Library()
_TAG = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')
MAX_MARKED = 20_000  # characters of HTML: longer than that, nobody looks for a word by its colour


@register.filter
def capped(count: int) -> str:
    """Return the count as it is written, and “1,000+” for what was not counted to its end."""
    return number_format(min(count, MANY), force_grouping=True) + ("+" if count > MANY else "")


@register.filter
def ago(when: datetime) -> str:
    """Return “5 s ago”, “3 hours ago”."""
    seconds = max(0, int((timezone.now() - when).total_seconds()))
    if seconds < 60:
        return ngettext("%(seconds)s s ago", "%(seconds)s s ago", seconds) % {"seconds": seconds}
    return gettext("%(time)s ago") % {"time": timesince(when, depth=1)}


@register.filter
def percent(score: float) -> str:
    """Return a share of 0 to 1 for an SVG attribute, whatever the language."""
    return f"{min(1, max(0, score)):.0%}"


@register.filter
def signals(comment: Comment) -> list[str]:
    """Return what the spam filter found, a sentence each."""
    return explain(comment.signals)


@register.filter
def marked(comment: Comment) -> SafeString:
    """Return the comment as readers see it, with the words that the spam filter minds marked."""
    html = comment.html
    words = [
        str(word)
        for kind, *values in comment.signals
        if kind == "words" and values and isinstance(values[0], list)
        for word in values[0]
    ]
    if not words or len(html) > MAX_MARKED:
        return SafeString(html)  # written by render_comment, sanitised last
    pattern = re.compile(
        r"(?<!\w)(" + "|".join(re.escape(escape(word)) for word in words) + r")(?!\w)",
        re.IGNORECASE,
    )
    parts = _TAG.split(html)  # texts at even places, tags at odd ones
    parts[::2] = [pattern.sub(r"<mark>\1</mark>", text) for text in parts[::2]]
    return SafeString("".join(parts))
