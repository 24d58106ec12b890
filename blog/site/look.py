"""The styles of the site's own: only what the owner chose differently from what static/css says.

They stand in the page, after the styles of its first screen (first_screen.py). For an article in the frame of
another site they have an address, with a digest in it, and are kept for ever by browsers.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from blog.site.colours import ACCENT, PAPER, palette_of

if TYPE_CHECKING:
    from blog.site.models import SiteSettings


class Look(NamedTuple):
    css: str  # "" for the default look
    digest: str


_SANS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,Arial,sans-serif'
# A sans looks larger than a serif of the same size, and wants less tightly set headings.
_SANS_CSS = (
    f"@layer tokens{{:root{{--serif:{_SANS};--s-1:clamp(.875rem,.86rem + .1vw,.9375rem);"
    "--s0:clamp(1.0625rem,1.03rem + .15vw,1.125rem);--measure:calc(32*var(--s0))}}"
    "@layer base{h1,h2,h3,h4{font-weight:650;letter-spacing:-.015em}}"
    "@layer parts{.mast-name{font-weight:750}.front .mast-name{letter-spacing:-.045em}}"
)
_JOURNAL_CSS = (
    "@layer parts{.front main{inline-size:100%;max-inline-size:44rem;margin-inline:auto}"
    ".front main :is(.band,.lead,.cards,.duo){grid-template-columns:minmax(0,1fr)}"
    ".front main :is(.band,.lead)>*{grid-column:1}"
    ".front .lead h2{font-size:var(--s3);line-height:1.04}"
    ".front main .cards .card-title{font-size:var(--s2)}}"
)
_LOGO_CSS = (
    "@layer parts{.mast-name img{block-size:2.75rem;inline-size:auto;max-inline-size:min(56vw,18rem);"
    "object-fit:contain;background:none}"
    ".front .mast-name img{block-size:clamp(3.5rem,2.6rem + 3.6vw,6rem);max-inline-size:min(58vw,34rem)}"
    "@media (width < 60rem){.front .mast-menu>summary{min-block-size:clamp(3.5rem,2.6rem + 3.6vw,6rem)}}"
    ".front .mast-name{line-height:0;padding-block-end:var(--gap-2)}}"
)
# As in tokens.css: the radios, the attribute that theme.js sets before they are there, then the device.
_TWO_LOGOS_CSS = (
    "@layer parts{.on-dark{display:none}"
    ':root:is([data-theme="dark"],:has([name="theme"][value="dark"]:checked)) '
    ".mast-name{.on-light{display:none}.on-dark{display:block}}"
    "@media (prefers-color-scheme:dark){"
    ':root:not([data-theme="light"],:has([name="theme"][value="light"]:checked)) '
    ".mast-name{.on-light{display:none}.on-dark{display:block}}}}"
)


def look_of(site: SiteSettings) -> Look:
    """Return the site's own stylesheet; made once for each set of choices."""
    return _look(
        site.accent,
        site.paper,
        site.typeface == site.Typeface.SANS,
        site.layout == site.Layout.JOURNAL,
        site.logo_id is not None,
        site.logo_id is not None and site.logo_dark_id is not None,
    )


@lru_cache(maxsize=32)
def _look(
    accent: str, paper: str, is_sans: bool, is_journal: bool, has_logo: bool, has_two: bool
) -> Look:
    css = _colours_css(accent, paper)
    for is_chosen, rules in (
        (is_sans, _SANS_CSS),
        (is_journal, _JOURNAL_CSS),
        (has_logo, _LOGO_CSS),
        (has_two, _TWO_LOGOS_CSS),
    ):
        css += rules if is_chosen else ""
    return Look(css, hashlib.blake2b(css.encode(), digest_size=8).hexdigest() if css else "")


def _colours_css(accent: str, paper: str) -> str:
    """Return the tokens that differ from those in tokens.css."""
    default = palette_of(ACCENT, PAPER)
    palette = palette_of(accent, paper)
    changed = [
        f"--{name}:light-dark({pair[0]},{pair[1]})"
        for name, pair in palette._asdict().items()
        if pair != getattr(default, name)
    ]
    return f"@layer tokens{{:root{{{';'.join(changed)}}}}}" if changed else ""
