"""Assign an article: who writes it, until when, what it is to be, and what the desk's own fields say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Author
from blog.articles.letters import post_letter, quoted
from blog.articles.models import Article, Assignment, DeskField
from blog.articles.models.choices import STAGES_OF_WRITING
from blog.articles.people import desk_url
from blog.articles.permissions import may_edit, writers
from blog.articles.services import save_article
from blog.articles.statuses import mark_assigned
from blog.days import day_words
from blog.outbox.services import one_line
from blog.site.local import in_words_of_the_site
from blog.taskqueue import SOON, enqueue_once, enqueue_with_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User

LOOK_EVERY = timedelta(hours=3)
REMIND_BEFORE = timedelta(days=1)
TOLD = ("writer_id", "due_on", "brief")


class Filled(NamedTuple):
    """One of the desk's own fields, with what stands in it for an article."""

    name: str
    value: str


def may_assign(user: User) -> bool:
    """Say whether this person hands out what is to be written: editors."""
    return user.has_perm("articles.edit_any_article")


@transaction.atomic
def assign_article(
    *,
    article: Article,
    actor: User,
    writer: User | None,
    due_on: date | None,
    brief: str,
    values: Mapping[str, Any],
    names_writer: bool = False,
) -> Assignment:
    """Store what is asked, and have the writer told of what changed for them.

    `values` of the desk's own fields are put over those that are there; None empties one. `names_writer`
    puts the writer's name above a draft in place of those that stand there. The row of the
    article is locked, so that of two editors the second starts from what the first has stored.
    """
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if writer and not writers().filter(pk=writer.pk).exists():
        raise ValidationError(_("%(name)s may not write articles.") % {"name": writer})
    row = Assignment.objects.filter(article=article).first() or Assignment(article=article)
    before = [getattr(row, name) for name in TOLD]
    row.writer, row.due_on, row.brief = writer, due_on, brief.strip()
    merged = row.values | dict(values)
    row.values = {key: value for key, value in merged.items() if value is not None}
    row.assigned_by = actor
    is_news = before != [getattr(row, name) for name in TOLD]
    row.version += is_news
    row.save()
    author = Author.objects.filter(user=writer).first() if writer and names_writer else None
    if author and article.status == Article.Status.DRAFT:
        save_article(article=article, editor=actor, authors=[author], note=_("Assigned"))
    if writer:
        mark_assigned(article=article, actor=actor)
    if is_news and writer and writer.pk != actor.pk:
        enqueue_with_row(tell_writer, row.pk, row.version)
    return row


@transaction.atomic
def move_due(*, article: Article, actor: User, day: date, seen: date | None) -> date:
    """Give another day to what is due, as the calendar does; refuse where somebody was quicker.

    What is read here is written back: the row of the article is locked first.
    """
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    row = Assignment.objects.filter(article=article).select_related("writer").first()
    if row is None or row.due_on is None or row.due_on != seen:
        raise ValidationError(
            _("Somebody changed “%s” meanwhile. This is the calendar as it is now.") % article
        )
    if day < timezone.localdate():
        raise ValidationError(_("“%s” was not moved: this day is over.") % article)
    assign_article(
        article=article,
        actor=actor,
        writer=row.writer,
        due_on=day,
        brief=row.brief,
        values={},
    )
    return day


def filled_fields(assignment: Assignment | None) -> list[Filled]:
    """Return the desk's own fields that are filled in for an article; no query where none is."""
    if assignment is None or not assignment.values:
        return []
    return [
        Filled(field.name, _in_words(field, assignment.values[str(field.pk)]))
        for field in DeskField.objects.all()
        if str(field.pk) in assignment.values
    ]


def _in_words(field: DeskField, value: Any) -> str:
    if field.kind == DeskField.Kind.TICK:
        return _("yes")
    if field.kind == DeskField.Kind.DATE:
        return day_words(date.fromisoformat(value))
    return str(value)


def open_assignments() -> QuerySet[Assignment]:
    """Return those of articles that are still to be written: drafts that nobody was shown yet."""
    return Assignment.objects.filter(
        article__status=Article.Status.DRAFT,
        article__trashed_at=None,
        article__stage__in=STAGES_OF_WRITING,
    )


@task(priority=SOON)
@in_words_of_the_site()
def tell_writer(assignment_id: int, version: int) -> None:
    """Write to whom an article was assigned, unless it was changed once more by now."""
    rows = Assignment.objects.filter(pk=assignment_id, version=version, article__trashed_at=None)
    for row in rows.select_related("article", "writer", "assigned_by"):
        title = one_line(row.article.title)
        _write(row, f"assigned:{row.pk}:{version}", _("For you: “%s”") % title, is_reminder=False)


@task
@in_words_of_the_site()
def remind_of_due() -> int:
    """Write to whoever is to deliver a first draft tomorrow; return how many there are.

    Today, too: the worker may have rested. The outbox takes each mail once for a day that is due.
    """
    enqueue_once(remind_of_due, after=LOOK_EVERY)
    today = timezone.localdate()
    rows = open_assignments().filter(due_on__range=(today, today + REMIND_BEFORE))
    count = 0
    for row in rows.select_related("article", "writer", "assigned_by").order_by("pk"):
        title = one_line(row.article.title)
        subject = _("Soon due: “%s”") % title
        count += _write(row, f"due:{row.pk}:{row.due_on}", subject, is_reminder=True)
    return count


def _write(row: Assignment, key: str, subject: str, *, is_reminder: bool) -> bool:
    writer = row.writer
    if not (writer and writer.is_active and writer.wants_desk_mail):
        return False
    if not may_edit(writer, row.article):
        return False
    post_letter(
        template="articles/mail/assigned.txt",
        key=f"{key}:{writer.pk}",
        to=writer.email,
        subject=subject,
        context={
            "is_reminder": is_reminder,
            "title": one_line(row.article.title),
            "who": one_line(str(row.assigned_by)) if row.assigned_by else _("Somebody"),
            "due_on": row.due_on,
            "brief": quoted(row.brief) if row.brief else "",
            "admin_url": desk_url(row.article),
        },
    )
    return True
