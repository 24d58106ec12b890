"""Authors at the desk: deleting one asks whom the articles go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.admin import AuthorAdmin as PlainAuthorAdmin
from accounts.models import Author
from blog.articles.bylines import delete_author
from blog.articles.models import Byline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class HeirForm(forms.Form):
    heir = forms.ModelChoiceField(
        Author.objects.none(),
        label=_("Their articles go to"),
        error_messages={
            "required": _("Choose who takes the articles. Without anybody, the author stays.")
        },
        help_text=_("Old addresses of the author lead to this one then."),
    )

    def __init__(self, *args: Any, leaving: Iterable[Author], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Author.objects.exclude(pk__in=[author.pk for author in leaving])
        self.fields["heir"].queryset = others  # type: ignore[attr-defined]


admin.site.unregister(Author)  # accounts know no articles


@admin.register(Author)
class AuthorAdmin(PlainAuthorAdmin):
    delete_confirmation_template = "admin/articles/author/delete.html"
    delete_selected_confirmation_template = "admin/articles/author/delete_many.html"

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Let articles be in the way only until somebody is named who takes them."""
        names, counts, missing, protected = super().get_deleted_objects(objs, request)
        if protected and self._heir(request, objs):
            protected = []
        return names, counts, missing, protected

    def delete_model(self, request: HttpRequest, obj: Author) -> None:
        delete_author(author=obj, heir=self._heir(request, [obj]))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Author]) -> None:
        authors = list(queryset)
        heir = self._heir(request, authors)
        with transaction.atomic():
            for author in authors:
                delete_author(author=author, heir=heir)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        self._ask(request, context, [context["object"]])
        return super().render_delete_form(request, context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Put the question on the page that asks before many are deleted: Django has no hook there."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if "deletable_objects" in context:
            self._ask(request, context, context["queryset"])
        return response

    def _ask(
        self, request: HttpRequest, context: dict[str, Any], authors: Iterable[Author]
    ) -> None:
        if context["protected"] and self._may_hand_over(request):
            data = request.POST if "heir" in request.POST else None
            context["title"] = _("Delete")
            context["heir_form"] = HeirForm(data, leaving=authors)
            context["article_count"] = (
                Byline.objects.filter(author__in=authors).values("article").distinct().count()
            )

    def _heir(self, request: HttpRequest, leaving: Iterable[Author]) -> Author | None:
        form = HeirForm(request.POST, leaving=leaving)
        if not (self._may_hand_over(request) and form.is_valid()):
            return None
        return form.cleaned_data["heir"]

    def _may_hand_over(self, request: HttpRequest) -> bool:
        """Whose name stands over an article is for those to say who may edit every one."""
        return request.user.has_perm("articles.edit_any_article")
