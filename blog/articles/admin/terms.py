"""Categories and tags at the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from blog.articles import services
from blog.articles.forms import CategoryForm, TagForm
from blog.articles.models import Category, Tag
from blog.articles.slugs import free_slug, make_slug


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    form = CategoryForm
    list_display = ["name", "path", "position"]
    ordering = ["path"]
    search_fields = ["name", "slug"]
    search_help_text = _("Part of a name")
    autocomplete_fields = ["parent"]

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        services.place_category(category=obj)


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    form = TagForm
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    search_help_text = _("Part of a name")

    def save_model(
        self, request: HttpRequest, obj: Tag, form: forms.ModelForm, change: bool
    ) -> None:
        if not obj.slug:
            slug = make_slug(obj.name, 100) or f"tag-{Tag.objects.count() + 1}"
            obj.slug = free_slug([Tag.objects.exclude(pk=obj.pk)], slug, max_length=100)
        super().save_model(request, obj, form, change)
