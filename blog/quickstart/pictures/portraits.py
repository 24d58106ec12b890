"""The three authors: shapes and colours, no features."""

from PIL import Image

from blog.quickstart.pictures.canvas import Canvas, Point, curve

SKIN = {
    "light": ("#eec3a0", "#d9a27c"),
    "warm": ("#c98d63", "#ad7048"),
    "fair": ("#f1cdb4", "#dcab8d"),
}


def _bust(c: Canvas, skin: str, coat: str, shade: str) -> None:
    """Draw shoulders, neck and head, lit from the left."""
    face, dark = SKIN[skin]
    shoulders = curve(
        [(20, 500), (44, 408), (130, 358), (240, 346), (350, 358), (436, 408), (460, 500)]
    )
    c.polygon(shoulders, coat)
    c.polygon(curve([(240, 346), (350, 358), (436, 408), (460, 500)]) + [(290, 500)], shade)
    c.polygon(curve([(202, 280), (200, 350), (240, 386), (280, 350), (278, 280)]), dark)
    c.oval((160, 110, 320, 316), face)
    half: list[Point] = curve([(240, 110), (296, 134), (320, 208), (296, 284), (240, 316)])
    c.polygon([*half, (262, 270), (268, 200), (258, 140)], f"{dark}70")


def noor() -> Image.Image:
    """Dark bob, round glasses, a green roll-neck."""
    c = Canvas(480, 480, "#e9b872", "#dd9a5b")
    c.disc(240, 236, 186, "#f4d29a")
    back = curve([(134, 346), (124, 220), (142, 118), (240, 70), (338, 118), (356, 220),
                  (346, 346)])  # fmt: skip
    c.polygon(back, "#1f1a22")
    _bust(c, "light", "#2f5d57", "#254b48")
    c.polygon(curve([(188, 330), (240, 350), (292, 330), (300, 382), (240, 402), (180, 382),
                     (188, 330)]), "#376b63")  # fmt: skip
    fringe = curve([(150, 214), (146, 130), (200, 84), (262, 82), (326, 118), (334, 214),
                    (312, 176), (270, 152), (222, 166), (178, 172), (150, 214)])  # fmt: skip
    c.polygon(fringe, "#2b242e")
    c.polygon(curve([(150, 206), (138, 260), (146, 330), (172, 332), (164, 250)]), "#2b242e")
    c.polygon(curve([(330, 206), (344, 260), (336, 330), (308, 332), (318, 250)]), "#1f1a22")
    for x in (206, 276):
        c.disc(x, 222, 27, "#ffffff2a")
        c.ring(x, 222, 27, "#8c2f24", 5)
    c.line([(233, 219), (249, 219)], "#8c2f24", 5)
    return c.finish(2.2)


def tomas() -> Image.Image:
    """Grey at the temples, a beard, a blue shirt with an open collar."""
    c = Canvas(480, 480, "#3f5f7d", "#2a445f")
    c.disc(240, 236, 186, "#557996")
    _bust(c, "fair", "#dfe3e2", "#c5ced1")
    c.polygon([(196, 340), (240, 396), (206, 416), (168, 358)], "#f4f5f2")
    c.polygon([(284, 340), (240, 396), (276, 416), (312, 358)], "#e6eae9")
    c.oval((146, 198, 172, 246), SKIN["fair"][0])
    c.oval((308, 198, 334, 246), SKIN["fair"][1])
    beard = curve([(160, 220), (166, 286), (200, 330), (240, 342), (280, 330), (314, 286),
                   (320, 220), (302, 262), (268, 268), (240, 262), (212, 268), (178, 262),
                   (160, 220)])  # fmt: skip
    c.polygon(beard, "#7a4a2e")
    c.polygon(curve([(220, 284), (240, 278), (260, 284), (240, 292), (220, 284)]), "#b9776a")
    hair = curve([(156, 222), (150, 150), (186, 94), (250, 80), (316, 104), (334, 168), (324, 222),
                  (308, 172), (280, 146), (216, 150), (178, 164), (156, 222)])  # fmt: skip
    c.polygon(hair, "#85532f")
    c.polygon(curve([(250, 80), (316, 104), (334, 168), (324, 222), (308, 172), (280, 146)]),
              "#6d4226")  # fmt: skip
    return c.finish(2.2)


def priya() -> Image.Image:
    """Hair tied up, earrings, a red coat."""
    c = Canvas(480, 480, "#b9cdbf", "#93b0a4")
    c.disc(240, 236, 186, "#d5e2d4")
    c.disc(268, 84, 50, "#241a1c")
    c.disc(258, 74, 38, "#33262a")
    _bust(c, "warm", "#b9402f", "#9c3326")
    c.polygon([(206, 346), (240, 440), (190, 500), (136, 366)], "#cc5340")
    c.polygon([(274, 346), (240, 440), (290, 500), (344, 366)], "#a83829")
    c.polygon([(206, 346), (240, 436), (274, 346), (240, 384)], "#f2e4cf")
    for x, tone in ((156, 0), (324, 1)):
        c.oval((x - 13, 204, x + 13, 250), SKIN["warm"][tone])
        c.disc(x, 262, 10, "#e8b64c")
    hair = curve([(152, 236), (144, 150), (186, 92), (244, 80), (304, 94), (338, 150), (328, 236),
                  (314, 182), (286, 140), (244, 124), (202, 144), (168, 184), (152, 236)])  # fmt: skip
    c.polygon(hair, "#33262a")
    c.polygon(curve([(244, 80), (304, 94), (338, 150), (328, 236), (316, 178), (286, 138),
                     (244, 124)]), "#261b1e")  # fmt: skip
    return c.finish(2.2)
