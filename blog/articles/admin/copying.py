"""The button that duplicates an article, and the page that begins one with a template."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from blog.articles.admin.desk import editor_of
from blog.articles.copying import duplicate, templates
from blog.numbers import number_in

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = model_admin.admin_site.admin_view(partial(copy, model_admin=model_admin))
    begin = model_admin.admin_site.admin_view(partial(from_template, model_admin=model_admin))
    return [
        path("<int:object_id>/duplicate/", view, name="articles_article_duplicate"),
        path("from-template/", begin, name="articles_article_from_template"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def from_template(request: HttpRequest, *, model_admin: ModelAdmin) -> HttpResponse:
    """Name the templates; a POST begins an article as a copy of one."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    if request.method == "POST":
        chosen = number_in(request.POST.get("template", ""))
        template = get_object_or_404(templates(), pk=chosen)
        made = duplicate(article=template, editor=editor_of(request))
        model_admin.log_addition(request, made, "template")
        messages.success(request, _("This is a new draft. The template is as it was."))
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[made.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Begin with a template"),
        "opts": model_admin.opts,
        "templates": templates().only("title", "subtitle", "excerpt", "first_words", "access"),
    }
    return TemplateResponse(request, "admin/articles/article/from_template.html", context)


@require_POST
def copy(request: HttpRequest, object_id: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Make a draft of all that is in the article, and open it."""
    article = model_admin.get_object(request, str(object_id))
    if article is None:
        raise Http404
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    made = duplicate(article=article, editor=editor_of(request))
    model_admin.log_addition(request, made, "duplicate")
    messages.success(request, _("This is a copy, as a draft. The original is as it was."))
    return HttpResponseRedirect(reverse("admin:articles_article_change", args=[made.pk]))
