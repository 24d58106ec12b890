"""A street at dusk, and the timetable that never was."""

from random import Random

from PIL import Image

from blog.quickstart.pictures.canvas import SCALE, Canvas, Point, dice, rectangle


def bunched_buses() -> Image.Image:
    """A skyline at dusk; below it three buses of one line, nose to tail."""
    c, chance = Canvas(1600, 900, "#33365c", "#7d5a76", "#d98a6c", "#f3c48e"), dice("dusk 5")
    c.glow(1130, 520, 560, "#ffd9a0", 0.9)
    c.disc(1130, 500, 74, "#ffe7bd")
    rows = [
        (560, 150, "#a9707a", "#c98c7d", "", 0.0),
        (620, 190, "#75506f", "#996273", "#f3c07c", 0.05),
        (700, 250, "#43375c", "#5c4265", "#f7c97f", 0.13),
    ]
    for base, tall, high, low, light, share in rows:
        _blocks(c, chance, (base, tall), (high, low), light, share)
    c.fill(rectangle(-10, 716, 1610, 900), "#2c2643", "#1c1930")
    c.fill(rectangle(-10, 706, 1610, 724), "#3d3352", "#342c49")
    c.dashes((0, 842), (1600, 842), "#e8c59a55", 5, 46)
    for x in range(110, 1600, 345):
        c.line([(x, 716), (x, 560), (x + 8, 548), (x + 34, 546)], "#1e1a31", 4)
        c.glow(x + 36, 552, 96, "#ffd28a", 0.8)
        c.slab((x + 24, 545, x + 48, 551), "#ffe9c0", 3)
    for x, colour in [(150, "#c8452f"), (492, "#bd3f2c"), (836, "#b23a29")]:
        _bus(c, x, 790, colour)
    return c.finish(2)


def _blocks(
    c: Canvas,
    chance: Random,
    place: tuple[int, int],
    walls: tuple[str, str],
    light: str,
    share: float,
) -> None:
    """Draw one row of houses with a share of lit windows; `place` is its foot and its tallest."""
    base, tall = place
    x = -chance.uniform(10, 60)
    while x < c.width:
        width, top = chance.randint(58, 128), base - tall * chance.uniform(0.35, 1)
        c.fill(rectangle(x, top, x + width, 760), *walls)
        roof = chance.random()
        if roof < 0.14:
            c.polygon([(x, top + 1), (x + width / 2, top - 34), (x + width, top + 1)], walls[0])
        elif roof < 0.3:
            c.slab((x + width * 0.3, top - 20, x + width * 0.55, top + 1), walls[0])
        elif roof < 0.4:
            c.line([(x + width * 0.6, top), (x + width * 0.6, top - 52)], walls[0], 3)
        for wx in range(int(x) + 12, int(x) + width - 14, 19):
            for wy in range(int(top) + 14, 700, 25):
                if chance.random() < share:
                    c.slab((wx, wy, wx + 8, wy + 12), light + chance.choice(["b0", "e0", "70"]))
        x += width + chance.choice([0, 0, 0, 14])


def _bus(c: Canvas, x: float, ground: float, colour: str) -> None:
    top, width = ground - 132, 318
    c.oval((x - 8, ground + 2, x + width + 30, ground + 26), "#0d0b1a80")
    c.slab((x, top, x + width, ground), colour, 16)
    c.slab((x, top, x + width, top + 30), "#ffffff16", 14)
    c.slab((x, ground - 34, x + width, ground - 22), "#f3d9b4")
    c.slab((x + 14, top + 26, x + width - 44, top + 78), "#ffe2a6", 6)
    for n in range(1, 5):
        c.slab((x + 8 + n * 54, top + 24, x + 14 + n * 54, top + 80), colour)
    for n, tall in [(0, 22), (2, 26), (4, 20)]:  # passengers
        c.disc(x + 40 + n * 54, top + 76 - tall, 8, "#4a3340")
        c.slab((x + 28 + n * 54, top + 84 - tall, x + 52 + n * 54, top + 78), "#4a3340", 7)
    c.slab((x + width - 36, top + 24, x + width - 4, top + 88), "#cfe0de", 7)
    c.slab((x + width - 104, top + 7, x + width - 46, top + 20), "#241d33", 3)
    c.slab((x + width - 96, top + 10, x + width - 66, top + 17), "#ffb347", 1)
    for wheel in (62, width - 66):
        c.disc(x + wheel, ground - 2, 27, "#171427")
        c.disc(x + wheel, ground - 2, 11, "#8d8494")
    c.slab((x + width - 8, ground - 52, x + width + 2, ground - 38), "#fff0c4", 3)
    c.glow(x + width + 14, ground - 44, 66, "#ffe1a0", 0.9)


def string_lines() -> Image.Image:
    """Time runs to the right, the line climbs: evenly sent buses drift into pairs."""
    c, chance = Canvas(1400, 788, "#f4efe4", "#ece4d3"), dice("strings 3")
    blank = c.image.copy()
    stops, left, right, low, high, every = 14, 90.0, 1330.0, 708.0, 84.0, 128.0
    rise = (low - high) / (stops - 1)
    for n in range(stops):
        y = low - rise * n
        c.line([(left, y), (right, y)], "#a89c83" if n % 4 == 0 else "#cfc6b2", 1.2)
    gone = [-1250.0 + 58 * n for n in range(stops)]  # when the bus before left each stop
    for bus in range(19):
        time = -1250 + (bus + 1) * every
        line: list[Point] = []
        for n in range(stops):
            line.append((time, low - rise * n))
            # The longer the gap, the more people wait, and the longer the doors stay open.
            wait = 22 + (time - gone[n] - every) * 0.17 + chance.uniform(-5, 5)
            wait = max(5.0, min(46.0, wait)) + (58 if (bus, n) in {(10, 2), (4, 6)} else 0)
            time = max(time + wait, gone[n] + 9)
            gone[n] = time
            line.append((time, low - rise * n))
            time += 36
        late = bus == 10
        c.line(line, "#c8452f" if late else "#2d4a63", 6.5 if late else 3.2)
    for x0, x1 in [(0.0, left), (right, 1400.0)]:
        box = (int(x0 * SCALE), 0, int(x1 * SCALE), c.size[1])
        c.image.paste(blank.crop(box), box)
    for n in range(stops):
        c.disc(left, low - rise * n, 6.5 if n % 4 == 0 else 4.2, "#6b614f")
    c.line([(left, high - 22), (left, low + 22), (right, low + 22)], "#4a4438", 2)
    return c.finish(2)
