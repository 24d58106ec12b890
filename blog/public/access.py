"""The two doors to an article: pages use the first, everything that writes uses the second."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import User
from blog.articles.models import Article, ArticleQuerySet
from blog.prepared import Prepared


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
    return _only(found)


def get_published_article(slug: str) -> Article:
    """Return the article if readers may comment on it and rate it, or raise 404."""
    return _only(_published(slug=slug, now=timezone.now()))


def get_addressed_article(slug: str) -> Article:
    """Return the published article a form was sent to, or raise 404.

    Its address may have changed while somebody was writing: what they typed still arrives.
    """
    found = _addressed(slug=slug, now=timezone.now())
    if not found:
        found = list(Article.objects.published().filter(old_slugs__slug=slug))
    return _only(found)


def _with_totals(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Load the pictures and the totals with the article.

    Nothing is deferred: working out which columns to leave costs more than the text.
    """
    return articles.select_related(
        "lead_image", "share_image", "share_card", "rating_summary", "thread", "series_part"
    )


_published = Prepared(
    lambda slug, now: _with_totals(Article.objects.published(now)).filter(slug=slug)
)

# Without the picture and the totals: only a refusal shows them.
_addressed = Prepared(
    lambda slug, now: Article.objects.published(now).filter(slug=slug).select_related("thread")
)


def _only(found: list[Article]) -> Article:
    if not found:
        raise Http404
    return found[0]
