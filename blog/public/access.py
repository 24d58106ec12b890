"""The two doors to an article: pages use the first, everything that writes uses the second."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import AuthorLink, User
from blog.articles.models import Article, ArticleQuerySet, Byline
from blog.site.prepared import Prepared


def reader_of(request: HttpRequest) -> User | AnonymousUser:
    """Return the signed-in user without touching the session of a browser that sends none.

    Reading `request.user` marks the answer as varying by cookie; a page that everybody shares must
    not (DESIGN, rule 2).
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return request.user
    return AnonymousUser()


def get_readable_article(request: HttpRequest, slug: str) -> Article:
    """Return the article if this visitor may read it, or raise 404.

    A published article is found without asking who reads; a session counts only for the others.
    """
    found = _published(slug=slug, now=timezone.now())
    if not found and settings.SESSION_COOKIE_NAME in request.COOKIES:
        found = list(_with_totals(Article.objects.visible_to(request.user)).filter(slug=slug))
    return _with_authors(found)


def get_published_article(slug: str) -> Article:
    """Return the article if readers may comment on it and rate it, or raise 404."""
    return _with_authors(_published(slug=slug, now=timezone.now()))


def _with_totals(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Load the picture and the totals with the article.

    Nothing is deferred: working out which columns to leave costs more than the text.
    """
    return articles.select_related("lead_image", "rating_summary", "thread")


_published = Prepared(
    lambda slug, now: _with_totals(Article.objects.published(now)).filter(slug=slug)
)
_bylines = Prepared(
    lambda article: Byline.objects.filter(article=article).select_related("author__photo")
)
_links = Prepared(lambda article: AuthorLink.objects.filter(author__bylines__article=article))


def _with_authors(found: list[Article]) -> Article:
    """Return the one article with its bylines and the links of their authors loaded, in two queries."""
    if not found:
        raise Http404
    article = found[0]
    links = _links(article=article.pk)
    bylines = _bylines(article=article.pk)
    for byline in bylines:
        _put(
            byline.author, "links", [link for link in links if link.author_id == byline.author_id]
        )
    _put(article, "bylines", bylines)
    return article


def _put(instance: Model, name: str, rows: list[Any]) -> None:
    """Make `instance.name.all()` return these rows, as `prefetch_related` does."""
    queryset = getattr(instance, name).all()
    queryset._result_cache = rows
    instance._prefetched_objects_cache = {name: queryset}  # type: ignore[attr-defined]
