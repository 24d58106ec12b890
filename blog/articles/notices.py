"""Who is told of the review and of notes: reviewers of what is submitted, authors of what came of it.

What is to be told is queued with the step or the note, in one transaction; the mails are written by the
worker, into the outbox. One mail for each step or note and person, and none to who did it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.tasks import task
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from blog.articles.letters import post_letter, quoted
from blog.articles.models import Article, Assignment, Byline, Note, StageChange
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
    "published": gettext_lazy("Published: “%(title)s”"),
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
    if change is None or change.after not in SUBJECTS:
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
                "who": _name(change.actor),
                "admin_url": desk_url(change.article),
            },
        )


def _concerned(change: StageChange) -> list[User]:
    article = change.article
    is_asked = change.after == Stage.IN_REVIEW
    people = _reviewers_to_ask(article.reviewer) if is_asked else _people(_writes(article))
    others = people.exclude(pk=change.actor_id or 0).filter(wants_desk_mail=True)
    return [person for person in others if may_edit(person, article)]


def _reviewers_to_ask(asked: User | None) -> QuerySet[User]:
    """Return the one who was asked, while that one may review; else every editor."""
    everyone = reviewers()
    chosen = everyone.filter(pk=asked.pk if asked else 0)
    return chosen if chosen.exists() else everyone


@task(priority=SOON)
@in_words_of_the_site()
def tell_of_note(note_id: int) -> None:
    """Write to the article's authors, and to who takes part in the note's thread."""
    note = (
        Note.objects.select_related("article", "author", "parent")
        .filter(pk=note_id, article__trashed_at__isnull=True)
        .first()
    )
    if note is None:
        return
    thread = Note.objects.filter(Q(pk=note.parent_id or 0) | Q(parent=note.parent_id or 0))
    own = _writes(note.article) | Q(pk__in=thread.values("author"))
    title = one_line(note.article.title)
    quote = note.parent.quote if note.parent else note.quote
    people = _people(own).filter(wants_desk_mail=True)
    for person in people.exclude(pk=note.author_id or 0):
        if not may_edit(person, note.article):
            continue  # took part once
        post_letter(
            template="articles/mail/note.txt",
            key=f"note:{note.pk}:{person.pk}",
            to=person.email,
            subject=_("Note on “%(title)s”") % {"title": title},
            context={
                "text": quoted(note.text),
                "quote": quoted(quote) if quote else "",
                "title": title,
                "who": _name(note.author),
                "admin_url": f"{desk_url(note.article)}#note-{note.parent_id or note.pk}",
            },
        )


def desk_url(article: Article) -> str:
    """Return the whole address of the article at the desk."""
    return settings.SITE_URL + reverse("admin:articles_article_change", args=[article.pk])


def _writes(article: Article) -> Q:
    """Return the condition for who writes the article: who began it, its authors, who was asked to."""
    bylines = Byline.objects.filter(article=article)
    asked = Assignment.objects.filter(article=article).exclude(writer=None)
    return (
        Q(pk=article.created_by_id or 0)
        | Q(pk__in=bylines.values("author__user"))
        | Q(pk__in=asked.values("writer"))
    )


def _people(condition: Q) -> QuerySet[User]:
    return User.objects.filter(condition, is_active=True, is_staff=True).order_by("pk")


def _name(person: User | None) -> str:
    return one_line(str(person)) if person else _("Somebody")
