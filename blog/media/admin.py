"""The picture library of the staff desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from blog.media.forms import ImageForm, ImageUploadForm
from blog.media.models import Image
from blog.media.services import delete_image

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    list_display = ["thumbnail", "name", "caption", "credit", "size", "uploaded_by", "created_at"]
    list_display_links = ["name"]
    list_filter = ["created_at"]
    list_select_related = ["uploaded_by"]
    list_per_page = 24
    search_fields = ["alt", "caption", "credit", "file"]
    search_help_text = _("Words in the alternative text, caption or credit")

    def get_form(
        self, request: HttpRequest, obj: Image | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        kwargs["form"] = ImageForm if change else ImageUploadForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Image | None = None) -> list[Any]:
        if obj is None:
            return ["upload", "alt", "caption", "credit"]
        return ["picture", "alt", "caption", "credit", "size", "uploaded_by", "created_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Image | None = None) -> list[str]:
        return ["picture", "size", "uploaded_by", "created_at"]

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Image:
        """Let the service make the row of a new picture; changed words are saved by the form."""
        image = super().save_form(request, form, change)
        if not change:
            image = form.instance = form.store(uploaded_by=request.user)
        return image

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["alt", "caption", "credit"])

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        delete_image(image=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        for image in queryset:
            delete_image(image=image)

    def has_change_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_within_reach(request, obj)

    def _is_within_reach(self, request: HttpRequest, obj: Image | None) -> bool:
        """Everybody may use every picture; its words and its end belong to the uploader and editors."""
        return (
            obj is None
            or obj.uploaded_by_id == request.user.pk
            or request.user.has_perm("media.edit_any_image")
        )

    @admin.display(description=_("what it shows"), ordering="alt")
    def name(self, image: Image) -> str:
        return str(image)

    @admin.display(description=_("picture"))
    def thumbnail(self, image: Image) -> str:
        return format_html(
            '<img class="thumbnail" src="{}" alt="" loading="lazy">', image.file.url
        )

    @admin.display(description=_("picture"))
    def picture(self, image: Image) -> str:
        return format_html('<img class="preview" src="{}" alt="{}">', image.file.url, image.alt)

    @admin.display(description=_("size"))
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    class Media:
        css = {"all": ["css/admin-articles.css"]}
