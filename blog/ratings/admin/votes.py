"""The log of votes on the staff desk: to look through, and to take votes out. Nobody can cast one here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Count, Min, Prefetch
from django.db.models.functions import Coalesce
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article
from blog.columns import time_column
from blog.ratings.admin.filters import (
    ArticleFilter,
    BurstFilter,
    CountedFilter,
    NetworkFilter,
    VoterFilter,
)
from blog.ratings.chart import votes_by_day
from blog.ratings.models import Burst, Rating, RatingQuerySet
from blog.ratings.services import clear_votes, delete_votes

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

MANY = 100  # bursts are counted no further


@admin.register(Rating)
class RatingAdmin(admin.ModelAdmin):
    change_list_template = "admin/ratings/rating/change_list.html"
    list_display = [
        *("article", "stars", time_column(Rating, "created_at", label=_("voted"))),
        *("voter", "network", "in_the_totals", "version"),
    ]
    list_filter = [
        *("stars", CountedFilter, VoterFilter, "created_at"),
        *(ArticleFilter, NetworkFilter, BurstFilter),
    ]
    list_select_related = ["user", "burst", "revision"]
    list_per_page = 50
    ordering = ["-created_at", "-pk"]
    search_fields = ["article__title", "user__display_name", "user__email", "^network_hash"]
    search_help_text = _("Words in the title of the article, who voted, or a network")
    show_full_result_count = False
    readonly_fields = [
        "article",
        "stars",
        "voter",
        "network",
        "in_the_totals",
        "version",
        *(time_column(Rating, name) for name in ("created_at", "updated_at")),
    ]
    fields = tuple(readonly_fields)
    actions = ["clear_articles"]

    class Media:
        css = {"all": ["css/admin-ratings.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rating]:
        """Leave the texts where they are: those of articles, and what was written to their authors.

        Articles come in a query of their own: joined, SQLite begins with them and sorts every vote there is.
        """
        articles = Article.objects.only("title", "slug", "status", "publish_at")
        return (
            super()
            .get_queryset(request)
            .defer("revision__data", "feedback")
            .prefetch_related(Prefetch("article", articles))
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the votes of the last days, narrowed down as the list is, and how many bursts wait."""
        waiting = Burst.objects.filter(outcome=Burst.Outcome.WAITING).order_by()
        context = {"bursts_waiting": waiting[:MANY].count(), "many": MANY} | (extra_context or {})
        response = super().changelist_view(request, context)
        # An action that asks first answers with a page of its own, without the list.
        shown = (isinstance(response, TemplateResponse) and response.context_data) or {}
        if "cl" in shown:
            shown["bars"] = votes_by_day(shown["cl"].queryset)
        return response

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
        if not rating.network_hash:
            return "–"
        address = reverse("admin:ratings_rating_changelist")
        whole = rating.network_hash
        return format_html('<a href="{}?network={}">{}</a>', address, whole, whole[:8])

    @admin.display(description=_("state"), ordering="is_counted")
    def in_the_totals(self, rating: Rating) -> str:
        if rating.is_counted or rating.burst is None:
            return gettext("Counted")
        address = reverse("admin:ratings_burst_change", args=[rating.burst.pk])
        return format_html('<a href="{}">{}</a>', address, rating.burst.get_outcome_display())

    @admin.display(description=_("version"), ordering="revision__version")
    def version(self, rating: Rating) -> int | str:
        """Return which version of the article the vote saw."""
        return (rating.revision and rating.revision.version) or "–"

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
        articles = Article.objects.filter(pk__in=article_ids).only("title").order_by("title", "pk")
        if request.POST.get("post"):
            self._clear(request, articles, article_ids)
            return None
        # Those of a former site go as well.
        votes = Count("ratings") + Coalesce("rating_summary__earlier_count", 0)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Clear all votes"),
            "subtitle": None,
            "articles": articles.annotate(vote=Min("ratings"), votes=votes),
            "opts": self.opts,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/ratings/clear_articles.html", context)

    def _clear(self, request: HttpRequest, articles: Any, article_ids: list[int]) -> None:
        LogEntry.objects.log_actions(
            cast("int", request.user.pk),
            articles,
            CHANGE,
            change_message=gettext_noop("Cleared all votes."),
        )
        gone = clear_votes(articles=article_ids)
        message = ngettext("%(count)d vote deleted.", "%(count)d votes deleted.", gone)
        self.message_user(request, message % {"count": gone}, messages.SUCCESS)
