"""The pictures of the demo posts, drawn when the blog is set up: nothing to download, nothing to license."""

from collections.abc import Callable

from PIL import Image

from blog.quickstart.pictures import cities, diagrams, landscapes, portraits, still_lifes, tools

MOTIFS: dict[str, Callable[[], Image.Image]] = {
    "balloon": landscapes.balloon,
    "quiet-house": landscapes.quiet_house,
    "night-sea": landscapes.night_sea,
    "bunched-buses": cities.bunched_buses,
    "string-lines": cities.string_lines,
    "fan": diagrams.fan,
    "reliability": diagrams.reliability,
    "mosaic": diagrams.mosaic,
    "kinship": diagrams.kinship,
    "arcs": diagrams.arcs,
    "packets": still_lifes.packets,
    "lunch": still_lifes.lunch,
    "paper-stack": still_lifes.paper_stack,
    "drawers": still_lifes.drawers,
    "saw-shelf": tools.saw_shelf,
    "pegboard": tools.pegboard,
    "noor-lindqvist": portraits.noor,
    "tomas-elwin": portraits.tomas,
    "priya-castellan": portraits.priya,
}
NAMES = tuple(MOTIFS)


def draw(name: str) -> Image.Image:
    """Draw the picture of this name, the same one every time."""
    return MOTIFS[name]()
