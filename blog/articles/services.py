"""Change articles: the one door for the staff desk, imports and commands."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.articles import review
from blog.articles.findings import store_findings
from blog.articles.models import (
    Article,
    Byline,
    Category,
    Revision,
    SlugHistory,
    others_at_the_root,
    validate_article_slug,
)
from blog.articles.related import prepare_related
from blog.articles.rendering import lock_pictures, render_body, sanitise_body
from blog.articles.share_cards import make_share_card
from blog.articles.slugs import free_slug, make_slug
from blog.redirects.services import mark_gone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from accounts.models import Author, User
    from blog.articles.models import Tag

# What an editor decides about an article, beside its terms and authors: all of it is in a revision.
CONTENT_FIELDS = (
    "title subtitle slug excerpt body status publish_at expire_at is_sticky review_title review_summary"
    " review_position comment_policy rating_policy seo_title seo_description canonical_url is_noindex"
    " is_template access password_hash lead_placement highlights sources via hides_lead_image hides_share"
    " hides_authors hides_neighbours hides_related criteria criteria_style criteria_total reviewed_type"
    " reviewed_name reviewed_url is_trending list_title post_format lead_embed"
).split()
RENDERED_FIELDS = ["body_html", "fold_at", "toc", "word_count", "first_words"]
SAVED_FIELDS = [
    *CONTENT_FIELDS,
    *RENDERED_FIELDS,
    *("primary_category", "lead_image", "share_image", "updated_at"),
]
READER_FIELDS = ["title", "subtitle", "body"]  # a change of these is an update for readers
SLUG_TRIES = 20


@transaction.atomic
def save_article(
    *,
    article: Article,
    editor: User | None,
    before: Article | None = None,
    authors: Sequence[Author] | None = None,
    categories: Iterable[Category] | None = None,
    tags: Iterable[Tag] | None = None,
    updated_at: datetime | None = None,
    note: str = "",
    is_substantial: bool = False,
    is_one_of_many: bool = False,
) -> Article:
    """Store a new or changed article with everything that follows from it.

    The text is sanitised and rendered, the address found or the old one kept as a forward, and the
    whole is recorded as a revision; a save that changes nothing records nothing. `authors` in their
    order, `categories` and `tags` stay as they are when None; an article without an author gets the
    editor's name. `updated_at` is for imports: otherwise it follows from what readers see changed.
    `is_substantial` says that ratings from before tell little about the article as it is now; of the
    first version it says nothing. `is_one_of_many` leaves to `follow_up` (many.py) what is known, or done for
    less, when all the others are there.
    The row is locked, so that of two savings at once one follows the other; `before` is what it holds,
    from a caller who has locked it in this transaction.
    """
    if article.pk:
        before = before or _locked(article)
    if before:
        article.current_revision = before.current_revision
        article.stage, article.reviewer_id = before.stage, before.reviewer_id
    article.title = article.title.strip()
    if article.access != Article.Access.OPEN:
        article.is_sticky = False  # what not everybody may read does not stand first
    if article.is_protected and not article.password_hash:
        raise ValidationError(_("“%s” needs a password. Choose one.") % article)
    if article.status == Article.Status.PUBLISHED and not article.publish_at:
        article.publish_at = timezone.now()
    if article.publish_at:  # to the second, as forms and pages show it
        article.publish_at = article.publish_at.replace(microsecond=0)
    article.body = sanitise_body(article.body)
    lock_pictures(article.body)
    image_ids = render(article)
    article.updated_at = updated_at or _updated_at(article, before)
    category_list = _place_in_categories(article, categories)
    if before is None:
        article.created_by = editor
    _save_row(article, before)
    article.pictures.set(image_ids)
    _set_terms(article, "categories", category_list)
    _set_terms(article, "tags", tags)
    _set_bylines(article, authors, editor)
    _record(article, editor, note, is_one_of_many=is_one_of_many)
    if is_substantial and article.version > 1 and article.current_revision:
        article.current_revision.is_substantial = True
        article.current_revision.save(update_fields=["is_substantial"])
    if before and article.version > before.version:
        review.saved(article=article, editor=editor)
    if not is_one_of_many:
        store_findings(article)
    return article


def render(article: Article) -> set[int]:
    """Set what follows from the text, and return the keys of the pictures in it.

    What pages, feeds and the search read of a protected article is empty: whoever forgets that there
    are passwords has nothing to show. Its page renders the text for those who have entered theirs.
    """
    image_ids = render_whole(article)
    if article.is_protected:
        article.body_html, article.fold_at, article.toc, article.first_words = "", None, [], ""
    return image_ids


def render_whole(article: Article) -> set[int]:
    """Set what follows from the text, whoever may read it."""
    rendered = render_body(article.body)
    article.body_html = rendered.html
    article.fold_at = rendered.fold_at
    article.toc = rendered.toc
    article.word_count = rendered.word_count
    article.first_words = rendered.first_words
    return rendered.image_ids


def _updated_at(article: Article, before: Article | None) -> datetime | None:
    """Return when readers last saw the article change: what changes before publication is no update."""
    if before is None or not before.publish_at or before.publish_at > timezone.now():
        return before.updated_at if before else None
    is_changed = any(getattr(article, name) != getattr(before, name) for name in READER_FIELDS)
    is_public = before.status == Article.Status.PUBLISHED
    return timezone.now() if is_public and is_changed else before.updated_at


def _place_in_categories(
    article: Article, categories: Iterable[Category] | None
) -> list[Category] | None:
    """Return the categories to store: the primary one is among them, and is the first by default.

    None where they stay as they are. What is published in no category goes into the default one.
    """
    is_nowhere = article.status == Article.Status.PUBLISHED and not article.primary_category_id
    if categories is None and article.pk and not is_nowhere:
        return None
    if categories is None and article.pk:
        categories = article.categories.all()  # whose primary one was deleted
    chosen = list(categories or ())
    if is_nowhere and not chosen:
        chosen = list(Category.objects.filter(is_default=True))
    if article.primary_category is None and chosen:
        article.primary_category = chosen[0]
    elif article.primary_category and article.primary_category not in chosen:
        chosen.append(article.primary_category)
    return chosen


def _save_row(article: Article, before: Article | None) -> None:
    """Write the row under a free address, and keep the address it had."""
    wanted = article.slug or _slug_of_title(article)
    article.slug = article.slug or _free_article_slug(article, wanted)
    if before and before.slug != article.slug:
        SlugHistory.objects.update_or_create(slug=before.slug, defaults={"article": article})
    if before is None or before.slug != article.slug:
        # An address in use forwards nowhere, whoever had it before.
        SlugHistory.objects.filter(slug=article.slug).delete()
    article.version = before.version if before else 0
    fields = None if before is None else SAVED_FIELDS
    for _attempt in range(SLUG_TRIES):
        try:
            with transaction.atomic():
                article.save(update_fields=fields)
        except IntegrityError:
            # Somebody took the address at the same moment, or a page has it.
            if not any(rows.filter(slug=article.slug).exists() for rows in _taken(article)):
                raise
            article.slug = _free_article_slug(article, wanted)
        else:
            return
    raise ValidationError({"slug": _("This address is taken. Choose another.")})


def _slug_of_title(article: Article) -> str:
    slug = make_slug(article.title) or f"article-{Article.objects.count() + 1}"
    try:
        validate_article_slug(slug)
    except ValidationError:
        return f"{slug}-2"
    return slug


def _free_article_slug(article: Article, wanted: str) -> str:
    # An old address of another article still forwards there: a new one stays clear of it.
    old = SlugHistory.objects.exclude(article=article.pk)
    return free_slug([*_taken(article), old], wanted)


def _taken(article: Article) -> list[QuerySet]:
    """Return the rows whose addresses the article cannot have: the database refuses them."""
    return [Article.objects.exclude(pk=article.pk), *(rows() for rows in others_at_the_root)]


def _set_terms(article: Article, name: str, terms: Iterable[Any] | None) -> None:
    """Give the article these categories or tags; those that came with it, and stay, cost nothing."""
    if terms is None:
        return
    chosen, manager = list(terms), getattr(article, name)
    if not (_came_along(article, name) and set(manager.all()) == set(chosen)):
        manager.set(chosen)


def _set_bylines(article: Article, authors: Sequence[Author] | None, editor: User | None) -> None:
    if authors is None and article.bylines.exists():
        return
    names = list(dict.fromkeys(authors or ()))
    if not names and editor and (own := getattr(editor, "author", None)):
        names = [own]
    if names == [byline.author for byline in _bylines_of(article)]:
        return
    Byline.objects.filter(article=article).delete()
    getattr(article, "_prefetched_objects_cache", {}).pop("bylines", None)
    Byline.objects.bulk_create(
        Byline(article=article, author=author, position=position)
        for position, author in enumerate(names)
    )


def _record(
    article: Article, editor: User | None, note: str, *, is_one_of_many: bool = False
) -> None:
    """Keep the article as it stands now as its next revision, unless the last one is equal."""
    if article.status == Article.Status.PUBLISHED and not is_one_of_many:
        transaction.on_commit(partial(make_share_card.enqueue, article.pk), robust=True)
        transaction.on_commit(partial(prepare_related.enqueue, article.pk), robust=True)
    data = snapshot_of(article)
    if article.current_revision and article.current_revision.data == data:
        return
    article.version += 1
    article.current_revision = Revision.objects.create(
        article=article, version=article.version, data=data, author=editor, note=note
    )
    article.save(update_fields=["version", "current_revision"])


def snapshot_of(article: Article) -> dict[str, Any]:
    """Return the whole article as it is stored, as JSON: the content of a revision (see content_of)."""
    return content_of(
        article,
        authors=[byline.author for byline in _bylines_of(article)],
        categories=article.categories.all(),
        tags=article.tags.all(),
    )


def _bylines_of(article: Article) -> QuerySet[Byline]:
    """Return the bylines with their authors, as they came with the article where they did."""
    bylines = article.bylines.all()
    return bylines if _came_along(article, "bylines") else bylines.select_related("author")


def _came_along(article: Article, name: str) -> bool:
    """Say whether these rows were loaded together with the article, as the desk does."""
    return name in getattr(article, "_prefetched_objects_cache", {})


def content_of(
    article: Article,
    *,
    authors: Iterable[Author] | None,
    categories: Iterable[Category] | None,
    tags: Iterable[Tag] | None,
) -> dict[str, Any]:
    """Return what the article's fields hold, with these authors and terms, as JSON; none that is None.

    `format` is 1. Every name of CONTENT_FIELDS holds the field's value, times as ISO 8601 in UTC.
    `authors` (in order), `categories`, `tags`, `primary_category`, `lead_image` and `share_image` hold
    {id, name}: the name says what was meant should the row be gone. `is_trashed` says where the article was.
    """
    data: dict[str, Any] = {"format": 1, "is_trashed": article.trashed_at is not None}
    for name in CONTENT_FIELDS:
        value = getattr(article, name)
        data[name] = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
    if authors is not None:
        data["authors"] = [_reference(author) for author in authors]
    if categories is not None:
        data["categories"] = _references(categories)
    if tags is not None:
        data["tags"] = _references(tags)
    data["primary_category"] = _reference(article.primary_category)
    data["lead_image"] = _reference(article.lead_image)
    data["share_image"] = _reference(article.share_image)
    return data


def _references(rows: Iterable[Any]) -> list[dict[str, Any] | None]:
    return [_reference(row) for row in sorted(rows, key=lambda row: row.pk)]


def _reference(row: Any) -> dict[str, Any] | None:
    return {"id": row.pk, "name": str(row)} if row else None


@transaction.atomic
def publish(*, article: Article, editor: User | None, reason: str = "") -> Article:
    """Publish now, or at the time the article has; one that was taken down stands again.

    Raise what review.publishing() raises: *reason* is why it is published over a required check.
    """
    article = _locked(article)
    if article.trashed_at:
        raise ValidationError(_("“%s” is in the trash. Restore it first.") % article)
    if article.is_template:
        raise ValidationError(_("“%s” is a template. Begin an article with it instead.") % article)
    now = timezone.now().replace(microsecond=0)
    is_over = article.expire_at is not None and article.expire_at <= now
    if article.status != Article.Status.PUBLISHED or is_over:
        review.publishing(article=article, actor=editor, reason=reason)
    if is_over:
        article.expire_at = None
    article.status = Article.Status.PUBLISHED
    article.publish_at = article.publish_at or now
    if categories := _place_in_categories(article, None):
        _set_terms(article, "categories", categories)
    fields = ("status", "publish_at", "expire_at", "primary_category")
    return _moved(article, editor, _("Published"), *fields)


@transaction.atomic
def unpublish(*, article: Article, editor: User | None) -> Article:
    """Make a draft of it again; the time of publication is kept for the next time."""
    article = _locked(article)
    review.check_change_at_once(article, editor)
    article.status = Article.Status.DRAFT
    return _moved(article, editor, _("Unpublished"), "status")


@transaction.atomic
def set_time(*, article: Article, editor: User | None, field: str, note: str) -> Article:
    """Store the article's own `publish_at` or `expire_at`, for a caller who has locked the row."""
    return _moved(article, editor, note, field)


@transaction.atomic
def trash(*, article: Article, editor: User | None) -> Article:
    """Move the article to the trash: nobody can read it, nothing of it is lost."""
    article = _locked(article)
    review.check_change_at_once(article, editor)
    article.trashed_at = article.trashed_at or timezone.now()
    return _moved(article, editor, _("Moved to the trash"), "trashed_at")


@transaction.atomic
def restore(*, article: Article, editor: User | None) -> Article:
    """Take the article out of the trash, as it was."""
    article = _locked(article)
    review.check_change_at_once(article, editor)
    article.trashed_at = None
    return _moved(article, editor, _("Restored from the trash"), "trashed_at")


@transaction.atomic
def set_sticky(*, article: Article, editor: User | None, is_sticky: bool) -> Article:
    """Let the article stand first on the blog's first page, or no longer."""
    article = _locked(article)
    review.check_change_at_once(article, editor)
    if is_sticky and article.access != Article.Access.OPEN:
        raise ValidationError(_("“%s” cannot be sticky: not everybody may read it.") % article)
    article.is_sticky = is_sticky
    note = _("Made sticky") if is_sticky else _("Made not sticky")
    return _moved(article, editor, note, "is_sticky")


@transaction.atomic
def delete_article(*, article: Article) -> None:
    """Delete an article that is in the trash, with its comments, ratings and revisions, for good.

    Where readers could have read it, its addresses say from now on that it is gone: search engines
    forget it sooner. An owner who wants to lead them elsewhere changes that under Redirects.
    """
    article = _locked(article)
    if not article.trashed_at:
        raise ValidationError(_("Move “%s” to the trash first.") % article)
    was_public = article.publish_at and article.publish_at <= article.trashed_at
    if article.status == Article.Status.PUBLISHED and was_public and not article.is_private:
        old = article.old_slugs.values_list("slug", flat=True)
        mark_gone(paths=[f"/{slug}/" for slug in [article.slug, *old]])
    article.delete()


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update().get(pk=article.pk)


def _moved(article: Article, editor: User | None, note: str, *fields: str) -> Article:
    article.save(update_fields=fields)
    _record(article, editor, note)
    return article
