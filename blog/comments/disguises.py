"""Addresses that look like others: hosts with letters of several alphabets, and hosts behind an @.

A browser shows some of them in plain letters, others not; here they are shown as what they are, so that
neither a reader nor a moderator takes one for the address it imitates.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

# Their letters pass for Latin ones, or for each other.
_ALIKE = {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "GEORGIAN"}
# Written with Latin letters in one word, and like none of them.
_WITH_LATIN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}


def undisguised(address: str) -> str:
    """Return the address of the web as it may be linked; "" for one that may not.

    A host that could be taken for another is written in the plain letters that name servers know (xn--…).
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if "@" in parts.netloc or not host:
            return ""
        if host.isascii():
            return address
        plain = host.encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # no address, no name of a host (UnicodeError), no number of a port
        return ""
    if "xn--" in plain and not _is_disguised(host):
        return address
    return parts._replace(netloc=plain + port).geturl()


def _is_disguised(host: str) -> bool:
    """Say whether a part of it mixes alphabets, or is of one that passes for Latin below a Latin ending."""
    *labels, ending = host.split(".")
    for label in [*labels, ending]:
        scripts = {_script_of(letter) for letter in label if letter.isalpha()}
        others = scripts - {"LATIN"} - _WITH_LATIN
        if others and ("LATIN" in scripts or len(others) > 1):
            return True
        if others & _ALIKE and ending.isascii():
            return True
    return False


def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
