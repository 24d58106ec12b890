"""Find pictures by the names of their files, and what shows them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from blog.media.models import Image, OldAddress, Rendition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from django.db.models import Field, Model

RENDITION_NAME = re.compile(r"(?P<stem>.+)-(?P<width>[0-9]{1,4})\.(?P<format>avif|webp|jpg|png)")


def images_at(names: Collection[str]) -> dict[str, Image]:
    """Return pictures by the stored names by which they are called, as far as there are any.

    A name is the file's; less often that of a rendition (a text copied from a page) or one that the
    file had before it was replaced. One query, two more for names that are not the file's.
    """
    found = {str(image.file): image for image in Image.objects.filter(file__in=names)}
    if others := set(names) - found.keys():
        renditions = Rendition.objects.filter(file__in=others).select_related("image")
        found |= {str(rendition.file): rendition.image for rendition in renditions}
        stems = {stem: name for name in others for stem in stems_of(name)}
        old = OldAddress.objects.filter(stem__in=stems).select_related("image")
        found |= {stems[address.stem]: address.image for address in old}
    return found


def stems_of(name: str) -> Iterator[str]:
    """Yield what may be the stem of a stored name: that of a file, and that of a rendition."""
    yield name.rpartition(".")[0]
    if match := RENDITION_NAME.fullmatch(name):
        yield match["stem"]


def uses_of(image_ids: Collection[int]) -> dict[int, list[Model]]:
    """Return what shows each of these pictures: articles, authors, whatever has a relation to pictures.

    Two queries for each relation. A picture that only an old version of a text shows is not in use.
    """
    uses: dict[int, dict[Model, None]] = {pk: {} for pk in image_ids}
    for field in _relations():
        pairs = _pairs(field, image_ids)
        users = field.model._default_manager.in_bulk({user for _image, user in pairs})
        for image_id, user in pairs:
            uses[image_id][users[user]] = None
    return {image_id: [*users] for image_id, users in uses.items()}


def use_counts(image_ids: Collection[int]) -> Counter[int]:
    """Return by how many articles, authors and so on each picture is shown: a query for each relation."""
    places = {
        (image_id, field.model, user)
        for field in _relations()
        for image_id, user in _pairs(field, image_ids)
    }
    return Counter(image_id for image_id, _model, _user in places)


def in_use() -> Q:
    """Return the condition for pictures that something shows."""
    condition = Q()
    for field in _relations():
        rows = field.model._default_manager.filter(**{field.name: OuterRef("pk")})
        condition |= Q(Exists(rows))
    return condition


def _pairs(field: Field, image_ids: Collection[int]) -> list[tuple[int, int]]:
    """Return the keys of pictures and of the rows that point to them."""
    rows = field.model._default_manager.filter(**{f"{field.name}__in": image_ids})
    return list(rows.order_by(field.name, "pk").values_list(field.name, "pk"))


def _relations() -> Iterator[Field]:
    """Yield the fields of other apps' models that point to pictures.

    Asked of the models instead of named here: imports point down, and what an app above adds counts too.
    """
    for relation in Image._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            field = relation.field  # type: ignore[union-attr]
            is_ours = field.model._meta.app_label == Image._meta.app_label
            if not is_ours and not field.model._meta.auto_created:
                yield field
