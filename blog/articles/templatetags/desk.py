"""What every page of the staff desk has to say of articles."""

from __future__ import annotations

from django import template

from blog.articles.drafts import late_drafts

register = template.Library()


@register.simple_tag
def count_late_drafts() -> int:
    """Return how many planned changes are overdue: one query of an index that holds planned ones only."""
    return late_drafts().count()
