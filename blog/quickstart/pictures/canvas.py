"""The drawing board of the demo pictures: shapes twice the size, shrunk at the end, a little grain."""

import math
from collections.abc import Sequence
from random import Random

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

SCALE = 2  # drawn at twice the size and shrunk: smooth edges without a vector library

Point = tuple[float, float]
Box = tuple[float, float, float, float]


def dice(name: str) -> Random:
    """Return a source of chance that always tells the same story for this picture."""
    return Random(name)  # noqa: S311 (it places stars, it keeps no secrets)


def vertical(size: tuple[int, int], *colours: str) -> Image.Image:
    """Return a gradient through the colours, from top to bottom."""
    strip = Image.new("RGB", (1, len(colours)))
    strip.putdata([ImageColor.getrgb(colour)[:3] for colour in colours])
    between = (0, 0.5, 1, len(colours) - 0.5)
    return strip.resize(size, Image.Resampling.BILINEAR, box=between)


def corners(size: tuple[int, int], *colours: str) -> Image.Image:
    """Return a gradient between four corners: top left, top right, bottom left, bottom right."""
    four = Image.new("RGB", (2, 2))
    four.putdata([ImageColor.getrgb(colour)[:3] for colour in colours])
    return four.resize(size, Image.Resampling.BILINEAR, box=(0.5, 0.5, 1.5, 1.5))


def wave(chance: Random, height: float, width: float, parts: int = 3) -> list[Point]:
    """Return a calm line of hills from edge to edge; `height` is its largest swing."""
    tones = [
        (chance.uniform(0.6, 1.6) * (n + 1), chance.uniform(0, math.tau), 1 / (n + 1.4))
        for n in range(parts)
    ]
    loudest = sum(weight for _, _, weight in tones)
    return [
        (
            x,
            height
            / loudest
            * sum(w * math.sin(f * math.tau * x / width + p) for f, p, w in tones),
        )
        for x in range(-10, int(width) + 11, 5)
    ]


def curve(points: Sequence[Point], steps: int = 16) -> list[Point]:
    """Return a smooth line through all points (Catmull-Rom)."""
    ends = [points[0], *points, points[-1]]
    line = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(steps):
            t = step / steps
            line.append(
                (
                    _between(a[0], b[0], c[0], d[0], t),
                    _between(a[1], b[1], c[1], d[1], t),
                )
            )
    return [*line, points[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


class Canvas:
    """A picture in the making. Lengths are in final pixels; colours may carry an alpha (`#rrggbbaa`)."""

    def __init__(self, width: int, height: int, *colours: str) -> None:
        self.width, self.height = width, height
        self.size = (width * SCALE, height * SCALE)
        self.image = vertical(self.size, *colours)

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image, "RGBA")

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        self.pen.polygon(_scaled(points), fill=colour)

    def line(self, points: Sequence[Point], colour: str, width: float = 2) -> None:
        self.pen.line(_scaled(points), fill=colour, width=round(width * SCALE), joint="curve")

    def disc(self, x: float, y: float, r: float, colour: str) -> None:
        self.pen.ellipse([v * SCALE for v in (x - r, y - r, x + r, y + r)], fill=colour)

    def ring(self, x: float, y: float, r: float, colour: str, width: float = 2) -> None:
        box = [v * SCALE for v in (x - r, y - r, x + r, y + r)]
        self.pen.ellipse(box, outline=colour, width=round(width * SCALE))

    def oval(self, box: Box, colour: str) -> None:
        self.pen.ellipse([v * SCALE for v in box], fill=colour)

    def slab(
        self, box: Box, colour: str | None, r: float = 0, edge: str | None = None, width: float = 2
    ) -> None:
        """Draw a rectangle with round corners, filled or outlined."""
        self.pen.rounded_rectangle(
            [v * SCALE for v in box],
            r * SCALE,
            fill=colour,
            outline=edge,
            width=round(width * SCALE) if edge else 0,
        )

    def dashes(
        self, a: Point, b: Point, colour: str, width: float = 2, length: float = 10
    ) -> None:
        count = max(int(math.dist(a, b) / length), 2)
        for n in range(0, count, 2):
            ends = [
                (a[0] + (b[0] - a[0]) * k / count, a[1] + (b[1] - a[1]) * k / count)
                for k in (n, n + 1)
            ]
            self.line(ends, colour, width)

    def fill(self, points: Sequence[Point], *colours: str) -> None:
        """Fill the outline with a gradient from its highest to its lowest point."""
        across, down = zip(*_scaled(points), strict=True)
        left, right = max(0, int(min(across))), min(self.size[0], int(max(across)) + 2)
        top, bottom = max(0, int(min(down))), min(self.size[1], int(max(down)) + 1)
        mask = Image.new("L", (right - left, bottom - top))
        moved = [(x - left, y - top) for x, y in zip(across, down, strict=True)]
        ImageDraw.Draw(mask).polygon(moved, fill=255)
        self.image.paste(vertical(mask.size, *colours), (left, top), mask)

    def glow(self, x: float, y: float, r: float, colour: str, strength: float = 1) -> None:
        """Add light around a point, as a screen over what is there."""
        side = int(2 * r * SCALE)
        light = ImageChops.invert(Image.radial_gradient("L"))
        # radial_gradient reaches its end at the corner, not the edge: cut what lies outside.
        light = light.point(
            [max(0, round((v / 255 - 0.3) / 0.7 * strength * v)) for v in range(256)]
        )
        light = light.resize((side, side), Image.Resampling.BICUBIC)
        box = (int((x - r) * SCALE), int((y - r) * SCALE))
        tint = Image.new("RGB", (side, side), ImageColor.getrgb(colour)[:3])
        under = self.image.crop((*box, box[0] + side, box[1] + side))
        self.image.paste(ImageChops.screen(under, tint), box, light)

    def shadow(
        self, points: Sequence[Point], blur: float, colour: str, strength: float = 0.3
    ) -> None:
        """Lay a soft shadow of the outline; worked out at an eighth of the size, it is soft anyway."""
        small = Image.new("L", (self.size[0] // 8, self.size[1] // 8))
        ImageDraw.Draw(small).polygon(
            [(x * SCALE / 8, y * SCALE / 8) for x, y in points], fill=round(255 * strength)
        )
        soft = small.filter(ImageFilter.GaussianBlur(blur * SCALE / 8))
        mask = soft.resize(self.size, Image.Resampling.BICUBIC)
        self.image.paste(Image.new("RGB", self.size, colour), (0, 0), mask)

    def finish(self, grain: float = 2.8) -> Image.Image:
        """Shrink to the final size and add the grain, which also hides the steps of the gradients."""
        image = self.image.resize((self.width, self.height), Image.Resampling.BOX)
        side = 256
        noise = Image.frombytes("L", (side, side), dice("grain").randbytes(side * side))
        noise = noise.filter(ImageFilter.GaussianBlur(0.7))
        noise = noise.point([round(128 + (v - 127.5) / 48 * grain) for v in range(256)])
        sheet = Image.new("L", image.size)
        for x in range(0, self.width, side):
            for y in range(0, self.height, side):
                sheet.paste(noise, (x, y))
        return ImageChops.add(image, Image.merge("RGB", (sheet,) * 3), 1, -128)


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]


def rectangle(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def turned(points: Sequence[Point], around: Point, degrees: float) -> list[Point]:
    """Turn points around one of them."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    ox, oy = around
    return [
        (ox + (x - ox) * c - (y - oy) * s, oy + (x - ox) * s + (y - oy) * c) for x, y in points
    ]
