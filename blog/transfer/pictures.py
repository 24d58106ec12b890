"""Pictures that come with what is imported: each file is stored once."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from django.db.models import Q

from blog.media.models import Image
from blog.media.services import clean_picture, digest_of, store_picture

if TYPE_CHECKING:
    from accounts.models import User


def take_in(
    content: bytes,
    words: dict[str, str],
    *,
    editor: User | None,
    is_shared: bool = True,
    name: str = "",
) -> tuple[Image, bool]:
    """Return the stored picture of a file, and whether it is new; a shared one may have other words.

    An export holds the files as they are stored here, under the same *name*; those are drawn by lot.
    Raise ValidationError with a sentence where the file is no picture.
    """
    same = Q(source_digest=digest_of(content))
    if name:
        same |= Q(file=name, bytes=len(content))
    known = Image.objects.filter(same).order_by("pk")
    if image := (known if is_shared else known.filter(**words)).first():
        return image, False
    picture = clean_picture(BytesIO(content))
    return store_picture(picture=picture, uploaded_by=editor, **words), True
