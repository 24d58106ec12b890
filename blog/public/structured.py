"""What search engines read of a page beside its words: one graph of JSON-LD (schema.org).

Said is only what the page shows. A block of data is no script: the policy of the pages lets it stand.
"""

from __future__ import annotations

import html
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from blog.articles.models import Article
from blog.comments.tone import masked
from blog.pages.models import Page
from blog.public.addresses import absolute
from blog.public.templatetags.byline import machine_time
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from accounts.models import Author
    from blog.comments.threads import Row
    from blog.ratings.models import RatingSummary
    from blog.site.models import SiteSettings

# Of a page, each some 60 bytes more on the wire; the rest is counted, and read in the page.
COMMENTS = 3
COMMENT_LENGTH = 300  # characters
_TAG = re.compile(r"<[^>]*>")
# What could end the block early, or begin one within it.
_HARMLESS = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}

Crumb = tuple[str, str]  # name and path; the last one is the page itself
Thing = dict[str, Any]


class Picture(NamedTuple):
    """The picture that stands beside a link to a page."""

    url: str
    width: int
    height: int
    alt: str

    def as_thing(self) -> Thing:
        return {
            "@type": "ImageObject",
            "url": self.url,
            "width": self.width,
            "height": self.height,
        } | ({"caption": self.alt} if self.alt else {})


def article_graph(request: HttpRequest, context: dict[str, Any]) -> SafeString:
    """Return the graph of an article's page from what the page shows."""
    article, url = context["article"], context["canonical_url"]
    home = absolute(request, "/")
    authors = [_person(request, author) for author in context["authors"]]
    picture: Picture | None = context["share_image"]
    posting: Thing = {
        "@type": "BlogPosting",
        "@id": f"{url}#article",
        "url": url,
        "mainEntityOfPage": url,
        "headline": article.title,
        "alternativeHeadline": article.subtitle,
        "description": context["search_description"],
        "inLanguage": get_language(),
        "isPartOf": {"@id": f"{home}#website"},
        "datePublished": machine_time(article.publish_at),
        "dateModified": machine_time(
            article.updated_at if article.was_updated else article.publish_at
        ),
        "author": authors,
        "publisher": {"@id": f"{home}#publisher"},
        "image": picture and picture.as_thing(),
        "articleSection": [category.name for category in context["categories"]],
        "keywords": [tag.name for tag in context["tags"]],
        "wordCount": article.word_count,
    }
    if context["show_comments"]:
        posting["commentCount"] = context["comment_count"]
        posting["comment"] = [*_comments(url, context["first_comments"], site_of(request))]
    crumbs = [*context["crumbs"], (article.title, article.get_absolute_url())]
    return _graph(
        request, posting, _breadcrumbs(request, crumbs), *_reviewed(article, context, authors)
    )


def what_graph_says(request: HttpRequest, context: dict[str, Any]) -> tuple[object, ...]:
    """Return all that the graph of an article's page is made of, as a value for `{% keep %}`."""
    site = site_of(request)
    names = (
        *("said", "canonical_url", "share_image", "search_description", "crumbs"),
        *("show_comments", "comment_count", "first_comments", "show_ratings", "shares"),
    )
    return (
        *(context[name] for name in names),
        *(absolute(request, "/"), site.title, site.tagline, site.masked_words, _logo(request)),
    )


def list_graph(
    request: HttpRequest,
    *,
    url: str,
    name: str,
    description: str,
    articles: Iterable[Article],
    crumbs: Sequence[Crumb] = (),
    author: Author | None = None,
) -> SafeString:
    """Return the graph of a page that lists articles, or of one that is about an author."""
    page: Thing = {
        "@type": "ProfilePage" if author else "CollectionPage",
        "@id": url,
        "url": url,
        "name": name,
        "description": description,
        "inLanguage": get_language(),
        "isPartOf": {"@id": f"{absolute(request, '/')}#website"},
    }
    listed = {
        "@type": "ItemList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "url": absolute(request, article.get_absolute_url()),
            }
            for position, article in enumerate(articles, 1)
        ],
    }
    if author:
        page["mainEntity"] = _person(request, author, is_whole=True)
    elif listed["itemListElement"]:
        page["mainEntity"] = listed
    return _graph(request, page, *([_breadcrumbs(request, crumbs)] if crumbs else []))


def page_graph(
    request: HttpRequest, page: Page, *, url: str, crumbs: Sequence[Crumb]
) -> SafeString:
    """Return the graph of a page that stands still."""
    is_contact = page.kind == Page.Kind.CONTACT
    thing: Thing = {
        "@type": "ContactPage" if is_contact else "WebPage",
        "@id": url,
        "url": url,
        "name": page.title,
        "description": page.seo_description,
        "inLanguage": get_language(),
        "dateModified": machine_time(page.updated_at),
        "isPartOf": {"@id": f"{absolute(request, '/')}#website"},
    }
    return _graph(request, thing, *([_breadcrumbs(request, crumbs)] if crumbs else []))


def plain_graph(request: HttpRequest, crumbs: Sequence[Crumb]) -> SafeString:
    """Return the graph of a page of the site itself: its place, and whose it is."""
    return _graph(request, _breadcrumbs(request, crumbs))


def _graph(request: HttpRequest, *things: Thing) -> SafeString:
    site = site_of(request)
    about = _about_site(
        absolute(request, "/"),
        # Said once: search engines look for it on the first page.
        absolute(request, reverse("search")) if request.path == "/" else "",
        site.title,
        site.tagline,
        get_language(),
        _logo(request),
    )
    parts = [about, *map(_as_json, things)]
    return SafeString(
        '<script type="application/ld+json">{"@context":"https://schema.org","@graph":['
        f"{','.join(parts)}]}}</script>"
    )


def _as_json(thing: Thing) -> str:
    """Return the thing without what is empty, safe within a block of the page."""
    filled = {name: value for name, value in thing.items() if value not in ("", None, [], {})}
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":")).translate(_HARMLESS)


def _logo(request: HttpRequest) -> Picture | None:
    image = site_of(request).logo or site_of(request).icon
    if image is None:
        return None
    return Picture(absolute(request, image.file.url), image.width, image.height, "")


@lru_cache(maxsize=8)
def _about_site(
    home: str, search: str, title: str, tagline: str, language: str, logo: Picture | None
) -> str:
    """Return the two things that every page names: the site, and who publishes it."""
    website = {
        "@type": "WebSite",
        "@id": f"{home}#website",
        "url": home,
        "name": title,
        "description": tagline,
        "inLanguage": language,
        "publisher": {"@id": f"{home}#publisher"},
        "potentialAction": search
        and {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }
    publisher = {
        "@type": "Organization",
        "@id": f"{home}#publisher",
        "name": title,
        "url": home,
        "logo": logo and logo.as_thing(),
    }
    return f"{_as_json(website)},{_as_json(publisher)}"


def _breadcrumbs(request: HttpRequest, crumbs: Sequence[Crumb]) -> Thing:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": absolute(request, path),
            }
            for position, (name, path) in enumerate([(_("Home"), reverse("home")), *crumbs], 1)
        ],
    }


def _person(request: HttpRequest, author: Author, *, is_whole: bool = False) -> Thing:
    url = absolute(request, author.get_absolute_url())
    person: Thing = {"@type": "Person", "@id": f"{url}#person", "name": author.name, "url": url}
    if not is_whole:
        return person
    if author.bio:
        person["description"] = author.bio
    if photo := author.photo:
        address = absolute(request, photo.file.url)
        person["image"] = Picture(address, photo.width, photo.height, photo.alt).as_thing()
    if links := [link.url for link in author.links.all()]:
        person["sameAs"] = links
    return person


def _comments(url: str, comments: Iterable[Row], site: SiteSettings) -> Iterable[Thing]:
    for comment in comments:
        # A cut before the tags go: a comment may be long, and is there in full on the page.
        begin = masked(comment.html, site.masked_words)[: 3 * COMMENT_LENGTH]
        text = " ".join(html.unescape(_TAG.sub(" ", begin)).split())
        yield {
            "@type": "Comment",
            "@id": f"{url.partition('#')[0]}#comment-{comment.pk}",
            "text": text[:COMMENT_LENGTH],
            "datePublished": machine_time(comment.created_at),
            "author": {"@type": "Person", "name": comment.name or _("Anonymous")},
        }


def _reviewed(article: Article, context: dict[str, Any], authors: list[Thing]) -> list[Thing]:
    """Return what a declared review is of, with the author's score and the readers' average, as shown.

    Nothing for a plain article, whose stars search engines take for spam, nor while there is neither.
    """
    if not (article.reviewed_type and article.reviewed_name):
        return []
    judged: Thing = {}
    if article.review_position != Article.ReviewPosition.OFF:
        if article.score is not None:
            judged["review"] = _own_review(article.score, authors)
        if context["show_ratings"] and context["summary"].count:
            judged["aggregateRating"] = _average(context["summary"])
    if not judged:
        return []
    thing: Thing = {
        "@type": article.reviewed_type,
        "name": article.reviewed_name,
        "url": article.reviewed_url,
        "image": context["share_image"] and context["share_image"].url,
        **judged,
        "subjectOf": {"@id": f"{context['canonical_url']}#article"},
    }
    return [thing]


def _average(summary: RatingSummary) -> Thing:
    return {
        "@type": "AggregateRating",
        "ratingValue": floatformat(summary.average, "1u"),
        "ratingCount": summary.count,
        "bestRating": 5,
        "worstRating": 1,
    }


def _own_review(score: float, authors: list[Thing]) -> Thing:
    rating = {"ratingValue": floatformat(score, "0u"), "bestRating": 100, "worstRating": 0}
    return {"@type": "Review", "author": authors, "reviewRating": {"@type": "Rating"} | rating}
