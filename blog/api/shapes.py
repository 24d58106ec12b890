"""Rows as JSON. Nothing of a person is in it that pages do not show: no address, no name to sign in with."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from blog.articles.drafts import waiting_content
from blog.comments.tone import masked
from blog.public.addresses import absolute
from blog.public.feeds import absolute_html
from blog.ratings.queries import shares_of, summary_of
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import Author
    from blog.articles.models import Article, Category, Tag
    from blog.comments.models import Comment
    from blog.media.models import Image
    from blog.pages.models import Page
    from blog.ratings.models import RatingSummary

    Shape = dict[str, Any]

# What a program may change of an article as it stands there: what the desk's form calls by the same names.
PLAIN = (
    "title subtitle slug excerpt access comment_policy rating_policy seo_title seo_description canonical_url"
    " is_noindex is_sticky list_title"
).split()
TIMES = ["publish_at", "expire_at"]


def of_article(request: HttpRequest, article: Article) -> Shape:
    """Return what a list says of a published article; of a protected one no more than its card shows."""
    is_told = not article.is_protected
    return {
        "id": article.pk,
        "url": absolute(request, article.get_absolute_url()),
        "title": article.shown_title,
        "subtitle": article.subtitle if is_told else "",
        "slug": article.slug,
        "excerpt": article.summary,
        "is_protected": article.is_protected,
        "is_sticky": article.is_sticky,
        "post_format": article.post_format,
        "published_at": moment(article.publish_at),
        "updated_at": moment(article.updated_at),
        "word_count": article.word_count if is_told else None,
        "lead_image": of_image(request, article.shown_image),
        "authors": [_named(request, byline.author) for byline in article.bylines.all()],
        "categories": [_named(request, category) for category in article.categories.all()],
        "primary_category": article.primary_category_id,
        "tags": [_named(request, tag) for tag in article.tags.all()],
        "comments": _comments_of(article),
        "rating": _rating_of(article),
    }


def of_whole_article(request: HttpRequest, article: Article) -> Shape:
    """Return the article with its text as readers see it: none of a protected one."""
    shape, html = of_article(request, article), ""
    if not article.is_protected:
        home = absolute(request, "/").rstrip("/")
        html = absolute_html(article.body_html, home=home, page=shape["url"])
    return shape | {"html": html, "canonical_url": article.canonical_url}


def for_the_desk(article: Article) -> Shape:
    """Return what those see beside who may edit the article: the text as it is written, and what waits.

    `draft` holds the changes to a live article that readers do not see yet. A change begins from them.
    """
    waiting = waiting_content(article)
    return {
        "status": article.state,
        "stage": article.stage,
        "version": article.version,
        "body": article.body,
        "draft": {name: waiting[name] for name in [*PLAIN, *TIMES, "body"]} if waiting else None,
        **{name: getattr(article, name) for name in PLAIN},
        **{name: moment(getattr(article, name)) for name in TIMES},
    }


def of_comment(request: HttpRequest, comment: Comment) -> Shape:
    html = masked(comment.html, site_of(request).masked_words)
    url = absolute(request, comment.get_absolute_url())
    return {
        "id": comment.pk,
        "url": url,
        "parent": comment.parent_id,
        "name": comment.name or _("Anonymous"),
        "html": absolute_html(html, home=absolute(request, "/").rstrip("/"), page=url),
        "written_at": moment(comment.created_at),
        "edited_at": moment(comment.edited_at),
        "is_pinned": comment.is_pinned,
        "likes": comment.like_count,
    }


def of_rating(article: Article) -> Shape:
    """Return what the page's box shows: the totals, and the votes by stars, five first.

    Of the votes of a former site, `earlier`, the stars of each are not known.
    """
    summary = summary_of(article)
    shares = [asdict(share) for share in shares_of(summary)]
    earlier = {"count": summary.earlier_count, "average": _rounded(summary.earlier_average)}
    return {
        "policy": article.rating_policy,
        **_totals_of(summary),
        "distribution": shares,
        "earlier": earlier,
    }


def of_author(request: HttpRequest, author: Author) -> Shape:
    return _named(request, author) | {
        "about": author.bio,
        "photo": of_image(request, author.photo),
        "links": [{"name": link.label, "url": link.url} for link in author.links.all()],
    }


def of_category(request: HttpRequest, category: Category) -> Shape:
    return _named(request, category) | {
        "path": category.path,
        "parent": category.parent_id,
        "description": category.description,
    }


def of_tag(request: HttpRequest, tag: Tag) -> Shape:
    return _named(request, tag)


def of_page(request: HttpRequest, page: Page) -> Shape:
    return {
        "id": page.pk,
        "url": absolute(request, page.get_absolute_url()),
        "title": page.title,
        "parent": page.parent_id,
        "updated_at": moment(page.updated_at),
    }


def of_whole_page(request: HttpRequest, page: Page) -> Shape:
    shape = of_page(request, page)
    home = absolute(request, "/").rstrip("/")
    return shape | {"html": absolute_html(page.body_html, home=home, page=shape["url"])}


def of_image(request: HttpRequest, image: Image | None) -> Shape | None:
    if image is None:
        return None
    return {
        "id": image.pk,
        "url": absolute(request, image.file.url),
        "width": image.width,
        "height": image.height,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit,
    }


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds")[:-6] + "Z" if at else None


def _named(request: HttpRequest, row: Author | Category | Tag) -> Shape:
    url = absolute(request, row.get_absolute_url())
    return {"id": row.pk, "name": row.name, "slug": row.slug, "url": url}


def _comments_of(article: Article) -> Shape | None:
    """Return how many comments there are; None where none are shown."""
    if article.comment_policy == article.Policy.OFF or article.is_protected:
        return None
    thread = getattr(article, "thread", None)
    return {"count": thread.approved_count if thread else 0, "policy": article.comment_policy}


def _rating_of(article: Article) -> Shape | None:
    if article.rating_policy == article.Policy.OFF or article.is_protected:
        return None
    return _totals_of(summary_of(article))


def _totals_of(summary: RatingSummary) -> Shape:
    return {"count": summary.count, "average": _rounded(summary.average)}


def _rounded(average: float | None) -> float | None:
    return round(average, 2) if average else None
