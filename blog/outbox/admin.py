"""The log of mails on the staff desk: what waits, what left, what could not. Their texts are not shown.

A mail holds links by which its reader, and nobody else, may act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.crypto import get_random_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.columns import time_column
from blog.days import time_element
from blog.outbox.models import Mail
from blog.outbox.services import queue_mail, send_again

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from blog.outbox.models import MailQuerySet


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("waiting", _("Waiting")),
            ("retried", _("Waiting after an error")),
            ("sent", _("Sent")),
            ("given-up", _("Given up")),
        ]

    def queryset(self, request: HttpRequest, queryset: MailQuerySet) -> QuerySet[Mail]:  # type: ignore[override]
        match self.value():
            case "waiting":
                return queryset.waiting()
            case "retried":
                return queryset.waiting().exclude(error="")
            case "sent":
                return queryset.filter(sent_at__isnull=False)
            case "given-up":
                return queryset.filter(given_up_at__isnull=False)
        return queryset


TIMES = ("created_at", "next_try_at", "sent_at", "given_up_at")


@admin.register(Mail)
class MailAdmin(admin.ModelAdmin):
    about_empty = gettext_lazy("Each mail that the site sends stands here, and how it fared.")
    change_list_template = "admin/outbox/mail/change_list.html"
    list_display = [
        "subject_or_key",
        "state",
        "to",
        "attempts",
        "error",
        time_column(Mail, "created_at"),
    ]
    list_filter = [StateFilter, "created_at"]
    list_per_page = 50
    ordering = ["-created_at", "-pk"]
    search_fields = ["to", "subject", "key"]
    search_help_text = gettext_lazy("Words in the address, the subject or the key")
    show_full_result_count = False
    readonly_fields = [
        "key",
        "to",
        "subject",
        "state",
        "attempts",
        "error",
        *(time_column(Mail, name) for name in TIMES),
    ]
    fields = tuple(readonly_fields)
    actions = ["send_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request).defer("body", "headers")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False  # with the key gone the same mail could be sent once more

    def get_urls(self) -> list[URLPattern]:
        test = path("test/", self.admin_site.admin_view(self.test_mail), name="outbox_mail_test")
        return [test, *super().get_urls()]

    def test_mail(self, request: HttpRequest) -> HttpResponse:
        """Send a mail to whoever asks, by the same way as all others."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        address = request.user.email  # type: ignore[union-attr]  # staff alone come here
        queue_mail(
            key=f"test:{get_random_string(22)}",
            to=address,
            subject=_("A test mail"),
            body=_("This is the test you asked for: mail from your blog arrives.") + "\n",
        )
        text = _("A test mail to %(address)s is on its way. Its state is in the list below.")
        self.message_user(request, text % {"address": address}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:outbox_mail_changelist"))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a mail without buttons that save: whoever may have it sent again cannot change it."""
        context = {"title": _("Mail"), "show_save": False, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, context)

    @admin.display(description=gettext_lazy("mail"), ordering="subject")
    def subject_or_key(self, mail: Mail) -> str:
        return mail.subject or mail.key

    @admin.display(description=gettext_lazy("state"))
    def state(self, mail: Mail) -> str:
        if mail.sent_at:
            return format_html(_("Sent {when}"), when=time_element(mail.sent_at))
        if mail.given_up_at:
            return format_html(_("Given up {when}"), when=time_element(mail.given_up_at))
        if mail.handed_over_at:
            return _("Just being sent")
        if mail.error and mail.next_try_at:
            return format_html(_("Next try {when}"), when=time_element(mail.next_try_at))
        return _("Waiting")

    @admin.action(description=gettext_lazy("Send selected mails again"), permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        count = sum(send_again(mail=mail) for mail in queryset)
        text = ngettext("%(count)s mail is sent again.", "%(count)s mails are sent again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)
