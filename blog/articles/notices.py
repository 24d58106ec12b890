"""Who is told of the review and of notes: reviewers of what is submitted, authors of what came of it.

What is to be told is queued with the step or the note, in one transaction; the mails are written by the
worker, into the outbox. One mail for each step or note and person, and none to who did it; what the rules
of this desk say (mail_rules.py) comes before what is said here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.tasks import task
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from blog.articles.letters import post_letter, quoted
from blog.articles.mail_rules import tell_of_change, tell_of_new_note
from blog.articles.models import PUBLISHED, Article, Note, StageChange
from blog.articles.people import desk_url, is_asked, is_author, name_of, people
from blog.articles.permissions import may_edit, reviewers
from blog.outbox.services import one_line
from blog.site.local import in_words_of_the_site
from blog.taskqueue import SOON

if TYPE_CHECKING:
    from django.db.models import QuerySet

Stage = Article.Stage
# What a step says, as the subject of its mail. Of others nobody is told: who did it knows.
SUBJECTS = {
    Stage.IN_REVIEW.value: gettext_lazy("Please review: “%(title)s”"),
    Stage.CHANGES_REQUESTED.value: gettext_lazy("Changes requested: “%(title)s”"),
    Stage.APPROVED.value: gettext_lazy("Approved: “%(title)s”"),
    PUBLISHED: gettext_lazy("Published: “%(title)s”"),
}


@task(priority=SOON)
@in_words_of_the_site()
def tell_of_step(change_id: int) -> None:
    """Write to whoever waits for this step of a review, unless the article is in the trash by now."""
    change = (
        StageChange.objects.select_related("article__reviewer", "actor")
        .filter(pk=change_id, article__trashed_at__isnull=True)
        .first()
    )
    if change is None:
        return
    tell_of_change(change)  # first: who has mail by a rule gets no other one
    if change.is_of_status or change.after not in SUBJECTS:
        return
    title = one_line(change.article.title)
    for person in _concerned(change):
        post_letter(
            template="articles/mail/step.txt",
            key=f"review:{change.pk}:{person.pk}",
            to=person.email,
            subject=SUBJECTS[change.after] % {"title": title},
            context={
                "step": change.after,
                "reason": quoted(change.reason) if change.reason else "",
                "title": title,
                "who": name_of(change.actor),
                "admin_url": desk_url(change.article),
            },
        )


def _concerned(change: StageChange) -> list[User]:
    article = change.article
    to_review = change.after == Stage.IN_REVIEW
    told = _reviewers_to_ask(article.reviewer) if to_review else people(_writes(article))
    others = told.exclude(pk=change.actor_id or 0).filter(wants_desk_mail=True)
    return [person for person in others if may_edit(person, article)]


def _reviewers_to_ask(asked: User | None) -> QuerySet[User]:
    """Return the one who was asked, while that one may review; else every editor."""
    everyone = reviewers()
    chosen = everyone.filter(pk=asked.pk if asked else 0)
    return chosen if chosen.exists() else everyone


@task(priority=SOON)
@in_words_of_the_site()
def tell_of_note(note_id: int) -> None:
    """Write to whom the note names, to the article's authors, and to who takes part in its thread."""
    note = (
        Note.objects.select_related("article", "author", "parent")
        .filter(pk=note_id, article__trashed_at__isnull=True)
        .first()
    )
    if note is None:
        return
    thread = Note.objects.filter(Q(pk=note.parent_id or 0) | Q(parent=note.parent_id or 0))
    named = Q(pk__in=[reference["id"] for reference in note.mentioned])
    if note.mentioned:
        _post_note(note, named, _("%(who)s mentions you: “%(title)s”"))
    tell_of_new_note(note)  # who has mail by now gets no other one
    own = _writes(note.article) | Q(pk__in=thread.values("author"))
    _post_note(note, own & ~named, _("Note on “%(title)s”"))


def _post_note(note: Note, condition: Q, subject: str) -> None:
    title, who = one_line(note.article.title), name_of(note.author)
    quote = note.parent.quote if note.parent else note.quote
    told = people(condition).filter(wants_desk_mail=True)
    for person in told.exclude(pk=note.author_id or 0):
        if not may_edit(person, note.article):
            continue  # took part once, or was named by somebody who did not know
        post_letter(
            template="articles/mail/note.txt",
            key=f"note:{note.pk}:{person.pk}",
            to=person.email,
            subject=subject % {"title": title, "who": who},
            context={
                "text": quoted(note.text),
                "quote": quoted(quote) if quote else "",
                "title": title,
                "who": who,
                "admin_url": f"{desk_url(note.article)}#note-{note.parent_id or note.pk}",
            },
        )


def _writes(article: Article) -> Q:
    """Return the condition for who writes the article: who began it, its authors, who was asked to."""
    return is_author(article) | is_asked(article)
