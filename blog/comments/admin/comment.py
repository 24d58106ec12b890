"""One comment on the desk: everything in one place. A second front door: everything calls services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from django.contrib import admin, messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.comments.admin import queue
from blog.comments.admin.forms import CommentAdminForm
from blog.comments.admin.queue import list_address, may_moderate, moderator_of
from blog.comments.batches import RESTORE, decisions_of, sentence, undo
from blog.comments.deciding import SHELVED, STATES, status_before, transition
from blog.comments.deleting import delete_comment, delete_comments
from blog.comments.models import EDITED, Comment, Decision
from blog.comments.queries import history_of
from blog.comments.services import ParentGone, edit_comment, reply_as

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from blog.comments.models import CommentQuerySet

Status = Comment.Status


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    form = CommentAdminForm
    readonly_fields = ["circumstances", "preview"]
    fields = [
        "circumstances",
        "preview",
        "body",
        ("name", "email"),
        ("website", "written"),
        "reply",
    ]
    search_fields = ["name", "email"]  # for boxes that look a comment up

    class Media:
        css = {"all": ["css/admin-comments.css"]}

    # Who may: a moderator may everything here but add, and nobody else may anything.

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        return may_moderate(request.user)

    has_delete_permission = has_view_permission

    def has_change_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        """What was deleted for good is a place for its replies: there is nothing to change."""
        is_removed = obj is not None and obj.status == Status.REMOVED
        return may_moderate(request.user) and not is_removed

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_moderate(request.user)

    # Addresses

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("news/", wrap(queue.news), name="comments_comment_news"),
            path("decide/", wrap(queue.decide), name="comments_comment_decide"),
            path("<int:pk>/reply/", wrap(queue.reply), name="comments_comment_reply"),
            path("<int:pk>/quick/", wrap(queue.change), name="comments_comment_quick"),
            path("undo/<uuid:batch>/", wrap(queue.take_back), name="comments_comment_take_back"),
            path("undo/<int:pk>/", wrap(self.undo), name="comments_comment_undo"),
            path("empty/<slug:status>/", wrap(self.empty), name="comments_comment_empty"),
            path("filters/save/", wrap(queue.save_filter), name="comments_comment_save_filter"),
            path(
                "filters/<int:pk>/drop/",
                wrap(queue.drop_filter),
                name="comments_comment_drop_filter",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return queue.screen(request)

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take back one decision of the log, with what was decided by the same click about this comment."""
        moderator = moderator_of(request)
        decision = get_object_or_404(Decision.objects.select_related("comment__article"), pk=pk)
        if request.method != "POST":
            label = Status(decision.from_status).label if decision.from_status else ""
            question = _("Make the comment “%(status)s” again?") % {"status": label}
            return self._confirm(request, question, decision.comment)
        same_click = [
            each
            for each in (decisions_of(decision.batch) if decision.batch else [decision])
            if each.comment_id == decision.comment_id
        ]
        if undo(decisions=same_click, actor=moderator).done:
            self.message_user(request, _("The decision is undone."), messages.SUCCESS)
        else:
            self.message_user(
                request, _("Somebody has decided since. Nothing was changed."), messages.WARNING
            )
        if request.POST.get("back") == "comment":
            return redirect("admin:comments_comment_change", decision.comment_id)
        return redirect(list_address())

    def empty(self, request: HttpRequest, status: str) -> HttpResponse:
        """Ask, and on POST delete everything in the trash or the spam for good."""
        moderator = moderator_of(request)
        if status not in SHELVED:
            raise Http404
        comments = Comment.objects.filter(status=status)
        if request.method != "POST":
            count = comments.count()
            question = ngettext(
                "Delete %(count)s comment for good?", "Delete %(count)s comments for good?", count
            )
            return self._confirm(request, question % {"count": count})
        self._say_deleted(request, delete_comments(comments=comments, actor=moderator))
        return redirect(list_address())

    def _say_deleted(self, request: HttpRequest, count: int) -> None:
        text = ngettext(
            "%(count)s comment deleted for good.", "%(count)s comments deleted for good.", count
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    def _confirm(
        self, request: HttpRequest, question: str, comment: Comment | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": question,
            "comment": comment,
            "opts": self.opts,
            "back": list_address(),
        }
        return render(request, "admin/comments/confirm.html", context)

    # The form

    @admin.display(description=gettext_lazy("About"))
    def circumstances(self, comment: Comment) -> SafeString:
        context = {
            "comment": comment,
            "history": history_of({comment.email}).get(comment.email),
            "others": others_by_the_writer(comment).select_related("article")[:10],
            "reports": comment.reports.order_by("pk"),
            "decisions": comment.decisions.select_related("actor"),
        }
        return render_to_string("admin/comments/_about.html", context)

    @admin.display(description=gettext_lazy("As readers see it"))
    def preview(self, comment: Comment) -> SafeString:
        return SafeString(comment.html)

    def save_model(self, request: HttpRequest, obj: Comment, form: Any, change: bool) -> None:
        """Keep an edit, then a decision, then a reply: one click, nothing typed is lost, one undo."""
        moderator, batch = moderator_of(request), uuid4()
        if set(EDITED) & set(form.changed_data) or form.cleaned_data["written"]:
            fields = {field: form.cleaned_data[field] for field in (*EDITED, "written")}
            edit_comment(comment=obj, actor=moderator, batch=batch, **fields)
        to = request.POST.get("_to", "")
        if to == RESTORE:
            to = status_before(obj)
        if to in STATES:
            seen = request.POST.get("_seen") or None
            if not transition(comment=obj, to=to, actor=moderator, batch=batch, seen=seen):
                self._say_late(request, obj)
        if reply := form.cleaned_data["reply"]:
            try:
                reply_as(user=moderator, parent=obj, body=reply, batch=batch)
            except ParentGone as gone:
                self.message_user(request, f"{gone} {reply}", messages.ERROR)
        request.batch = batch  # type: ignore[attr-defined]  # for the answer, below

    def _say_late(self, request: HttpRequest, comment: Comment) -> None:
        comment.refresh_from_db(fields=["status"])
        text = _("Somebody was quicker: the comment is %(status)s.")
        text %= {"status": comment.get_status_display()}
        self.message_user(request, text, messages.WARNING)

    def response_change(self, request: HttpRequest, obj: Comment) -> HttpResponse:
        """Say what was done where the moderator is next: in the queue, with an undo, or here again."""
        batch = request.batch  # type: ignore[attr-defined]
        if "_continue" in request.POST:
            self.message_user(request, sentence(decisions_of(batch)) or _("Nothing was changed."))
            return redirect("admin:comments_comment_change", obj.pk)
        back = parse_qs(request.GET.get("_changelist_filters", ""))
        query = urlencode(back | {"done": batch}, doseq=True)
        return redirect(f"{list_address()}?{query}")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what goes: the comment. Its replies stay, under an empty place."""
        names = [
            f"{comment.name or _('Anonymous')}: {Truncator(comment.body).chars(60)}"
            for comment in objs
        ]
        return names, {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Comment) -> None:
        delete_comment(comment=obj, actor=moderator_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        delete_comments(comments=queryset, actor=moderator_of(request))


def others_by_the_writer(comment: Comment) -> CommentQuerySet:
    """Return what else this person wrote, newest first, as far as we can tell."""
    same = Q(visitor=comment.visitor) if comment.visitor else Q()
    same |= Q(user=comment.user) if comment.user_id else Q()
    same |= Q(email=comment.email) if comment.email else Q()
    comments = Comment.objects.filter(same) if same else Comment.objects.none()
    return comments.exclude(pk=comment.pk).order_by("-created_at")
