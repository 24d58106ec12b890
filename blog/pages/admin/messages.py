"""What people wrote by the contact form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blog.columns import time_column
from blog.pages.forms import MessageForm
from blog.pages.messages import delete_messages, mark_message
from blog.pages.models import Message

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

Status = Message.Status


ARRIVED = time_column(Message, "created_at")


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Nobody changes what somebody else wrote: a message is read, answered by mail, and deleted."""

    about_empty = _("What people write by the form of a contact page arrives here.")
    form = MessageForm
    fields = [ARRIVED, "name", "answer", "subject", "words", "looks", "reason", "status"]
    readonly_fields = [ARRIVED, "name", "answer", "subject", "words", "looks", "reason"]
    list_display = ["about", "name", "status", ARRIVED, "email", "reason"]
    list_filter = ["status"]
    search_fields = ["name", "email", "subject", "body"]
    date_hierarchy = "created_at"
    actions = ["mark_read", "mark_answered", "mark_spam"]
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Message, form: Any, change: bool) -> None:
        mark_message(message=obj, status=obj.status)

    def delete_model(self, request: HttpRequest, obj: Message) -> None:
        delete_messages(messages=Message.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        delete_messages(messages=queryset)

    @admin.display(description=_("subject"))
    def about(self, message: Message) -> str:
        return message.subject or " ".join(message.body.split())[:80]

    @admin.display(description=_("text"))
    def words(self, message: Message) -> str:
        return format_html('<div class="message-text">{}</div>', message.body)

    @admin.display(description=_("looks like spam"))
    def looks(self, message: Message) -> str:
        return "–" if message.score is None else f"{message.score:.0%}"

    @admin.display(description=_("answer"))
    def answer(self, message: Message) -> str:
        about = message.subject or gettext("Your message")
        subject = quote(f"Re: {about}")
        address = quote(message.email, safe="@")
        return format_html(
            '<a href="mailto:{}?subject={}">{}</a>', address, subject, message.email
        )

    @admin.action(description=_("Mark as read"), permissions=["change"])
    def mark_read(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._mark(request, queryset, Status.READ)

    @admin.action(description=_("Mark as answered"), permissions=["change"])
    def mark_answered(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._mark(request, queryset, Status.ANSWERED)

    @admin.action(description=_("Mark as spam"), permissions=["change"])
    def mark_spam(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._mark(request, queryset, Status.SPAM)

    def _mark(self, request: HttpRequest, queryset: QuerySet[Message], status: str) -> None:
        count = sum(mark_message(message=message, status=status) for message in queryset)
        text = ngettext("%(count)d message marked.", "%(count)d messages marked.", count)
        self.message_user(request, text % {"count": count})
