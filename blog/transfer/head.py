"""The front matter of an article that is there already: what `import_markdown` reads back."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from blog.articles.lines import lines_of
from blog.articles.models import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from accounts.models import Author
    from blog.articles.models import Category

    PictureAddress = Callable[[str], str]  # of the name under which its file is stored

HIDES = ("lead_image", "share", "authors", "neighbours", "related")


def head_of(
    article: Article, categories: Mapping[int, Category], *, picture_address: PictureAddress
) -> dict[str, Any]:
    """Return names and values, those that are empty or false among them.

    `categories` are all there are, by key. Asks for nothing where bylines with their authors, categories
    and tags are prefetched.
    """
    lead = article.lead_image
    return {
        "title": article.title,
        "slug": article.slug,
        "subtitle": article.subtitle,
        "list_title": article.list_title,
        "status": article.status,
        "date": _moment(article.publish_at),
        "updated": _moment(article.updated_at),
        "expires": _moment(article.expire_at),
        "access": "" if article.access == Article.Access.OPEN else Article.Access.PRIVATE.value,
        "authors": [_author(line.author, picture_address) for line in article.bylines.all()],
        "categories": [_path(category, categories) for category in article.categories.all()],
        "primary_category": _path(article.primary_category, categories),
        "tags": [tag.name for tag in article.tags.all()],
        "excerpt": article.excerpt,
        "image": picture_address(str(lead.file.name)) if lead else "",
        "image_alt": lead.alt if lead else "",
        "image_caption": lead.caption if lead else "",
        "image_credit": lead.credit if lead else "",
        "image_place": _unless(article.lead_placement, Article.LeadPlacement.BELOW),
        "format": _unless(article.post_format, Article.Format.STANDARD),
        "embed": article.lead_embed,
        "highlights": lines_of(article.highlights),
        "sources": lines_of(article.sources),
        "via": lines_of(article.via),
        "review": _review(article),
        "comments": article.comment_policy,
        "ratings": article.rating_policy,
        "hide": [name for name in HIDES if getattr(article, f"hides_{name}")],
        "sticky": article.is_sticky,
        "trending": article.is_trending,
        "seo_title": article.seo_title,
        "seo_description": article.seo_description,
        "canonical_url": article.canonical_url,
        "noindex": article.is_noindex,
    }


def _review(article: Article) -> dict[str, Any]:
    values = {
        "title": article.review_title,
        "summary": article.review_summary,
        "position": _unless(article.review_position, Article.ReviewPosition.BOTTOM),
        "criteria": lines_of(article.criteria),
        "style": _unless(article.criteria_style, Article.CriteriaStyle.STARS),
        "total": article.criteria_total,
        "of": article.reviewed_type,
        "name": article.reviewed_name,
        "url": article.reviewed_url,
    }
    return {name: value for name, value in values.items() if value}


def _author(author: Author, picture_address: PictureAddress) -> dict[str, Any]:
    values = {
        "name": author.name,
        "slug": author.slug,
        "bio": author.bio,
        "photo": picture_address(str(author.photo.file.name)) if author.photo else "",
        "links": {link.label: link.url for link in author.links.all()},
    }
    return {name: value for name, value in values.items() if value}


def _path(category: Category | None, categories: Mapping[int, Category]) -> str:
    """Return the names from the root, as in "Science / Physics"."""
    names: list[str] = []
    while category:
        names.insert(0, category.name)
        category = categories.get(category.parent_id or 0)
    return " / ".join(names)


def _unless(value: str, default: str) -> str:
    return "" if value == default else str(value)


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""
