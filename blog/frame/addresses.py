"""Addresses that an editor types: a path of this site, or a page elsewhere. Nothing that a browser runs."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

ADVICE = _(
    "Write a path of this site such as /about/, or a whole address such as https://example.com/."
)
# Browsers take a backslash for a slash and skip tabs and line ends: /\host and /<tab>/host lead elsewhere.
_UNSAFE = re.compile(r"[\\\x00-\x20\x7f-\x9f\u2028\u2029]")
_is_url = URLValidator(schemes=["http", "https"])


def validate_address(address: str) -> None:
    """Raise ValidationError unless it is a path of this site or an address of http or https."""
    if _UNSAFE.search(address):
        raise ValidationError(_("An address holds no spaces, line ends or backslashes."))
    if address.startswith("/"):
        if address.startswith("//"):
            raise ValidationError(ADVICE)  # leads to another host
        return
    _is_url(address) if address.lower().startswith(("http://", "https://")) else _refuse()
    if "@" in urlsplit(address).netloc:
        # https://bank.example@evil.example/ leads to the latter.
        raise ValidationError(_("Leave out what stands before the @: it only misleads readers."))


def is_address(address: str) -> bool:
    """Say whether pages may lead there, whoever wrote it into the database."""
    try:
        validate_address(address)
    except ValidationError:
        return False
    return True


def _refuse() -> None:
    raise ValidationError(ADVICE)
