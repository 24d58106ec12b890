"""What the worker does for articles."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.tasks import task

from blog.articles.drafts import due_drafts, publish_draft
from blog.articles.models import Article
from blog.articles.recounting import render_again
from blog.articles.related import prepare_all_related, prepare_related
from blog.articles.share_cards import make_share_card
from blog.media.tasks import render_picture
from blog.taskqueue import enqueue_once, revive

logger = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=20)
RESUME_EVERY = timedelta(minutes=10)


@task
def show_picture(image_id: int) -> int:
    """Render the texts with a picture whose files have changed; return how many there were.

    One transaction each: a row is locked no longer than its own text takes.
    """
    keys = Article.objects.filter(pictures=image_id).order_by("pk").values_list("pk", flat=True)
    for pk in list(keys):
        render_again(pk)
    return len(keys)


@task
def publish_due_drafts() -> int:
    """Let the drafts go live whose time has come; return how many did.

    One transaction each, in which the time is read again: of two workers one does it, and a draft that was
    moved or discarded meanwhile stays. One that fails is logged, tried again, and named at the desk.
    """
    enqueue_once(publish_due_drafts, after=LOOK_EVERY)
    count = 0
    for pk in list(due_drafts().values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                due = due_drafts().filter(pk=pk).select_for_update(of=("self",))
                if article := due.first():
                    missing = publish_draft(article=article, editor=None)
                    count += 1
                    if missing:
                        logger.warning("Gone since the draft of article %s: %s", pk, missing)
        except Exception:
            logger.exception("The planned changes to article %s did not go live.", pk)
    return count


@task
def resume_begun() -> int:
    """Begin again what a stopped worker had begun, and what nobody else would ask for; return how many.

    Pictures take minutes after a first start, which is when a newcomer stops and starts the blog.
    """
    enqueue_once(resume_begun, after=RESUME_EVERY)
    return revive(
        render_picture, show_picture, prepare_related, prepare_all_related, make_share_card
    )
