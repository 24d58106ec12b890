"""What the editor asks while somebody writes: articles by their titles, and Markdown as HTML."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from blog.articles.admin.desk import editor_of
from blog.articles.forms import MAX_BODY
from blog.articles.models import Article
from blog.articles.rendering import markdown_to_html

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

MOST_ARTICLES = 10
MOST_WORDS = 8  # of a title that are searched for


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    guard = model_admin.admin_site.admin_view
    find = guard(require_GET(partial(find_articles, model_admin=model_admin)))
    markdown = guard(require_POST(partial(read_markdown, model_admin=model_admin)))
    return [
        path("find/", find, name="articles_article_find"),
        path("markdown/", markdown, name="articles_article_markdown"),
    ]


def find_articles(request: HttpRequest, *, model_admin: ModelAdmin) -> JsonResponse:
    """Answer with the latest articles this person may see whose titles have all the words."""
    _check_may_write(request, model_admin)
    articles = Article.objects.visible_to(editor_of(request)).filter(trashed_at__isnull=True)
    for word in request.GET.get("q", "").split()[:MOST_WORDS]:
        articles = articles.filter(title__icontains=word)
    found = articles.only("title", "slug", "status", "publish_at", "expire_at", "trashed_at")
    return JsonResponse(
        {"articles": [_option(article) for article in found.order_by("-pk")[:MOST_ARTICLES]]}
    )


def _option(article: Article) -> dict[str, str]:
    """Return what the list shows; what readers can open needs no word about its state."""
    state = article.state
    shown = "" if state == Article.State.PUBLISHED else str(state.label)
    return {"title": article.title, "address": article.get_absolute_url(), "state": shown}


def read_markdown(request: HttpRequest, *, model_admin: ModelAdmin) -> JsonResponse:
    """Answer with pasted Markdown as the HTML of a text; nothing is stored."""
    _check_may_write(request, model_admin)
    text = request.POST.get("text", "")
    if len(text) > MAX_BODY:
        return JsonResponse({"error": _("This is too long for one article.")}, status=413)
    return JsonResponse({"html": markdown_to_html(text)})


def _check_may_write(request: HttpRequest, model_admin: ModelAdmin) -> None:
    """Raise PermissionDenied for who can neither write an article nor change one."""
    if not (model_admin.has_add_permission(request) or model_admin.has_change_permission(request)):
        raise PermissionDenied
