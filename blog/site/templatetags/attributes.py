"""The attributes of form fields, which Django draws one by one in a template of their own."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def attributes(values: Mapping[str, Any]) -> SafeString:
    """Return them as Django's attrs.html does: True is a name alone, False is nothing.

    The form of an article has two hundred such lists: looped over in a template they were a tenth of it.
    """
    pieces = (
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in values.items()
        if value is not False
    )
    return mark_safe("".join(pieces))  # noqa: S308 – names are of our code alone
