"""Addresses without a page at the desk: where they lead, and which ones readers ask for in vain."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.columns import time_column
from blog.numbers import number_in
from blog.owner.redirect_forms import Line, ListForm, RedirectForm, form_for
from blog.redirects.models import MissingAddress, Redirect
from blog.redirects.services import keep_redirect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

# For each line up to two pages are made, to see whether they are there; the rest waits for the next request.
MOST_SECONDS = 10


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("here", _("To a page of this site")),
            ("elsewhere", _("To another site")),
            ("gone", _("Gone for good")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Redirect]) -> QuerySet[Redirect]:
        conditions = {
            "here": Q(target__startswith="/"),
            "elsewhere": ~Q(target="") & ~Q(target__startswith="/"),
            "gone": Q(target=""),
        }
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    """Redirects are looked for only where no page has an address."""

    form = RedirectForm
    change_list_template = "admin/owner/redirects.html"
    list_display = ["path", "leads_to", "hits", time_column(Redirect, "last_hit_at")]
    list_filter = [KindFilter]
    search_fields = ["path", "target"]
    search_help_text = gettext_lazy("A part of the old address or of the new one")
    ordering = ["-hits", "path"]
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description=gettext_lazy("leads to"), ordering="target")
    def leads_to(self, redirect: Redirect) -> str:
        return redirect.target or _("gone for good (410)")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type("RedirectFormHere", (form,), {"request": request})

    def save_model(self, request: HttpRequest, obj: Redirect, form: Any, change: bool) -> None:
        self._tell_of_others(request, obj, keep_redirect(redirect=obj))
        typed = form.data.get("target", "").strip()
        if typed and typed != obj.target:
            text = _("%(typed)s leads on to %(target)s: the redirect leads there at once.")
            self.message_user(request, text % {"typed": typed, "target": obj.target})

    def _tell_of_others(self, request: HttpRequest, redirect: Redirect, count: int) -> None:
        if count:
            text = ngettext(
                "%(count)s redirect that led to %(path)s follows it.",
                "%(count)s redirects that led to %(path)s follow it.",
                count,
            )
            self.message_user(request, text % {"count": count, "path": redirect.path})

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("many/", guarded(self.many), name="redirects_redirect_many"),
            path("all.csv", guarded(self.all_csv), name="redirects_redirect_csv"),
            *super().get_urls(),
        ]

    def all_csv(self, request: HttpRequest) -> HttpResponse:
        """Hand over every redirect as a table that `many` takes again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="redirects.csv"'
        table = csv.writer(response)
        table.writerow(["path", "target", "hits"])
        table.writerows(Redirect.objects.values_list("path", "target", "hits").iterator())
        return response

    def many(self, request: HttpRequest) -> HttpResponse:
        """Take redirects line by line; those that cannot be stay in the form, with the reasons."""
        if not self.has_add_permission(request) or not self.has_change_permission(request):
            raise PermissionDenied
        form = ListForm(request.POST or None)
        refused: list[Line] = []
        if form.is_bound and form.is_valid():
            left, refused = self._take(request, form.cleaned_data["text"])
            if not left:
                return HttpResponseRedirect(reverse("admin:redirects_redirect_changelist"))
            form = ListForm({"text": "\n".join(left)})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Many redirects at once"),
            "form": form,
            "refused": refused,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/owner/redirect_list.html", context, status=status)

    def _take(
        self, request: HttpRequest, lines: list[tuple[int, str, str]]
    ) -> tuple[list[str], list[Line]]:
        """Store what can be stored in time, and say so; return the lines that are left, and why some are."""
        left, refused, taken = [], [], 0
        end = time.monotonic() + MOST_SECONDS
        for number, old, new in lines:
            if time.monotonic() > end:
                left.append(f"{old},{new}")
                continue
            one = form_for(old, new, request)
            if one.is_valid():
                keep_redirect(redirect=one.save(commit=False))
                taken += 1
            else:
                reasons = [str(error) for errors in one.errors.values() for error in errors]
                refused.append(Line(number, old, reasons))
                left.append(f"{old},{new}")
        text = ngettext("%(count)s redirect stored.", "%(count)s redirects stored.", taken)
        self.message_user(request, text % {"count": taken}, messages.SUCCESS)
        if waiting := len(left) - len(refused):
            text = ngettext(
                "%(count)s line waits below. Store once more to go on.",
                "%(count)s lines wait below. Store once more to go on.",
                waiting,
            )
            self.message_user(request, text % {"count": waiting}, messages.WARNING)
        return left, refused


class InterestFilter(admin.SimpleListFilter):
    """Shows what may be of interest unless the rest is asked for."""

    title = gettext_lazy("of interest")
    parameter_name = "interest"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("no", _("Not of interest"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, label in ((None, _("Maybe")), ("no", _("Not of interest"))):
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value} if value else {}, [self.parameter_name]
                ),
                "display": label,
            }

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[MissingAddress]
    ) -> QuerySet[MissingAddress]:
        return queryset.filter(is_hidden=self.value() == "no")


@admin.register(MissingAddress)
class MissingAddressAdmin(admin.ModelAdmin):
    """Counted every few minutes (blog/redirects/tally.py); nobody types here."""

    change_list_template = "admin/owner/missing.html"
    list_display = ["what_to_do", "hits", time_column(MissingAddress, "last_at")]
    list_display_links = None
    readonly_fields = [
        *("path", "hits"),
        *(time_column(MissingAddress, name) for name in ("first_at", "last_at")),
    ]
    fields = (*readonly_fields, "is_hidden")
    list_filter = [InterestFilter]
    search_fields = ["path"]
    ordering = ["-hits", "-last_at"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["not_of_interest", "of_interest"]

    @admin.display(description=gettext_lazy("address"), ordering="path")
    def what_to_do(self, address: MissingAddress) -> SafeString:
        """Show the address and both answers to it below, where a phone shows them, too."""
        query = urlencode({"path": address.path})
        return format_html(
            '<b>{}</b><div class="answers"><a class="button" href="{}?{}">{}</a> '
            '<button class="button" name="address" value="{}" formaction="{}">{}</button></div>',
            address.path,
            reverse("admin:redirects_redirect_add"),
            query,
            _("Make a redirect"),
            address.pk,
            reverse("admin:redirects_missingaddress_interest"),
            _("Of interest") if address.is_hidden else _("Not of interest"),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": _("Asked for in vain")}
        return super().changelist_view(request, title | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.change_interest)
        return [
            path("interest/", view, name="redirects_missingaddress_interest"),
            *super().get_urls(),
        ]

    def change_interest(self, request: HttpRequest) -> HttpResponse:
        """Hide one address from the list, or show it again."""
        if not self.has_change_permission(request) or request.method != "POST":
            raise PermissionDenied
        key = number_in(request.POST.get("address", ""))
        found = MissingAddress.objects.filter(pk=key or 0)
        if address := found.first():
            found.update(is_hidden=not address.is_hidden)
            text = _("%(path)s is shown again.") if address.is_hidden else _("%(path)s is hidden.")
            self.message_user(request, text % {"path": address.path}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:redirects_missingaddress_changelist"))

    @admin.action(description=gettext_lazy("Not of interest"), permissions=["change"])
    def not_of_interest(self, request: HttpRequest, queryset: QuerySet[MissingAddress]) -> None:
        queryset.update(is_hidden=True)

    @admin.action(description=gettext_lazy("Of interest"), permissions=["change"])
    def of_interest(self, request: HttpRequest, queryset: QuerySet[MissingAddress]) -> None:
        queryset.update(is_hidden=False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
