"""The history of a page: its versions, what changed in each, and the way back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.articles.diff import compare as compare_data
from blog.pages.history import as_shown, saved_of
from blog.pages.models import Page

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

SHOWN = 200  # versions, the newest


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = model_admin.admin_site.admin_view(
        partial(require_safe(compare), model_admin=model_admin)
    )
    return [path("<int:object_id>/compare/<int:version>/", view, name="pages_page_compare")]


def history(request: HttpRequest, object_id: str, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show the versions of a page, newest first."""
    page = _page(request, object_id, model_admin)
    context = {
        **_context(request, page, model_admin),
        "title": _("History"),
        "versions": saved_of(page).defer("data")[:SHOWN],
    }
    return TemplateResponse(request, "admin/pages/history.html", context)


def compare(
    request: HttpRequest, object_id: int, version: int, *, model_admin: ModelAdmin
) -> HttpResponse:
    """Show what a version changed since the one before it; of the first one, all that it holds."""
    page = _page(request, str(object_id), model_admin)
    shown = saved_of(page).filter(version=version).first() if version < 2**31 else None
    if shown is None:
        raise Http404
    before = saved_of(page).filter(version__lt=version).first()
    context = {
        **_context(request, page, model_admin),
        "title": _("What changed"),
        "shown": shown,
        "before": before,
        "changes": compare_data(as_shown(before.data) if before else {}, as_shown(shown.data)),
    }
    return TemplateResponse(request, "admin/pages/compare.html", context)


def _page(request: HttpRequest, object_id: str, model_admin: ModelAdmin) -> Page:
    page = model_admin.get_object(request, object_id)
    if page is None:
        raise Http404
    if not model_admin.has_view_or_change_permission(request, page):
        raise PermissionDenied
    return page


def _context(request: HttpRequest, page: Page, model_admin: ModelAdmin) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": page,
        "may_restore": model_admin.has_change_permission(request, page) and not page.trashed_at,
    }
