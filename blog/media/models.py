"""Pictures: what an author uploads, decoded and stored again by us."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SHOWN_FORMATS = {
    "avif": "image/avif",
    "webp": "image/webp",
}  # in the order browsers are offered them
LARGEST_PLAIN = 960  # pixels; for what knows no srcset


class Files(NamedTuple):
    """The addresses of one picture, as `<picture>` wants them."""

    src: str
    srcset: str  # of the format every browser shows, "" before there are renditions
    sources: tuple[tuple[str, str], ...]  # media type and srcset, best first
    small: str  # for faces and thumbnails


@lru_cache(maxsize=4096)
def _address(name: str) -> str:
    return default_storage.url(name)


@lru_cache(maxsize=4096)  # pages that are made again show the same pictures
def files_of(address: str, widths: str) -> Files:
    """Return the addresses of a picture's files, from that of the largest and their widths as JSON."""
    stem = address.rpartition(".")[0]
    by_kind: dict[str, list[int]] = json.loads(widths)
    srcsets = {
        kind: ", ".join(f"{stem}-{width}.{kind} {width}w" for width in each)
        for kind, each in by_kind.items()
    }
    plain = next((kind for kind in by_kind if kind not in SHOWN_FORMATS), "")
    if not plain:
        return Files(src=address, srcset="", sources=(), small=address)
    width = max(
        (width for width in by_kind[plain] if width <= LARGEST_PLAIN), default=by_kind[plain][0]
    )
    return Files(
        src=f"{stem}-{width}.{plain}",
        srcset=srcsets[plain],
        sources=tuple(
            (media_type, srcsets[kind])
            for kind, media_type in SHOWN_FORMATS.items()
            if kind in srcsets
        ),
        small=f"{stem}-{by_kind['webp'][0]}.webp",
    )


@lru_cache(maxsize=1024)
def focus_of(focal_x: int, focal_y: int) -> str:
    """Return the classes that keep the focal point in view where CSS cuts the picture, mostly none.

    In steps of a quarter: finer ones would move a card's picture by a few pixels at most.
    """
    steps = {"fx": round(focal_x / 25) * 25, "fy": round(focal_y / 25) * 25}
    return " ".join(f"{axis}{step}" for axis, step in steps.items() if step != 50)


class Picture(NamedTuple):
    """What a page needs to show a picture, as plain values: for cards and faces, of which pages are full."""

    name: str  # of its file
    width: int
    height: int
    widths: str  # of its renditions, as JSON
    focal_x: int
    focal_y: int

    @property
    def files(self) -> Files:
        return files_of(_address(self.name), self.widths)

    @property
    def focus(self) -> str:
        return focus_of(self.focal_x, self.focal_y)


def folder_of(value: str) -> str:
    """Return the name of a folder as it is kept: parts between single slashes, no white space around."""
    parts = (" ".join(part.split()) for part in re.split(r"[/\\]", value))
    return "/".join(filter(None, parts))


class ImageQuerySet(models.QuerySet["Image"]):
    def without_renditions(self) -> ImageQuerySet:
        """Pictures whose renditions are not all made yet."""
        return self.filter(rendered_at__isnull=True)


class Image(models.Model):
    """One stored picture. Rows are made by services.store_image only: it re-encodes what came in."""

    file = models.ImageField(
        _("file"),
        upload_to="pictures/%Y/%m",
        width_field="width",
        height_field="height",
        unique=True,
    )
    width = models.PositiveIntegerField(_("width"), editable=False, help_text=_("Pixels."))
    height = models.PositiveIntegerField(_("height"), editable=False, help_text=_("Pixels."))
    bytes = models.PositiveIntegerField(_("bytes"), editable=False, default=0)
    alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for those who cannot see it."),
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    folder = models.CharField(
        _("folder"),
        max_length=100,
        blank=True,
        db_index=True,
        help_text=_("Any name, such as Travel or Travel/Lisbon. Readers never see it."),
    )
    focal_x = models.PositiveSmallIntegerField(
        _("focal point across"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("Per cent from the left. What must stay in view where the picture is cut."),
    )
    focal_y = models.PositiveSmallIntegerField(
        _("focal point down"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("Per cent from the top."),
    )
    # What pages need of the renditions, copied from their rows when all are made: {"avif": [480, 960]}.
    # The file of a rendition is named after the picture's: "…-480.avif" beside "….jpg".
    widths = models.JSONField(editable=False, default=dict)
    rendered_at = models.DateTimeField(_("renditions made"), null=True, blank=True, editable=False)
    # SHA-256 of the file as it came in: an import that is run again finds what it stored before.
    source_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    # The picture before it was cropped or scaled, so that it can be had back; nobody is shown this file.
    original = models.FileField(
        upload_to="pictures/originals", blank=True, editable=False, default=""
    )
    original_focus = models.JSONField(editable=False, default=list)  # across and down
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-created_at", "-pk"]
        permissions = [("edit_any_image", _("Can edit the pictures of others"))]

    def __str__(self) -> str:
        return self.alt or self.caption or gettext("Picture %(number)s") % {"number": self.pk}

    def clean(self) -> None:
        self.folder = folder_of(self.folder)

    @property
    def files(self) -> Files:
        """Return the addresses a page needs, from the row alone; without renditions the safe copy's."""
        return files_of(self.file.url, json.dumps(self.widths))

    @property
    def focus(self) -> str:
        return focus_of(self.focal_x, self.focal_y)


class Rendition(models.Model):
    """One smaller or lighter file of a picture, made by a task after the upload."""

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"
        JPEG = "jpg", "JPEG"
        PNG = "png", "PNG"

    image = models.ForeignKey(
        Image, on_delete=models.CASCADE, related_name="renditions", verbose_name=_("picture")
    )
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    format = models.CharField(_("format"), max_length=4, choices=Format)
    file = models.FileField(_("file"), unique=True)
    bytes = models.PositiveIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["format", "width"]
        constraints = [
            models.UniqueConstraint(fields=["image", "format", "width"], name="rendition_once"),
        ]

    def __str__(self) -> str:
        return str(self.file)


class OldAddress(models.Model):
    """A name a picture's file had before it was replaced: asked for, it forwards to the present one."""

    image = models.ForeignKey(
        Image, on_delete=models.CASCADE, related_name="old_addresses", verbose_name=_("picture")
    )
    # Without the ending, so that it stands for the renditions as well.
    stem = models.CharField(_("name"), max_length=100, unique=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self) -> str:
        return self.stem
