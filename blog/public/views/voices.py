"""Like a comment, take that back, or report it. A GET shows, a POST does."""

import uuid
from dataclasses import replace

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.visitors import network_hash, remember_visitor, visitor_of
from blog.articles.models import Article
from blog.comments.forms import ReportForm
from blog.comments.models import Comment, Like
from blog.comments.voices import (
    BannedReader,
    CommentGone,
    GuestsMayNot,
    OwnComment,
    Reader,
    TooManyVoices,
    VoiceRefused,
    like_comment,
    report_comment,
    take_back_like,
)
from blog.public.access import reader_of
from blog.public.origin import same_origin_only
from blog.public.protection import is_locked
from blog.public.see_other import SeeOther
from blog.site.middleware import site_of

METHODS = ["GET", "HEAD", "POST"]
STATUS: dict[type[VoiceRefused], int] = {
    BannedReader: 403,
    OwnComment: 403,
    CommentGone: 404,
    GuestsMayNot: 403,
    TooManyVoices: 429,
}


@csrf_exempt  # the POST looks at where a form comes from, by its own rule
@require_http_methods(METHODS)
def like(request: HttpRequest, pk: int) -> HttpResponse:
    """One address for the reader's own like: a POST gives it or takes it back, a GET shows it."""
    if not site_of(request).likes_on:
        raise Http404
    return _give_like(request, pk) if request.method == "POST" else _own_like(request, pk)


@csrf_exempt  # likewise
@require_http_methods(METHODS)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One address for a report: a GET asks what is wrong, a POST keeps it."""
    if request.method == "POST":
        return _report(request, pk)
    return _report_page(request, _comment(request, pk), ReportForm())


@require_safe
def reported(request: HttpRequest, article_id: int) -> HttpResponse:
    """Thank the reader. The comment itself may be held by now, so the page names the article only."""
    article = get_object_or_404(Article.objects.published(), pk=article_id)
    return _own_page(request, "voices/reported.html", {"article": article})


@require_POST
@same_origin_only  # no token in pages that everybody shares: DESIGN, rule 3
def _give_like(request: HttpRequest, pk: int) -> HttpResponse:
    comment, reader = _comment(request, pk), _reader(request)
    wants_like = request.POST.get("like") != "0"
    if wants_like and reader.user is None and not site_of(request).guests_may_like:
        return _refuse(request, comment, GuestsMayNot(_("Sign in to like comments.")))
    try:
        change = like_comment if wants_like else take_back_like
        is_changed = change(comment=comment, reader=reader)
    except VoiceRefused as refused:
        return _refuse(request, comment, refused)
    if request.headers.get("X-Fragment") == "like":
        count = Comment.objects.values_list("like_count", flat=True).get(pk=pk)
        response: HttpResponse = JsonResponse({"likes": count, "liked": wants_like})
    elif wants_like and not is_changed:
        response = SeeOther(reverse("comment-like", args=[pk]))  # where it can be taken back
    else:
        response = SeeOther(comment.get_absolute_url())
    return _remember(response, reader)


@require_POST
@same_origin_only
def _report(request: HttpRequest, pk: int) -> HttpResponse:
    comment, reader = _comment(request, pk), _reader(request)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _report_page(request, comment, form, status=422)
    try:
        report_comment(comment=comment, reader=reader, site=site_of(request), **form.cleaned_data)
    except VoiceRefused as refused:
        form.add_error(None, str(refused))
        return _report_page(request, comment, form, status=STATUS[type(refused)])
    return _remember(SeeOther(reverse("comment-reported", args=[comment.article_id])), reader)


def _own_like(request: HttpRequest, pk: int) -> HttpResponse:
    comment, reader = _comment(request, pk), _reader(request)
    is_liked = Like.objects.filter(reader.theirs(), comment=comment).exists()
    return _own_page(request, "voices/like.html", {"comment": comment, "is_liked": is_liked})


def _report_page(
    request: HttpRequest, comment: Comment, form: ReportForm, *, status: int = 200
) -> HttpResponse:
    return _own_page(
        request, "voices/report.html", {"comment": comment, "form": form}, status=status
    )


def _refuse(request: HttpRequest, comment: Comment, refused: VoiceRefused) -> HttpResponse:
    status = STATUS[type(refused)]
    if request.headers.get("X-Fragment") == "like":
        return JsonResponse({"error": str(refused)}, status=status)
    context = {"comment": comment, "refusal": str(refused)}
    return _own_page(request, "voices/like.html", context, status=status)


def _own_page(
    request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    """Render a page that is one reader's own, or no page for a search."""
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _comment(request: HttpRequest, pk: int) -> Comment:
    """Return the comment if this reader can see it, or raise 404."""
    shown = Article.objects.published().exclude(comment_policy=Article.Policy.OFF)
    rows = Comment.objects.approved().filter(Exists(shown.filter(pk=OuterRef("article"))))
    comment = get_object_or_404(rows.select_related("article"), pk=pk)
    if is_locked(request, comment.article):
        raise Http404
    return comment


def _reader(request: HttpRequest) -> Reader:
    """Return who it is; whoever has no cookie yet gets one with the answer to a POST."""
    user = reader_of(request)
    reader = Reader(
        user=user if user.is_authenticated else None,
        visitor=visitor_of(request),
        network_hash=network_hash(request),
    )
    if request.method == "POST" and reader.user is None and reader.visitor is None:
        reader = replace(reader, visitor=uuid.uuid4())
    return reader


def _remember(response: HttpResponse, reader: Reader) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    if reader.visitor:
        remember_visitor(response, reader.visitor)
    return response
