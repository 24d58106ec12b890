"""Static files as they are sent: hashed, compressed, without what is there for those who read the source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

if TYPE_CHECKING:
    from django.core.files import File

# Whole lines only in a script: behind code, two slashes may as well be part of an address. No script of ours
# has a text over several lines to which their indentation matters, no stylesheet one with a brace, semicolon,
# comma or colon beside a space.
_UNSENT = {
    ".css": re.compile(
        rb"[ \t]*/\*.*?\*/\n?|^[ \t]+|\s+(?={)|;?\s*(?=})|(?<=[{};])\s+|(?<=,) |(?<=[a-z-]:) ",
        re.DOTALL | re.MULTILINE,
    ),
    ".js": re.compile(rb"^[ \t]*//[^\n]*\n|^[ \t]+", re.MULTILINE),
}
OURS = ("css/", "js/")


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Comments are a fifth of what the scripts of a page weigh, and white space a thirtieth."""

    def file_hash(self, name: str, content: File | None = None) -> str | None:
        """Return eight digits: enough to tell the versions of one file, and a page has sixteen such names."""
        digest: str | None = super().file_hash(name, content)
        return digest and digest[:8]

    def _save(self, name: str, content: File) -> Any:
        kind = name[name.rfind(".") :]
        if name.startswith(OURS) and kind in _UNSENT:
            whole = b"".join(content.chunks())  # from the start: Django has read it for its hash
            content = ContentFile(condensed(whole, kind))
        return super()._save(name, content)


def condensed(content: bytes, kind: str) -> bytes:
    """Return the stylesheet (`.css`) or script (`.js`) without comments and indentation."""
    return _UNSENT[kind].sub(b"", content)
