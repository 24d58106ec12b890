"""Small facts templates need and Django's filters do not give."""

from datetime import datetime

from django import template
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

register = template.Library()


@register.filter
def machine_time(value: datetime | None) -> str:
    """Return a valid value for `<time datetime>`: the site's zone, no microseconds (HTML refuses them)."""
    return timezone.localtime(value).isoformat(timespec="seconds") if value else ""


@register.filter
def reading_time(minutes: int) -> str:
    """Return "Less than a minute", "3 minutes read" or "2 hours read" (FEATURES, R9)."""
    if minutes < 1:
        return gettext("Less than a minute")
    if minutes > 60:
        hours = minutes // 60
        return ngettext("%(hours)s hour read", "%(hours)s hours read", hours) % {"hours": hours}
    return ngettext("%(minutes)s minute read", "%(minutes)s minutes read", minutes) % {
        "minutes": minutes
    }


@register.simple_tag
def time(value: datetime) -> SafeString:
    """Return `<time>` with day and minute, in words and for machines; the value is converted once.

    For long lists: two filters in a template convert and look up their formats twice.
    """
    local = timezone.localtime(value)
    words = dateformat.format(local, "j F Y, H:i")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)
