"""Moments as people type them, in the zone of the site, on the two nights a year when clocks jump."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.days import day_words, moment_words


def moment_of(typed: datetime) -> datetime:
    """Return the moment of a local time in the current zone; of an hour that comes twice, the first.

    Raise ValidationError for an hour that is left out, with the time to take instead.
    """
    moment = typed.replace(tzinfo=timezone.get_current_timezone(), fold=0)
    try:
        real = moment.astimezone(UTC).astimezone(moment.tzinfo)
    except OverflowError:  # at the ends of the years 1 and 9999
        raise ValidationError(_("No calendar reaches there. Choose another year.")) from None
    if real.replace(tzinfo=None) != typed:
        raise ValidationError(
            _(
                "The clocks are put forward then: %(typed)s does not exist in %(zone)s. Take %(real)s."
            )
            % {
                "typed": f"{day_words(typed.date())}, {typed:%H:%M}",
                "zone": timezone.get_current_timezone_name(),
                "real": moment_words(real),
            }
        )
    return moment


class LocalDateTimeField(forms.SplitDateTimeField):
    """Date and time in the zone of the site. Django's own refuses an hour that comes twice."""

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list:
            return None
        if data_list[0] in self.empty_values:
            raise ValidationError(self.error_messages["invalid_date"], code="invalid_date")
        if data_list[1] in self.empty_values:
            raise ValidationError(self.error_messages["invalid_time"], code="invalid_time")
        return moment_of(datetime.combine(*data_list))
