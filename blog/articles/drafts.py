"""Changes to a live article that readers do not see yet: saved, discarded, planned, and published at once.

The article's row is what readers see. Its waiting draft is a revision; what both come to is worked out
field by field: what the draft changed counts, everything else is as the row has it now, so that an
article made sticky or moved in the calendar meanwhile stays so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Author
from blog.articles import review
from blog.articles.models import Article, Category, Revision, Tag
from blog.articles.rendering import pictures_in, sanitise_body
from blog.articles.services import (
    CONTENT_FIELDS,
    content_of,
    publish,
    save_article,
    snapshot_of,
    unpublish,
)
from blog.media.models import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from accounts.models import User

Content = dict[str, Any]
LATE_AFTER = timedelta(minutes=2)
ONE: dict[str, type[models.Model]] = {
    "primary_category": Category,
    "lead_image": Image,
    "share_image": Image,
}
MANY: dict[str, type[models.Model]] = {"authors": Author, "categories": Category, "tags": Tag}
PICTURES = ("lead_image", "share_image")
# What a draft never changes: whether the article is out, and where it is.
OF_THE_ROW = {"format", "status", "is_trashed"}
# Of the form: words of the lead picture, which belong to the picture's row, and a mark for the ratings.
WORDS = {"lead_alt": "alt", "lead_caption": "caption", "lead_credit": "credit"}
SUBSTANTIAL = "is_substantial"
# Of a row with a waiting draft: the data of the saved version that the draft was begun from.
BASE_OF_DRAFT = Subquery(
    Revision.objects.filter(
        article=OuterRef("pk"),
        kind=Revision.Kind.SAVED,
        version__lte=Coalesce(
            NullIf(OuterRef("draft_revision__base_version"), 0),
            OuterRef("draft_revision__version"),
        ),
    )
    .order_by("-version")
    .values("data")[:1]
)


def was_public(article: Article) -> bool:
    """Say whether readers see the article or saw it once: then changes to it wait until published."""
    return bool(
        article.pk
        and article.trashed_at is None
        and article.status == Article.Status.PUBLISHED
        and article.publish_at
        and article.publish_at <= timezone.now()
    )


def waiting_content(article: Article) -> Content | None:
    """Return what publishing the waiting draft would make of the article now; None where there is none."""
    draft = article.draft_revision
    if draft is None:
        return None
    return merged(base=_base_of(article), live=snapshot_of(article), draft=draft.data)


def merged(*, base: Content, live: Content, draft: Content) -> Content:
    """Return the live content with what the draft changed since its base."""
    content = {
        name: draft[name]
        if name in draft and name not in OF_THE_ROW and draft[name] != base.get(name)
        else value
        for name, value in live.items()
    }
    return content | ({"typed": draft["typed"]} if draft.get("typed") else {})


def _base_of(article: Article) -> Content:
    """Return what readers saw when the waiting draft was begun; asked for unless it came with the row."""
    if not hasattr(article, "base_of_draft"):
        rows = Article.objects.filter(pk=article.pk).values_list(BASE_OF_DRAFT, flat=True)
        article.base_of_draft = rows.get()  # type: ignore[attr-defined]  # a column of with_page
    return article.base_of_draft or {}  # type: ignore[attr-defined]


@transaction.atomic
def save_draft(
    *,
    article: Article,
    editor: User | None,
    row: Article | None = None,
    authors: Sequence[Author] | None = None,
    categories: Iterable[Category] | None = None,
    tags: Iterable[Tag] | None = None,
    typed: Mapping[str, Any] | None = None,
    publish_at: datetime | None = None,
    note: str = "",
) -> Revision | None:
    """Keep the changed fields of *article*, a row in memory, as its waiting draft; readers see nothing.

    The content must have been made from what waiting_content() returned, as the form does. `row` is what
    is stored, from a caller who has locked it in this transaction. `typed` holds the words of the lead
    picture and the mark of a substantial update. `publish_at` lets the draft go live by itself. Return
    None where nothing differs from what readers see: then no draft waits.
    """
    row = row or Article.objects.select_for_update().get(pk=article.pk)
    article.title = article.title.strip()
    article.slug = article.slug or row.slug
    article.body = sanitise_body(article.body)
    live = snapshot_of(row)
    data = live | content_of(article, authors=authors or None, categories=categories, tags=tags)
    data |= {name: live[name] for name in OF_THE_ROW}
    if typed:
        data["typed"] = dict(typed)
    if data == live:
        _drop_draft(row)
        return None
    before = row.draft_revision
    if before and (before.data, before.publish_at) == (data, publish_at):
        return before
    row.version += 1
    row.draft_revision = Revision.objects.create(
        article=row,
        kind=Revision.Kind.DRAFT,
        version=row.version,
        base_version=row.current_revision.version if row.current_revision else 0,
        data=data,
        author=editor,
        note=note,
        publish_at=publish_at,
    )
    review.saved(article=row, editor=editor)
    row.save(update_fields=["version", "draft_revision"])
    _hold_pictures(row, data, before.data if before else None)
    if before and before.publish_at:
        # A draft that goes live by itself is one: this is history now.
        before.publish_at = None
        before.save(update_fields=["publish_at"])
    return row.draft_revision


def _hold_pictures(row: Article, data: Content, before: Content | None) -> None:
    """Note what the draft shows and the row does not, so that nobody deletes it as out of use.

    No query where neither this draft nor the one before has such pictures or another text.
    """
    if before and all(before.get(name) == data.get(name) for name in ("body", *PICTURES)):
        return
    chosen = {data[name]["id"] for name in PICTURES if data.get(name)}
    chosen -= {row.lead_image_id, row.share_image_id}
    if data["body"] != row.body:
        chosen |= pictures_in(data["body"])
    if chosen or before:
        row.draft_pictures.set(chosen)


@transaction.atomic
def publish_all(*, article: Article, editor: User | None, reason: str = "") -> None:
    """Publish the article, and the changes that wait where there are any."""
    if Article.objects.filter(pk=article.pk, draft_revision__isnull=False).exists():
        publish_draft(article=article, editor=editor, reason=reason)
    publish(article=article, editor=editor, reason=reason)


@transaction.atomic
def publish_draft(
    *, article: Article, editor: User | None, note: str = "", reason: str = ""
) -> list[str]:
    """Let readers see the waiting draft, all of it at once; return the names of what is gone since.

    Raise ValidationError where no draft waits, for an article in the trash, and what
    review.publishing() raises: *reason* is why it is published over a required check.
    """
    row = Article.objects.select_for_update().get(pk=article.pk)
    content, draft = waiting_content(row), row.draft_revision
    if content is None or draft is None:
        raise ValidationError(_("“%s” has no changes that wait.") % row)
    if row.trashed_at:
        raise ValidationError(_("“%s” is in the trash. Restore it first.") % row)
    if row.status == Article.Status.PUBLISHED:
        review.publishing(article=row, actor=editor, reason=reason, data=content)
    typed = content.get("typed", {})
    missing = _fill(row, content)
    _write_words(row, typed)
    rows = {name: _rows(name, content[name]) for name in MANY}
    save_article(
        article=row,
        editor=editor,
        authors=rows["authors"],
        categories=rows["categories"],
        tags=rows["tags"],
        note=note or draft.note,
        is_substantial=bool(typed.get(SUBSTANTIAL)),
    )
    if editor is None and row.current_revision and draft.author:
        # The worker publishes what somebody wrote and somebody else may have planned.
        row.current_revision.author = draft.author
        row.current_revision.save(update_fields=["author"])
    _drop_draft(row)
    return missing


@transaction.atomic
def take_down(*, article: Article, editor: User | None) -> None:
    """Make a draft of a published article, with the changes that waited: there is one text again."""
    unpublish(article=article, editor=editor)
    if Article.objects.filter(pk=article.pk, draft_revision__isnull=False).exists():
        publish_draft(article=article, editor=editor)


@transaction.atomic
def discard_draft(*, article: Article) -> None:
    """Give up the waiting draft. It stays in the history, from where it can be restored."""
    _drop_draft(Article.objects.select_for_update().get(pk=article.pk))


def _drop_draft(row: Article) -> None:
    if row.draft_revision_id is None:
        return
    Revision.objects.filter(pk=row.draft_revision_id).update(publish_at=None)
    row.draft_revision = None
    row.draft_pictures.clear()
    if row.status == Article.Status.PUBLISHED:
        row.stage = Article.Stage.WRITING  # the review of the next changes begins anew
    row.save(update_fields=["draft_revision", "stage"])


def late_drafts() -> QuerySet[Article]:
    """Return the articles whose changes should be live for so long that no worker can be running."""
    return due_drafts(timezone.now() - LATE_AFTER)


def due_drafts(at: datetime | None = None) -> QuerySet[Article]:
    """Return the articles whose waiting draft is to be live by then (default: now)."""
    return Article.objects.filter(
        draft_revision__publish_at__lte=at or timezone.now(), trashed_at__isnull=True
    ).order_by("draft_revision__publish_at", "pk")


def _fill(row: Article, content: Content) -> list[str]:
    """Set the row's fields to the content; return the names of terms and pictures that are gone."""
    for name in CONTENT_FIELDS:
        value = content.get(name)
        if isinstance(Article._meta.get_field(name), models.DateTimeField) and value:
            value = datetime.fromisoformat(value).astimezone(UTC)
        setattr(row, name, value)
    missing = []
    for name in ONE:
        found = _rows(name, [content[name]] if content[name] else [])
        if content[name] and not found:
            missing.append(content[name]["name"])
        else:
            setattr(row, name, found[0] if found else None)
    for name in MANY:
        there = {found.pk for found in _rows(name, content[name])}
        missing += [
            reference["name"] for reference in content[name] if reference["id"] not in there
        ]
    return missing


def _rows(name: str, references: list[Content]) -> list[Any]:
    """Return the rows that are still there, in the order of the references."""
    model = ONE.get(name) or MANY[name]
    found = model._default_manager.in_bulk([reference["id"] for reference in references])
    return [found[reference["id"]] for reference in references if reference["id"] in found]


def _write_words(row: Article, typed: Mapping[str, Any]) -> None:
    """Give the lead picture the words that the draft has for it."""
    words = {field: typed[name].strip() for name, field in WORDS.items() if name in typed}
    if row.lead_image and words:
        for field, text in words.items():
            setattr(row.lead_image, field, text)
        row.lead_image.save(update_fields=[*words])
