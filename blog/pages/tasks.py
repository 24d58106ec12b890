"""What the worker does for pages."""

from django.db import transaction
from django.tasks import task

from blog.pages.models import Page
from blog.pages.services import render


@task
def show_picture_on_pages(image_id: int) -> int:
    """Render the pages with a picture whose files have changed; return how many there were."""
    keys = list(Page.objects.filter(pictures=image_id).order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        with transaction.atomic():
            if page := Page.objects.select_for_update().filter(pk=pk).first():
                render(page)
                page.save(update_fields=["body_html"])
    return len(keys)
