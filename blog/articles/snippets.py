"""Store snippets: cleaned as the text of an article is, which gets a copy of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from blog.articles.rendering import lock_pictures, pictures_in, sanitise_body

if TYPE_CHECKING:
    from accounts.models import User
    from blog.articles.models import Snippet


@transaction.atomic
def save_snippet(*, snippet: Snippet, editor: User) -> Snippet:
    """Store a new or changed snippet, and which pictures it shows."""
    snippet.body = sanitise_body(snippet.body)
    lock_pictures(snippet.body)
    if snippet._state.adding:
        snippet.created_by = editor
        snippet.save()
    else:
        snippet.save(update_fields=["name", "body", "updated_at"])
    snippet.pictures.set(pictures_in(snippet.body))
    return snippet
