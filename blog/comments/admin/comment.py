"""The moderators' queue. A second front door, not a second implementation: everything calls services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from blog.comments import services
from blog.comments.forms import TypedField, clean_website
from blog.comments.models import MAX_BODY, Comment, CommentQuerySet, Decision
from blog.comments.queries import history_of, thread_counts
from blog.comments.rendering import clean_text

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from accounts.models import User

Status = Comment.Status
DONE = {
    Status.APPROVED: gettext_lazy("approved"),
    Status.PENDING: gettext_lazy("held"),
    Status.SPAM: gettext_lazy("marked as spam"),
    Status.TRASH: gettext_lazy("moved to the trash"),
}


class CommentAdminForm(forms.ModelForm):
    """What a moderator may change, and a reply to it."""

    reply = TypedField(
        label=gettext_lazy("Your reply"),
        required=False,
        max_length=MAX_BODY,
        widget=AdminTextareaWidget(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "It appears at once, under your name. A waiting comment is approved with it."
        ),
    )

    class Meta:
        model = Comment
        fields = ["body", "name", "email", "website"]

    def clean_body(self) -> str:
        if body := clean_text(self.cleaned_data["body"]).strip():
            return body
        raise forms.ValidationError(self.fields["body"].error_messages["required"])

    def clean_name(self) -> str:
        return " ".join(clean_text(self.cleaned_data["name"]).split())

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_website(self) -> str:
        return clean_website(self.cleaned_data["website"])


class Queue(ChangeList):
    """One page of the queue; the writers' histories and the articles' counts come in two queries."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        histories = history_of({comment.email for comment in self.result_list})
        counts = thread_counts({comment.article_id for comment in self.result_list})
        for comment in self.result_list:
            comment.history = histories.get(comment.email)
            comment.thread_count = counts.get(comment.article_id)


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    form = CommentAdminForm
    list_display = ["comment_cell", "writer_cell", "article_cell", "state_cell"]
    list_display_links = None
    list_per_page = 20
    list_select_related = ["article", "parent"]
    search_fields = ["body", "name", "email", "website", "article__title"]
    search_help_text = gettext_lazy("Text, name, email, website or article")
    actions = ["approve", "unapprove", "spam", "trash", "restore", "delete_for_good"]
    actions_selection_counter = True
    show_full_result_count = False  # the tabs say it
    readonly_fields = ["about", "preview"]
    fields = ["about", "preview", "body", ("name", "email"), "website", "reply"]

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

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Queue

    def get_ordering(self, request: HttpRequest) -> Any:
        return Comment.QUEUE_ORDER

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow what the tabs ask for. Django allows any lookup, a regular expression without end too."""
        return lookup == "status__exact"

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)
        return actions

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        chosen = request.GET.get("status__exact", "")
        if chosen and chosen not in Status:
            return HttpResponseRedirect(self._list_address())
        counts = dict(Comment.objects.order_by().values_list("status").annotate(Count("pk")))
        tabs = [
            {
                "label": _("All"),
                "query": "?",
                "count": sum(counts.values()),
                "is_chosen": not chosen,
            }
        ]
        tabs += [
            {
                "label": label,
                "query": f"?status__exact={status}",
                "count": counts.get(status, 0),
                "is_chosen": status == chosen,
            }
            for status, label in Status.choices
        ]
        can_empty = chosen if chosen in services.SHELVED and counts.get(chosen) else ""
        context = {"tabs": tabs, "can_empty": can_empty, "title": _("Comments")}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description=gettext_lazy("Comment"))
    def comment_cell(self, comment: Comment) -> SafeString:
        return render_to_string("admin/comments/_comment.html", {"comment": comment})

    @admin.display(description=gettext_lazy("Writer"))
    def writer_cell(self, comment: Comment) -> SafeString:
        return render_to_string("admin/comments/_writer.html", {"comment": comment})

    @admin.display(description=gettext_lazy("On"))
    def article_cell(self, comment: Comment) -> SafeString:
        return render_to_string("admin/comments/_article.html", {"comment": comment})

    @admin.display(description=gettext_lazy("State"))
    def state_cell(self, comment: Comment) -> SafeString:
        return render_to_string("admin/comments/_state.html", {"comment": comment})

    # Decisions about many

    @admin.action(description=gettext_lazy("Approve selected comments"))
    def approve(self, request: HttpRequest, queryset: CommentQuerySet) -> None:
        self._decide_all(request, queryset, Status.APPROVED)

    @admin.action(description=gettext_lazy("Hold selected comments"))
    def unapprove(self, request: HttpRequest, queryset: CommentQuerySet) -> None:
        self._decide_all(request, queryset, Status.PENDING)

    @admin.action(description=gettext_lazy("Mark selected comments as spam"))
    def spam(self, request: HttpRequest, queryset: CommentQuerySet) -> None:
        self._decide_all(request, queryset, Status.SPAM)

    @admin.action(description=gettext_lazy("Move selected comments to the trash"))
    def trash(self, request: HttpRequest, queryset: CommentQuerySet) -> None:
        self._decide_all(request, queryset, Status.TRASH)

    @admin.action(description=gettext_lazy("Restore selected comments from trash or spam"))
    def restore(self, request: HttpRequest, queryset: CommentQuerySet) -> None:
        shelved = queryset.filter(status__in=services.SHELVED)
        count = sum(
            services.restore(comment=comment, actor=moderator_of(request)) for comment in shelved
        )
        text = ngettext("%(count)s comment restored.", "%(count)s comments restored.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    @admin.action(
        description=gettext_lazy("Delete selected comments for good (from trash or spam)")
    )
    def delete_for_good(self, request: HttpRequest, queryset: CommentQuerySet) -> None:
        shelved = queryset.filter(status__in=services.SHELVED)
        self._say_deleted(
            request, services.delete_comments(comments=shelved, actor=moderator_of(request))
        )

    def _decide_all(self, request: HttpRequest, queryset: CommentQuerySet, to: str) -> None:
        count = services.transition_all(comments=queryset, to=to, actor=moderator_of(request))
        text = ngettext("%(count)s comment %(done)s.", "%(count)s comments %(done)s.", count)
        self.message_user(
            request, text % {"count": count, "done": DONE[Status(to)]}, messages.SUCCESS
        )

    def _say_deleted(self, request: HttpRequest, count: int) -> None:
        text = ngettext(
            "%(count)s comment deleted for good.", "%(count)s comments deleted for good.", count
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    # Decisions about one, from the list

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/", wrap(self.decide), name="comments_comment_decide"),
            path("undo/<int:pk>/", wrap(self.undo), name="comments_comment_undo"),
            path("empty/<slug:status>/", wrap(self.empty), name="comments_comment_empty"),
            *super().get_urls(),
        ]

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the decision of a button in the list, and come back to the same page of it."""
        return require_POST(self._decide)(request, pk)

    def _decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self._moderated(request, pk)
        to = request.POST.get("to", "")
        if to == "restore":
            to = services.status_before(comment)
        if to not in services.STATES:
            raise Http404
        self._decide_one(request, comment, to)
        query = request.POST.get("query", "")
        return HttpResponseRedirect(f"{self._list_address()}?{query}")

    def _decide_one(self, request: HttpRequest, comment: Comment, to: str) -> None:
        if not services.transition(comment=comment, to=to, actor=moderator_of(request)):
            text = _("Somebody was quicker: the comment is %(status)s.")
            comment.refresh_from_db()
            text %= {"status": comment.get_status_display()}
            self.message_user(request, text, messages.WARNING)
            return
        address = reverse("admin:comments_comment_undo", args=[comment.decisions.latest("pk").pk])
        text = _("The comment by %(name)s is %(done)s.")
        text %= {"name": comment.name or _("Anonymous"), "done": DONE[Status(to)]}
        self.message_user(
            request,
            format_html('{} <a href="{}">{}</a>', text, address, _("Undo")),
            messages.SUCCESS,
        )

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, and on POST take a decision back."""
        decision = get_object_or_404(Decision.objects.select_related("comment"), pk=pk)
        self._moderated(request, decision.comment_id)
        if request.method != "POST":
            question = _("Make the comment “%(status)s” again?")
            question %= {
                "status": Status(decision.from_status).label if decision.from_status else ""
            }
            return self._confirm(request, question, decision.comment)
        if services.undo(decision=decision, actor=moderator_of(request)):
            self.message_user(request, _("The decision is undone."), messages.SUCCESS)
        else:
            self.message_user(
                request, _("Somebody has decided since. Nothing was changed."), messages.WARNING
            )
        return HttpResponseRedirect(self._list_address())

    def empty(self, request: HttpRequest, status: str) -> HttpResponse:
        """Ask, and on POST delete everything in the trash or the spam for good."""
        moderator = moderator_of(request)
        if status not in services.SHELVED:
            raise Http404
        comments = Comment.objects.filter(status=status)
        if request.method != "POST":
            count = comments.count()
            question = ngettext(
                "Delete %(count)s comment for good?", "Delete %(count)s comments for good?", count
            )
            return self._confirm(request, question % {"count": count})
        self._say_deleted(request, services.delete_comments(comments=comments, actor=moderator))
        return HttpResponseRedirect(self._list_address())

    def _confirm(
        self, request: HttpRequest, question: str, comment: Comment | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": question,
            "comment": comment,
            "opts": self.opts,
            "back": self._list_address(),
        }
        return render(request, "admin/comments/confirm.html", context)

    def _moderated(self, request: HttpRequest, pk: int) -> Comment:
        moderator_of(request)
        return get_object_or_404(Comment, pk=pk)

    def _list_address(self) -> str:
        return reverse("admin:comments_comment_changelist")

    # One comment

    @admin.display(description=gettext_lazy("About"))
    def about(self, comment: Comment) -> SafeString:
        same = Q(visitor=comment.visitor) if comment.visitor else Q()
        same |= Q(user=comment.user) if comment.user_id else Q()
        same |= Q(email=comment.email) if comment.email else Q()
        others = (
            Comment.objects.filter(same).exclude(pk=comment.pk) if same else Comment.objects.none()
        )
        context = {
            "comment": comment,
            "history": history_of({comment.email}).get(comment.email),
            "others": others.select_related("article").order_by("-created_at")[:10],
            "decisions": comment.decisions.select_related("actor"),
        }
        return render_to_string("admin/comments/_about.html", context)

    @admin.display(description=gettext_lazy("As readers see it"))
    def preview(self, comment: Comment) -> SafeString:
        return SafeString(comment.html)

    def save_model(self, request: HttpRequest, obj: Comment, form: Any, change: bool) -> None:
        """Keep an edit, then a decision, then a reply: whichever button it was, nothing typed is lost."""
        if {"body", "name", "email", "website"} & set(form.changed_data):
            services.edit_comment(
                comment=obj,
                actor=moderator_of(request),
                **{
                    field: form.cleaned_data[field]
                    for field in ("body", "name", "email", "website")
                },
            )
        to = request.POST.get("_to", "")
        if to == "restore":
            to = services.status_before(obj)
        if to in services.STATES:
            self._decide_one(request, obj, to)
        if reply := form.cleaned_data["reply"]:
            try:
                services.reply_as(user=moderator_of(request), parent=obj, body=reply)
            except services.ParentGone as gone:
                self.message_user(request, f"{gone} {reply}", messages.ERROR)
            else:
                self.message_user(request, _("Your reply is published."), messages.SUCCESS)

    def response_change(self, request: HttpRequest, obj: Comment) -> HttpResponse:
        if request.POST.get("_to"):
            return HttpResponseRedirect(self._list_address())
        return super().response_change(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what goes: the comment. Its replies stay, under an empty place."""
        return [str(comment) for comment in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Comment) -> None:
        services.delete_comment(comment=obj, actor=moderator_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        services.delete_comments(comments=queryset, actor=moderator_of(request))


def may_moderate(user: User | AnonymousUser) -> bool:
    """Say whether this person decides about comments."""
    return user.is_active and user.has_perm("comments.moderate_comment")


def moderator_of(request: HttpRequest) -> User:
    """Return who decides, or refuse with 403."""
    if not may_moderate(request.user):
        raise PermissionDenied
    return cast("User", request.user)
