"""Moments as people type them."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from blog.site.times import moment_of


@pytest.mark.parametrize(
    ("zone", "typed"),
    [
        ("Europe/Berlin", datetime.min),
        ("America/New_York", datetime.max),
    ],
)
def test_moment_that_no_calendar_has_is_refused(zone, typed):
    with timezone.override(zone), pytest.raises(ValidationError):
        moment_of(typed)
