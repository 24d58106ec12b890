"""The page that empties the trash."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from blog.articles.admin.desk import editor_of
from blog.articles.models import Article
from blog.articles.trash import TRASH_DAYS, empty_trash

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

SHOWN = 50  # titles


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(partial(empty, model_admin=model_admin))
    guarded = model_admin.admin_site.admin_view(view)
    return [path("empty-trash/", guarded, name="articles_article_empty_trash")]


def empty(request: HttpRequest, *, model_admin: ModelAdmin) -> HttpResponse:
    """Ask, then delete for good what this person may delete of the trash."""
    if not model_admin.has_delete_permission(request):
        raise PermissionDenied
    user = editor_of(request)
    trashed = Article.objects.editable_by(user).filter(trashed_at__isnull=False)
    if request.method == "POST":
        # Only what the page named: about what was moved to the trash since then nobody was asked.
        until = _moment(request.POST.get("until", ""))
        named = trashed.filter(trashed_at__lte=until) if until else trashed.none()
        count = empty_trash(articles=named, actor=user)
        text = ngettext("%d article deleted for good.", "%d articles deleted for good.", count)
        messages.success(request, text % count)
        trash = reverse("admin:articles_article_changelist") + "?state=trash"
        return HttpResponseRedirect(trash)
    newest = trashed.order_by("-trashed_at").only("title", "trashed_at")
    shown, count = list(newest[:SHOWN]), trashed.count()
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Empty the trash"),
        "articles": shown,
        "count": count,
        "more": count - len(shown),
        "until": shown[0].trashed_at.isoformat() if shown and shown[0].trashed_at else "",
        "days": TRASH_DAYS,
    }
    return TemplateResponse(request, "admin/articles/article/empty_trash.html", context)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the second in the years 1 and 9999
        return None
