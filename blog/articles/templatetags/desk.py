"""What every page of the staff desk has to say of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.core.cache import cache
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from blog.articles.drafts import late_drafts
from blog.articles.mentions import marks

if TYPE_CHECKING:
    from blog.articles.models import Note

COUNTED_FOR = 10  # seconds: what is two minutes late may be said a little later

register = template.Library()


@register.filter
def with_mentions(note: Note) -> SafeString:
    """Return the text of a note as HTML, with the names that it tells marked."""
    html = mark_safe(linebreaks(note.text, autoescape=True))  # noqa: S308 - it escapes
    names = [str(escape(reference["name"])) for reference in note.mentioned]
    if not names:
        return html
    marked = marks(names).sub(lambda found: f'<b class="mention">{found[0]}</b>', html)
    return mark_safe(marked)  # noqa: S308 - escaped above; the names were found in it


@register.simple_tag
def count_late_drafts() -> int:
    """Return how many planned changes are overdue, counted by an index that holds planned ones only."""
    return cache.get_or_set("articles.late_drafts", late_drafts().count, COUNTED_FOR) or 0
