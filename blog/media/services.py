"""Take pictures in: whatever is uploaded is decoded, cleaned and encoded again by us."""

from __future__ import annotations

import hashlib
import io
import secrets
import warnings
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any, cast

import PIL.Image
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import ImageCms, ImageOps, ImageSequence

from blog.media.models import Image, OldAddress
from blog.media.queries import uses_of
from blog.media.renditions import files_of, stem_of, tell_followers
from blog.media.tasks import render_picture

if TYPE_CHECKING:
    from django.core.files.storage import Storage

    from accounts.models import User

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000  # of all frames together: decoded, a pixel costs four bytes
MAX_EDGE = 2560  # pixels
DRAWING_COLORS = 4096  # a screenshot or diagram has fewer colours, a photograph more
QUALITY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 85},
}
MAX_PROFILE_BYTES = 4 * 1024 * 1024

# Pillow's own guard, as an error instead of a warning: a few kilobytes can decode to gigabytes.
PIL.Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)


class FileTooLargeError(ValidationError):
    """The file has more bytes than we take; a view answers with 413."""


@dataclass(frozen=True)
class CleanPicture:
    """A picture decoded and encoded again: nothing of the uploaded bytes is left in it."""

    content: bytes
    format: str
    source_digest: str


def clean_picture(file: IO[bytes]) -> CleanPicture:
    """Decode an uploaded file and encode it anew, or raise ValidationError with a sentence to show.

    Position, camera and whatever else was hidden behind the pixels are dropped. Forms call this while
    they validate and `store_picture` when they save.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise FileTooLargeError(
            _("The file is larger than %(size)d MB. Save the picture smaller and upload it again.")
            % {"size": MAX_BYTES // 1024**2}
        )
    picture_format, encoded = _encode_again(content)
    return CleanPicture(encoded, picture_format, digest_of(content))


def small_square(picture: CleanPicture, edge: int) -> bytes:
    """Return the middle of a clean picture as a square of so many pixels, as WebP."""
    with PIL.Image.open(io.BytesIO(picture.content), formats=FORMATS) as image:
        square = ImageOps.fit(image.convert("RGBA"), (edge, edge), PIL.Image.Resampling.LANCZOS)
    return encode(square, "WEBP", quality=82)


def store_picture(
    *,
    picture: CleanPicture,
    alt: str = "",
    caption: str = "",
    credit: str = "",
    folder: str = "",
    uploaded_by: User | None = None,
) -> Image:
    """Store a clean picture under a name that nobody can guess; its renditions follow by a task."""
    image = Image(
        alt=alt.strip(),
        caption=caption.strip(),
        credit=credit.strip(),
        folder=folder,
        uploaded_by=uploaded_by,
    )
    _set_file(image, picture)
    image.full_clean(exclude=["file"])
    image.save()
    # Queued once the row is there for the worker. Where the queue fails, `make_renditions` finds it.
    transaction.on_commit(partial(render_picture.enqueue, image.pk))
    return image


def _set_file(image: Image, picture: CleanPicture) -> None:
    name = f"{secrets.token_hex(16)}.{EXTENSIONS[picture.format]}"
    image.file = ContentFile(picture.content, name=name)
    image.bytes = len(picture.content)
    image.source_digest = picture.source_digest


def store_image(*, file: IO[bytes], **fields: Any) -> Image:
    """Clean and store an uploaded picture with its `alt`, `caption`, `credit` and `uploaded_by`."""
    return store_picture(picture=clean_picture(file), **fields)


def digest_of(content: bytes) -> str:
    """Return what `Image.source_digest` holds for a file with this content."""
    return hashlib.sha256(content).hexdigest()


@transaction.atomic
def replace_picture(*, image: Image, picture: CleanPicture, keeps_original: bool = False) -> Image:
    """Put another file in the place of this one, everywhere it is shown.

    The new file has a new name, so that no cache can show the old one; the old name forwards. The old
    files are deleted once that is certain; with them the original of what was cropped or scaled
    (editing.py), unless *keeps_original*.
    """
    image = Image.objects.select_for_update().get(pk=image.pk)
    storage, old_files = image.file.storage, [*files_of(image)]
    if image.original and not keeps_original:
        old_files.append(str(image.original))
        image.original, image.original_focus = "", []
    OldAddress.objects.create(image=image, stem=stem_of(old_files[0]))
    image.renditions.all().delete()
    _set_file(image, picture)
    image.widths, image.rendered_at = {}, None
    image.save(
        update_fields=[
            "file",
            "width",
            "height",
            "bytes",
            "source_digest",
            "widths",
            "rendered_at",
            "original",
            "original_focus",
        ]
    )
    transaction.on_commit(partial(_delete_files, storage, old_files))
    transaction.on_commit(partial(tell_followers, image.pk))
    transaction.on_commit(partial(render_picture.enqueue, image.pk))
    return image


@transaction.atomic
def delete_image(*, image: Image) -> None:
    """Delete a picture and, once that is certain, its files; raise ValidationError where it is in use.

    An article or an author that comes to use it at the same moment shows the picture's words.
    """
    image = Image.objects.select_for_update().get(pk=image.pk)
    if uses := uses_of([image.pk])[image.pk]:
        raise ValidationError(
            _("“%(picture)s” is in use: %(places)s. Take it out there first.")
            % {"picture": image, "places": ", ".join(map(str, uses))}
        )
    storage, names = image.file.storage, [*files_of(image)]
    names += [str(image.original)] if image.original else []
    image.delete()
    transaction.on_commit(partial(_delete_files, storage, names))


def _delete_files(storage: Storage, names: list[str]) -> None:
    for name in names:
        storage.delete(name)


def _encode_again(content: bytes) -> tuple[str, bytes]:
    """Return the format and the bytes of a clean copy, at most MAX_EDGE pixels wide and high."""
    try:
        with PIL.Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            _refuse_flood(picture)
            if getattr(picture, "n_frames", 1) > 1:
                return "WEBP", _encode_animation(picture)
            return _encode_still(picture)
    except ValidationError:
        raise
    except PIL.UnidentifiedImageError as error:
        raise ValidationError(
            _("This is not a picture we can read. Upload a JPEG, PNG, WebP, GIF or AVIF file.")
        ) from error
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # decoders of damaged files raise nearly anything
        raise ValidationError(
            _("The file is damaged. Open the picture in a program, save it anew and upload that.")
        ) from error


def _refuse_flood(picture: PIL.Image.Image) -> None:
    """Raise before a single pixel is decoded."""
    frames = getattr(picture, "n_frames", 1)
    if picture.width * picture.height * frames > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The picture has more than %(count)d million pixels. Scale it down and upload it again.")
        % {"count": MAX_PIXELS // 1_000_000}
    )


def _encode_still(picture: PIL.Image.Image) -> tuple[str, bytes]:
    is_lossless = picture.format in {"PNG", "GIF"}
    # A JPEG is decoded at half or a quarter of its size where that is enough.
    picture.draft(None, (MAX_EDGE, MAX_EDGE))
    ImageOps.exif_transpose(picture, in_place=True)
    clean = _in_srgb(picture)
    if is_lossless and clean.getcolors(DRAWING_COLORS) is not None:
        picture_format = "PNG"
    elif clean.mode == "RGBA":
        picture_format = "WEBP"
    else:
        picture_format = "JPEG"
    clean.thumbnail((MAX_EDGE, MAX_EDGE), PIL.Image.Resampling.LANCZOS)
    return picture_format, encode(clean, picture_format, **QUALITY[picture_format])


def _encode_animation(picture: PIL.Image.Image) -> bytes:
    """Keep the frames and their pace, as WebP: a third of the size of the same GIF."""
    frames, durations = [], []
    for frame in ImageSequence.Iterator(picture):
        durations.append(max(20, int(frame.info.get("duration") or 100)))  # milliseconds
        clean = frame.convert("RGBA")
        clean.thumbnail((MAX_EDGE, MAX_EDGE), PIL.Image.Resampling.LANCZOS)
        clean.info.clear()
        frames.append(clean)
    first, *others = frames
    return encode(
        first,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=durations,
        loop=picture.info.get("loop", 1),
        quality=75,
        method=2,
    )


def _in_srgb(picture: PIL.Image.Image) -> PIL.Image.Image:
    """Return the picture in 8 bits per channel, RGB or RGBA, with the colours meant for a screen."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith(("I", "F")):  # 16 bits of grey
        picture = picture.convert("F").point(lambda value: value / 256).convert("L")
    elif profile and picture.mode in {"RGB", "RGBA", "CMYK"} and len(profile) <= MAX_PROFILE_BYTES:
        picture = _converted_by_profile(picture, profile)
    if not picture.has_transparency_data:
        return _converted(picture, "RGB")
    picture = _converted(picture, "RGBA")
    is_opaque = picture.getchannel("A").getextrema() == (255, 255)
    return picture.convert("RGB") if is_opaque else picture


def _converted(picture: PIL.Image.Image, mode: str) -> PIL.Image.Image:
    """Convert without the copy that Pillow makes where there is nothing to do: 200 MB for a large one."""
    return picture if picture.mode == mode else picture.convert(mode)


def _converted_by_profile(picture: PIL.Image.Image, profile: bytes) -> PIL.Image.Image:
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a profile that cannot be used: the plain numbers are the best guess
    return cast("PIL.Image.Image", converted)


def encode(picture: PIL.Image.Image, picture_format: str, **options: Any) -> bytes:
    """Return the bytes of a picture in one of our formats, and nothing beside the pixels."""
    picture.info.clear()  # Pillow would write comments and profiles from here
    content = io.BytesIO()
    picture.save(content, picture_format, **options)
    return content.getvalue()
