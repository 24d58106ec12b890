"""Work on pictures after the answer."""

from __future__ import annotations

from django.tasks import task

from blog.media.models import Image
from blog.media.renditions import ReplacedError, make_renditions


@task
def render_picture(image_id: int) -> int:
    """Make the renditions of a picture; return how many files that was."""
    image = Image.objects.filter(pk=image_id).first()
    try:
        return make_renditions(image=image) if image else 0
    except ReplacedError:
        return 0  # the replacement has queued a task of its own
