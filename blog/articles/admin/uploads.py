"""Pictures that the editor sends while somebody writes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from blog.articles.admin.desk import editor_of
from blog.media.forms import ImageUploadForm
from blog.media.services import FileTooLargeError

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = partial(upload_picture, model_admin=model_admin)
    guarded = model_admin.admin_site.admin_view(require_POST(view))
    return [path("upload-picture/", guarded, name="articles_article_upload_picture")]


def upload_picture(request: HttpRequest, *, model_admin: ModelAdmin) -> JsonResponse:
    """Store a picture that the editor sends; answer with its address or a sentence to show."""
    may_write = model_admin.has_add_permission(request) or model_admin.has_change_permission(
        request
    )
    if not (may_write and request.user.has_perm("media.add_image")):
        raise PermissionDenied
    form = ImageUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        is_too_large = any(
            isinstance(error, FileTooLargeError)
            for error in form.errors.as_data().get("upload", [])
        )
        sentences = [str(text) for texts in form.errors.values() for text in texts]
        return JsonResponse({"error": " ".join(sentences)}, status=413 if is_too_large else 422)
    image = form.store(uploaded_by=editor_of(request))
    return JsonResponse({"src": image.file.url, "alt": image.alt, "caption": image.caption})
