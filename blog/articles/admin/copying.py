"""The button that duplicates an article."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from blog.articles.admin.desk import editor_of
from blog.articles.copying import duplicate

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = model_admin.admin_site.admin_view(partial(copy, model_admin=model_admin))
    return [path("<int:object_id>/duplicate/", view, name="articles_article_duplicate")]


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
