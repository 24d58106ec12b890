"""The pages at the desk: all of them as a tree, and the form of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from blog.articles.admin.desk import editor_of
from blog.articles.widgets import WRITING_CSP
from blog.pages import services
from blog.pages.admin import autosave, history
from blog.pages.forms import PageForm
from blog.pages.models import Page
from blog.site.arranging import key_sent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet
    from django.forms import ModelForm


@admin.register(Page)
@method_decorator(csp_override(WRITING_CSP), name="changeform_view")
class PageAdmin(admin.ModelAdmin):
    form = PageForm
    search_fields = ["title", "path"]  # for the boxes that choose a page
    ordering = ["path"]
    save_on_top = True
    change_form_template = "admin/pages/page/change_form.html"
    fieldsets = [
        (_("Text"), {"fields": ["title", "body", "kind", "opened_version"]}),
        (_("Place"), {"fields": ["status", "parent", "slug", "claimed_address"]}),
        (
            _("Search engines"),
            {"classes": ["collapse"], "fields": ["seo_description", "is_noindex"]},
        ),
    ]

    class Media:
        css = {"all": ["css/admin-sharing.css"]}
        js = [Script("js/admin-labels.js", type="module")]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.move_view))
        return [
            path("<int:pk>/move/", view, name="pages_page_move"),
            *autosave.urls(self),
            *history.urls(self),
            *super().get_urls(),
        ]

    def get_form(
        self, request: HttpRequest, obj: Page | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        """Let the form open with what was typed before, or with an old version."""
        form = cast("type[PageForm]", super().get_form(request, obj, change=change, **kwargs))
        form.opening = autosave.opening_values(request, obj)
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        page = context.get("original")
        may_write = (
            self.has_change_permission(request, page) if page else self.has_add_permission(request)
        )
        if may_write:
            context["autosave"] = autosave.panel(request, page)
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return history.history(request, object_id, model_admin=self)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Page], search_term: str
    ) -> tuple[QuerySet[Page], bool]:
        """Offer no page of the trash where one is chosen."""
        return super().get_search_results(
            request, queryset.filter(trashed_at__isnull=True), search_term
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        pages = list(Page.objects.defer("body", "body_html").order_by("position", "title", "pk"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "cl": None,
            "title": gettext("Pages"),
            "may_add": self.has_add_permission(request),
            "may_change": self.has_change_permission(request),
            "may_delete": self.has_delete_permission(request),
            "tree": _tree([page for page in pages if page.trashed_at is None]),
            "trash": [page for page in pages if page.trashed_at],
            "trash_days": services.TRASH_DAYS,
        }
        return TemplateResponse(request, "admin/pages/tree.html", context)

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move a page by one step (`to`), or to where it was dragged (`before`, `parent`), or restore it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        page = get_object_or_404(Page, pk=pk)
        if "restore" in request.POST:
            services.restore(page=page)
            self.message_user(
                request, gettext("“%s” is back where it was.") % page, messages.SUCCESS
            )
        else:
            self._move(request, page)
        address = reverse("admin:pages_page_changelist")
        return HttpResponseRedirect(f"{address}#row-{page.pk}")

    def _move(self, request: HttpRequest, page: Page) -> None:
        editor, old = editor_of(request), page.path
        try:
            if "to" in request.POST:
                services.move(page=page, to=request.POST["to"], editor=editor)
            else:
                before, parent = key_sent(request, "before"), key_sent(request, "parent")
                services.place(page=page, before=before, parent=parent, editor=editor)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return
        page.refresh_from_db(fields=["path"])
        if page.path != old:
            sentence = gettext("“%(page)s” is at /%(path)s/ now. Its old address leads there.")
            self.message_user(request, sentence % {"page": page, "path": page.path})

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        services.save_page(page=obj, editor=editor_of(request))
        autosave.saved(request)
        moves: dict[str, Callable[..., None]] = {
            "_publish": services.publish,
            "_unpublish": services.unpublish,
            "_trash": services.trash,
            "_restore": services.restore,
        }
        for name, do in moves.items():
            if name in request.POST:
                do(page=obj)

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        """Only what is in the trash can be deleted."""
        is_within_reach = obj is None or obj.trashed_at is not None
        return super().has_delete_permission(request, obj) and is_within_reach

    def delete_model(self, request: HttpRequest, obj: Page) -> None:
        services.delete_page(page=obj)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:pages_page_changelist"))

    def view_on_site(self, page: Page) -> str:
        return page.get_absolute_url()


def _tree(pages: Sequence[Page]) -> list[dict[str, Any]]:
    """Return the pages with those within them. One whose parent is in the trash stands at the top."""
    keys = {page.pk for page in pages}
    within: dict[int | None, list[Page]] = {}
    for page in pages:
        within.setdefault(page.parent_id if page.parent_id in keys else None, []).append(page)

    def branch(key: int | None) -> list[dict[str, Any]]:
        return [{"page": page, "within": branch(page.pk)} for page in within.get(key, ())]

    return branch(None)
