"""Addresses made of words: in Latin letters, so that they survive being copied, mailed and typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import slugify

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

# What Unicode's decomposition leaves out; the two strings of a zip belong together, letter by letter.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
        "ŋ": "ng", "ħ": "h", "’": "", "'": "", "–": "-", "—": "-", "/": "-", "&": " and ",
    }
    | dict(zip("абвгдеёзийклмнопрстуфыэіў", "abvgdeeziiklmnoprstufyeiu", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
    | {"ъ": "", "ь": "", "є": "ie", "ї": "i", "ґ": "g"}
    | dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps"}
    | dict(zip("άέήίόύώ", "aeiioyo", strict=True))
)  # fmt: skip


def make_slug(text: str, max_length: int = 200) -> str:
    """Return the words of *text* as an address, or "" where no letter of it can be written in Latin."""
    slug = slugify(text.lower().translate(_LETTERS))
    if len(slug) > max_length:
        slug = slug[: max_length + 1].rpartition("-")[0] or slug[:max_length]
    return slug.strip("-_")


def free_slug(taken: Sequence[QuerySet], slug: str, max_length: int = 200) -> str:
    """Return *slug*, or with -2, -3 … behind it: the first that no row of these has."""
    start = slug[: max_length - 6]
    used = {
        other
        for rows in taken
        for other in rows.filter(slug__startswith=start).values_list("slug", flat=True)
    }
    return free_among(used, slug, max_length)


def free_among(used: Collection[str], slug: str, max_length: int = 200) -> str:
    """Return *slug*, or with -2, -3 … behind it: the first that is not among those in use."""
    candidate, number = slug, 1
    while candidate in used:
        number += 1
        end = f"-{number}"
        candidate = slug[: max_length - len(end)].rstrip("-") + end
    return candidate
