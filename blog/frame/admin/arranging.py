"""A page at the desk that shows rows in their order, to be dragged or moved by buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from blog.frame.arranging import move, place, put_last
from blog.site.arranging import GONE, key_sent
from blog.site.autocomplete import AutocompleteMixin

if TYPE_CHECKING:
    from django.forms import ModelForm

    from blog.frame.models import MenuItem, Section


class ArrangedAdmin(AutocompleteMixin, admin.ModelAdmin):
    """The list is replaced by a page with every menu or area, each in its order."""

    arrange_template: str
    change_form_template = "admin/frame/change_form.html"
    needed_by: dict[
        str, tuple[str, ...]
    ]  # which fields each kind needs: a script hides the others

    def arrange_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the page shows besides what every page of the desk does."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.move_view))
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        return [path("<int:pk>/move/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "cl": None,
            "may_add": self.has_add_permission(request),
            "may_change": self.has_change_permission(request),
            "may_delete": self.has_delete_permission(request),
            **self.arrange_context(request),
        }
        return TemplateResponse(request, self.arrange_template, context)

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move a row by one step (`to`), or to where it was dragged (`before`, `parent`)."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = self.model._default_manager.filter(pk=pk).first()
        try:
            if row is None:
                raise ValidationError(GONE)
            if "to" in request.POST:
                move(row=row, to=request.POST["to"])
            else:
                place(
                    row=row, before=key_sent(request, "before"), parent=key_sent(request, "parent")
                )
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        return self.back(pk)

    def back(self, pk: int | None = None) -> HttpResponseRedirect:
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return HttpResponseRedirect(f"{address}#row-{pk}" if pk else address)

    def save_model(
        self, request: HttpRequest, obj: MenuItem | Section, form: ModelForm, change: bool
    ) -> None:
        if not change:
            put_last(row=obj)
            return
        fields = {field.name for field in self.opts.concrete_fields} & form.cleaned_data.keys()
        obj.save(update_fields=[*fields, "version", *self.derived])

    derived: tuple[str, ...] = ()  # fields that are made from others

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        context["needed_by"] = {
            field: " ".join(kinds)
            for field, kinds in self.needed_by.items()
            if field in form.fields
        }
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **options)
