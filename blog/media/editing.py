"""Change the pixels of a stored picture: turn it, crop it, scale it, and have the original back.

What comes of it takes the place of the file as any other would (services.replace_picture): everywhere, with
the old address forwarding, and with renditions made anew.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

import PIL.Image
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import JpegImagePlugin

from blog.media.models import Image
from blog.media.services import EXTENSIONS, QUALITY, CleanPicture, encode, replace_picture

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST = 16  # pixels: less is no picture any more


class Part(NamedTuple):
    """A part of a picture, in its pixels."""

    left: int
    top: int
    width: int
    height: int


def turn_picture(*, image: Image, is_left: bool) -> Image:
    """Turn a picture by a quarter, and its focal point with it; turning back undoes it.

    Raise ValidationError where the picture moves, cannot be read, or is another one by now, and
    ConnectionError where the storage is down.
    """
    way = PIL.Image.Transpose.ROTATE_90 if is_left else PIL.Image.Transpose.ROTATE_270
    picture = _changed(image, lambda pixels: pixels.transpose(way))
    across, down = image.focal_x, image.focal_y
    focus = (down, 100 - across) if is_left else (100 - down, across)
    return _put(image, picture, focus, seen=str(image.file))


def crop_picture(*, image: Image, part: Part, seen: str) -> Image:
    """Keep a part of a picture; its focal point stays where it was, or comes to the nearest edge.

    `seen` is the name of the file that the part was chosen in. Raises what turn_picture() raises.
    """
    check_part(image, *part)
    left, top, width, height = part
    box = (left, top, left + width, top + height)
    picture = _changed(image, lambda pixels: pixels.crop(box))
    focus = (
        _within(image.focal_x, image.width, left, width),
        _within(image.focal_y, image.height, top, height),
    )
    return _put(image, picture, focus, seen=seen, copies=True)


def scale_picture(*, image: Image, width: int, seen: str) -> Image:
    """Make a picture smaller, to so many pixels across. Raises what turn_picture() raises."""
    check_width(image, width)
    size = (width, max(1, round(image.height * width / image.width)))
    picture = _changed(image, lambda pixels: pixels.resize(size, PIL.Image.Resampling.LANCZOS))
    return _put(image, picture, (image.focal_x, image.focal_y), seen=seen, copies=True)


def restore_original(*, image: Image) -> Image:
    """Put back the picture as it was before it was cropped or scaled, with its focal point."""
    if not image.original:
        raise ValidationError(_("This is the original."))
    try:
        with image.original.open() as file:
            content = file.read()
    except ConnectionError:
        raise
    except OSError as error:
        raise ValidationError(_("The original is gone. Upload the picture again.")) from error
    kinds = {extension: kind for kind, extension in EXTENSIONS.items()}
    kind = kinds[str(image.original).rpartition(".")[2]]
    picture = CleanPicture(content, kind, image.source_digest)
    across, down = image.original_focus or (50, 50)
    return _put(image, picture, (across, down), seen=str(image.file), keeps=False)


def check_part(
    image: Image, left: int | None, top: int | None, width: int | None, height: int | None
) -> None:
    """Raise ValidationError with a sentence for a part that the picture does not have."""
    if None in (left, top, width, height):
        raise ValidationError(_("Choose the part: four numbers, in pixels."))
    assert left is not None and top is not None  # noqa: S101, PT018 - for the type checker
    assert width is not None and height is not None  # noqa: S101, PT018
    if width < LEAST or height < LEAST:
        raise ValidationError(
            _("A picture has at least %(least)d pixels each way.") % {"least": LEAST}
        )
    if left < 0 or top < 0 or left + width > image.width or top + height > image.height:
        raise ValidationError(
            _("The part lies outside: the picture has %(width)d × %(height)d pixels.")
            % {"width": image.width, "height": image.height}
        )
    if (width, height) == (image.width, image.height):
        raise ValidationError(_("This is the whole picture. Choose a part of it."))


def check_width(image: Image, width: int | None) -> None:
    """Raise ValidationError with a sentence for a width that the picture cannot be made to."""
    if width is None or width < LEAST:
        raise ValidationError(
            _("A picture has at least %(least)d pixels each way.") % {"least": LEAST}
        )
    if width >= image.width:
        raise ValidationError(
            _("The picture is %(width)d pixels wide, and can only be made smaller.")
            % {"width": image.width}
        )


def _within(focal: int, whole: int, start: int, length: int) -> int:
    """Return a focal point, per cent of the whole, as per cent of a part."""
    return max(0, min(100, round(100 * (focal * whole / 100 - start) / length)))


def _changed(image: Image, change: Callable[[PIL.Image.Image], PIL.Image.Image]) -> CleanPicture:
    """Return a stored picture changed; an import still knows it by the file that came in."""
    try:
        with image.file.open() as file, PIL.Image.open(file, formats=[*EXTENSIONS]) as picture:
            if getattr(picture, "n_frames", 1) > 1:
                raise ValidationError(
                    _("A moving picture cannot be turned, cropped or scaled here.")
                )
            kind, options = str(picture.format), dict(QUALITY[str(picture.format)])
            if isinstance(picture, JpegImagePlugin.JpegImageFile):
                # The steps it was stored with: each change would lose a little more with others.
                del options["quality"]
                options["qtables"] = picture.quantization
                options["subsampling"] = JpegImagePlugin.get_sampling(picture)
            is_plain = picture.mode in {"RGB", "RGBA"}
            plain = picture if is_plain else picture.convert("RGBA")
            content = encode(change(plain), kind, **options)
    except ConnectionError:  # an OSError as well, but the picture is sound
        raise
    except (OSError, SyntaxError) as error:
        raise ValidationError(
            _("The file of this picture is gone or damaged. Upload it again.")
        ) from error
    return CleanPicture(content, kind, image.source_digest)


def _put(
    image: Image,
    picture: CleanPicture,
    focus: tuple[int, int],
    *,
    seen: str,
    copies: bool = False,
    keeps: bool = True,
) -> Image:
    """Put the changed picture in the place of the one that was seen.

    With *copies* that one is kept as the original, if there is none yet: as a copy, since its own file has
    an address that readers know. Without *keeps* the original goes.
    """
    kept = _copy_of(image) if copies and not image.original else ""
    try:
        with transaction.atomic():
            same = Image.objects.select_for_update().filter(pk=image.pk, file=seen).first()
            if same is None:
                raise ValidationError(
                    _("The picture was changed in the meantime. Look at it before you change it.")
                )
            if kept and not same.original:
                Image.objects.filter(pk=same.pk).update(
                    original=kept, original_focus=[same.focal_x, same.focal_y]
                )
            image = replace_picture(image=same, picture=picture, keeps_original=keeps)
            image.focal_x, image.focal_y = focus
            image.save(update_fields=["focal_x", "focal_y"])
    except Exception:
        if kept:
            image.file.storage.delete(kept)
        raise
    return image


def _copy_of(image: Image) -> str:
    """Store a copy of the picture's file where nobody is shown it, and return its name.

    Among the pictures: of what lies there only the file of a row is ever sent.
    """
    ending = str(image.file).rpartition(".")[2]
    with image.file.open() as file:
        content = ContentFile(file.read())
    return str(
        image.file.storage.save(f"pictures/originals/{secrets.token_hex(16)}.{ending}", content)
    )
