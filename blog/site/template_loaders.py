"""Templates as they are sent: without the indentation and the lines that are there for those who read them.

A thirtieth of what the page of an article weighs, and nothing a browser shows: where there was white space
there is a line break. Done when a template is compiled, once in each process.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.template.loaders import filesystem

if TYPE_CHECKING:
    from django.template import Origin

# Tags that show nothing themselves. A line of nothing else goes, with its line break.
_SILENT = (
    "block|comment|elif|else|empty|endblock|endcomment|endfor|endif|endkeep|endpartialdef|endwith|extends"
    "|for|if|keep|load|partialdef|with"
)
# One tag and no more: a line that begins and ends with one may have a word between them.
_TAG = rf"\{{%[ \t]*(?:{_SILENT})\b(?:(?!%\}}).)*%\}}|\{{#(?:(?!#\}}).)*#\}}"
_LINE = re.compile(rf"^[ \t]*(?P<tags>(?:(?:{_TAG})[ \t]*)+)\n", re.MULTILINE)
_INDENTATION = re.compile(r"\s*\n\s*")


class Loader(filesystem.Loader):
    """For templates of our own. Those of others may count on a line break, as in a text area."""

    def get_contents(self, origin: Origin) -> str:
        text: str = super().get_contents(origin)
        return condensed(text) if origin.name.endswith(".html") else text


def condensed(text: str) -> str:
    return _LINE.sub(r"\g<tags>", _INDENTATION.sub("\n", text))
