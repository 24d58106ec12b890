"""Small facts templates need and Django's filters do not give."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.dates import MONTHS
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

    For long lists: the filter `date` takes its format apart for every value.
    """
    local = timezone.localtime(value)
    words = f"{local.day} {MONTHS[local.month]} {local.year}, {local:%H:%M}"
    return SafeString(f'<time datetime="{local.isoformat(timespec="seconds")}">{words}</time>')
