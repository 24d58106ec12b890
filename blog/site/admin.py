"""The settings of the site, and the log of work done after answers."""

from copy import copy
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django_tasks_db import admin as tasks_admin
from django_tasks_db.models import DBTaskResult, get_date_max

from blog.columns import NOTHING, time_column
from blog.days import time_element
from blog.site.autocomplete import AutocompleteMixin
from blog.site.forms import SettingsForm, preview_of
from blog.site.middleware import site_of
from blog.site.models import SiteSettings, validate_colour


@admin.register(SiteSettings)
class SiteSettingsAdmin(AutocompleteMixin, admin.ModelAdmin):
    """One row: the list leads straight to its form."""

    form = SettingsForm
    autocomplete_fields = ["logo", "logo_dark", "icon", "front_page"]
    fieldsets = (
        (_("Name"), {"fields": ["title", "tagline"]}),
        (
            _("Look"),
            {"fields": ["logo", "logo_dark", "icon", "accent", "paper", "typeface", "layout"]},
        ),
        (_("Language and time"), {"fields": ["language", "time_zone", "date_format"]}),
        (
            _("Reading"),
            {
                "fields": [
                    *("front_page", "articles_per_page", "words_per_minute"),
                    *("neighbours_in_category", "reads_counted"),
                ]
            },
        ),
        (
            _("What stands beside a title"),
            {
                "fields": [
                    "facts_on_articles",
                    "facts_on_cards",
                    "facts_in_lists",
                    "dates_relative",
                ]
            },
        ),
        (
            _("What stands beside a text"),
            {
                "fields": [
                    "breadcrumbs_shown",
                    "contents_shown",
                    "progress_shown",
                    "theme_switch_shown",
                ]
            },
        ),
        (_("Feeds"), {"fields": ["feeds_in_full", "websub_hub"]}),
        (
            _("Search engines"),
            {
                "fields": [
                    "discourage_search_engines",
                    "indexnow_on",
                    "title_template",
                    "description_template",
                ]
            },
        ),
        (
            _("Discussion"),
            {
                "fields": [
                    "comments_open",
                    "comment_needs_sign_in",
                    "readers_may_sign_up",
                    "comment_needs_name_and_email",
                    "articles_start_open",
                    "comments_close_after_days",
                    "remembering_offered",
                    "comment_order",
                    "threads_per_page",
                    "thread_depth",
                    "fold_comments_after",
                    "avatars_on",
                    "gravatars_on",
                    "news_on",
                    "likes_on",
                    "guests_may_like",
                    "following_on",
                    "comment_edit_minutes",
                ]
            },
        ),
        (
            _("Protection"),
            {
                "fields": [
                    "seconds_between_comments",
                    "comments_per_network_and_minute",
                    "reports_to_hold",
                    "masked_words",
                    "proof_of_work",
                    "akismet_key",
                ]
            },
        ),
        (
            _("Ratings"),
            {
                "fields": [
                    "who_may_rate",
                    "votes_believed_per_network",
                    "votes_per_network_and_hour",
                ]
            },
        ),
        (_("Contact"), {"fields": ["contact_email"]}),
        (_("Privacy"), {"fields": ["agent_days", "spam_days", "message_days"]}),
        (_("Code for the head"), {"fields": ["head_code"]}),
    )

    class Media:
        css = {"all": ["css/admin-settings.css"]}
        js = [Script("js/desk/look.js", type="module")]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect(reverse("admin:site_sitesettings_change", args=[1]))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> SiteSettings | None:
        """Return the row, or the defaults before it was ever saved."""
        return copy(SiteSettings.objects.current()) if object_id == "1" else None

    def get_readonly_fields(
        self, request: HttpRequest, obj: SiteSettings | None = None
    ) -> list[str]:
        may_change = request.user.has_perm("site.change_head_code")
        return [] if may_change else ["head_code"]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.preview)
        return [path("preview.svg", view, name="site_sitesettings_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Draw the look in these colours, or in those that are saved."""
        site = site_of(request)
        chosen = {}
        for name in ("accent", "paper"):
            chosen[name] = request.GET.get(name, "").lower()
            try:
                validate_colour(chosen[name])
            except ValidationError:
                chosen[name] = getattr(site, name)
        look = preview_of(**chosen, typeface=request.GET.get("typeface", site.typeface))
        return render(request, "admin/site/preview.svg", look, content_type="image/svg+xml")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SiteSettings | None = None) -> bool:
        return False


admin.site.empty_value_display = NOTHING
admin.site.unregister(DBTaskResult)

TASK_TIMES = ("enqueued_at", "started_at", "finished_at")


@admin.register(DBTaskResult)
class TaskAdmin(tasks_admin.DBTaskResultAdmin):
    """What was done and what failed. The arguments stay hidden: they hold mails."""

    list_display = (
        *("name", "status"),
        *(time_column(DBTaskResult, name) for name in ("enqueued_at", "finished_at")),
    )
    fields = (
        *("id", "status", "task_path", "queue_name", "priority"),
        *("not_before", *(time_column(DBTaskResult, name) for name in TASK_TIMES)),
        *("exception_class_path", "formatted_traceback"),
    )

    def get_fields(self, request: HttpRequest, obj: DBTaskResult | None = None) -> Any:
        return self.fields

    get_readonly_fields = get_fields

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Name the task, where Django would write “DBTaskResult object” and its number."""
        task = self.get_object(request, object_id)
        names = {"title": _("Background task"), "subtitle": task and task.task_name}
        return super().change_view(request, object_id, form_url, names)

    @admin.display(description=_("task"), ordering="task_path")
    def name(self, task: DBTaskResult) -> str:
        return task.task_name

    @admin.display(description=_("run after"))
    def not_before(self, task: DBTaskResult) -> str:
        return NOTHING if task.run_after == get_date_max() else time_element(task.run_after)

    @admin.display(description=_("traceback"))
    def formatted_traceback(self, obj: DBTaskResult) -> str:
        return super().formatted_traceback(obj) if obj.traceback else NOTHING
