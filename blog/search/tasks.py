"""What the worker does for the search: holds words as the site's language wants them."""

from __future__ import annotations

from datetime import timedelta

from django.tasks import task

from blog.search.words import hold_words, is_stemmed, should_be_stemmed
from blog.taskqueue import enqueue_once

EVERY = timedelta(minutes=1)


@task
def keep_language() -> None:
    """Make the words anew once the owner has chosen another language. The next run is queued first."""
    enqueue_once(keep_language, after=EVERY)
    wanted = should_be_stemmed()
    if wanted != is_stemmed():
        hold_words(stemmed=wanted)
