"""Find pictures by the names of their files, and what shows them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q, Value

from blog.media.models import Image, OldAddress, Rendition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from django.db.models import Field, Model

MANY = 100  # places; more are not counted
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

    One query, and one for each kind of thing found. A picture that only an old version of a text shows
    is not in use.
    """
    uses: dict[int, dict[Model, None]] = {pk: {} for pk in image_ids}
    pointers = _pointers(image_ids)
    for model in dict.fromkeys(pointer.model for pointer in pointers):
        own = [pointer for pointer in pointers if pointer.model is model]
        users = model._default_manager.in_bulk({pointer.user for pointer in own})
        for pointer in own:
            uses[pointer.image][users[pointer.user]] = None
    return {image_id: [*users] for image_id, users in uses.items()}


def use_counts(image_ids: Collection[int]) -> Counter[int]:
    """Return by how many articles, authors and so on each picture is shown; two queries.

    Of one that stands in more than MANY articles it says MANY + 1: a logo of a large site is in all of them.
    """
    has_more = Q()
    for field in _relations():
        rows = field.model._default_manager.filter(**{field.name: OuterRef("pk")})
        has_more |= Q(Exists(rows.order_by("pk")[MANY : MANY + 1]))
    many = set(Image.objects.filter(has_more, pk__in=image_ids).values_list("pk", flat=True))
    few = [pk for pk in image_ids if pk not in many]
    counts = Counter(pointer.image for pointer in set(_pointers(few))) if few else Counter[int]()
    return counts + Counter(dict.fromkeys(many, MANY + 1))


def in_use() -> Q:
    """Return the condition for pictures that something shows."""
    condition = Q()
    for field in _relations():
        rows = field.model._default_manager.filter(**{field.name: OuterRef("pk")})
        condition |= Q(Exists(rows))
    return condition


class Pointer(NamedTuple):
    """A row of another table that shows a picture."""

    image: int
    model: type[Model]
    user: int


def _pointers(image_ids: Collection[int]) -> list[Pointer]:
    """Return what points to these pictures, table by table in the order of their fields; one query."""
    fields = list(_relations())
    first, *others = (
        field.model._default_manager.order_by()
        .filter(**{f"{field.name}__in": image_ids})
        .values_list(Value(number), field.name, "pk")
        for number, field in enumerate(fields)
    )
    rows = sorted(first.union(*others, all=True).order_by())
    return [Pointer(image, fields[number].model, user) for number, image, user in rows]


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
