"""Words counted anew: of texts that were stored before their script was counted by characters."""

from django.db import transaction

from blog.articles.models import Article, Revision
from blog.articles.models.revision import count_words
from blog.articles.rendering import words_in_body
from blog.articles.services import RENDERED_FIELDS, render
from blog.articles.words import has_unspaced


def render_again(pk: int) -> None:
    """Make the page of a stored text anew, in a transaction of its own.

    It is no new revision, since nobody wrote anything.
    """
    with transaction.atomic():
        if article := Article.objects.select_for_update().filter(pk=pk).first():
            render(article)
            article.save(update_fields=RENDERED_FIELDS)


def drift() -> list[str]:
    """Return the articles whose stored number of words is not that of their text."""
    return [f"article {pk} ({title}): {told}" for pk, title, told in _differing()]


def fix_drift() -> None:
    """Render those texts again, for what shows of them on cards and phones too, and count their history."""
    for pk, _title, _told in _differing():
        render_again(pk)
        for revision in Revision.objects.filter(article=pk).only("data", "word_count").iterator():
            revision.word_count = count_words(revision.data)
            revision.save(update_fields=["word_count"])


def _differing() -> list[tuple[int, str, str]]:
    """Of texts in scripts without spaces alone: an earlier version took their paragraphs for words."""
    rows = Article.objects.order_by("pk").values_list("pk", "title", "body", "word_count")
    return [
        (pk, title, f"the row says {stored}, the text has {words}")
        for pk, title, body, stored in rows.iterator(chunk_size=100)
        if has_unspaced(body) and (words := words_in_body(body)) != stored
    ]
