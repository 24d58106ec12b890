"""What readers say could be better: for the authors of the article and for editors, without names."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import admin
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article
from blog.columns import time_column
from blog.ratings.models import Feedback, Rating

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from accounts.models import User


WRITTEN = time_column(Feedback, "feedback_at")


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    about_empty = _("What readers write beside their stars stands here.")
    list_display = ["beginning", "article", "stars", "version", WRITTEN]
    list_filter = ["stars", "feedback_at"]
    list_select_related = ["article", "revision"]
    list_per_page = 50
    ordering = ["-feedback_at", "-pk"]
    search_fields = ["feedback", "article__title"]
    search_help_text = _("Words of the reader, or in the title of the article")
    show_full_result_count = False
    readonly_fields = ["article", "stars", "version", WRITTEN, "text"]
    fields = tuple(readonly_fields)

    class Media:
        css = {"all": ["css/admin-ratings.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        """Only about articles this person may edit: their own, for editors all."""
        user = cast("User", request.user)
        found = (
            super()
            .get_queryset(request)
            .filter(feedback_at__isnull=False)
            .defer("article__body", "article__body_html", "article__toc", "revision__data")
        )
        if user.has_perm("articles.edit_any_article"):
            return found  # to list all articles for it would read every vote
        return found.filter(article__in=Article.objects.editable_by(user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Rating | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Rating | None = None) -> bool:
        return False  # it goes with its vote

    @admin.display(description=_("what they say"), ordering="feedback")
    def beginning(self, feedback: Feedback) -> str:
        return format_html('<bdi dir="auto">{}</bdi>', Truncator(feedback.feedback).chars(90))

    @admin.display(description=_("version"), ordering="revision__version")
    def version(self, feedback: Feedback) -> int | str:
        return (feedback.revision and feedback.revision.version) or "–"

    @admin.display(description=_("what they say"))
    def text(self, feedback: Feedback) -> str:
        return format_html('<p class="feedback" dir="auto">{}</p>', feedback.feedback)
