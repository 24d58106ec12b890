"""Numbers in what a client sends."""

import pytest

from blog.numbers import number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("007", 7), ("0", 0), ("9" * 18, 10**18 - 1)]
    + [(text, None) for text in ("", "-1", "+1", " 1", "1.0", "٣", "²", "9" * 19, "9" * 5000)],
)
def test_number_is_of_plain_digits_and_fits_a_key(text, number):
    assert number_in(text) == number
