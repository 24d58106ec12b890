"""Change pages: the one door for the desk, the demo and commands."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.articles.models import (
    MAX_PATH,
    TAKEN_BY_THE_SITE,
    Article,
    SlugHistory,
    validate_article_slug,
)
from blog.articles.rendering import lock_pictures, render_body, sanitise_body
from blog.articles.slugs import free_slug, make_slug
from blog.pages import history
from blog.pages.models import Page, PagePathHistory
from blog.site.arranging import GONE
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

# Below the address of an article these are its own, as are "feed" and "comments", which no address may
# have: a page could never be reached there.
RESERVED_BELOW = frozenset({"embed", "rating", "unlock"})
MOST_PAGES = 1_000  # the desk shows them all on one page
TRASH_DAYS = 30
SAVED_FIELDS = (
    "title slug parent path kind status position body body_html seo_description is_noindex version"
    " updated_at"
).split()


def pages_at_the_root() -> QuerySet[Page]:
    """Return the pages whose addresses an article cannot have, drafts and trash among them."""
    return Page.objects.filter(parent=None)


def readable_paths(paths: set[str]) -> set[str]:
    """Return those that lead to a page which everybody can read: its present path, or one it had."""
    rows = Page.objects.published().filter(Q(path__in=paths) | Q(old_paths__path__in=paths))
    return {path for pair in rows.values_list("path", "old_paths__path") for path in pair if path}


@transaction.atomic
def save_page(*, page: Page, editor: User | None) -> Page:
    """Store a new or changed page with what follows from it: its path, its HTML, its old address.

    Raise what settle_place() raises.
    """
    rows = settle_place(page)
    before = rows.get(page.pk)
    page.title = page.title.strip()
    page.body = sanitise_body(page.body)
    lock_pictures(page.body)
    image_ids = render(page)
    if before is None:
        page.created_by = editor
    else:
        page.version = before.version + 1
    if before is None or before.parent_id != page.parent_id:
        page.position = _last_position(rows, page.parent_id) + 1
    if before:
        history.record_stored(page)
    _store(page, before)
    history.record(page, editor)
    if before:
        _move_addresses(page, rows)
    page.pictures.set(image_ids)
    # An address in use forwards nowhere, whoever had it before.
    PagePathHistory.objects.filter(path=page.path).delete()
    SlugHistory.objects.filter(slug=page.path).delete()
    return page


def settle_place(page: Page) -> dict[int | None, Page]:
    """Set slug and path of a page; return all pages as they are stored, locked until the transaction ends.

    All of them: two moves at once could otherwise make a circle of which each saw only half. Raise
    ValidationError for a place or an address that it cannot have.
    """
    # Two new pages at once: there is no row yet that either could lock.
    SiteSettings.objects.select_for_update().filter(pk=1).first()
    rows: dict[int | None, Page] = {row.pk: row for row in _all_locked()}
    if page.pk not in rows and len(rows) >= MOST_PAGES:
        raise ValidationError(
            _("There are %(most)s pages, and that is the most.") % {"most": MOST_PAGES}
        )
    parent = _parent_of(page, rows)
    page.slug = page.slug or _free_slug(page, parent)
    page.path = path_of(page, parent)
    _check_address(page)
    longest = max((len(new) for _old, new in _moved(page, rows).values()), default=0)
    if longest > MAX_PATH:
        raise ValidationError(
            {"slug": _("The addresses of the pages within it would be too long: shorten it.")}
        )
    return rows


def _store(page: Page, before: Page | None) -> None:
    fields = None if before is None else SAVED_FIELDS
    try:
        with transaction.atomic():
            page.save(force_insert=before is None, update_fields=fields)
    except IntegrityError:
        if page.parent_id or not Article.objects.filter(slug=page.path).exists():
            raise
        # An article took the address at the same moment.
        page.slug = page.path = _free_slug(page, None)
        page.save(force_insert=before is None, update_fields=fields)


def render(page: Page) -> set[int]:
    """Set what follows from the text, and return the keys of the pictures in it."""
    rendered = render_body(page.body)
    # The large first letter is for articles: many pages begin with a single line.
    page.body_html = rendered.html.replace('<p class="opening">', "<p>", 1)
    return rendered.image_ids


def path_of(page: Page, parent: Page | None) -> str:
    return f"{parent.path}/{page.slug}" if parent else page.slug


def _all_locked() -> list[Page]:
    """Lock every page, so that nothing moves meanwhile."""
    return list(
        Page.objects.select_for_update()
        .order_by("pk")
        .only("title", "slug", "path", "parent", "position", "version", "trashed_at")
    )


def _parent_of(page: Page, rows: dict[int | None, Page]) -> Page | None:
    """Return what the page stands within, as it is stored; raise ValidationError for a circle."""
    parent = rows.get(page.parent_id) if page.parent_id else None
    if page.parent_id and parent is None:
        raise ValidationError({"parent": _("Somebody has deleted this page meanwhile.")})
    above = parent
    while above is not None:
        if above.pk == page.pk:
            raise ValidationError({"parent": _("A page cannot stand within itself.")})
        above = rows.get(above.parent_id) if above.parent_id else None
    return parent


def _check_address(page: Page) -> None:
    """Raise ValidationError where the page cannot have its path."""
    if page.parent_id and page.slug in RESERVED_BELOW:
        raise ValidationError({"slug": TAKEN_BY_THE_SITE})
    if len(page.path) > MAX_PATH:
        raise ValidationError({"slug": _("The address is too long: shorten it.")})
    if taken := Page.objects.exclude(pk=page.pk).filter(path=page.path).first():
        sentence = (
            _("“%s” has this address, and is in the trash. Choose another, or delete it there.")
            if taken.trashed_at
            else _("The page “%s” has this address. Choose another.")
        )
        raise ValidationError({"slug": sentence % taken})
    article = None if page.parent_id else Article.objects.filter(slug=page.path).first()
    if article is not None:
        sentence = _("The article “%s” has this address. Choose another.")
        raise ValidationError({"slug": sentence % article})


def _free_slug(page: Page, parent: Page | None) -> str:
    slug = page.slug or make_slug(page.title, 100) or "page"
    try:
        validate_article_slug(slug)
    except ValidationError:
        slug = f"{slug}-2"
    if parent and slug in RESERVED_BELOW:
        slug = f"{slug}-2"
    taken: list[QuerySet] = [Page.objects.exclude(pk=page.pk).filter(parent=parent)]
    if parent is None:
        taken += [Article.objects.all(), SlugHistory.objects.all()]
    return free_slug(taken, slug, max_length=100)


def _moved(page: Page, rows: dict[int | None, Page]) -> dict[int, tuple[str, str]]:
    """Return the old and new paths of a page that moves and of all within it, by their keys."""
    before = rows.get(page.pk)
    if before is None or before.path == page.path:
        return {}
    within = (row for row in rows.values() if row.path.startswith(f"{before.path}/"))
    moved = {row.pk: (row.path, page.path + row.path.removeprefix(before.path)) for row in within}
    return {page.pk: (before.path, page.path), **moved}


def _move_addresses(page: Page, rows: dict[int | None, Page]) -> None:
    """Let the old addresses of a moved page and of all within it forward to the new ones."""
    moved = _moved(page, rows)
    for pk, (_old, new) in moved.items():
        if pk != page.pk:
            Page.objects.filter(pk=pk).update(path=new, version=F("version") + 1)
    for pk, (old, _new) in moved.items():
        PagePathHistory.objects.update_or_create(path=old, defaults={"page_id": pk})
    PagePathHistory.objects.filter(path__in=[new for _old, new in moved.values()]).delete()


def _last_position(rows: dict[int | None, Page], parent: int | None) -> int:
    return max((row.position for row in rows.values() if row.parent_id == parent), default=-1)


@transaction.atomic
def move(*, page: Page, to: str, editor: User | None) -> None:
    """Move it by one step: "up", "down", "in" (within the page before it) or "out" (after that around it).

    Where there is no such step nothing moves. Raise what place() raises.
    """
    rows = {row.pk: row for row in _all_locked()}
    around = _shown_parent(rows.get(page.pk), rows)
    beside = _shown_within(around, rows)
    at = next((at for at, row in enumerate(beside) if row.pk == page.pk), None)
    if at is None:
        return
    if to == "up" and at > 0:
        place(page=page, before=beside[at - 1].pk, parent=around, editor=editor)
    elif to == "down" and at + 1 < len(beside):
        after = beside[at + 2].pk if at + 2 < len(beside) else None
        place(page=page, before=after, parent=around, editor=editor)
    elif to == "in" and at > 0:
        place(page=page, before=None, parent=beside[at - 1].pk, editor=editor)
    elif to == "out" and around:
        outer = _shown_parent(rows[around], rows)
        next_to = _shown_within(outer, rows)
        over = next(at for at, row in enumerate(next_to) if row.pk == around)
        after = next_to[over + 1].pk if over + 1 < len(next_to) else None
        place(page=page, before=after, parent=outer, editor=editor)


@transaction.atomic
def place(*, page: Page, before: int | None, parent: int | None, editor: User | None) -> None:
    """Put it before that page, or last, of those within *parent*, or of the top. Its address follows.

    Raise ValidationError if one of them is gone or stands elsewhere now, or if it can have no address there.
    """
    rows = {row.pk: row for row in _all_locked()}
    stands = rows.get(page.pk)
    beside = [row for row in _shown_within(parent, rows) if row.pk != page.pk]
    follower = next((at for at, row in enumerate(beside) if row.pk == before), None)
    is_there = stands is not None and stands.trashed_at is None
    if not is_there or (before not in (None, page.pk) and follower is None):
        raise ValidationError(GONE)
    if parent and (parent not in rows or rows[parent].trashed_at):
        raise ValidationError(GONE)
    if before == page.pk:
        return
    page.refresh_from_db()
    if _shown_parent(stands, rows) != parent:
        page.parent_id = parent
        _change_address(page, editor)
    order = [row.pk for row in beside]
    order.insert(len(order) if follower is None else follower, page.pk)
    for position, key in enumerate(order):
        if rows[key].position != position:
            Page.objects.filter(pk=key).update(position=position)


def _change_address(page: Page, editor: User | None) -> None:
    """Store a page that stands within another one now, and nothing else of it."""
    rows = settle_place(page)
    before = rows[page.pk]
    if forwards := _forwarding(page):
        raise ValidationError(
            _(
                "Old links to /%(path)s/ lead to something else now. Move “%(page)s” in its own form, which"
                " asks whether to take the address away from there."
            )
            % {"path": forwards, "page": page}
        )
    page.version = before.version + 1
    history.record_stored(page)
    page.save(update_fields=["parent", "slug", "path", "version", "updated_at"])
    history.record(page, editor)
    _move_addresses(page, rows)


def _forwarding(page: Page) -> str:
    """Return its address where that forwards to something else, "" where it does not."""
    others = PagePathHistory.objects.filter(path=page.path).exclude(page=page.pk)
    is_taken = others.exists() or SlugHistory.objects.filter(slug=page.path).exists()
    return page.path if is_taken else ""


def _shown_parent(page: Page | None, rows: dict[int, Page]) -> int | None:
    """Return what the desk shows it within: one whose parent is in the trash stands at the top."""
    parent = rows.get(page.parent_id) if page and page.parent_id else None
    return parent.pk if parent and parent.trashed_at is None else None


def _shown_within(parent: int | None, rows: dict[int, Page]) -> list[Page]:
    shown = [row for row in rows.values() if row.trashed_at is None]
    within = [row for row in shown if _shown_parent(row, rows) == parent]
    return sorted(within, key=lambda row: (row.position, row.title, row.pk))


@transaction.atomic
def publish(*, page: Page) -> None:
    _set(page, status=Page.Status.PUBLISHED)


@transaction.atomic
def unpublish(*, page: Page) -> None:
    _set(page, status=Page.Status.DRAFT)


@transaction.atomic
def trash(*, page: Page) -> None:
    """Move the page to the trash: nobody can read it. It keeps its address; pages within it stay."""
    _set(page, trashed_at=timezone.now())


@transaction.atomic
def restore(*, page: Page) -> None:
    """Take it out of the trash, as it was."""
    _set(page, trashed_at=None)


def _set(page: Page, **fields: object) -> None:
    changed = {name: value for name, value in fields.items() if getattr(page, name) != value}
    if "trashed_at" in changed and page.trashed_at and changed["trashed_at"]:
        return  # it was there already
    if changed:
        # The form that is open elsewhere shows something else now.
        Page.objects.filter(pk=page.pk).update(version=F("version") + 1, **changed)
        page.refresh_from_db()


@transaction.atomic
def delete_page(*, page: Page) -> None:
    """Delete a page that is in the trash, for good. Raise ValidationError while others stand within it."""
    page = Page.objects.select_for_update().get(pk=page.pk)
    if not page.trashed_at:
        raise ValidationError(_("Move “%s” to the trash first.") % page)
    if child := page.children.first():
        raise ValidationError(
            _("“%(child)s” stands within “%(page)s”. Move or delete it first.")
            % {"child": child, "page": page}
        )
    page.delete()


def empty_old_trash() -> int:
    """Delete for good what has been in the trash for TRASH_DAYS; return how many pages.

    The deepest first; a page that others stand within waits for them.
    """
    before = timezone.now() - timedelta(days=TRASH_DAYS)
    count = 0
    old = Page.objects.filter(trashed_at__lt=before)
    for page in sorted(old, key=lambda page: -page.path.count("/")):
        try:
            delete_page(page=page)
        except (ValidationError, Page.DoesNotExist):
            continue
        logger.info("Deleted page %s “%s” from the trash.", page.pk, page.title)
        count += 1
    return count
