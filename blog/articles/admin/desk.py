"""What the pages of the desk beside the article's form ask first, and how they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest

    from accounts.models import User
    from blog.articles.models import Article


def editor_of(request: HttpRequest) -> User:
    """Return who is at the desk: the admin lets nobody else in."""
    return cast("User", request.user)


def article_at(request: HttpRequest, key: int, model_admin: ModelAdmin) -> Article:
    """Return the article if this person may change it; else raise Http404 or PermissionDenied."""
    article = model_admin.get_object(request, str(key))
    if article is None:
        raise Http404
    if not model_admin.has_change_permission(request, article):
        raise PermissionDenied
    return article


def page_of(
    request: HttpRequest,
    article: Article,
    model_admin: ModelAdmin,
    *,
    title: str,
    template: str = "panel.html",
    status: int = 200,
    **context: Any,
) -> TemplateResponse:
    """Return a page of its own about one article; panel.html shows the one panel that *panel* names."""
    context |= {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "original": article,
    }
    return TemplateResponse(request, f"admin/articles/article/{template}", context, status=status)


def body_at_desk(article: Article) -> str:
    """Return the text that is worked on: that of the unpublished changes where there are any."""
    draft = article.draft_revision
    return str(draft.data.get("body") or "") if draft else article.body
