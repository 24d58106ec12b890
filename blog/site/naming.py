"""Templates for the titles and descriptions that search engines show: `{title} – {site}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLES = ("title", "subtitle", "excerpt", "category", "author", "site", "tagline")
_VARIABLE = re.compile(r"\{([^{}]*)\}")
# What is left around a variable without a value: a separator at an end, or two side by side.
_SEPARATOR = r"[-–—|·:,]"
_DOUBLED = re.compile(rf"(\s{_SEPARATOR})(?:\s+{_SEPARATOR})+(?=\s)")
_AT_THE_ENDS = re.compile(rf"^\s*(?:{_SEPARATOR}(?:\s+|$))+|(?:\s+{_SEPARATOR})+\s*$")


def validate_naming(value: str) -> None:
    """Raise ValidationError where a template names something there is not."""
    for name in _VARIABLE.findall(value):
        if name not in VARIABLES:
            known = ", ".join(f"{{{variable}}}" for variable in VARIABLES)
            raise ValidationError(
                _("There is no {%(name)s}. Use %(known)s.") % {"name": name, "known": known}
            )


def named(template: str, values: Mapping[str, str]) -> str:
    """Return the template with its variables filled in, without separators around what is empty."""
    text = _VARIABLE.sub(lambda match: values.get(match[1], ""), template)
    text = _DOUBLED.sub(r"\1", " ".join(text.split()))
    return _AT_THE_ENDS.sub("", text)
