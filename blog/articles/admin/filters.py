"""What the list of articles can be narrowed down to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.articles.assigning import open_assignments
from blog.articles.models import (
    Article,
    ArticleQuerySet,
    Byline,
    Finding,
    Tag,
    WorkingStatus,
)
from blog.articles.models.choices import STAGES_OF_WRITING
from blog.numbers import number_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest

TAGS = 20  # offered; every other one is reached from the list of tags
LATELY = 500  # newest articles: to count the tags of all reads as many rows as there are
MANY = 1000  # articles in a state; more are "1,000+"


class StateFilter(admin.SimpleListFilter):
    """States of life; without a choice, everything but the trash. Chosen by the tabs above the list."""

    title = _("state")
    parameter_name = "state"
    template = "admin/articles/article/no_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Article.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in Article.State.values:
            return queryset.in_state(self.value())  # type: ignore[attr-defined]
        return queryset.filter(trashed_at__isnull=True)


class GivenFilter(admin.RelatedFieldListFilter):
    """The categories or authors of the list's articles: one is looked for of each, all are read by Django."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.field_path == "authors":
            self.title = _("authors")  # the field has no name of its own

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        articles = model_admin.get_queryset(request).filter(**{self.field_path: OuterRef("pk")})
        return field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to=Q(Exists(articles)),
        )


class TagFilter(admin.SimpleListFilter):
    """The tags used most of late, and the chosen one: a list of all would be longer than the articles'."""

    title = _("tag")
    parameter_name = "tags__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        newest = Article.objects.order_by("-created_at", "-pk").values("pk")[:LATELY]
        given = Article.tags.through.objects.filter(article__in=newest)
        most = given.values("tag").annotate(number=Count("pk")).order_by("-number", "tag")
        keys = [row["tag"] for row in most[:TAGS]]
        chosen = number_in(self.value() or "")
        keys += [chosen] if chosen else []
        return [(str(tag.pk), tag.name) for tag in Tag.objects.filter(pk__in=keys)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {key for key, _name in self.lookup_choices}:
            return queryset.filter(tags=int(self.value() or 0))
        return queryset


class ChecksFilter(admin.SimpleListFilter):
    title = _("checks")
    parameter_name = "checks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("failed", _("Failed")), ("passed", _("Passed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        failed = Exists(Finding.objects.filter(article=OuterRef("pk")))
        if self.value() in {"failed", "passed"}:
            return queryset.filter(failed if self.value() == "failed" else ~failed)
        return queryset


class StageFilter(admin.SimpleListFilter):
    """Where the review stands, of what there is to review; what waits for oneself stands first."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("mine", _("Waits for me")), *Article.Stage.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        has_work = Q(status=Article.Status.DRAFT) | Q(draft_revision__isnull=False)
        if self.value() == "mine":
            in_review = Q(stage=Article.Stage.IN_REVIEW, reviewer=request.user.pk)
            back = Q(stage=Article.Stage.CHANGES_REQUESTED) & (
                Q(created_by=request.user.pk)
                | Q(assignment__writer=request.user.pk)
                | Q(pk__in=Byline.objects.filter(author__user=request.user.pk).values("article"))
            )
            return queryset.filter(has_work, in_review | back)
        if self.value() in Article.Stage.values:
            return queryset.in_stage(self.value()).filter(has_work)  # type: ignore[attr-defined]
        return queryset


class StatusFilter(admin.SimpleListFilter):
    """The working statuses of this desk, for what is being written; not offered where there are none."""

    title = _("working status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(row.pk), row.name) for row in WorkingStatus.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in {key for key, _name in self.lookup_choices}:
            return queryset
        return queryset.filter(
            status=Article.Status.DRAFT,
            stage__in=STAGES_OF_WRITING,
            working_status=int(self.value() or 0),
        )


class AssignmentFilter(admin.SimpleListFilter):
    """What somebody was asked to write, as long as it is to be written."""

    title = _("assignment")
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("mine", _("To me")), ("overdue", _("Overdue")), ("open", _("Anybody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = open_assignments()
        if self.value() == "mine":
            chosen = chosen.filter(writer=request.user.pk)
        elif self.value() == "overdue":
            chosen = chosen.filter(due_on__lt=timezone.localdate())
        elif self.value() != "open":
            return queryset
        return queryset.filter(pk__in=chosen.values("article"))


class ChangesFilter(admin.SimpleListFilter):
    title = _("unpublished changes")
    parameter_name = "changes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("waiting", _("Waiting")), ("scheduled", _("Scheduled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "waiting":
            return queryset.filter(draft_revision__isnull=False)
        if self.value() == "scheduled":
            return queryset.filter(draft_revision__publish_at__isnull=False)
        return queryset


def tabs_of(articles: ArticleQuerySet, chosen: str | None) -> list[dict[str, Any]]:
    """Return the tabs above the list: all that is not in the trash, then each state, with their numbers.

    One query, which reads an index and no text, and counts no further than to MANY.
    """
    counts = articles.state_counts(MANY + 1)
    kept = sum(number for state, number in counts.items() if state != Article.State.TRASH)
    tabs = [("", _("All"), kept)]
    tabs += [(state.value, state.label, counts[state]) for state in Article.State]
    return [
        {
            "name": name,
            "query": f"?state={state}" if state else "",
            "count": min(count, MANY),
            "has_more": count > MANY,
            "is_chosen": (chosen or "") == state,
        }
        for state, name, count in tabs
    ]
