"""What a page held when somebody saved it, and what was typed into its form and never saved.

The same as for articles, as far as there is one: a page has no draft beside what readers see. So an old
version comes back as text in the form, which somebody looks at and saves.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from blog.articles import autosave
from blog.articles.forms import MAX_BODY
from blog.articles.models.revision import count_words
from blog.articles.rendering import sanitise_body
from blog.articles.typed import TooLongError
from blog.numbers import number_in
from blog.pages.models import Page, PageRevision

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import QueryDict

    from accounts.models import User

TEXTS = ("title", "kind", "slug", "seo_description")
MAX_TEXT = 1_000  # characters; the form takes far fewer
KEEP_AUTOSAVES = timedelta(days=30)
Kind = PageRevision.Kind


def snapshot_of(page: Page) -> dict[str, Any]:
    """Return what a page holds, as its form does."""
    texts = {name: getattr(page, name) for name in TEXTS}
    return texts | {"body": page.body, "parent": page.parent_id, "is_noindex": page.is_noindex}


def as_typed(data: dict[str, Any]) -> dict[str, Any]:
    """Return what a version holds in the shape of snapshot_of(), with the key of its parent alone."""
    parent = data.get("parent")
    return data | {"parent": parent["id"] if isinstance(parent, dict) else parent}


def as_shown(data: dict[str, Any]) -> dict[str, Any]:
    """Return what a version holds with the name of its parent, which those of earlier clones lack."""
    parent = data.get("parent")
    if not isinstance(parent, int):
        return data
    return data | {"parent": _reference(Page.objects.filter(pk=parent).first()) or parent}


def _reference(page: Page | None) -> dict[str, Any] | None:
    """Return the key and the name: a page that is deleted one day is still called something."""
    return {"id": page.pk, "name": page.title} if page else None


def record(page: Page, author: User | None) -> PageRevision | None:
    """Keep the page as it was just saved; None where nothing of it has changed."""
    data = snapshot_of(page)
    newest = saved_of(page).first()
    if newest is not None and as_typed(newest.data) == data:
        return None
    words = count_words(data)
    data["parent"] = _reference(page.parent)
    return PageRevision.objects.create(
        page=page, version=page.version, data=data, author=author, word_count=words
    )


def record_stored(page: Page) -> None:
    """Keep what is stored of a page that was last saved before there was a history."""
    if not saved_of(page).exists():
        stored = Page.objects.get(pk=page.pk)
        made = record(stored, stored.created_by if stored.version == 1 else None)
        if made:  # that it was made now says nothing
            PageRevision.objects.filter(pk=made.pk).update(created_at=stored.updated_at)


def saved_of(page: Page) -> QuerySet[PageRevision]:
    """Return the versions of a page, the newest first."""
    return page.revisions.filter(kind=Kind.SAVED).select_related("author")


def own_autosaves(user: User) -> QuerySet[PageRevision]:
    """Return this person's autosaves: nobody else ever sees them."""
    return PageRevision.objects.filter(kind=Kind.AUTOSAVE, author=user)


def store_typed(
    *,
    user: User,
    page: Page | None,
    data: dict[str, Any],
    session: str,
    sequence: int,
    base_version: int | None,
    recovered: int | None,
    typed_at: datetime,
) -> autosave.Outcome:
    """Keep what was typed into the form of a page, as blog.articles.autosave.keep() says."""
    row = PageRevision(
        kind=Kind.AUTOSAVE,
        author=user,
        page=page,
        data=data,
        session=session,
        sequence=sequence,
        base_version=base_version,
    )
    own = own_autosaves(user)
    return autosave.keep(row, own, page=page, recovered=recovered, typed_at=typed_at)


def typed_content(post: QueryDict, page: Page | None) -> dict[str, Any]:
    """Return what stands in a form, right or not yet, in the shape of snapshot_of()."""
    body = post.get("body", "")
    if len(body) > MAX_BODY:
        raise TooLongError
    # PostgreSQL keeps no NUL, in JSON neither.
    data: dict[str, Any] = {
        name: post.get(name, "")[:MAX_TEXT].replace("\0", "")
        if name in post
        else getattr(page or Page(), name)
        for name in TEXTS
    }
    data["parent"] = number_in(post.get("parent", ""))
    return data | {"body": sanitise_body(body), "is_noindex": "is_noindex" in post}


def offers(*, user: User, page: Page | None, session: str) -> list[autosave.Offer]:
    """Return what this person typed into the page and never saved, newest first; one query, or two."""
    rows = own_autosaves(user).filter(page=page).exclude(session=session).order_by("-updated_at")
    found = list(rows[: autosave.MOST_OFFERED])
    if page is None:
        return [autosave.offer_of(row, None, None) for row in found if _is_begun(row)]
    stored = snapshot_of(page)
    newest = PageRevision(word_count=count_words(stored))
    return [autosave.offer_of(row, newest, page.version) for row in found if row.data != stored]


def _is_begun(row: PageRevision) -> bool:
    return any(row.data.get(name, "").strip() for name in ("title", "body", "seo_description"))


def forget(*, user: User, session: str, recovered: int | None) -> None:
    """Drop what an open form kept, now that it was saved."""
    if session:
        autosave.drop(own_autosaves(user).filter(Q(session=session) | Q(pk=recovered)))
        autosave.end_session(user=user, session=session)


def drop_old_autosaves() -> int:
    """Delete autosaves that nobody touched for KEEP_AUTOSAVES; return how many."""
    before = timezone.now() - KEEP_AUTOSAVES
    rows = PageRevision.objects.filter(kind=Kind.AUTOSAVE, updated_at__lt=before)
    return rows.delete()[0]
