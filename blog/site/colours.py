"""The colours of the site: from two that the owner chooses, all others in light and dark, readable.

Contrast is that of WCAG 2.2. Lighter and darker is meant as the eye sees it: colours are moved in OKLCH,
where equal steps look equal and the hue stays.
"""

from __future__ import annotations

from functools import lru_cache
from math import atan2, cos, hypot, sin
from typing import NamedTuple

ACCENT, PAPER = "#b62a17", "#fcfcfb"  # the defaults, as in tokens.css
TEXT = 4.5  # WCAG 2.2, 1.4.3 (AA): links and marks on the paper
INK = 7.0  # 1.4.6 (AAA): long texts
CONTROL = 3.0  # 1.4.11: the edge of a box to type in
_STEP = 0.005  # of lightness, less than the eye can tell

Pair = tuple[str, str]  # in light and in dark


class Palette(NamedTuple):
    """The colours of tokens.css that depend on the two, each in light and in dark."""

    paper: Pair
    wash: Pair
    ink: Pair
    quiet: Pair
    rule: Pair
    line: Pair
    edge: Pair
    accent: Pair


# What tokens.css says, for the paper it has.
_NEUTRAL = {
    "paper": (PAPER, "#14161a"),
    "wash": ("#f3f3f1", "#1d2025"),
    "ink": ("#17191d", "#e6e5e1"),
    "quiet": ("#5a5e66", "#a6a9af"),
    "rule": ("#17191d", "#686b73"),
    "line": ("#d8d9d9", "#33363c"),
    "edge": ("#80848b", "#7d8188"),
}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def nearest(colour: str, ground: str, least: float) -> str:
    """Return the colour of this hue that is nearest in lightness and has the contrast to the ground.

    Black or white where no lightness of the hue has it.
    """
    lightness, chroma, hue = _oklch(colour)
    for step in range(int(1 / _STEP) + 1):
        for moved in (lightness - step * _STEP, lightness + step * _STEP):
            if 0 <= moved <= 1:
                found = colour if step == 0 else _hex(moved, chroma, hue)
                if contrast(found, ground) >= least:
                    return found
    return max("#000000", "#ffffff", key=lambda end: contrast(end, ground))


@lru_cache(maxsize=64)
def palette_of(accent: str, paper: str) -> Palette:
    """Return all colours for these two; those of the default paper are the design's own."""
    accent, paper = accent.lower(), paper.lower()
    neutral = _NEUTRAL if paper == PAPER else _neutral_for(paper)
    dark_wash = neutral["wash"][1]
    light = nearest(accent, neutral["paper"][0], TEXT)
    if accent == ACCENT and light == accent:
        dark = "#ff8f78"
    else:
        _lightness, chroma, hue = _oklch(accent)
        dark = nearest(_hex(0.77, min(chroma, 0.15), hue), dark_wash, 6.0)
    colours = neutral | {"accent": (light, dark)}
    # A wash that is too dark for the links on it is taken back towards the paper.
    wash = neutral["wash"][0]
    if contrast(light, wash) < TEXT:
        wash = nearest(wash, light, TEXT) if contrast(light, paper) > TEXT + 0.1 else paper
        colours["wash"] = (wash, dark_wash)
    return Palette(**colours)


def _neutral_for(paper: str) -> dict[str, Pair]:
    lightness, chroma, hue = _oklch(paper)
    tint = min(chroma, 0.03)
    wash = _hex(lightness - 0.028, chroma, hue)
    dark_paper = _hex(0.2, tint * 0.7, hue)
    dark_wash = _hex(0.245, tint * 0.7, hue)
    return {
        "paper": (paper, dark_paper),
        "wash": (wash, dark_wash),
        "ink": (nearest(_hex(0.215, tint * 0.6, hue), paper, INK), _hex(0.92, tint * 0.3, hue)),
        "quiet": (
            nearest(_hex(0.48, tint * 0.6, hue), wash, 5.0),
            nearest(_hex(0.73, tint * 0.4, hue), dark_wash, 5.0),
        ),
        "rule": (_hex(0.215, tint * 0.6, hue), _hex(0.53, tint * 0.5, hue)),
        "line": (_hex(lightness - 0.11, chroma, hue), _hex(0.33, tint * 0.6, hue)),
        "edge": (
            nearest(_hex(0.6, tint * 0.5, hue), paper, CONTROL + 0.3),
            nearest(_hex(0.6, tint * 0.5, hue), dark_paper, CONTROL + 0.3),
        ),
    }


def _linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))

    def of(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return of(red), of(green), of(blue)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(colour: str) -> tuple[float, float, float]:
    """Return lightness (0 to 1), chroma and hue (radians)."""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, hypot(a, b), atan2(b, a)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour, with as much of the chroma as a screen can show."""
    lightness = min(1.0, max(0.0, lightness))
    while True:
        parts = _rgb(lightness, chroma, hue)
        if chroma <= 0 or all(-0.0005 <= part <= 1.0005 for part in parts):
            break
        chroma = max(0.0, chroma - 0.004)
    return "#" + "".join(f"{_byte(part):02x}" for part in parts)


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _byte(part: float) -> int:
    part = min(1.0, max(0.0, part))
    part = part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
    return round(part * 255)
