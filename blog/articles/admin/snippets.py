"""Snippets at the desk, and what the editor asks to put one into a text."""

from __future__ import annotations

from html import unescape
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.widgets import Script
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from blog.articles.admin.desk import editor_of
from blog.articles.models import Snippet
from blog.articles.rendering import sanitise_body
from blog.articles.snippets import save_snippet
from blog.articles.widgets import WRITING_CSP, ArticleEditor
from blog.articles.words import shortened
from blog.columns import time_column
from blog.numbers import number_in

MAX_BODY = 50_000  # characters
MOST_NAMED = 500  # in the list of the editor


class SnippetForm(forms.ModelForm):
    body = forms.CharField(
        label=_("Text"),
        max_length=MAX_BODY,
        strip=False,
        widget=ArticleEditor,
        error_messages={"required": _("Write the text that articles will get.")},
    )

    class Meta:
        model = Snippet
        fields = ["name", "body"]

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        if not sanitise_body(body).strip():
            raise ValidationError(self.fields["body"].error_messages["required"])
        return str(body)


@admin.register(Snippet)
@method_decorator(csp_override(WRITING_CSP), name="changeform_view")
class SnippetAdmin(admin.ModelAdmin):
    about_empty = _(
        "A snippet is a piece of text that a button of the editor puts into any article."
    )
    form = SnippetForm
    list_display = ["name", "first_words", time_column(Snippet, "updated_at"), "created_by"]
    list_select_related = ["created_by"]
    search_fields = ["name", "body"]
    search_help_text = _("Words of the name or the text")

    class Media:
        js = [Script("js/admin-labels.js", type="module")]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.names_view))
        return [path("names/", view, name="articles_snippet_names"), *super().get_urls()]

    def names_view(self, request: HttpRequest) -> JsonResponse:
        """Answer with the names of the snippets; with `?pk=`, with the text of that one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("pk")
        if asked is None:
            names = Snippet.objects.values_list("pk", "name")[:MOST_NAMED]
            return JsonResponse({"names": list(names)})
        snippet = get_object_or_404(Snippet, pk=number_in(asked))
        return JsonResponse({"html": snippet.body})

    @admin.display(description=_("text"))
    def first_words(self, snippet: Snippet) -> str:
        return shortened(unescape(strip_tags(snippet.body.replace("</p>", " "))), 12)

    def has_change_permission(self, request: HttpRequest, obj: Snippet | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Snippet | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_within_reach(request, obj)

    def save_model(self, request: HttpRequest, obj: Snippet, form: Any, change: bool) -> None:
        save_snippet(snippet=obj, editor=editor_of(request))


def _is_within_reach(request: HttpRequest, snippet: Snippet | None) -> bool:
    """Say whether it is one's own; editors change those of others, too."""
    if snippet is None or request.user.has_perm("articles.edit_any_article"):
        return True
    return snippet.created_by_id == request.user.pk
