"""The start of the staff desk: what waits for this person, what is theirs, and how the week was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db.models import Min, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.articles.admin.desk import editor_of
from blog.articles.models import Article, Note
from blog.comments.models import Comment
from blog.comments.queue import Tab, counts_of
from blog.public.section_rows import EXCERPT, words_of
from blog.public.week import spam_of_week, week_of
from blog.ratings.models import Burst
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from accounts.models import User
    from blog.articles.models import ArticleQuerySet

SHOWN = 5  # rows of each list
FEW = 200  # articles
LATELY = 5000  # comments
HAS_WORK = Q(status=Article.Status.DRAFT) | Q(draft_revision__isnull=False)
# What a moderator is told of; the rest of the tabs is looked up, not waited for.
TABS = (Tab.PENDING, Tab.REPORTED, Tab.SPAM, Tab.APPROVED)


@dataclass(frozen=True)
class Line:
    text: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A list of what is this person's: the newest rows, and where all of them are."""

    title: str
    lines: list[Line]
    address: str
    nothing: str  # where there is none


def with_what_waits(index: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Add what concerns this person to the context of the admin's first page (templates/admin/index.html)."""

    @wraps(index)
    def view(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        user = editor_of(request)
        writes = user.has_perm("articles.change_article")
        week = week_of(user, site_of(request)) if writes else []
        if user.has_perm("comments.moderate_comment"):
            week.append(spam_of_week())
        context = {
            "waiting": what_waits(user),
            "queue": queue_of(user),
            "parts": parts_of(user) if writes else [],
            "week": week,
        }
        return index(request, {**(extra_context or {}), **context})

    return view


def what_waits(user: User) -> list[tuple[str, str]]:
    """Return sentences and addresses of what this person may decide about. One query for each kind."""
    found = []
    if user.has_perm("comments.moderate_comment"):
        waiting_comments = Comment.objects.pending().in_sight()
        since = waiting_comments.aggregate(oldest=Min("created_at"))["oldest"]
        count = waiting_comments.count() if since else 0
        text = ngettext("%(count)d comment waits.", "%(count)d comments wait.", count)
        if since:
            age = timesince(since, depth=1)
            text += " " + _("The oldest has waited for %(age)s.") % {"age": age.replace("%", "%%")}
        found.append((count, text, reverse("admin:comments_comment_changelist")))
    if user.has_perm("ratings.change_burst"):
        waiting = Burst.Outcome.WAITING
        count = Burst.objects.filter(outcome=waiting).count()
        text = ngettext(
            "%(count)d burst of votes waits.", "%(count)d bursts of votes wait.", count
        )
        path = reverse("admin:ratings_burst_changelist")
        found.append((count, text, f"{path}?outcome__exact={waiting}"))
    return [(text % {"count": count}, address) for count, text, address in found if count]


def queue_of(user: User) -> list[tuple[str, int, str]]:
    """Return the tabs of the queue with their counts, for who works in it."""
    if not user.has_perm("comments.moderate_comment"):
        return []
    counts = counts_of(user)
    home = reverse("admin:comments_comment_changelist")
    return [(str(tab.label), counts[tab], f"{home}?tab={tab}") for tab in TABS]


def parts_of(user: User) -> list[Part]:
    """Return what somebody who writes looks for first: four lists, in a query each."""
    own = Article.objects.written_by(user).filter(trashed_at=None)
    return [_reviews(user, own), _drafts(own), _notes(user, own), _comments(user, own)]


def _drafts(own: ArticleQuerySet) -> Part:
    """Return the articles last worked on that readers do not see, or not as they stand here."""
    last_worked_on = Coalesce("draft_revision", "current_revision").desc()
    unpublished = own.filter(HAS_WORK).order_by(last_worked_on, "-pk")
    rows = unpublished.select_related("assignment", "working_status").only(
        *("title", "status", "stage", "trashed_at"),
        *("assignment__due_on", "working_status__name"),
    )[:SHOWN]
    return Part(
        _("Your drafts"),
        [
            Line(
                str(article),
                _desk_address(article),
                _stand_of(article),
            )
            for article in rows
        ],
        f"{reverse('admin:articles_article_changelist')}?state=draft",
        _("You have no draft."),
    )


def _stand_of(article: Article) -> str:
    """Return where a draft stands, and until when it is to be written."""
    if article.status != Article.Status.DRAFT:
        return _("Changes to a live article")
    stage = article.shown_status.name if article.shown_status else article.get_stage_display()
    assignment = getattr(article, "assignment", None)
    if assignment is None or assignment.due_on is None:
        return stage
    words = {"stage": stage, "day": date_format(assignment.due_on, "MONTH_DAY_FORMAT")}
    return _("%(stage)s, first draft due %(day)s") % words


def _reviews(user: User, own: ArticleQuerySet) -> Part:
    """Return what waits for a decision of editors; for others, what was decided about theirs."""
    Stage = Article.Stage  # noqa: N806 - the name of the class
    decides = user.has_perm("articles.edit_any_article")
    if decides:
        rows = Article.objects.in_stage(Stage.IN_REVIEW).filter(HAS_WORK, trashed_at=None)
    else:
        rows = own.filter(
            HAS_WORK, stage__in=[Stage.IN_REVIEW, Stage.CHANGES_REQUESTED, Stage.APPROVED]
        )
    lines = [
        Line(
            str(article),
            _desk_address(article),
            _("You are asked.")
            if decides and article.reviewer_id == user.pk
            else article.get_stage_display(),
        )
        for article in rows.order_by("pk").only("title", "stage", "reviewer")[:SHOWN]
    ]
    return Part(
        _("To review") if decides else _("In review"),
        lines,
        f"{reverse('admin:articles_article_changelist')}?review={Stage.IN_REVIEW}",
        _("Nothing waits for a review."),
    )


def _notes(user: User, own: ArticleQuerySet) -> Part:
    """Return what others noted on this person's articles, until the note is resolved."""
    rows = (
        Note.objects.filter(article__in=own, resolved_at=None, parent__resolved_at=None)
        .exclude(author=user)
        .select_related("article", "author")
        .only("text", "parent", "article__title", "author__display_name", "author__email")
        .order_by("-created_at", "-pk")[:SHOWN]
    )
    return Part(
        _("Notes for you"),
        [
            Line(
                Truncator(note.text).chars(EXCERPT),
                f"{_desk_address(note.article)}#note-{note.parent_id or note.pk}",
                _("%(name)s on “%(title)s”")
                % {"name": note.author or _("Somebody"), "title": note.article},
            )
            for note in rows
        ],
        "",
        _("Nobody has left you a note."),
    )


def _comments(user: User, own: ArticleQuerySet) -> Part:
    """Return the newest published comments of others on this person's articles.

    Of few articles all comments are read, by index. Who has many is found among the site's newest comments:
    both databases would read either all of the site's or all of theirs.
    """
    keys = list(own.order_by("-pk").values_list("pk", flat=True)[: FEW + 1])
    found = Comment.objects.approved().exclude(user=user)
    if len(keys) > FEW:
        newest = Comment.objects.order_by("-created_at", "-pk").values("pk")[:LATELY]
        found = found.filter(pk__in=newest, article__in=own)
    else:
        found = found.filter(article__in=keys)
    rows = (
        found.select_related("article")
        .only("name", "html", "created_at", "article__title", "article__slug")
        .order_by("-created_at", "-pk")[:SHOWN]
    )
    now = timezone.now()
    return Part(
        _("Comments on your articles"),
        [
            Line(
                Truncator(words_of(comment)).chars(EXCERPT),
                reverse("comment", args=[comment.article.slug, comment.pk]),
                _("%(name)s on “%(title)s”, %(age)s ago")
                % {
                    "name": comment.name or _("Anonymous"),
                    "title": comment.article,
                    "age": timesince(comment.created_at, now, depth=1),
                },
            )
            for comment in rows
        ],
        "",
        _("Nobody has commented on your articles yet."),
    )


def _desk_address(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])
