"""The working statuses of this desk: which there are, in which order, and who may choose them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import RolesField
from accounts.roles import name_of
from blog.articles.models import WorkingStatus

if TYPE_CHECKING:
    from django.db.models import ManyToManyField


@admin.register(WorkingStatus)
class WorkingStatusAdmin(admin.ModelAdmin):
    about_empty = _(
        "A working status says what a draft is before its review, such as “Pitch” or “In progress”."
    )
    list_display = ["badge", "position", "who", "is_for_assigned"]
    list_editable = ["position"]
    fields = ["name", "colour", "position", "roles", "is_for_assigned"]

    class Media:
        css = {"all": ["css/admin-articles.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkingStatus]:
        return super().get_queryset(request).prefetch_related("roles")

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs |= {"form_class": RolesField, "widget": RolesField.widget}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("name"), ordering="name")
    def badge(self, status: WorkingStatus) -> str:
        return format_html('<span class="badge is-{}">{}</span>', status.colour, status)

    @admin.display(description=_("who may choose it"))
    def who(self, status: WorkingStatus) -> str:
        return ", ".join(map(name_of, status.roles.all())) or gettext("Everybody")
