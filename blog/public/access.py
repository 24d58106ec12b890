"""The two doors to an article: pages use the first, everything that writes uses the second."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.http import Http404, HttpRequest

from accounts.models import User
from blog.articles.models import Article, ArticleQuerySet, Byline


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
    article = _with_page(Article.objects.published()).filter(slug=slug).first()
    if article is None and settings.SESSION_COOKIE_NAME in request.COOKIES:
        article = _with_page(Article.objects.visible_to(request.user)).filter(slug=slug).first()
    if article is None:
        raise Http404
    return article


def get_published_article(slug: str) -> Article:
    """Return the article if readers may comment on it and rate it, or raise 404."""
    article = _with_page(Article.objects.published()).filter(slug=slug).first()
    if article is None:
        raise Http404
    return article


def _with_page(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Load the article with its authors and totals, in three queries.

    Nothing is deferred: working out which columns to leave costs more than the text.
    """
    bylines = Byline.objects.select_related("author__photo").prefetch_related("author__links")
    return articles.select_related("lead_image", "rating_summary", "thread").prefetch_related(
        Prefetch("bylines", bylines)
    )
