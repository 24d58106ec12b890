"""What search engines and pages with a link to an article show of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.site.naming import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import Author
    from blog.articles.models import Article, Category
    from blog.site.models import SiteSettings


def search_title(
    article: Article,
    site: SiteSettings,
    *,
    authors: Sequence[Author],
    categories: Sequence[Category],
) -> str:
    """Return the title of the page: the site's template with the article's own words in it."""
    return named(site.title_template, _values(article, site, authors, categories))


def search_description(
    article: Article,
    site: SiteSettings,
    *,
    authors: Sequence[Author],
    categories: Sequence[Category],
) -> str:
    """Return the article's own description, or the site's template filled in."""
    return article.seo_description or named(
        site.description_template, _values(article, site, authors, categories)
    )


def _values(
    article: Article,
    site: SiteSettings,
    authors: Sequence[Author],
    categories: Sequence[Category],
) -> dict[str, str]:
    return {
        "title": article.seo_title or article.shown_title,
        "subtitle": article.subtitle,
        "excerpt": article.summary,
        "category": categories[0].name if categories else "",
        "author": ", ".join(author.name for author in authors),
        "site": site.title,
        "tagline": site.tagline,
    }
