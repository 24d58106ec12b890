"""Skies, hills, houses and water."""

import math
from random import Random

from PIL import Image

from blog.quickstart.pictures.canvas import Canvas, Point, dice, rectangle, wave


def _ridge(c: Canvas, chance: Random, y: float, swing: float, *colours: str) -> list[Point]:
    line = [(x, y + dy) for x, dy in wave(chance, swing, c.width)]
    c.fill([*line, (c.width + 10, c.height), (-10, c.height)], *colours)
    return line


def _stars(c: Canvas, chance: Random, count: int, lowest: float) -> None:
    for _ in range(count):
        x, y = chance.uniform(0, c.width), lowest * chance.random() ** 1.5
        alpha = round(200 * (1 - y / lowest) * chance.uniform(0.3, 1)) + 20
        c.disc(x, y, chance.choice([0.7, 0.9, 1.4]), f"#fdf6e3{alpha:02x}")


def balloon() -> Image.Image:
    """A weather balloon just let go, at dawn, over hills in the mist."""
    c, chance = Canvas(1600, 900, "#5e8ea6", "#9dbcc0", "#e3dcc6", "#f4d3b0"), dice("balloon 7")
    c.glow(1180, 610, 520, "#fff1cf", 1)
    c.disc(1180, 610, 58, "#fff6e0")
    hills = [
        (560, 46, "#b9c4bb", "#dfd7c4"),
        (630, 52, "#8fa8a2", "#c3cabb"),
        (700, 50, "#64877f", "#9db3a4"),
        (772, 44, "#3f645f", "#6c8d80"),
    ]
    for y, swing, high, low in hills:
        _ridge(c, chance, y, swing, high, low)
    front = _ridge(c, chance, 838, 26, "#233f3f", "#16292c")
    ground = min(front, key=lambda point: abs(point[0] - 430))[1]
    _observer(c, 430, ground + 4)
    _envelope(c, 560, 210, 104)
    c.line([(560, 340), (556, 420), (551, 520)], "#2d3b40", 1.6)
    c.slab((538, 520, 564, 546), "#c8452f", 3)
    c.slab((538, 520, 564, 529), "#e3694c", 3)
    return c.finish()


def _observer(c: Canvas, x: float, y: float) -> None:
    """Draw the person who let go: arm and face still up."""
    coat = "#13262a"
    c.line([(x - 5, y), (x - 4, y - 26)], coat, 5.5)
    c.line([(x + 6, y), (x + 4, y - 26)], coat, 5.5)
    c.polygon([(x - 9, y - 52), (x + 8, y - 52), (x + 12, y - 18), (x - 12, y - 18)], coat)
    c.line([(x + 5, y - 49), (x + 17, y - 62), (x + 25, y - 80)], coat, 5)
    c.line([(x - 7, y - 49), (x - 14, y - 36), (x - 11, y - 26)], coat, 5)
    c.disc(x + 1, y - 61, 8, coat)
    c.line([(x - 9, y - 52), (x + 7, y - 52)], "#c8452f", 5)


def _envelope(c: Canvas, x: float, y: float, r: float) -> None:
    """Draw the balloon itself: a drop, lit from the right where the sun is."""
    outline = []
    for n in range(181):
        angle = math.tau * n / 180
        fall = max(0, math.sin(angle)) ** 3
        outline.append((x + r * math.cos(angle) * (1 - 0.28 * fall), y + r * math.sin(angle)
                        * (1 + 0.2 * fall)))  # fmt: skip
    c.polygon(outline, "#d9dedb")
    for k in range(1, 25):
        share = 1 - k / 32
        light = round(0x0F + k * 0.2)
        c.polygon(
            [
                (x + (px - x) * share + k * 1.15, y + (py - y) * share - k * 0.55)
                for px, py in outline
            ],
            f"#fffaf0{light:02x}",
        )
    c.polygon([(x - 9, y + 1.22 * r), (x + 9, y + 1.22 * r), (x, y + 1.12 * r)], "#b9c2c1")


def quiet_house() -> Image.Image:
    """A village on a hill after sunset; one window is lit."""
    c, chance = Canvas(1600, 900, "#131c3a", "#233963", "#47608a", "#a58a9a"), dice("quiet 4")
    _stars(c, chance, 190, 520)
    c.glow(1280, 190, 230, "#a9b3cf", 0.7)
    outer = [(math.cos(a / 20) * 46, math.sin(a / 20) * 46) for a in range(-32, 33)]
    inner = [(x * 0.45, y) for x, y in reversed(outer)]
    c.polygon([(1262 + x, 190 + y) for x, y in outer + inner], "#f9eed2")
    _ridge(c, chance, 600, 60, "#3b4f7d", "#5d6488")
    _ridge(c, chance, 680, 44, "#283863", "#3c456e")
    line = [(x, 742 + dy * 0.6) for x, dy in wave(chance, 44, 1600)]
    x, awake = 70.0, 0
    while x < 1540:
        ground = min(line, key=lambda point: abs(point[0] - x))[1] + 14
        width, tall = chance.uniform(84, 132), chance.uniform(56, 92)
        if chance.random() < 0.16:
            c.line([(x + 24, ground), (x + 24, ground - 100)], "#141c3c", 4)
            c.oval((x, ground - 168, x + 48, ground - 52), "#172043")
        else:
            _house(c, x, ground, width, tall, lit=not awake and x > 820)
            awake += x > 820
        x += width + chance.choice([8, 14, 44, 84])
    c.fill([*line, (1610, 900), (-10, 900)], "#1a2447", "#0b1128")
    c.fill([(x, y + 74) for x, y in line] + [(1610, 900), (-10, 900)], "#121a38", "#080d20")
    return c.finish()


def _house(c: Canvas, x: float, ground: float, w: float, tall: float, *, lit: bool) -> None:
    top = ground - tall
    c.fill(rectangle(x, top, x + w, ground + 30), "#1c2650", "#161f42")
    c.polygon([(x - 8, top + 2), (x + w / 2, top - w * 0.46), (x + w + 8, top + 2)], "#10183a")
    c.slab((x + w * 0.72, top - w * 0.42, x + w * 0.82, top - 4), "#10183a")
    window = (x + w * 0.2, top + 13, x + w * 0.2 + 17, top + 37)
    if not lit:
        c.slab(window, "#263364", 1)
        c.slab((x + w * 0.6, window[1], x + w * 0.6 + 17, window[3]), "#263364", 1)
        return
    c.glow(window[0] + 8, window[1] + 12, 190, "#ffc766", 0.62)
    c.slab(window, "#ffd98a", 1)
    c.line([(window[0] + 8.5, window[1]), (window[0] + 8.5, window[3])], "#8a5a2a", 1.6)
    c.line([(window[0], window[1] + 11), (window[2], window[1] + 11)], "#8a5a2a", 1.6)


def night_sea() -> Image.Image:
    """The sea under the moon; the balloon is a point of light above it."""
    c, chance = Canvas(1400, 788, "#0f1a2b", "#1a2e43", "#3c5566"), dice("sea 2")
    horizon = 430
    _stars(c, chance, 130, 330)
    c.glow(980, 190, 300, "#e9e2c8", 0.7)
    c.disc(980, 190, 62, "#f3ead0")
    for cx, cy, r in [(962, 172, 13), (1001, 186, 9), (974, 214, 17), (1004, 219, 6)]:
        c.disc(cx, cy, r, "#dccfac90")
    c.fill(rectangle(-10, horizon, 1410, 788), "#45606d", "#24404f", "#13283a", "#0a1726")
    for n in range(70):  # the light lies on the water, wider towards us
        depth = (n / 70) ** 1.5
        y = horizon + 4 + depth * 350
        spread = 16 + depth * 130
        for _ in range(3):
            x, w = chance.gauss(980, spread), chance.uniform(12, 34) + depth * 70
            alpha = round(chance.uniform(50, 165) * (1 - depth * 0.55))
            c.slab((x - w / 2, y, x + w / 2, y + 1.6 + depth * 2.6), f"#f3e6c0{alpha:02x}", 1)
    for foot, swing, high, low in [(520, 5, "#1d3849", "#1a3343"), (610, 8, "#152c3d", "#11263a")]:
        line = [(x, foot + dy) for x, dy in wave(chance, swing, 1400, 5)]
        c.line(line, f"{high}70", 9)
        c.line([(x, y + 14) for x, y in line], f"{low}60", 14)
    c.fill([(-10, 440), (150, 424), (330, 431), (420, 431), (-10, 452)], "#0d1a28", "#0b1622")
    c.slab((206, 392, 212, 430), "#0d1a28")
    c.glow(209, 390, 60, "#ff9d6b", 0.9)
    c.disc(209, 390, 3.4, "#ffd9b0")
    c.glow(470, 150, 70, "#dfe9ee", 0.55)
    c.oval((459, 136, 481, 162), "#e8edea")
    c.line([(470, 162), (469, 204)], "#c4d0d2", 1)
    c.slab((466, 204, 472, 210), "#d9573d", 1)
    return c.finish()
