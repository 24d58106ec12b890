"""Authors that come with what is imported: known by their names, made as guests where they are new."""

from __future__ import annotations

from accounts.models import Author
from blog.articles.slugs import free_slug, make_slug


def author_called(name: str, slug: str = "") -> Author:
    """Return the author of this address or name, or a new one that is not stored yet."""
    return (
        Author.objects.filter(slug=slug or name).first()
        or Author.objects.filter(name__iexact=name).order_by("pk").first()
        or new_author(name, slug or make_slug(name, 100))
    )


def new_author(name: str, slug: str) -> Author:
    slug = free_slug([Author.objects.all()], slug or "author-1", max_length=100)
    return Author(name=name, slug=slug)
