"""Saws, drills and hammers, among books and on the wall."""

import itertools
import math
from random import Random

from PIL import Image

from blog.quickstart.pictures.canvas import Canvas, Point, curve, dice, rectangle

Ink = dict[str, str]

WOOD: Ink = {
    "grip": "#b5793f",
    "dark": "#8c5a2b",
    "steel": "#d7dcda",
    "edge": "#aab3b3",
    "red": "#c8452f",
}

BINDINGS = "#c8452f #e7dcc6 #5f7a66 #27405a #c99a4b #8a6d55 #486a74 #efe8d8".split()


def saw_shelf() -> Image.Image:
    """Library shelves where tools stand among the novels."""
    c, chance = Canvas(1600, 900, "#2a2320", "#1f1a19"), dice("shelf 8")
    gaps = {0: (880, 1330), 1: (150, 560), 2: (1010, 1440)}
    for shelf in range(3):
        foot, x = 290 + shelf * 290, 26.0
        c.fill(rectangle(-10, foot - 268, 1610, foot), "#1b1615", "#332a26")
        start, end = gaps[shelf]
        while x < 1570:
            w, h = chance.randint(22, 54), chance.randint(158, 232)
            if x + w > start and x < end:
                x = end + 6.0
                continue
            _book(c, chance, x, foot, (w, h))
            x += w + chance.choice([2, 2, 3, 5])
        if shelf == 0:
            handsaw(c, 915, foot - 141, WOOD)
        elif shelf == 1:
            drill(c, 190, foot - 200, WOOD)
        else:
            plane(c, 1050, foot - 150, WOOD)
        c.slab((-10, foot, 1610, foot + 20), "#8a5b37")
        c.slab((-10, foot, 1610, foot + 5), "#b07a4c")
        c.slab((-10, foot + 20, 1610, foot + 34), "#00000060")
    return c.finish(0.9)


def _book(c: Canvas, chance: Random, x: float, foot: float, size: tuple[int, int]) -> None:
    w, h = size
    c.slab((x, foot - h, x + w, foot), chance.choice(BINDINGS), 2)
    c.slab((x, foot - h, x + 5, foot), "#ffffff1c")
    c.slab((x + w - 7, foot - h, x + w, foot), "#00000026")
    band = foot - h + chance.randint(24, 60)
    c.slab((x, band, x + w, band + chance.choice([4, 16])), "#00000030")
    if w > 34:
        c.slab((x + w / 2 - 3, foot - h + 90, x + w / 2 + 3, foot - 40), "#ffffff2e", 2)


def handsaw(c: Canvas, x: float, y: float, ink: Ink) -> None:
    """Draw a handsaw of 380 × 140, the grip at the right."""
    teeth: list[Point] = []
    for n in range(30):
        share = n / 30
        teeth += [
            (x + share * 262, y + 82 + share * 40),
            (x + share * 262 + 4, y + 91 + share * 40),
        ]
    c.polygon([(x, y + 34), (x + 262, y + 8), (x + 272, y + 122), *teeth[::-1]], ink["steel"])
    c.polygon([(x, y + 34), (x + 262, y + 8), (x + 263, y + 22), (x, y + 44)], ink["edge"])
    grip = curve([(x + 250, y + 2), (x + 300, y - 12), (x + 366, y + 10), (x + 384, y + 66),
                  (x + 364, y + 128), (x + 318, y + 140), (x + 262, y + 128), (x + 274, y + 66),
                  (x + 250, y + 2)])  # fmt: skip
    c.polygon(grip, ink["grip"])
    c.oval((x + 300, y + 32, x + 350, y + 104), ink.get("hole", "#241d1a"))
    for dx, dy in [(276, 28), (284, 104)]:
        c.disc(x + dx, y + dy, 6, ink["edge"])


def drill(c: Canvas, x: float, y: float, ink: Ink) -> None:
    """Draw a cordless drill of 330 × 200, the bit to the right."""
    grip = curve([(x + 36, y + 70), (x + 24, y + 160), (x + 92, y + 166), (x + 116, y + 70)])
    c.polygon(grip, ink["dark"])
    c.slab((x, y + 20, x + 190, y + 88), ink["red"], 26)
    c.slab((x, y + 20, x + 190, y + 40), "#ffffff20", 14)
    c.slab((x + 150, y + 16, x + 206, y + 92), "#57504c" if ink is WOOD else ink["red"], 8)
    c.polygon(
        [(x + 206, y + 28), (x + 252, y + 40), (x + 252, y + 68), (x + 206, y + 80)], ink["edge"]
    )
    c.slab((x + 250, y + 50, x + 336, y + 58), ink["steel"], 2)
    c.slab((x + 112, y + 86, x + 128, y + 112), ink["edge"], 4)
    c.slab((x - 4, y + 156, x + 118, y + 200), "#57504c" if ink is WOOD else ink["red"], 8)
    for n in range(4):
        c.slab((x + 20 + n * 20, y + 48, x + 30 + n * 20, y + 60), "#00000038", 3)


def plane(c: Canvas, x: float, y: float, ink: Ink) -> None:
    """Draw a carpenter's plane of 350 × 150."""
    c.polygon(curve([(x + 208, y + 100), (x + 232, y + 30), (x + 284, y + 6), (x + 296, y + 34),
                     (x + 264, y + 58), (x + 276, y + 104)]), ink["dark"])  # fmt: skip
    c.disc(x + 66, y + 62, 29, ink["grip"])
    c.polygon(
        [(x + 52, y + 84), (x + 80, y + 84), (x + 88, y + 112), (x + 44, y + 112)], ink["grip"]
    )
    c.polygon(
        [(x + 126, y + 104), (x + 176, y + 22), (x + 204, y + 28), (x + 168, y + 106)], ink["edge"]
    )
    c.slab((x, y + 98, x + 352, y + 150), ink["red"], 8)
    c.slab((x, y + 138, x + 352, y + 150), ink["steel"], 3)


def hammer(c: Canvas, x: float, y: float, ink: Ink) -> None:
    """Draw a hammer of 150 × 330, hanging by its head."""
    c.slab((x + 62, y + 30, x + 86, y + 330), ink["grip"], 10)
    c.slab((x + 62, y + 210, x + 86, y + 330), ink["red"], 10)
    c.slab((x + 44, y + 8, x + 104, y + 56), ink["edge"], 6)
    c.slab((x, y + 4, x + 46, y + 60), ink["steel"], 5)
    claw = curve([(x + 100, y + 12), (x + 150, y + 18), (x + 172, y + 60), (x + 136, y + 42),
                  (x + 100, y + 50)])  # fmt: skip
    c.polygon(claw, ink["steel"])


def pegboard() -> Image.Image:
    """A wall of tools; of one there is only the painted outline: it is out on loan."""
    c = Canvas(1400, 788, "#e9dcc0", "#dccaa6")
    for x in range(35, 1400, 38):
        for y in range(32, 788, 38):
            c.disc(x, y, 3.6, "#b8a47c")
            c.disc(x + 0.6, y + 0.8, 2.6, "#8d7a55")
    away = dict.fromkeys(["grip", "dark", "steel", "edge", "red"], "#c0674f5c")
    away["hole"] = "#e3d3b3"
    for tool, x, y in [(handsaw, 110, 96), (drill, 600, 90), (plane, 1000, 122)]:
        shade = dict.fromkeys([*WOOD, "hole"], "#6b573140")
        tool(c, x + 10, y + 12, shade)
        tool(c, x, y, WOOD | {"hole": "#e2d2b0"})
    hammer(c, 178, 380, dict.fromkeys(WOOD, "#6b573140"))
    hammer(c, 168, 368, WOOD)
    _absent(c, 440, 468)
    for n, tall in enumerate([210, 250, 190, 230]):
        x = 960 + n * 92
        c.slab((x + 8, 430, x + 24, 440 + tall), "#6b573140", 4)
        c.slab((x + 3, 500, x + 11, 430 + tall), WOOD["steel"], 2)
        c.slab((x - 8, 410, x + 22, 510), ["#c8452f", "#27405a", "#c99a4b", "#5f7a66"][n], 12)
        c.slab((x - 3, 420, x + 2, 500), "#ffffff38", 3)
    return c.finish(1.2)


def _absent(c: Canvas, x: float, y: float) -> None:
    """Draw where a saw should hang: a dashed outline, a hook and a slip with a name."""
    outline = curve([(x, y + 36), (x + 250, y + 4), (x + 304, y - 12), (x + 368, y + 12),
                     (x + 386, y + 66), (x + 366, y + 126), (x + 318, y + 140), (x + 262, y + 126),
                     (x, y + 84), (x, y + 36)], 60)  # fmt: skip
    walked = 0.0
    for a, b in itertools.pairwise(outline):
        walked += math.dist(a, b)
        if walked % 26 < 15:
            c.line([a, b], "#c8452f", 4)
    c.line([(x + 190, y - 18), (x + 190, y + 30)], "#6b5731", 2)
    c.slab((x + 128, y + 28, x + 252, y + 106), "#fbf6e9", 4)
    c.disc(x + 190, y + 36, 5, "#8d7a55")
    for n, length in enumerate([88, 64, 76]):
        c.line([(x + 146, y + 56 + n * 16), (x + 146 + length, y + 56 + n * 16)], "#7a7060", 3)
