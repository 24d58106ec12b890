"""What the log of votes can be narrowed down to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article
from blog.numbers import number_in
from blog.ratings.models import Burst, Rating

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest

RECENT_VOTES = 200
ARTICLES = 15  # offered; every other one is found by the words of its title


class VoterFilter(admin.SimpleListFilter):
    title = _("voter")
    parameter_name = "voter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("user", _("Signed in")), ("guest", _("Guest"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        if self.value() in {"user", "guest"}:
            return queryset.filter(user__isnull=self.value() == "guest")
        return queryset


class CountedFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "counted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("yes", _("Counted")),
            (Burst.Outcome.WAITING, _("Set aside, waiting")),
            (Burst.Outcome.DROPPED, _("Dropped")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        value = self.value()
        if value == "yes":
            return queryset.filter(is_counted=True)
        if value in {Burst.Outcome.WAITING, Burst.Outcome.DROPPED}:
            return queryset.filter(is_counted=False, burst__outcome=value)
        return queryset


class ArticleFilter(admin.SimpleListFilter):
    """The articles rated of late, and the chosen one: a list of all would be as long as the blog."""

    title = _("article")
    parameter_name = "article"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        recent = Rating.objects.order_by("-created_at").values("article")[:RECENT_VOTES]
        titles = Article.objects.order_by("title", "pk").values_list("pk", "title")
        shown = [(str(pk), title) for pk, title in titles.filter(pk__in=recent)[:ARTICLES]]
        chosen = number_in(self.value() or "")
        if chosen and str(chosen) not in dict(shown):
            shown += [(str(pk), title) for pk, title in titles.filter(pk=chosen)]
        return shown

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        value = self.value() or ""
        if value in {shown for shown, _title in self.lookup_choices}:
            return queryset.filter(article=int(value))
        return queryset


class NetworkFilter(admin.SimpleListFilter):
    """Chosen by the links in the log; here it only shows, to be taken off again."""

    title = _("network")
    parameter_name = "network"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        value = self.value()
        return [(value, value[:8])] if value else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        return queryset.filter(network_hash=self.value()) if self.value() else queryset


class BurstFilter(admin.SimpleListFilter):
    """Chosen by the links in the list of bursts."""

    title = _("burst")
    parameter_name = "set_aside_with"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        value = self.value() or ""
        return [(value, f"#{value}")] if number_in(value) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        return queryset.filter(burst=int(self.value() or 0)) if self.lookup_choices else queryset
