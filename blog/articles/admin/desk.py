"""What every page of the desk asks first."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404

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


def body_at_desk(article: Article) -> str:
    """Return the text that is worked on: that of the unpublished changes where there are any."""
    draft = article.draft_revision
    return str(draft.data.get("body") or "") if draft else article.body
