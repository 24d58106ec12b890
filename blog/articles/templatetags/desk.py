"""What every page of the staff desk has to say of articles."""

from __future__ import annotations

from django import template
from django.core.cache import cache

from blog.articles.drafts import late_drafts

COUNTED_FOR = 10  # seconds: what is two minutes late may be said a little later

register = template.Library()


@register.simple_tag
def count_late_drafts() -> int:
    """Return how many planned changes are overdue, counted by an index that holds planned ones only."""
    return cache.get_or_set("articles.late_drafts", late_drafts().count, COUNTED_FOR) or 0
