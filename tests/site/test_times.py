"""Moments as people type them."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from blog.site.times import moment_of


@pytest.mark.parametrize(
    ("zone", "typed"),
    [
        ("Europe/Berlin", datetime.fromisoformat("0001-01-01T00:00")),
        ("America/New_York", datetime.fromisoformat("9999-12-31T23:59")),
    ],
)
def test_moment_that_no_calendar_has_is_refused(zone, typed):
    with timezone.override(zone), pytest.raises(ValidationError):
        moment_of(typed)
