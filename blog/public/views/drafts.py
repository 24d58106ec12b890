"""Pages that readers do not see: a draft behind its link, and what the desk previews."""

from contextlib import suppress
from typing import cast

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from blog.articles.draft_links import link_of
from blog.articles.models import Article, DraftLink, Revision
from blog.articles.typed import TooLongError, typed_content
from blog.days import moment_words
from blog.public import pictures
from blog.public.drafts import content_of, is_picture_of, render_draft
from blog.public.private_link import private_link
from blog.public.views.machines import stored_file

SAFE = ["GET", "HEAD"]
WIDTHS = (360, 768, 1280)  # CSS pixels: a phone, a tablet, a desk


@private_link
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """Show the draft to whoever has the link; once it is published there is only the page itself."""
    if request.method not in SAFE:  # not by the decorator: it logs the address
        return HttpResponseNotAllowed(SAFE)
    link = link_of(token)
    if link is None:
        return _gone(request)
    article = link.article
    if article.is_live and article.draft_revision is None:
        return HttpResponseRedirect(article.get_absolute_url())
    data = content_of(article)
    media = reverse("draft-media", args=[token, "x"]).removesuffix("x")
    notice = _notice(link, str(data["title"]))
    try:
        return render_draft(request, article, data, notice=notice, media=media)
    except Http404:
        # Of a page that the text has no more: raised, it would be logged with the link.
        return HttpResponseRedirect(request.path)


@private_link
def media(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    """Send a picture of the draft, and of that draft only, to whoever has the link."""
    if request.method not in SAFE:
        return HttpResponseNotAllowed(SAFE)
    link = link_of(token)
    if link and path.startswith(pictures.FOLDER) and is_picture_of(link, path):
        with suppress(Http404):  # the file is lost
            return stored_file(request, path, "private, no-store")
    return _gone(request)


@private_link
def gone(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for every other address there: part of a link must not get into the log of pages not found."""
    return _gone(request)


def _gone(request: HttpRequest) -> HttpResponse:
    """Answer alike whatever is wrong with the link, so that nobody learns which ones there were."""
    return render(request, "articles/draft_gone.html", status=404)


def _notice(link: DraftLink, title: str) -> str:
    words = {
        "title": title or _("Untitled"),
        "label": link.label,
        "until": moment_words(link.expires_at),
    }
    if link.label:
        return (
            _("Draft of “%(title)s”, shared with %(label)s until %(until)s; not published.")
            % words
        )
    return _("Draft of “%(title)s”, shared until %(until)s; not published.") % words


@never_cache
@require_POST
def preview(request: HttpRequest, article_id: int | None = None) -> HttpResponse:
    """Show what stands in the editor as the page it would be; nothing of it is stored.

    With `widths` in the query, in a frame of a phone's, a tablet's or a desk's width. The frame's page
    is part of the answer (srcdoc): our pages let nobody frame them, not even ourselves.
    """
    if not request.user.is_staff:
        raise PermissionDenied(
            _(
                "You are signed out. Sign in in another window, then try again. Your text is still there."
            )
        )
    desk = admin.site.get_model_admin(Article)
    article: Article | None = Article()
    if article_id is not None:
        article = desk.get_object(request, str(article_id))
    elif not desk.has_add_permission(request):
        raise PermissionDenied
    if article is None or not desk.has_view_or_change_permission(request, article):
        raise Http404
    try:
        data = typed_content(request.POST, article if article.pk else None)
    except TooLongError:
        text = _("The text is too long. It is still in the other window: divide it.")
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    notice = _("Preview. Nothing of this is saved or published.")
    if request.FILES.get("lead_upload"):
        notice += " " + _("The new lead picture is shown once the article is saved.")
    page = render_draft(request, article, data, notice=notice)
    if "widths" not in request.GET:
        return page
    context = {"page": page.content.decode(), "widths": WIDTHS}
    return render(request, "articles/draft_widths.html", context)


@never_cache
@staff_member_required
@require_safe
def revision(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one revision of an article, to those who may edit it, as the page it was or would be."""
    user = cast("User", request.user)
    shown = get_object_or_404(
        Revision.objects.select_related("article", "author"),
        ~Q(kind=Revision.Kind.AUTOSAVE) | Q(author=user),  # an autosave is its author's alone
        pk=pk,
        article__in=Article.objects.editable_by(user),
    )
    assert shown.article is not None  # for the type checker: `article__in` found it  # noqa: S101
    words = {
        "kind": shown.get_kind_display(),
        "version": shown.version or "–",
        "at": moment_words(shown.updated_at),
        "name": shown.author or _("Somebody"),
    }
    notice = _("Version %(version)s (%(kind)s), by %(name)s on %(at)s.") % words
    return render_draft(request, shown.article, shown.data, notice=notice)
