"""Things on tables, shelves and walls."""

import math
from random import Random

from PIL import Image

from blog.quickstart.pictures.canvas import Canvas, Point, curve, dice, rectangle, turned


def packets() -> Image.Image:
    """Packets on a shelf; one is turned round and shows what is in it."""
    c, chance = Canvas(1600, 900, "#e3826a", "#d8694f", "#c9573f"), dice("packets 1")
    c.fill(rectangle(-10, 706, 1610, 910), "#9e3f30", "#b04a37")
    c.fill(rectangle(-10, 706, 1610, 718), "#f0a78e", "#e08a70")
    row = [
        (96, 214, 420, "#f3e4cb", "#d7b98c"),
        (352, 250, 330, "#2f5d62", "#244a50"),
        (650, 300, 540, "#fbf5ea", "#e7dcc8"),
        (1002, 224, 390, "#e7b04e", "#c98f33"),
        (1270, 240, 470, "#28344e", "#1d263b"),
    ]
    for x, w, h, _, _ in row:
        lean = [(x + 20, 706), (x + w, 706), (x + w + h * 0.55, 770), (x + h * 0.35, 776)]
        c.shadow(lean, 16, "#4a130c", 0.5)
    for n, (x, w, h, light, dark) in enumerate(row):
        top = 706 - h
        c.fill(rectangle(x, top + 22, x + w, 708), light, light)
        c.polygon(
            [(x + w - 34, top + 22), (x + w, top + 22), (x + w, 708), (x + w - 20, 708)], dark
        )
        c.slab((x - 4, top, x + w + 4, top + 30), light, 4)
        for k in range(int(x) + 4, int(x + w), 12):
            c.line([(k, top + 4), (k, top + 26)], f"{dark}90", 2)
        if n == 2:
            _nutrition(c, chance, x + 34, top + 62, w - 82)
        else:
            _emblem(c, n, x + w / 2 - 14, top + h * 0.52, light)
    return c.finish(1.8)


def _nutrition(c: Canvas, chance: Random, x: float, y: float, w: float) -> None:
    """Draw a table as on the back of a packet: bars for words, a bold line between the parts."""
    ink = "#2a2320"
    c.slab((x - 12, y - 14, x + w + 12, y + 420), None, 3, ink, 3.4)
    c.slab((x, y, x + w * 0.78, y + 26), ink, 2)
    c.slab((x, y + 40, x + w * 0.46, y + 50), "#8b7f74", 2)
    c.slab((x, y + 66, x + w, y + 78), ink)
    for n in range(9):
        line, indent = y + 96 + n * 34, 22 if n in {2, 3, 6} else 0
        name = chance.uniform(0.3, 0.52) * w
        c.slab((x + indent, line, x + indent + name, line + 12), "#8b7f74" if indent else ink, 2)
        c.slab((x + w - chance.uniform(26, 44), line, x + w, line + 12),
               "#c8452f" if n == 4 else ink, 2)  # fmt: skip
        c.line([(x, line + 22), (x + w, line + 22)], "#b9ad9f", 1.4 if n != 5 else 6)


def _emblem(c: Canvas, kind: int, x: float, y: float, light: str) -> None:
    if kind == 0:
        c.disc(x, y, 62, "#d8694f")
        c.disc(x + 24, y - 18, 44, light)
    elif kind == 1:
        for k in range(3):
            c.ring(x, y + 10, 26 + k * 22, "#e9d9b8", 9)
    elif kind == 3:
        c.polygon([(x, y - 66), (x + 66, y + 50), (x - 66, y + 50)], "#7d2f24")
        c.polygon([(x, y - 66), (x + 66, y + 50), (x, y + 50)], "#93392b")
    else:
        for k in range(4):
            c.slab((x - 60, y - 62 + k * 36, x + 60 - k * 24, y - 44 + k * 36), "#e3826a", 9)


def lunch() -> Image.Image:
    """A lunch seen from above, with the boxes an annotator would draw."""
    c = Canvas(1600, 900, "#a8bfae", "#98b3a2", "#88a695")
    for x in range(-40, 1640, 80):
        c.line([(x, 0), (x, 900)], "#ffffff14", 26)
    for y in range(-20, 940, 80):
        c.line([(0, y), (1600, y)], "#ffffff10", 26)
    _plate(c, 620, 452)
    _cup(c, 1072, 270)
    _apple(c, 1000, 660)
    book = turned(rectangle(1240, 430, 1500, 800), (1370, 610), 9)
    c.shadow([(x + 16, y + 18) for x, y in book], 12, "#1f3a33", 0.45)
    c.polygon(book, "#2f4563")
    c.polygon(turned(rectangle(1268, 430, 1276, 800), (1370, 610), 9), "#c8452f")
    c.slab((1318, 520, 1426, 560), "#f1e6cf", 3)
    for x, tip in [(236, "fork"), (292, "knife")]:
        c.shadow(rectangle(x - 4, 262, x + 20, 668), 8, "#1f3a33", 0.35)
        c.slab((x - 6, 420, x + 8, 660), "#e9ece8", 7)
        if tip == "knife":
            c.polygon(curve([(x - 7, 430), (x - 6, 270), (x + 8, 290), (x + 9, 430)]), "#f2f4f1")
            continue
        c.slab((x - 17, 330, x + 19, 424), "#e9ece8", 14)
        for k in (-17, -3, 11):
            c.slab((x + k, 250, x + k + 8, 366), "#e9ece8", 4)
    boxes = [
        ((348, 180, 892, 726), "#fff4d6"),
        ((926, 130, 1250, 404), "#fff4d6"),
        ((894, 548, 1106, 770), "#c8452f"),
        ((206, 236, 316, 676), "#fff4d6"),
        ((1210, 398, 1530, 826), "#fff4d6"),
    ]
    for n, (box, colour) in enumerate(boxes):
        c.slab(box, None, 2, colour, 4)
        c.slab((box[0] - 2, box[1] - 30, box[0] + 62 + n * 17 % 50, box[1]), colour, 3)
        ink = "#fff4d6" if colour == "#c8452f" else "#4d6357"
        c.slab((box[0] + 8, box[1] - 19, box[0] + 48 + n * 17 % 50, box[1] - 11), ink, 4)
        for x in (box[0], box[2]):
            for y in (box[1], box[3]):
                c.slab((x - 6, y - 6, x + 6, y + 6), colour, 1)
    return c.finish(1.6)


def _plate(c: Canvas, x: float, y: float) -> None:
    ring = [(x + 14 + dx, y + 22 + dy) for dx, dy in _circle(262)]
    c.shadow(ring, 14, "#1f3a33", 0.5)
    c.disc(x, y, 262, "#f7f4ec")
    c.disc(x, y, 196, "#ebe6da")
    c.disc(x + 2, y + 3, 190, "#f4f0e7")
    for dx, dy, degrees in [(-88, 10, -14), (92, -6, 12)]:
        middle = (x + dx, y + dy)
        half = [(middle[0] + a, middle[1] + b) for a, b in [(-104, 96), (100, 96), (100, -98)]]
        for shift, colour in [(12, "#c98f4a"), (6, "#d5573b"), (0, "#6f9a4a"), (-8, "#f0cf94")]:
            layer = [(a + shift * 0.4, b + shift) for a, b in half]
            c.polygon(turned(layer, middle, degrees if dx > 0 else degrees + 180), colour)
    for dx, dy in [(-18, 150), (14, 162), (40, 142)]:
        c.disc(x + dx, y + dy, 17, "#c8452f")
        c.disc(x + dx - 5, y + dy - 5, 5, "#ee8d76")


def _cup(c: Canvas, x: float, y: float) -> None:
    c.shadow([(x + 12 + dx, y + 18 + dy) for dx, dy in _circle(124)], 12, "#1f3a33", 0.45)
    c.disc(x, y, 122, "#f7f4ec")
    c.disc(x, y, 98, "#e6e0d3")
    c.slab((x + 70, y - 17, x + 158, y + 17), "#fbf9f3", 16)
    c.disc(x, y, 82, "#fbf9f3")
    c.disc(x, y, 69, "#4b2f22")
    c.disc(x - 6, y - 4, 50, "#6a4531")
    c.polygon(curve([(x - 40, y + 6), (x - 8, y - 30), (x + 34, y - 12), (x + 6, y + 24),
                     (x - 40, y + 6)]), "#e9d3b4")  # fmt: skip


def _apple(c: Canvas, x: float, y: float) -> None:
    c.shadow([(x + 14 + dx, y + 18 + dy) for dx, dy in _circle(84)], 12, "#1f3a33", 0.5)
    c.disc(x - 18, y, 74, "#b93a2a")
    c.disc(x + 20, y + 2, 72, "#b93a2a")
    c.disc(x - 20, y - 6, 62, "#cf4a36")
    c.oval((x - 52, y - 44, x - 22, y - 22), "#f0a08a90")
    c.disc(x, y - 10, 15, "#8e281c")
    c.line([(x, y - 12), (x + 12, y - 46)], "#4a2f20", 7)
    c.polygon(curve([(x + 12, y - 36), (x + 44, y - 66), (x + 70, y - 48), (x + 12, y - 36)]),
              "#6f9a4a")  # fmt: skip


def _circle(r: float) -> list[Point]:
    return [(r * math.cos(n / 8), r * math.sin(n / 8)) for n in range(51)]


def paper_stack() -> Image.Image:
    """A stack of paper with three red slips: the places worth reading."""
    c, chance = Canvas(1400, 788, "#dcd8cd", "#cfcabd", "#c2bcad"), dice("paper 9")
    c.fill(rectangle(-10, 664, 1410, 800), "#aea796", "#bbb4a4")
    c.shadow(rectangle(300, 650, 1190, 700), 16, "#3b3428", 0.65)
    y = 664.0
    while y > 150:
        thick = chance.choice([5, 5, 6, 8, 11])
        left, right = 330 + chance.gauss(0, 9), 1060 + chance.gauss(0, 9)
        tone = chance.choice(["#fbf8f1", "#f4efe4", "#ece6d8", "#f8f4ea", "#e3dccd"])
        lean = chance.uniform(-3, 3)
        c.polygon(
            [(left, y), (right, y + lean), (right, y + lean - thick), (left, y - thick)], tone
        )
        c.line([(left, y), (right, y + lean)], "#8e856f60", 1.2)
        slip = next((n for n, at in enumerate((560, 392, 236)) if y - thick <= at < y), None)
        if slip is not None:
            out = right + [64, 108, 40][slip]
            c.slab((right - 30, y - 6, out, y - 1), "#c8452f")
        y -= thick + 0.6
    top = y
    c.polygon([(330, top + 3), (1060, top), (1016, top - 34), (388, top - 32)], "#fdfbf6")
    for n in range(3):
        c.line([(470, top - 24 + n * 8), (760 + n * 60, top - 24 + n * 8)], "#b8af9c", 2)
    c.polygon([(870, top - 12), (1000, top - 30), (1003, top - 25), (874, top - 6)], "#2d4a63")
    c.polygon([(870, top - 12), (874, top - 6), (858, top - 5)], "#e8cfa0")
    return c.finish(1.8)


def drawers() -> Image.Image:
    """A wall of card drawers; a single one is open, and it is enough."""
    c, chance = Canvas(1400, 788, "#6d4630", "#553322"), dice("drawers 2")
    w, h = 190, 128
    for row in range(6):
        for column in range(7):
            x, y = 32 + column * w, 10 + row * h
            tone = chance.choice(["#a4714a", "#9b6943", "#ad7a52", "#94633f"])
            c.slab((x, y, x + w - 12, y + h - 12), "#4a2c1d", 5)
            c.fill(rectangle(x + 4, y + 4, x + w - 16, y + h - 16), tone, "#8a5a39")
            c.line([(x + 6, y + 6), (x + w - 18, y + 6)], "#d3a47a80", 2)
            if (column, row) == (4, 3):
                continue
            c.slab((x + 52, y + 26, x + 126, y + 58), "#ddc9a2", 3, "#5c3b22", 3)
            c.line([(x + 64, y + 42), (x + 64 + chance.randint(24, 48), y + 42)], "#7c6a4d", 3)
            c.disc(x + 89, y + 84, 10, "#3b2416")
            c.disc(x + 87, y + 82, 7, "#c79a4e")
    _open_drawer(c, 32 + 4 * w, 10 + 3 * h)
    return c.finish(1.2)


def _open_drawer(c: Canvas, x: float, y: float) -> None:
    c.slab((x + 4, y + 4, x + 174, y + 112), "#23140c", 3)
    c.shadow(rectangle(x - 16, y + 110, x + 200, y + 270), 20, "#1d0f08", 0.75)
    for n in range(13):
        cut = n * 6.5
        tone = ["#efe3c6", "#f8f0dc", "#e6d8b8"][n % 3]
        c.slab((x + 14 - n * 0.8, y + 26 + cut, x + 164 + n * 0.8, y + 130 + cut), tone, 3)
        c.line([(x + 14, y + 27 + cut), (x + 164, y + 27 + cut)], "#b7a47c", 1.2)
    c.slab((x + 62, y + 6, x + 104, y + 60), "#c8452f", 3)
    c.polygon(
        [(x - 14, y + 124), (x + 192, y + 124), (x + 192, y + 236), (x - 14, y + 236)], "#b98457"
    )
    c.polygon(
        [(x - 14, y + 124), (x + 192, y + 124), (x + 192, y + 131), (x - 14, y + 131)], "#e0b487"
    )
    c.slab((x + 44, y + 150, x + 134, y + 188), "#f1e2bf", 3, "#5c3b22", 3)
    c.line([(x + 58, y + 164), (x + 118, y + 164)], "#7c6a4d", 3)
    c.line([(x + 58, y + 175), (x + 98, y + 175)], "#7c6a4d", 3)
    c.disc(x + 89, y + 212, 13, "#4a2c1d")
    c.disc(x + 87, y + 210, 9, "#dcb061")
