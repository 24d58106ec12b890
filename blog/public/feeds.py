"""Feeds of articles (whole texts or summaries) and of comments, as RSS 2.0, Atom and JSON Feed 1.1."""

import json
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from blog.articles.models import Article, ArticleQuerySet
from blog.comments.models import CommentQuerySet
from blog.comments.tone import masked
from blog.public.addresses import absolute
from blog.public.leads import player_for
from blog.public.shown import keep_page, tags_of_cards
from blog.site.middleware import site_of

LENGTH = 10  # items, as in WordPress
# Browsers show application/rss+xml as source or save it; readers of feeds look at the root, not at the type.
CONTENT_TYPES = {
    "rss": "application/xml; charset=utf-8",
    "atom": "application/xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
# What XML 1.0 cannot hold, not even as a reference.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A tag, and within it an address that starts at our own root or on the page itself.
_OPENING_TAG = re.compile(r'<[a-zA-Z][^<>"]*(?:"[^"]*"[^<>"]*)*>')
_CHOICE = re.compile(r' (?:srcset|sizes)="[^"]*"')
_OWN_ADDRESS = re.compile(r'(\s(?:href|src|cite)=")(/(?!/)|#)')


@dataclass(frozen=True)
class Picture:
    url: str
    content_type: str
    size: int  # bytes


@dataclass(frozen=True)
class Item:
    id: str
    url: str
    title: str
    html: str
    published_at: datetime
    updated_at: datetime
    summary: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True)
class Feed:
    """One feed, the same in every format."""

    title: str
    description: str
    url: str  # the page it follows
    items: list[Item]
    hub: str = ""  # that is told when it changes

    @property
    def updated_at(self) -> datetime:
        """Return the time of the newest change; an empty feed has a fixed one, so that caches hold."""
        return max(
            (item.updated_at for item in self.items), default=datetime(1970, 1, 1, tzinfo=UTC)
        )


def absolute_html(html: str, *, home: str, page: str) -> str:
    """Return stored HTML with whole addresses: a feed reader does not know where the text is from."""

    def whole(match: re.Match[str]) -> str:
        start, address = match.groups()
        return f"{start}{page if address == '#' else home}{address}"

    def for_readers(tag: re.Match[str]) -> str:
        # A feed reader is content with one file of a picture; the whole choice would be half the feed.
        if tag[0].startswith("<source "):
            return ""
        return _OWN_ADDRESS.sub(whole, _CHOICE.sub("", tag[0]))

    return _OPENING_TAG.sub(for_readers, html)


def feed_of_articles(
    request: HttpRequest,
    form: str,
    title: str,
    address: str,
    articles: ArticleQuerySet,
    *,
    place: str,
) -> HttpResponse:
    """Answer with the newest of these articles; *place* holds the tags of where they stand (shown.py).

    Without a place the feed is not kept: anybody can think of one more search.
    """
    latest = list(
        articles.latest_first()
        .select_related("lead_image")
        .prefetch_related("bylines__author", "categories", "tags")[:LENGTH]
    )
    terms = (f"tag:{tag.pk}" for article in latest for tag in article.tags.all())
    site = site_of(request)
    feed = Feed(
        title=f"{title} – {site.title}" if title else site.title,
        description=site.tagline,
        url=absolute(request, address),
        items=[_article_item(request, article) for article in latest],
        hub=site.websub_hub if place else "",
    )
    tags = tags_of_cards(*place.split(), *terms, articles=latest) if place else ()
    return _answer(request, form, feed, tags)


def feed_of_comments(
    request: HttpRequest,
    form: str,
    title: str,
    address: str,
    found: CommentQuerySet,
    *,
    name_article: bool,
    tags: tuple[str, ...] = ("in:all", "articles", "comments"),
) -> HttpResponse:
    items = []
    words = site_of(request).masked_words
    for comment in found.order_by("-created_at", "-pk")[:LENGTH]:
        name = comment.name or _("Anonymous")
        url = absolute(request, comment.get_absolute_url())
        items.append(
            Item(
                id=_id(request, comment.created_at, f"comment-{comment.pk}"),
                url=url,
                title=_("%(name)s on %(title)s") % {"name": name, "title": comment.article.title}
                if name_article
                else name,
                html=absolute_html(
                    masked(comment.html, words), home=absolute(request, "/").rstrip("/"), page=url
                ),
                published_at=comment.created_at,
                updated_at=comment.edited_at or comment.created_at,
                authors=(name,),
            )
        )
    feed = Feed(title=title, description="", url=absolute(request, address), items=items)
    return _answer(request, form, feed, tags)


def _article_item(request: HttpRequest, article: Article) -> Item:
    url = absolute(request, article.get_absolute_url())
    assert article.publish_at is not None  # noqa: S101 (published articles have one: a constraint)
    return Item(
        id=_id(request, article.created_at, f"article-{article.pk}"),
        url=url,
        title=article.shown_title,
        html=_article_html(request, article, url),
        published_at=article.publish_at,
        updated_at=max(article.publish_at, article.updated_at or article.publish_at),
        summary=article.summary,
        authors=tuple(byline.author.name for byline in article.bylines.all()),
        categories=(
            *(category.name for category in article.categories.all()),
            *(tag.name for tag in article.tags.all()),
        ),
        picture=_picture(request, article),
    )


def _article_html(request: HttpRequest, article: Article, url: str) -> str:
    """Return the whole text, or the summary where the owner wants readers to come to the site."""
    if site_of(request).feeds_in_full and not article.is_protected:
        text = _link_to_player(article) + article.body_html
        return absolute_html(text, home=absolute(request, "/").rstrip("/"), page=url)
    link = format_html('<p><a href="{}">{}</a></p>', url, _("Read on"))
    return format_html("<p>{}</p>{}", article.summary, link) if article.summary else link


def _link_to_player(article: Article) -> str:
    """Return what stands in a feed for the film or sound that leads an article."""
    player = player_for(article)
    if player is None:
        return ""
    words = _("Watch on %(name)s") if player.kind == "video" else _("Listen on %(name)s")
    link = '<p><a href="{}">{}</a></p>'
    return format_html(link, player.page, words % {"name": player.name})


def _picture(request: HttpRequest, article: Article) -> Picture | None:
    image = article.shown_image
    if image is None:
        return None
    address = image.file.url
    return Picture(
        url=absolute(request, address),
        content_type=mimetypes.guess_type(address)[0] or "application/octet-stream",
        size=image.bytes,
    )


def _id(request: HttpRequest, made_at: datetime, name: str) -> str:
    """Return a tag URI (RFC 4151): unlike an address it stays when the slug changes."""
    host = absolute(request, "/").split("/")[2].split(":")[0]
    return f"tag:{host},{made_at:%Y-%m-%d}:{name}"


def _answer(request: HttpRequest, form: str, feed: Feed, tags: Iterable[str]) -> HttpResponse:
    feed_url = absolute(request, request.path if tags else request.get_full_path())
    if form == "json":
        content = json.dumps(_as_json_feed(feed, feed_url), ensure_ascii=False)
    else:
        context = {
            "feed": feed,
            "feed_url": feed_url,
            "site": site_of(request),
            "language": get_language(),
        }
        content = NOT_XML.sub("", render_to_string(f"feeds/{form}.xml", context))
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    if tags:
        keep_page(response, tags)
    if feed.items:
        # ConditionalGetMiddleware answers 304 by this and by the ETag it makes.
        response["Last-Modified"] = http_date(feed.updated_at.timestamp())
    return response


def _as_json_feed(feed: Feed, feed_url: str) -> dict[str, Any]:
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.url,
        "feed_url": feed_url,
        "language": get_language(),
        "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else [],
    }
    return _filled(whole) | {"items": [_as_json_item(item) for item in feed.items]}


def _as_json_item(item: Item) -> dict[str, Any]:
    filled = _filled(
        {
            "id": item.id,
            "url": item.url,
            "title": item.title,
            "summary": item.summary,
            "image": item.picture.url if item.picture else "",
            "date_published": item.published_at.isoformat(timespec="seconds"),
            "date_modified": item.updated_at.isoformat(timespec="seconds"),
            "authors": [{"name": name} for name in item.authors],
            "tags": list(item.categories),
        }
    )
    return filled | {
        "content_html": item.html
    }  # must be there, even for an article without a word


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty: a reader would show a nameless picture, a summary without words."""
    return {name: value for name, value in members.items() if value}
