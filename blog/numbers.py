"""Whole numbers in what a client sends: keys of rows, versions, counts."""

MAX_DIGITS = 18  # of a key: more does not fit the column


def number_in(text: str) -> int | None:
    """Return the number that stands in a text, None for what is none or none of ours.

    Digits of other alphabets are no number here, and neither are thousands of digits, which int() refuses.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None
