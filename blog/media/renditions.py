"""Smaller and lighter files of a picture: 480, 960, 1440 and 1920 pixels wide, in three formats."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import PIL.Image
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from blog.media.models import Image, Rendition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.tasks import Task

WIDTHS = (480, 960, 1440, 1920)  # pixels
OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    # One thread: the worker runs beside the site, which needs the other processors.
    "avif": ("AVIF", {"quality": 54, "speed": 7, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 78, "method": 4}),
    "jpg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
    "png": ("PNG", {"optimize": True}),
}

# Tasks of the apps above, called with the key of a picture whose files have changed. An article keeps
# the addresses of pictures in its text; imports point down, so it says here that it wants to know.
followers: list[Task] = []


class ReplacedError(Exception):
    """The picture was replaced or deleted while its renditions were made; another task sees to it."""


def make_renditions(*, image: Image) -> int:
    """Make what is missing and return how many files that was; call it as often as you like.

    Each width is stored by itself, so that a run that was cut short goes on where it stopped. Memory:
    the decoded copy, at most 2560 × 2560 pixels of four bytes, and one width beside it. A moving
    picture has none: it is shown as it is. Raise OSError where the file is gone or damaged.
    """
    made = 0
    if plain := _decoded(image):
        formats = ["avif", "webp", "png" if plain.mode == "RGBA" else "jpg"]
        # From the largest down: each is made of the one before, which is quicker and as good.
        for width in sorted(_widths(plain.width), reverse=True):
            height = max(1, round(image.height * width / image.width))
            plain = plain.resize((width, height), PIL.Image.Resampling.LANCZOS)
            made += _store_width(image, plain, formats)
    if made or image.rendered_at is None:
        _announce(image)
    return made


def _decoded(image: Image) -> PIL.Image.Image | None:
    """Return the pixels, None for a moving picture. What reading the file took is free again by then."""
    with image.file.open() as file, PIL.Image.open(file) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            return None
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def forget_lost_files(*, image: Image) -> None:
    """Delete the rows of renditions whose files are gone, as after a backup without them."""
    for rendition in image.renditions.all():
        if not rendition.file.storage.exists(str(rendition.file)):
            rendition.delete()


def _widths(largest: int) -> set[int]:
    """Return the widths to make: none is larger than the picture, whose own width is one of them."""
    return {width for width in WIDTHS if width < largest} | {min(largest, WIDTHS[-1])}


def _store_width(image: Image, picture: PIL.Image.Image, formats: list[str]) -> int:
    """Encode what is missing of one width, then store it in one short transaction."""
    present = set(image.renditions.filter(width=picture.width).values_list("format", flat=True))
    encoded = {kind: _encoded(picture, kind) for kind in formats if kind not in present}
    if encoded:
        with transaction.atomic():
            _lock(image)
            for kind, content in encoded.items():
                _store(image, kind, picture.size, content)
    return len(encoded)


def _encoded(picture: PIL.Image.Image, kind: str) -> bytes:
    name, options = OPTIONS[kind]
    content = io.BytesIO()
    picture.save(content, name, **options)
    return content.getvalue()


def _lock(image: Image) -> Image:
    """Lock the row, so that of two workers one waits, and make sure that it is still this picture."""
    locked = Image.objects.select_for_update().filter(pk=image.pk, file=image.file.name).first()
    if locked is None:
        raise ReplacedError
    return locked


def _store(image: Image, kind: str, size: tuple[int, int], content: bytes) -> None:
    width, height = size
    if image.renditions.filter(format=kind, width=width).exists():
        return  # another worker was quicker
    storage = image.file.storage
    name = f"{stem_of(str(image.file))}-{width}.{kind}"
    # A run that was killed may have left a file without a row; a second name is not to be had.
    storage.delete(name)
    Rendition.objects.create(
        image=image,
        width=width,
        height=height,
        format=kind,
        file=storage.save(name, ContentFile(content)),
        bytes=len(content),
    )


def _announce(image: Image) -> None:
    """Copy to the picture's row what pages need, and let those follow who keep addresses of it.

    The row says "all made" last: a run that was killed in between is done again.
    """
    with transaction.atomic():
        locked = _lock(image)
        image.widths = locked.widths = _widths_by_format(locked)
        locked.save(update_fields=["widths"])
    for task in followers:
        task.call(image.pk)  # here and now: this is no request, and there may be no worker
    image.rendered_at = timezone.now()
    Image.objects.filter(pk=image.pk, file=image.file.name).update(rendered_at=image.rendered_at)


def _widths_by_format(image: Image) -> dict[str, list[int]]:
    widths: dict[str, list[int]] = {}
    for kind, width in image.renditions.order_by("width").values_list("format", "width"):
        widths.setdefault(kind, []).append(width)
    return widths


def tell_followers(image_id: int) -> None:
    """Let whoever keeps addresses of this picture's files look at it again."""
    for task in followers:
        task.enqueue(image_id)


def stem_of(name: str) -> str:
    """Return a stored name without its ending."""
    return name.rpartition(".")[0]


def files_of(image: Image) -> Iterator[str]:
    """Yield the stored names of a picture and of its renditions."""
    yield str(image.file)
    yield from image.renditions.values_list("file", flat=True)
