"""Take an author away and give the articles to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Author, AuthorSlugHistory
from blog.articles.locks import giving_way
from blog.articles.models import Article, Byline, Revision

if TYPE_CHECKING:
    from typing import Any


@giving_way
def delete_author(*, author: Author, heir: Author | None) -> None:
    """Delete an author; the articles, and the addresses that led here, go to the heir.

    The lock holds off whoever is naming the author in an article meanwhile. Raise ProtectedError
    where an article names the author and there is no heir.
    """
    rows = Author.objects.select_for_update().in_bulk([author.pk, *([heir.pk] if heir else [])])
    if author.pk not in rows:
        return
    author = rows[author.pk]
    if heir is None:
        author.delete()
        return
    heir = rows[heir.pk]  # KeyError: deleted in this moment; nothing has been changed
    _hand_over(author, heir)
    AuthorSlugHistory.objects.filter(author=author).update(author=heir)
    slug = author.slug
    author.delete()
    AuthorSlugHistory.objects.update_or_create(slug=slug, defaults={"author": heir})


def _hand_over(author: Author, heir: Author) -> None:
    """Put the heir where the author stands; who is named beside the author keeps that place."""
    own = Byline.objects.filter(author=author)
    own.filter(article__in=Byline.objects.filter(author=heir).values("article")).delete()
    own.update(author=heir)
    waiting = Article.objects.filter(draft_revision__isnull=False).values("draft_revision")
    for draft in Revision.objects.filter(pk__in=waiting).only("data").iterator():
        names = draft.data.get("authors") or []
        if any(name["id"] == author.pk for name in names):
            draft.data["authors"] = _with_heir(names, author, heir)
            draft.save(update_fields=["data"])


def _with_heir(names: list[dict[str, Any]], author: Author, heir: Author) -> list[dict[str, Any]]:
    if any(name["id"] == heir.pk for name in names):
        return [name for name in names if name["id"] != author.pk]
    own = {"id": heir.pk, "name": str(heir)}
    return [own if name["id"] == author.pk else name for name in names]
