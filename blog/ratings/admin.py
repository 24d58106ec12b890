"""The log of votes on the staff desk: to look through, and to take votes out. Nobody can cast one here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Count, Min
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog.articles.models import Article
from blog.ratings.models import Rating, RatingQuerySet
from blog.ratings.services import delete_votes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest


class VoterFilter(admin.SimpleListFilter):
    title = _("voter")
    parameter_name = "voter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("user", _("Signed in")), ("guest", _("Guest"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        if self.value() in {"user", "guest"}:
            return queryset.filter(user__isnull=self.value() == "guest")
        return queryset


@admin.register(Rating)
class RatingAdmin(admin.ModelAdmin):
    list_display = ["article", "stars", "voter", "network", "created_at", "updated_at"]
    list_filter = ["stars", VoterFilter, "created_at"]
    list_select_related = ["article", "user"]
    list_per_page = 50
    ordering = ["-created_at", "-pk"]
    search_fields = ["article__title", "user__display_name", "user__email"]
    search_help_text = _("Words in the title of the article, or who voted")
    show_full_result_count = False
    readonly_fields = [
        "article",
        "stars",
        "voter",
        "network",
        "revision",
        "created_at",
        "updated_at",
    ]
    fields = tuple(readonly_fields)
    actions = ["clear_articles"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rating]:
        """Leave the text of the articles where it is: the log shows titles."""
        return (
            super()
            .get_queryset(request)
            .defer("article__body", "article__body_html", "article__toc")
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Rating | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Rating) -> None:
        delete_votes(votes=Rating.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> None:
        delete_votes(votes=queryset)

    @admin.display(description=_("voter"))
    def voter(self, rating: Rating) -> str:
        return rating.voter_name

    @admin.display(description=_("network"))
    def network(self, rating: Rating) -> str:
        """Show enough of the hash to see bursts from one network; it is another one the next day."""
        return rating.network_hash[:8]

    @admin.action(
        description=_("Clear all votes of the articles of the selected votes"),
        permissions=["delete"],
    )
    def clear_articles(
        self, request: HttpRequest, queryset: RatingQuerySet
    ) -> TemplateResponse | None:
        """Ask first; then begin anew with these articles.

        The page that asks sends one vote of each article back, not all: there may be thousands.
        """
        article_ids = list(queryset.order_by().values_list("article_id", flat=True).distinct())
        votes = Rating.objects.filter(article__in=article_ids)
        articles = Article.objects.filter(pk__in=article_ids).only("title").order_by("title", "pk")
        if request.POST.get("post"):
            self._clear(request, articles, votes)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Clear all votes"),
            "subtitle": None,
            "articles": articles.annotate(vote=Min("ratings"), votes=Count("ratings")),
            "opts": self.opts,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/ratings/clear_articles.html", context)

    def _clear(self, request: HttpRequest, articles: Any, votes: QuerySet[Rating]) -> None:
        LogEntry.objects.log_actions(
            cast("int", request.user.pk),
            articles,
            CHANGE,
            change_message=str(_("Cleared all votes.")),
        )
        gone = delete_votes(votes=votes)
        message = ngettext("%(count)d vote deleted.", "%(count)d votes deleted.", gone)
        self.message_user(request, message % {"count": gone}, messages.SUCCESS)
