"""Bursts of votes on the staff desk: the evidence, and release or drop, to be taken back at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.views.main import ChangeList
from django.db.models import Avg, Count, Max, Min, Prefetch
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.articles.models import Article
from blog.columns import time_column
from blog.ratings.bursts import decide_bursts
from blog.ratings.models import Burst, Rating

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User

# What the buttons under one burst send.
BUTTONS = {
    "_release": Burst.Outcome.RELEASED,
    "_drop": Burst.Outcome.DROPPED,
    "_wait": Burst.Outcome.WAITING,
}


def load_evidence(bursts: list[Burst]) -> None:
    """Put what the votes of each burst say beside it, in one query however many they are."""
    rows = (
        Rating.objects.filter(burst__in=bursts)
        .order_by()
        .values("burst")
        .annotate(
            votes=Count("pk"), mean=Avg("stars"), first=Min("created_at"), last=Max("created_at")
        )
    )
    found = {row["burst"]: row for row in rows}
    for burst in bursts:
        burst.evidence = found.get(burst.pk)  # type: ignore[attr-defined]


class BurstList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        load_evidence(self.result_list)


@admin.register(Burst)
class BurstAdmin(admin.ModelAdmin):
    about_empty = gettext_lazy(
        "Votes that come too many or too fast from one network are set aside, and wait here for a decision."
    )
    change_form_template = "admin/ratings/burst/change_form.html"
    list_display = ["article", "outcome", "votes", "span", "mean", "reason", "network", "decided"]
    list_filter = ["outcome", "reason", "created_at"]
    list_select_related = ["decided_by"]
    list_per_page = 50
    ordering = ["-created_at", "-pk"]
    search_fields = ["article__title"]
    search_help_text = gettext_lazy("Words in the title of the article")
    show_full_result_count = False
    readonly_fields = [
        *(
            "article",
            "reason",
            "votes",
            "span",
            "mean",
            "network",
            time_column(Burst, "created_at"),
        ),
        *("outcome", "decided"),
    ]
    fields = tuple(readonly_fields)
    actions = ["release", "drop", "wait_again"]

    class Media:
        css = {"all": ["css/admin-ratings.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Burst]:
        # No join: where there are no bursts yet, SQLite would begin with all articles.
        titles = Prefetch("article", Article.objects.only("title"))
        return super().get_queryset(request).prefetch_related(titles)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BurstList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Burst | None:
        burst = super().get_object(request, object_id, from_field)
        if burst is not None:
            load_evidence([burst])
        return burst

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Burst | None = None) -> bool:
        return False  # its votes would be neither counted nor explained

    @admin.display(description=gettext_lazy("votes"))
    def votes(self, burst: Burst) -> str:
        """Link to the votes in the log."""
        count = burst.evidence["votes"] if burst.evidence else 0  # type: ignore[attr-defined]
        address = reverse("admin:ratings_rating_changelist")
        words = ngettext("%(count)d vote", "%(count)d votes", count) % {"count": count}
        return format_html('<a href="{}?set_aside_with={}">{}</a>', address, burst.pk, words)

    @admin.display(description=gettext_lazy("within"))
    def span(self, burst: Burst) -> str:
        evidence = burst.evidence  # type: ignore[attr-defined]
        return _span(evidence["first"], evidence["last"]) if evidence else "–"

    @admin.display(description=gettext_lazy("average"))
    def mean(self, burst: Burst) -> str:
        evidence = burst.evidence  # type: ignore[attr-defined]
        return number_format(evidence["mean"], 1) if evidence else "–"

    @admin.display(description=gettext_lazy("network"))
    def network(self, burst: Burst) -> str:
        """Link to all votes of the network, on whatever article."""
        if not burst.network_hash:
            return "–"
        address = reverse("admin:ratings_rating_changelist")
        whole = burst.network_hash
        return format_html('<a href="{}?network={}">{}</a>', address, whole, whole[:8])

    @admin.display(description=gettext_lazy("decided"), ordering="decided_at")
    def decided(self, burst: Burst) -> str:
        if burst.decided_at is None:
            return "–"
        when = _("%(time)s ago") % {"time": timesince(burst.decided_at, depth=1)}
        return f"{burst.decided_by}, {when}" if burst.decided_by else when

    # Deciding

    @admin.action(description=gettext_lazy("Release: count these votes"), permissions=["change"])
    def release(self, request: HttpRequest, queryset: QuerySet[Burst]) -> None:
        self._decide(request, queryset, Burst.Outcome.RELEASED)

    @admin.action(description=gettext_lazy("Drop: do not count them"), permissions=["change"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Burst]) -> None:
        self._decide(request, queryset, Burst.Outcome.DROPPED)

    @admin.action(description=gettext_lazy("Take the decision back"), permissions=["change"])
    def wait_again(self, request: HttpRequest, queryset: QuerySet[Burst]) -> None:
        self._decide(request, queryset, Burst.Outcome.WAITING)

    def save_model(self, request: HttpRequest, obj: Burst, form: Any, change: bool) -> None:
        """Do what the pressed button says; nothing else of a burst can be changed."""
        for name, outcome in BUTTONS.items():
            if name in request.POST:
                self._decide(request, Burst.objects.filter(pk=obj.pk), outcome)

    def log_change(self, request: HttpRequest, obj: Burst, message: Any) -> None:  # type: ignore[override]
        """Leave it to `_decide`, which knows what was decided."""

    def response_change(self, request: HttpRequest, obj: Burst) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:ratings_burst_changelist"))

    def _decide(
        self, request: HttpRequest, bursts: QuerySet[Burst], outcome: Burst.Outcome
    ) -> None:
        moderator = cast("User", request.user)
        chosen = Burst.objects.filter(pk__in=list(bursts.values_list("pk", flat=True)))
        changed, votes = decide_bursts(bursts=chosen, outcome=outcome, actor=moderator)
        with translation.override("en"):  # the log is translated for who reads it
            said = str(outcome.label)
        LogEntry.objects.log_actions(moderator.pk, chosen, CHANGE, change_message=said)
        text = ngettext("%(count)d burst: %(outcome)s.", "%(count)d bursts: %(outcome)s.", changed)
        text %= {"count": changed, "outcome": outcome.label}
        follow = ngettext("%(count)d vote follows.", "%(count)d votes follow.", votes)
        self.message_user(request, f"{text} {follow % {'count': votes}}", messages.SUCCESS)


def _span(first: datetime, last: datetime) -> str:
    seconds = round((last - first).total_seconds())
    if seconds < 120:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return timesince(first, last, depth=1)
