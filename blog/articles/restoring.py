"""Bring back what an old revision held, as far as it is still there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from blog.articles import review
from blog.articles.drafts import MANY, ONE, WORDS, save_draft, was_public
from blog.articles.models import Article, Revision
from blog.articles.rendering import sanitise_body
from blog.articles.services import CONTENT_FIELDS, save_article, snapshot_of

if TYPE_CHECKING:
    from accounts.models import User

# A restored text does not move, appear or go away: these stay as they are.
KEPT = {
    *("slug", "status", "publish_at", "expire_at", "is_sticky", "is_template"),
    *("access", "password_hash"),
}


@dataclass(frozen=True)
class Restored:
    """What restoring came to, in a sentence, and the names of what could not be brought back."""

    said: str
    missing: list[str]


@transaction.atomic
def restore_revision(*, article: Article, revision: Revision, editor: User) -> Restored:
    """Make a draft of a revision's text, terms, authors and pictures; readers see nothing of it yet.

    Over an article that is or was public that is a draft of changes, over any other its next version.
    Address, times, status and who may read it stay. A draft that was to go live at a time is replaced by
    one without: nobody has looked at what would go live then. Raise ValidationError for an article in the
    trash, and for a scheduled one where the editor may not publish.
    """
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if article.trashed_at:
        raise ValidationError(_("“%s” is in the trash. Restore it first.") % article)
    name, note = _("The autosave"), _("Restored from an autosave")
    if revision.version is not None:
        name = _("Version %(version)s") % {"version": revision.version}
        note = _("Restored from version %(version)s") % {"version": revision.version}
    data, missing = restorable(article, revision.data)
    waiting = article.draft_revision
    terms = _fill(article, data)
    if not was_public(article):
        # A scheduled one goes live with what is saved now, and nobody looks at it again.
        review.check_change_at_once(article, editor)
        save_article(article=article, editor=editor, note=note, **terms)
        return Restored(_("%(name)s is restored.") % {"name": name}, missing)
    typed = _words_of_picture(revision.data)
    if not save_draft(article=article, editor=editor, typed=typed, note=note, **terms):
        said = _("%(name)s is what readers see already. Other changes wait no longer.")
        return Restored(said % {"name": name}, missing)
    said = _("%(name)s is a draft now. Publish it when it is ready.") % {"name": name}
    if waiting and waiting.publish_at:
        said += " " + _("The draft that was to go live at a time has none any more.")
    return Restored(said, missing)


def restorable(article: Article, old: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the article's data with what an old revision holds, and the names of what is gone since.

    Revisions of older and unknown formats give what they have; the rest stays as the article has it.
    """
    data = snapshot_of(article)
    missing: list[str] = []
    for name in CONTENT_FIELDS:
        if name in old and name not in KEPT:
            try:
                data[name] = _cleaned(article, name, old[name])
            except ValidationError:
                missing.append(str(Article._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    for name, model in {**ONE, **MANY}.items():
        if name not in old:
            continue
        rows = _references(old[name])
        there = {row.pk: row for row in model._default_manager.filter(pk__in=[*rows])}
        missing += [rows[key] for key in rows if key not in there]
        found = [{"id": key, "name": str(there[key])} for key in rows if key in there]
        if name in MANY:
            data[name] = found or (data[name] if name == "authors" else [])
        elif found or not rows:
            data[name] = found[0] if found else None
    return data, list(dict.fromkeys(missing))


def _cleaned(article: Article, name: str, value: Any) -> Any:
    field = cast("models.Field", Article._meta.get_field(name))
    wanted = bool if isinstance(field, models.BooleanField) else str
    if not isinstance(value, wanted):
        raise ValidationError(_("This is not what the field holds."))
    return sanitise_body(str(value)) if name == "body" else field.clean(value, article)


def _references(value: Any) -> dict[int, str]:
    """Return the names by their keys, in order."""
    rows = value if isinstance(value, list) else [value]
    return {
        row["id"]: str(row.get("name", row["id"]))
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("id"), int)
    }


def _fill(article: Article, data: dict[str, Any]) -> dict[str, Any]:
    """Set the fields of the row in memory, and return its authors, categories and tags."""
    for name in CONTENT_FIELDS:
        if name not in KEPT:
            setattr(article, name, data[name])
    for name in ONE:
        setattr(article, f"{name}_id", data[name]["id"] if data[name] else None)
    terms = {}
    for name, model in MANY.items():
        keys = [reference["id"] for reference in data[name]]
        found = model._default_manager.in_bulk(keys)
        terms[name] = [found[key] for key in keys if key in found]
    return terms


def _words_of_picture(data: dict[str, Any]) -> dict[str, str]:
    """Return the words that a draft or an autosave has for its lead picture."""
    typed = data.get("typed")
    if not isinstance(typed, dict):
        return {}
    return {name: typed[name] for name in WORDS if isinstance(typed.get(name), str)}
