"""Feeds of each list, of a search, and of what readers say."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Author
from accounts.pace import MINUTE, is_too_fast
from blog.articles.models import Article, Category, Series, Tag
from blog.comments.models import Comment
from blog.comments.queries import readable_comments
from blog.public import listing
from blog.public.access import get_published_article
from blog.public.feeds import LENGTH, feed_of_articles, feed_of_comments
from blog.public.listing import published_in_month, published_in_year
from blog.public.moved import (
    forwards_article,
    forwards_author,
    forwards_category,
    forwards_series,
    forwards_tag,
)
from blog.public.shown import shared
from blog.public.views.search import MOST_IN_A_MINUTE, Asked
from blog.search.models import Index
from blog.search.queries import search as find
from blog.site.middleware import site_of


@require_safe
@shared
def site(request: HttpRequest, form: str) -> HttpResponse:
    return feed_of_articles(
        request, form, "", reverse("home"), Article.objects.published(), place="in:all"
    )


@require_safe
@forwards_category
@shared
def category(request: HttpRequest, path: str, form: str) -> HttpResponse:
    shown = get_object_or_404(Category, path=path)
    return feed_of_articles(
        request,
        form,
        shown.name,
        shown.get_absolute_url(),
        listing.newest_of(f"category:{shown.pk}", LENGTH),
        place=f"in:category:{shown.pk}",
    )


@require_safe
@forwards_tag
@shared
def tag(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    shown = get_object_or_404(Tag, slug=slug)
    return feed_of_articles(
        request,
        form,
        shown.name,
        shown.get_absolute_url(),
        listing.newest_of(f"tag:{shown.pk}", LENGTH),
        place=f"in:tag:{shown.pk} tag:{shown.pk}",
    )


@require_safe
@forwards_series
@shared
def series(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Follow a series: the newest part first, as in every feed."""
    shown = get_object_or_404(Series, slug=slug)
    return feed_of_articles(
        request,
        form,
        shown.title,
        shown.get_absolute_url(),
        Article.objects.published().filter(series_part__series=shown),
        place=f"series:{shown.pk}",
    )


@require_safe
@forwards_author
@shared
def author(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    shown = get_object_or_404(Author, slug=slug)
    return feed_of_articles(
        request,
        form,
        shown.name,
        shown.get_absolute_url(),
        listing.newest_of(f"author:{shown.pk}", LENGTH),
        place=f"in:author:{shown.pk} author:{shown.pk}",
    )


@require_safe
@shared
def year(request: HttpRequest, year: int, form: str) -> HttpResponse:
    address = reverse("year-archive", args=[year])
    return feed_of_articles(
        request, form, str(year), address, published_in_year(year), place=f"in:year:{year}"
    )


@require_safe
@shared
def month(request: HttpRequest, year: int, month: int, form: str) -> HttpResponse:
    address = reverse("month-archive", args=[year, month])
    title = f"{year}-{month:02}"
    return feed_of_articles(
        request, form, title, address, published_in_month(year, month), place=f"in:year:{year}"
    )


@require_safe
@shared
def search(request: HttpRequest, form: str) -> HttpResponse:
    """Follow a search, the newest first: articles, or with `type=comment` comments. 404 without words."""
    asked = Asked.of(request.GET)
    query = asked.query(is_stemmed=not Index.objects.filter(is_stemmed=False).exists())
    if query.is_empty:
        raise Http404
    if is_too_fast(request, "search", most=MOST_IN_A_MINUTE):
        return HttpResponse(
            status=429, headers={"Retry-After": str(MINUTE), "Cache-Control": "no-store"}
        )
    results = find(query, by_date=True)
    title = _("Search: %(query)s") % {"query": asked.text}
    address = replace(asked, number=1, before=None, by_date=True).address
    if query.filters.get("type") == ["comment"]:
        keys = [result.comment_id for result in results[:LENGTH] if result.comment_id]
        found = Comment.objects.approved().filter(pk__in=keys).select_related("article")
        return feed_of_comments(request, form, title, address, found, name_article=True, tags=())
    newest = [result.article_id for result in results if result.article_id][:LENGTH]
    articles = Article.objects.published().filter(pk__in=newest)
    return feed_of_articles(request, form, title, address, articles, place="")


@require_safe
@shared
def comments(request: HttpRequest, form: str) -> HttpResponse:
    """Follow what readers say anywhere."""
    found = readable_comments().select_related("article")
    title = _("Comments on: %(title)s") % {"title": site_of(request).title}
    return feed_of_comments(request, form, title, reverse("home"), found, name_article=True)


@require_safe
@forwards_article
@shared
def article_comments(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Follow what readers say about one article."""
    article = get_published_article(slug)
    if article.comment_policy == Article.Policy.OFF or article.is_protected:
        raise Http404
    found = Comment.objects.approved().filter(article=article).select_related("article")
    title = _("Comments on: %(title)s") % {"title": article.title}
    address = article.get_absolute_url()
    return feed_of_comments(request, form, title, address, found, name_article=False)
