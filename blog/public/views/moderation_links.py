"""Decide about a comment by a link from a mail, without signing in: look by GET, decide by POST."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from blog.comments.mail_decisions import follow_link
from blog.comments.models import Comment
from blog.comments.moderation_links import LinkRefused, edition, read_link
from blog.public.private_link import private_link


@private_link
@require_http_methods(["GET", "HEAD", "POST"])
def moderate(request: HttpRequest, token: str) -> HttpResponse:
    is_decided = request.method == "POST"
    try:
        link = (
            follow_link(token, read=request.POST.get("read", ""))
            if is_decided
            else read_link(token)
        )
    except LinkRefused as refused:
        return render(
            request, "moderation/refused.html", {"refusal": str(refused)}, status=refused.status
        )
    context = {
        "comment": link.comment,
        "moderator": link.moderator,
        "to": link.to,
        "edition": edition(link.comment),
        "is_decided": is_decided,
        "has_queue": link.moderator.has_perm("comments.moderate_comment"),
        "Status": Comment.Status,
    }
    return render(request, "moderation/decide.html", context)
