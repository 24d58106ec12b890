"""The styles of a page's first screen: they stand in the page itself, which the policy allows by their hash.

A stranger's browser then shows the first screen as soon as the page is there, and need not ask for a
stylesheet first: some 650 ms on a slow line. What comes below has files, linked in the body where it begins:
a browser shows what stands before such a link without waiting for it. No page gets a rule twice. The text
is the same for everybody, as the page is.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.safestring import SafeString

from blog.site.look import look_of
from blog.site.static_storage import condensed

if TYPE_CHECKING:
    from blog.site.models import SiteSettings

ALWAYS = ("tokens", "first")  # of static/css; tokens.css says the order of the layers
_FONT = re.compile(r"url\(\.\./([^)]+)\)")  # a stylesheet's addresses are relative to itself


class Styles(NamedTuple):
    markup: SafeString
    hash: str  # as the policy has it


def first_styles(names: tuple[str, ...], site: SiteSettings) -> Styles:
    """Return the stylesheets and the site's own colours and type, which come last and so prevail."""
    # Whoever works on a stylesheet sees it at once, as those that have files.
    styles = _styled if settings.DEBUG else _styles
    return styles((*ALWAYS, *names), look_of(site).css)


def _styled(names: tuple[str, ...], look: str) -> Styles:
    text = "".join(map(_sheet, names)) + look
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Styles(SafeString(f"<style>{text}</style>"), f"'sha256-{digest}'")


_styles = lru_cache(maxsize=64)(_styled)


def _sheet(name: str) -> str:
    return (_read if settings.DEBUG else _kept)(name)


def _read(name: str) -> str:
    path = Path(finders.find(f"css/{name}.css") or "")  # the theme's own, if it has one
    text = condensed(path.read_bytes(), ".css").decode()
    return _FONT.sub(lambda found: f"url({static(found[1])})", text)


_kept = cache(_read)
