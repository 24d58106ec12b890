"""What is one reader's own on a page that everybody shares: a fragment fetched after it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.visitors import visitor_of
from blog.articles.models import Article
from blog.comments.models import Comment
from blog.comments.queries import waiting_of
from blog.comments.threads import Node
from blog.comments.voices import Reader, likes_of
from blog.public.personal import Personal
from blog.public.protection import is_locked
from blog.public.rating_box import rating_context, voter_of
from blog.public.receipts import receipt_path
from blog.public.thread import thread_html
from blog.ratings.queries import rating_of
from blog.site.middleware import site_of


@require_safe
def me(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show the guest's own vote, likes and waiting comments; 404 for an article strangers may not read."""
    article = get_object_or_404(
        Article.objects.published().select_related("rating_summary", "thread"), pk=article_id
    )
    visitor = visitor_of(request)
    if visitor is None or is_locked(request, article):
        raise Http404
    context = {
        **rating_context(request, article, Personal(rating=rating_of(article, voter_of(request)))),
        "likes": likes_of(Reader(visitor=visitor), article_id=article.pk),
        "waiting": thread_html(
            _as_nodes(waiting_of(article, visitor)),
            may_comment=False,
            has_faces=site_of(request).avatars_on,
            has_gravatars=site_of(request).gravatars_on,
            masked_words=site_of(request).masked_words,
        ),
    }
    response = render(request, "articles/_me.html", context)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _as_nodes(comments: list[Comment]) -> list[Node]:
    return [
        Node(
            comment=comment,
            depth=0,
            is_shown=True,
            is_held=True,
            receipt_path=receipt_path(comment),
        )
        for comment in comments
    ]
