"""What the worker does for articles."""

from __future__ import annotations

from django.db import transaction
from django.tasks import task

from blog.articles.models import Article
from blog.articles.services import RENDERED_FIELDS, render


@task
def show_picture(image_id: int) -> int:
    """Render the texts with a picture whose files have changed; return how many there were.

    One transaction each: a row is locked no longer than its own text takes. It is no new revision,
    since nobody wrote anything.
    """
    keys = Article.objects.filter(pictures=image_id).order_by("pk").values_list("pk", flat=True)
    for pk in list(keys):
        with transaction.atomic():
            if article := Article.objects.select_for_update().filter(pk=pk).first():
                render(article)
                article.save(update_fields=RENDERED_FIELDS)
    return len(keys)
