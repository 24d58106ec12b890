"""The comments of an article beyond its first page, and the address of a single one."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.comments.threads import Place, place_of, place_of_number
from blog.public.access import get_published_article
from blog.public.article_page import article_page
from blog.public.discussion import thread_address
from blog.public.moved import forwards_article
from blog.public.protection import is_locked
from blog.public.shown import SHARED, keep_page
from blog.site.middleware import site_of


@require_safe
@forwards_article
def page(
    request: HttpRequest, slug: str, order: str = "", after: int = 0, only: int = 0
) -> HttpResponse:
    """Show the article with another page of its comments, in the site's order where none is named."""
    article = get_published_article(slug)
    if is_locked(request, article):
        return HttpResponseRedirect(article.get_absolute_url())
    place = Place(order=order or site_of(request).comment_order, after=after, only=only)
    return article_page(request, article, place=place)


@require_safe
def count(_request: HttpRequest, article_id: int) -> HttpResponse:
    """Say how many comments there are, for pages that stand open; the page store answers most of it."""
    discussed = Article.objects.open_to_all().exclude(comment_policy=Article.Policy.OFF)
    article = get_object_or_404(discussed.select_related("thread"), pk=article_id)
    thread = getattr(article, "thread", None)
    response = JsonResponse({"count": thread.approved_count if thread else 0})
    response["Cache-Control"] = SHARED
    response["X-Robots-Tag"] = "noindex"
    keep_page(response, [f"article:{article.pk}", f"talk:{article.pk}"])
    return response


@require_safe
@forwards_article
def numbered(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Forward from WordPress's address of a page of comments to ours, which stays the same threads'."""
    article, site = get_published_article(slug), site_of(request)
    if is_locked(request, article):
        return HttpResponseRedirect(article.get_absolute_url())
    place = place_of_number(
        article, number, order=site.comment_order, per_page=site.threads_per_page
    )
    if place is None or article.comment_policy == Article.Policy.OFF:
        raise Http404
    return HttpResponseRedirect(f"{thread_address(article, place, site)}#comments")


@require_safe
@forwards_article
def permalink(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Forward to the page that holds the comment, and to the comment on it."""
    article = get_published_article(slug)
    if is_locked(request, article):
        return HttpResponseRedirect(article.get_absolute_url())
    if article.comment_policy == Article.Policy.OFF:
        raise Http404
    comment = get_object_or_404(
        Comment.objects.approved().select_related("root"), pk=pk, article=article
    )
    site = site_of(request)
    place = place_of(comment, order=site.comment_order, per_page=site.threads_per_page)
    return HttpResponseRedirect(f"{thread_address(article, place, site)}#comment-{pk}")
