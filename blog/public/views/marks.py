"""Pin a thread, close it, mark a question and choose its answer, where they stand; and close an article."""

from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from blog.articles.models import Article
from blog.comments.marks import (
    ANSWERS,
    MARKS,
    choose_answer,
    close_comments_at,
    mail_followers,
    mark_comment,
)
from blog.comments.models import Comment
from blog.public.origin import same_origin_only
from blog.public.see_other import SeeOther
from blog.public.views.moderation import moderator_of


@require_POST
@same_origin_only
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Set one mark on a comment, and come back to it."""
    comment = Comment.objects.approved().select_related("article").filter(pk=pk).first()
    if comment is None:
        raise PermissionDenied  # as for what is not theirs: nobody learns which comments there are
    actor = moderator_of(request, comment.article)
    asked = request.POST.get("mark", "")
    if asked in ANSWERS:
        choose_answer(reply=comment, is_answer=asked == "answer", actor=actor)
    elif asked in MARKS:
        mark_comment(comment=comment, mark=asked, actor=actor)
    else:
        raise Http404
    return SeeOther(comment.get_absolute_url())


@require_POST
@same_origin_only
def closing(request: HttpRequest, article_id: int) -> HttpResponse:
    """Close the comments of an article now or at a time, or leave that to the site's settings again.

    The same buttons end the mail to its followers, and begin it again.
    """
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        raise PermissionDenied
    moderator_of(request, article)
    match request.POST.get("closing"):
        case "now":
            close_comments_at(article=article, at=timezone.now())
        case "at":
            if at := _time(request.POST.get("at", "")):
                close_comments_at(article=article, at=at)
        case "open":
            close_comments_at(article=article, at=None)
        case "mail" | "no-mail" as word:
            mail_followers(article=article, wants_mail=word == "mail")
        case _:
            raise Http404
    return SeeOther(f"{article.get_absolute_url()}#comments")


def _time(text: str) -> datetime | None:
    """Return the time in the site's zone; None for what is none, which a browser's field does not send."""
    try:
        at = parse_datetime(text)
        if at is not None and timezone.is_naive(at):
            at = timezone.make_aware(at)
        return at and at.astimezone(UTC)  # a time at the end of time has no other zone
    except (ValueError, OverflowError):
        return None
