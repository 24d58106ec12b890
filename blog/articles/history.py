"""What became of an article since its first save: its revisions and the steps of its review."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from blog.articles import checks
from blog.articles.autosave import own_autosaves
from blog.articles.models import Article, Revision, StageChange, step_name

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User

PAGE = 30  # revisions
MOST_STEPS = 100  # of the review, on one page
MOST_AUTOSAVES = 20
AUTOSAVE = re.compile(r"autosave-([0-9]{1,18})")


@dataclass(frozen=True)
class Entry:
    """One line: a revision with the words it has more than the one before it, or a step of the review."""

    at: datetime
    revision: Revision | None = None
    more_words: int = 0
    is_first: bool = False
    step: StageChange | None = None

    @property
    def words(self) -> int:
        return abs(self.more_words)

    @property
    def stages(self) -> tuple[str, str]:
        """Return the names of the stages before and after a step."""
        step = self.step
        return (step_name(step.before), step_name(step.after)) if step else ("", "")

    @property
    def overridden(self) -> str:
        """Return the names of the checks that a publication was made over."""
        codes = self.step.overridden if self.step else []
        return ", ".join(str(checks.name_of(code)) for code in codes)


@dataclass(frozen=True)
class HistoryPage:
    """Some entries, newest first, and the version before which the next page begins, if there is one."""

    entries: list[Entry]
    next_before: int | None


def history_of(article: Article, before: int | None = None) -> HistoryPage:
    """Return the newest entries, or those before a version; three queries at the most, and no text."""
    revisions = _numbered(article).order_by("-version")
    if before is not None:
        revisions = revisions.filter(version__lt=before)
    rows = list(revisions[: PAGE + 1])
    shown, has_more = rows[:PAGE], len(rows) > PAGE
    entries = [
        Entry(
            at=row.created_at,
            revision=row,
            more_words=row.word_count - (older.word_count if older else 0),
            is_first=older is None,
        )
        for row, older in zip(shown, [*rows[1:], None], strict=False)
    ]
    entries += _steps(article, before, shown[-1].created_at if has_more else None)
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return HistoryPage(entries, shown[-1].version if has_more else None)


def _steps(article: Article, before: int | None, since: datetime | None) -> list[Entry]:
    """Return the steps from the oldest revision of a page on, up to the page before it."""
    steps = article.stage_changes.select_related("actor")
    if since:
        steps = steps.filter(created_at__gte=since)
    if before is not None:
        newer = article.revisions.filter(version__gte=before).order_by("version")
        if until := newer.values_list("created_at", flat=True).first():
            steps = steps.filter(created_at__lt=until)
    return [Entry(at=step.created_at, step=step) for step in steps[:MOST_STEPS]]


def autosaves_of(article: Article, user: User) -> QuerySet[Revision]:
    """Return what this person typed into the article and never saved, newest first, without the text."""
    rows = own_autosaves(user).filter(article=article).defer("data")
    return rows.order_by("-updated_at", "-pk")[:MOST_AUTOSAVES]


def revision_called(article: Article, name: str, user: User) -> Revision | None:
    """Return the revision with this number, or this person's own `autosave-<key>`, or None."""
    if match := AUTOSAVE.fullmatch(name):
        own = own_autosaves(user).filter(article=article).select_related("author")
        return own.filter(pk=int(match[1])).first()
    if not re.fullmatch("[0-9]{1,9}", name):
        return None
    return article.revisions.filter(version=int(name)).select_related("author").first()


def name_of(revision: Revision) -> str:
    """Return by what an address calls the revision."""
    return str(revision.version) if revision.version else f"autosave-{revision.pk}"


def before_that(article: Article, revision: Revision) -> Revision | None:
    """Return what the revision changed: the one before it; for an autosave the version it began with."""
    numbered = _numbered(article).order_by("-version")
    if revision.version is not None:
        return numbered.filter(version__lt=revision.version).first()
    return numbered.filter(
        Q(version__lte=revision.base_version) if revision.base_version else Q()
    ).first()


def after_that(article: Article, revision: Revision) -> Revision | None:
    """Return the next revision with a number."""
    if revision.version is None:
        return None
    return _numbered(article).filter(version__gt=revision.version).order_by("version").first()


def _numbered(article: Article) -> QuerySet[Revision]:
    rows = article.revisions.filter(version__isnull=False)
    return rows.defer("data").select_related("author")
