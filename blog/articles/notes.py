"""Private notes on an article, for those who may edit it; readers never see one.

A note may be about a passage, which it quotes: the quote is looked for in the text, so that a note stays
where it belongs while the text around it changes, and says so once its passage is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.articles.elements import Element, parse
from blog.articles.mentions import named_in, references
from blog.articles.models import Article, Note
from blog.articles.notices import tell_of_note
from blog.taskqueue import enqueue_with_row

if TYPE_CHECKING:
    from accounts.models import User

MAX_QUOTE = Note._meta.get_field("quote").max_length or 0
MAX_NOTES = 500  # of one article; more is a script that runs wild


@dataclass
class Thread:
    """A note with its answers."""

    note: Note
    is_gone: bool  # the passage is in the text no more
    answers: list[Note] = field(default_factory=list)


@transaction.atomic
def add_note(
    *, article: Article, author: User, text: str, quote: str = "", parent: Note | None = None
) -> Note:
    """Store a note, or an answer to one, and have those concerned told.

    An answer to an answer belongs to the same thread, and an answer opens a resolved thread again.
    Raise ValidationError for an article with too many.
    """
    if parent:
        parent = parent.parent or parent
        reopen(note=parent)
    if Note.objects.filter(article=article).count() >= MAX_NOTES:
        raise ValidationError(_("There are 500 notes on this article: more cannot be kept."))
    named = named_in(text)
    note = Note.objects.create(
        article=article,
        parent=parent,
        author=author,
        quote="" if parent else " ".join(quote.split())[:MAX_QUOTE],
        text=text.strip(),
        mentioned=references(text, named),
    )
    enqueue_with_row(tell_of_note, note.pk)
    return note


def resolve(*, note: Note, actor: User) -> None:
    """Say that a thread is dealt with; a second time changes nothing."""
    Note.objects.filter(pk=note.pk, parent=None, resolved_at=None).update(
        resolved_at=timezone.now(), resolved_by=actor
    )


def reopen(*, note: Note) -> None:
    """Say that a thread is not dealt with yet."""
    Note.objects.filter(pk=note.pk).exclude(resolved_at=None).update(
        resolved_at=None, resolved_by=None
    )


def threads_of(article: Article, body: str) -> list[Thread]:
    """Return the threads, the open ones first, each in the order of time; one query.

    `body` is the text in which the passages are looked for.
    """
    rows = article.notes.select_related("author", "resolved_by")
    threads: dict[int, Thread] = {}
    answers: list[Note] = []
    words = ""
    for note in rows:
        if note.parent_id:
            answers.append(note)
            continue
        if note.quote and not words:
            words = _letters(Element("", {}, parse(body)).text())
        threads[note.pk] = Thread(note, bool(note.quote) and _letters(note.quote) not in words)
    for answer in answers:
        threads[answer.parent_id or 0].answers.append(answer)
    return sorted(threads.values(), key=lambda thread: thread.note.resolved_at is not None)


def _letters(text: str) -> str:
    """Return the text without white space: between blocks an editor has some, and HTML has none."""
    return "".join(text.split())
