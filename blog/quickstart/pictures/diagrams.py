"""Diagrams without words: forecasts, votes, networks."""

import itertools
import math

from PIL import Image

from blog.quickstart.pictures.canvas import Canvas, Point, curve, dice


def fan() -> Image.Image:
    """A forecast as a fan: one line behind us, many in front."""
    c, chance = Canvas(1600, 900, "#151a3c", "#2b2656", "#5a3562"), dice("fan 11")
    now, middle = 640.0, 470.0
    for month in range(80, 1600, 80):
        c.line([(month, 90), (month, 810)], "#ffffff0c", 1.4)
    past: list[Point] = [(now, middle)]
    y = middle
    while past[-1][0] > -40:
        y += chance.uniform(-46, 46) + (560 - y) * 0.08
        past.append((past[-1][0] - 40, y))
    steps = [n / 40 for n in range(41)]
    path = [
        (now + 1000 * t, middle - 150 * t - 46 * math.sin(t * 4.4)) for t in steps
    ]  # where most of the weight lies
    colours = ["#f2795f", "#f4876a", "#f69777", "#f9aa86", "#fcc09a", "#ffd9b4"]
    for band, colour in enumerate(colours):
        reach = 400 * (1 - band / 6.6) ** 1.35
        upper = [(x, y - reach * t**0.72) for (x, y), t in zip(path, steps, strict=True)]
        lower = [(x, y + reach * 0.92 * t**0.72) for (x, y), t in zip(path, steps, strict=True)]
        c.polygon(upper + lower[::-1], f"{colour}4a")
    c.line(path, "#fff4e2", 3)
    c.line([(now, 120), (now, 800)], "#fff1dc55", 1.6)
    line = curve(past)
    c.line(line, "#f7e6cf", 5)
    for x, y in past[1:]:
        c.disc(x, y, 6.5, "#2a2553")
        c.disc(x, y, 4.6, "#f7e6cf")
    c.glow(now, middle, 110, "#ffe0b8", 0.8)
    c.disc(now, middle, 12, "#fff6e8")
    c.ring(now, middle, 23, "#fff6e8a0", 2)
    return c.finish()


def reliability() -> Image.Image:
    """Said against seen: dots on the diagonal mean the promise was kept."""
    c = Canvas(1400, 788, "#f5f0e6", "#efe7d8")
    x0, y0, side = 250.0, 700.0, 600.0
    for n in range(11):
        k = n * side / 10
        c.line([(x0 + k, y0), (x0 + k, y0 - side)], "#d9cfbb", 1.2)
        c.line([(x0, y0 - k), (x0 + side, y0 - k)], "#d9cfbb", 1.2)
    c.dashes((x0, y0), (x0 + side, y0 - side), "#6f6656", 2.4, 11)
    seen = [0.09, 0.17, 0.25, 0.32, 0.39, 0.46, 0.52, 0.58, 0.66, 0.76]
    said = [0.05 + n / 10 for n in range(10)]
    before = [(x0 + side * s, y0 - side * k) for s, k in zip(said, seen, strict=True)]
    after = [
        (x0 + side * s, y0 - side * (s + 0.014 * (-1) ** n)) for n, s in enumerate(said)
    ]  # the same machine, its promises trimmed
    diagonal = [(x0 + side * s, y0 - side * s) for s in (0.05, 0.95)]
    c.polygon([*before, *diagonal[::-1]], "#c8452f22")
    c.line(curve(before), "#c8452f", 4)
    for n, (x, y) in enumerate(before):
        c.disc(x, y, 9 + n * 0.9, "#c8452f")
    for x, y in after:
        c.disc(x, y, 9.5, "#efe7d8")
        c.ring(x, y, 9.5, "#1f4a5f", 4)
    c.line([(x0, y0 - side), (x0, y0), (x0 + side, y0)], "#3b362c", 2.6)
    heights = [26, 20, 17, 16, 18, 22, 30, 44, 66, 104]  # how often it said so
    for n, tall in enumerate(heights):
        c.slab((970, y0 - 48 - n * 60, 970 + 2.2 * tall, y0 - 12 - n * 60), "#d8a24a", 2)
    return c.finish(2.5)


def mosaic() -> Image.Image:
    """Each tile a sentence, each stripe a reader: most agree, some do not."""
    c, chance = Canvas(1400, 788, "#f1ece1", "#e9e1d1"), dice("mosaic 8")
    label = {"calm": "#2f6f73", "cross": "#c8553d", "joke": "#e0a93f"}
    moods = list(label)
    for row in range(7):
        for column in range(13):
            x, y = 80 + column * 96, 70 + row * 94
            main = chance.choices(moods, [7, 2, 1])[0]
            doubt = chance.random()
            votes = [main] * 3
            if doubt < 0.24:
                votes[chance.randrange(3)] = chance.choice(moods)
            elif doubt < 0.28:
                votes = chance.sample(moods, 3)
            for n, mood in enumerate(votes):
                c.slab((x + n * 28, y, x + n * 28 + 28, y + 82), label[mood])
            if len(set(votes)) == 3:
                c.slab((x - 5, y - 5, x + 89, y + 87), None, 4, "#1c2c33", 3)
    return c.finish(3)


def kinship() -> Image.Image:
    """A network that could be a family tree: layers of dots and the curves between them."""
    c, chance = Canvas(1600, 900, "#0c3438", "#12514f", "#2b7a66"), dice("kin 3")
    layers = []
    for n, count in enumerate([3, 6, 9, 7, 5, 2]):
        x, gap = 170.0 + n * 252, min(150, 760 / count)
        layers.append(
            [
                (x + chance.uniform(-24, 24), 450 + (k - (count - 1) / 2) * gap)
                for k in range(count)
            ]
        )
    route = [1, 2, 5, 2, 3, 0]
    for left, right in itertools.pairwise(layers):
        for a in left:
            for b in right:
                if abs(a[1] - b[1]) < 190:
                    _bow(c, a, b, "#d9efcf3c", 2)
    marked = [layer[k] for layer, k in zip(layers, route, strict=True)]
    for a, b in itertools.pairwise(marked):
        _bow(c, a, b, "#f4b860", 5)
    for n, layer in enumerate(layers):
        for k, (x, y) in enumerate(layer):
            if k == route[n]:
                c.glow(x, y, 110, "#ffcf80", 0.75)
                c.disc(x, y, 24, "#f7c873")
                c.disc(x, y, 9, "#8a4f2b")
            else:
                r = chance.uniform(11, 21)
                c.disc(x, y, r + 6, "#10474a")
                c.disc(x, y, r, chance.choice(["#e8f0cf", "#bfe0c4", "#8cc7b0"]))
    return c.finish(1.4)


def _bow(c: Canvas, a: Point, b: Point, colour: str, width: float) -> None:
    """Draw a line that leaves and arrives level, as in a pedigree."""
    line = []
    for n in range(25):
        t = n / 24
        line.append((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t * t * (3 - 2 * t)))
    c.line(line, colour, width)


def arcs() -> Image.Image:
    """A sentence as a row of words, each looking back at the ones it leans on."""
    c, chance = Canvas(1400, 788, "#2a2140", "#45305c", "#7d4a68"), dice("arcs 6")
    x, words, base = 74.0, [], 500
    for width in [54, 112, 76, 130, 62, 98, 50, 144, 82, 172]:
        words.append((x, width))
        x += width + 22
    links = [
        (1, 0),
        (3, 1),
        (3, 2),
        (5, 3),
        (5, 4),
        (7, 5),
        (7, 1),
        (7, 6),
        (9, 8),
        (9, 7),
        (9, 3),
    ]
    for later, earlier in links:
        a = words[later][0] + words[later][1] / 2
        b = words[earlier][0] + words[earlier][1] / 2
        strong = (later, earlier) in {(9, 3), (9, 7)}
        turn = [n / 40 * math.pi for n in range(41)]
        bow = [
            ((a + b) / 2 + (a - b) / 2 * math.cos(t), base - 6 - (a - b) * 0.55 * math.sin(t))
            for t in turn
        ]
        c.line(bow, "#ffc98f" if strong else "#f0d7dc70", 6 if strong else 3)
    for n, (left, width) in enumerate(words[:9]):
        tone = "#ffc98f" if n in {3, 7} else chance.choice(["#e7d6dd", "#cdb4c6", "#d9c6d2"])
        c.slab((left, base, left + width, base + 46), tone, 23)
    left = words[9][0]
    for n, share in enumerate([1, 0.66, 0.46, 0.32]):  # what may come next, likeliest first
        box = (left, base + n * 62, left + 172 * share, base + 46 + n * 62)
        c.slab(box, f"#ffc98f{[90, 48, 26, 12][n]:02x}", 23, "#ffc98f", 2.5)
    return c.finish()
