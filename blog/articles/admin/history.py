"""The history of an article: its revisions, what changed between any two, and the way back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from blog.articles import history as queries
from blog.articles.admin.desk import editor_of
from blog.articles.diff import compare as compare_data
from blog.articles.models import Article, Revision
from blog.articles.restoring import restore_revision
from blog.numbers import number_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.admin import ModelAdmin

VIEWS = ("together", "beside")


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    """Return the pages beside Django's own address of a history, which ArticleAdmin gives to `history`."""

    def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return model_admin.admin_site.admin_view(partial(view, model_admin=model_admin))

    name = "articles_article"
    return [
        path("<int:object_id>/compare/", page(require_safe(compare)), name=f"{name}_compare"),
        path("<int:object_id>/restore/", page(require_POST(restore)), name=f"{name}_restore"),
    ]


def history(request: HttpRequest, object_id: str, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show what became of the article, newest first."""
    article = _article(request, object_id, model_admin)
    before = number_in(request.GET.get("before", ""))
    return _history(request, article, model_admin, before)


def _history(
    request: HttpRequest,
    article: Article,
    model_admin: ModelAdmin,
    before: int | None = None,
    problem: str = "",
) -> HttpResponse:
    page = queries.history_of(article, before)
    newest = [entry.revision for entry in page.entries if entry.revision]
    context = {
        **_context(request, article, model_admin),
        "title": _("History"),
        "page": page,
        "is_first_page": before is None,
        "autosaves": [] if before else list(queries.autosaves_of(article, editor_of(request))),
        "chosen": [row.version for row in newest[:2]],
        "problem": problem,
    }
    template = "admin/articles/history/list.html"
    return TemplateResponse(request, template, context, status=404 if problem else 200)


def compare(request: HttpRequest, object_id: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show what changed between two revisions; without `before`, since the one before `after`."""
    article = _article(request, object_id, model_admin)
    called = partial(queries.revision_called, article, user=editor_of(request))
    after = called(request.GET.get("after", ""))
    if after and "before" not in request.GET:
        before = queries.before_that(article, after)
        if before is None:
            problem = _(
                "This is the oldest version that is kept: there is none to compare it with."
            )
            return _history(request, article, model_admin, problem=problem)
    else:
        before = called(request.GET.get("before", ""))
    if before is None or after is None:
        problem = _("One of these versions is no longer kept. Choose two of those below.")
        return _history(request, article, model_admin, problem=problem)
    if _place(before) > _place(after):
        before, after = after, before
    view = request.GET.get("view", VIEWS[0])
    context = {
        **_context(request, article, model_admin),
        "title": _("What changed"),
        "before": before,
        "before_name": queries.name_of(before),
        "after": after,
        "after_name": queries.name_of(after),
        "changes": compare_data(before.data, after.data),
        "previous": _link(article, queries.before_that(article, before), before),
        "next": _link(article, after, queries.after_that(article, after)),
        "view": view if view in VIEWS else VIEWS[0],
        "together": _address(article, before, after),
        "beside": f"{_address(article, before, after)}&view=beside",
    }
    return TemplateResponse(request, "admin/articles/history/compare.html", context)


def restore(request: HttpRequest, object_id: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Make a new draft of an old revision. Readers see nothing of it before somebody publishes it."""
    article = _article(request, object_id, model_admin)
    if not model_admin.has_change_permission(request, article):
        raise PermissionDenied
    editor = editor_of(request)
    revision = queries.revision_called(article, request.POST.get("version", ""), editor)
    if revision is None:
        problem = _("This version is no longer kept. Choose one of those below.")
        return _history(request, article, model_admin, problem=problem)
    try:
        restored = restore_revision(article=article, revision=revision, editor=editor)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("admin:articles_article_history", args=[object_id]))
    messages.success(request, restored.said)
    if restored.missing:
        text = ngettext(
            "This is gone since and could not be brought back: %s.",
            "These are gone since and could not be brought back: %s.",
            len(restored.missing),
        )
        messages.warning(request, text % ", ".join(restored.missing))
    return HttpResponseRedirect(reverse("admin:articles_article_change", args=[object_id]))


def _article(request: HttpRequest, object_id: int | str, model_admin: ModelAdmin) -> Article:
    article = model_admin.get_object(request, str(object_id))
    if article is None:
        raise Http404
    if not model_admin.has_view_or_change_permission(request, article):
        raise PermissionDenied
    return article


def _context(request: HttpRequest, article: Article, model_admin: ModelAdmin) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": article,
        "may_restore": model_admin.has_change_permission(request, article)
        and article.trashed_at is None,
    }


def _place(revision: Revision) -> tuple[bool, int]:
    """Return where a revision stands in time: an autosave comes after whatever was saved."""
    return revision.version is None, revision.version or revision.pk


def _link(article: Article, before: Revision | None, after: Revision | None) -> str:
    return _address(article, before, after) if before and after else ""


def _address(article: Article, before: Revision, after: Revision) -> str:
    address = reverse("admin:articles_article_compare", args=[article.pk])
    return f"{address}?before={queries.name_of(before)}&after={queries.name_of(after)}"
