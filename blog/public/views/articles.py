"""One article, or the page that has its address at the root."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from blog.articles.models import Article
from blog.comments.receipts import comment_from, dropped_from, published_from
from blog.public.access import get_readable_article
from blog.public.article_page import article_page
from blog.public.moved import forwards_article, moved_to
from blog.public.pages import show_page
from blog.public.personal import NOTHING_PERSONAL, Personal
from blog.public.rating_box import vote_message
from blog.public.receipts import is_own, rating_from
from blog.ratings.queries import summary_of


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the article or the page; an address that one of them once had forwards to the present one."""
    try:
        return _article(request, slug=slug)
    except Http404:
        return show_page(request, slug)


@require_safe
def text_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a page of an article's text, or the page of the site that has this address."""
    try:
        return _article(request, slug=slug, number=number)
    except Http404:
        return show_page(request, f"{slug}/{number}")


@forwards_article
def _article(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    article = get_readable_article(request, slug)
    if number == 1:
        return moved_to(request, article.get_absolute_url())
    personal = _shown_by_receipt(request, article)
    return article_page(request, article, personal, number=number or 1)


def _shown_by_receipt(request: HttpRequest, article: Article) -> Personal:
    """Return what a signed word in the query lets this reader see."""
    if token := request.GET.get("receipt"):
        if comment := comment_from(token, article):
            return Personal(comment=comment)
        published = published_from(token, article)
        if published and is_own(request, published):
            return Personal(published=published)
        return Personal(dropped=dropped_from(token, article))
    if token := request.GET.get("rating"):
        try:
            rating = rating_from(token, article)
        except signing.BadSignature:
            return NOTHING_PERSONAL
        return Personal(
            rating=rating,
            rating_message=vote_message(rating, summary_of(article)),
            is_answer=rating is not None and is_own(request, rating),
        )
    return NOTHING_PERSONAL
