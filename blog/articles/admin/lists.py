"""The list of articles: what it shows, finds and does to many at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from blog.articles import copying, services
from blog.articles.admin import bulk
from blog.articles.admin.desk import editor_of
from blog.articles.admin.filters import (
    AssignmentFilter,
    ChangesFilter,
    ChecksFilter,
    GivenFilter,
    StageFilter,
    StateFilter,
    StatusFilter,
    TagFilter,
    tabs_of,
)
from blog.articles.autosave import offers_of_new
from blog.articles.drafts import take_down
from blog.articles.models import Article
from blog.articles.review import has_work
from blog.articles.trash import gone_at
from blog.days import time_element

if TYPE_CHECKING:
    from collections.abc import Callable


# Years outside have no name of their own: in some zones no calendar reaches their ends.
EARLIEST, LATEST = datetime(2, 1, 2, tzinfo=UTC), datetime(9998, 12, 30, tzinfo=UTC)


class ArticleList(ChangeList):
    """The list; an address with a number that no column holds, or the year 9999, is wrong as others are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().__init__(*args, **kwargs)
        except OverflowError as error:
            raise IncorrectLookupParameters from error

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            return super().get_filters(request)
        except ValueError as error:
            raise IncorrectLookupParameters from error

    def years(self) -> list[tuple[int, str]]:
        """Return the years in which articles of the list were published, with addresses; none of one year.

        An index says of each year whether there is one; Django names them by looking at every article.
        """
        if any(name.startswith(f"{self.date_hierarchy}__") for name in self.params):
            return []
        dated = self.queryset.filter(publish_at__isnull=False).values_list("publish_at", flat=True)
        ends = {
            "first": Subquery(dated.order_by("publish_at")[:1]),
            "last": Subquery(dated.order_by("-publish_at")[:1]),
        }
        [(first, last)] = Article.objects.annotate(**ends).values_list(*ends)[:1] or [(None, None)]
        if not first or not last:
            return []
        first, last = (min(max(at, EARLIEST), LATEST) for at in (first, last))
        start, end = timezone.localtime(first).year, timezone.localtime(last).year
        if start == end:
            return []
        sql, params = dated.order_by().query.sql_with_params()
        zone = timezone.get_current_timezone()
        bounds = []
        for year in range(start, end + 1):
            days = (datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone))
            bounds += [year, *map(connection.ops.adapt_datetimefield_value, days)]
        rows = ", ".join(["(%s, %s, %s)"] * (end - start + 1))
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH years (number, first_at, end_at) AS (VALUES {rows}), dated (at) AS ({sql})"
                " SELECT number FROM years WHERE EXISTS"
                " (SELECT 1 FROM dated WHERE at >= first_at AND at < end_at) ORDER BY number",
                [*bounds, *params],
            )
            years = [year for (year,) in cursor.fetchall()]
        return [(year, self.get_query_string({"publish_at__year": year})) for year in years]


class ArticleListAdmin(admin.ModelAdmin):
    """Half of ArticleAdmin: the list."""

    list_display = ["title", "state_name", "author_names", "primary_category", "quick"]
    list_filter = [
        StateFilter,
        ("categories", GivenFilter),
        ("authors", GivenFilter),
        TagFilter,
        StatusFilter,
        StageFilter,
        AssignmentFilter,
        ChangesFilter,
        ChecksFilter,
        "access",
        "is_sticky",
        "is_trending",
        "post_format",
        "is_template",
    ]
    change_list_template = "admin/articles/article/change_list.html"
    list_select_related = ["primary_category", "assignment", "working_status"]
    list_per_page = 50
    date_hierarchy = "publish_at"
    ordering = ["-created_at", "-pk"]
    search_fields = ["title", "subtitle", "slug", "body"]
    search_help_text = _("Words in title, subtitle, address or text")
    actions = ["publish", "unpublish", "change_many", "make_sticky", "make_not_sticky"]
    actions += ["duplicate", "move_to_trash", "restore", "delete_selected"]

    @admin.display(description=_("state"), ordering="publish_at")
    def state_name(self, article: Article) -> str:
        parts = [
            format_html(
                '<span class="state state-{}">{}</span>', article.state, article.state.label
            )
        ]
        if gone := gone_at(article):
            words = format_html(
                gettext("deleted on {day}"), day=time_element(timezone.localdate(gone))
            )
            parts.append(format_html('<span class="quiet">{}</span>', words))
        elif article.publish_at:
            at = time_element(article.publish_at)
            parts.append(format_html('<span class="quiet">{}</span>', at))
        if article.is_template:
            parts.append(format_html('<span class="quiet">{}</span>', _("template")))
        if article.access != Article.Access.OPEN:
            parts.append(
                format_html('<span class="quiet">{}</span>', article.get_access_display())
            )
        if status := article.shown_status:
            badge = format_html('<span class="badge is-{}">{}</span>', status.colour, status)
            parts.append(badge)
        if article.stage != Article.Stage.WRITING and has_work(article):
            parts.append(format_html('<span class="quiet">{}</span>', article.get_stage_display()))
        assignment = getattr(article, "assignment", None)
        if assignment and assignment.due_on and article.state == Article.State.DRAFT:
            words = format_html(gettext("due {day}"), day=time_element(assignment.due_on))
            parts.append(format_html('<span class="quiet">{}</span>', words))
        if article.draft_revision_id:
            parts.append(format_html('<span class="quiet">{}</span>', _("with changes waiting")))
        return format_html_join(mark_safe("<br>"), "{}", ([part] for part in parts))

    @admin.display(description=_("authors"))
    def author_names(self, article: Article) -> str:
        return ", ".join(str(byline.author) for byline in article.bylines.all())

    @admin.display(description=_("change"))
    def quick(self, article: Article) -> str:
        if article.trashed_at:
            return ""
        return format_html(
            '<a href="{}" data-quick-edit aria-label="{}">{}</a>',
            reverse("admin:articles_article_quick", args=[article.pk]),
            _("Quick edit of “%(article)s”") % {"article": article},
            _("Quick edit"),
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ArticleList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list with the numbers of articles in each state above it, and what was never saved."""
        articles = Article.objects.editable_by(editor_of(request))
        tabs: dict[str, Any] = {"tabs": tabs_of(articles, request.GET.get("state"))}
        unsaved = {"unsaved": offers_of_new(user=editor_of(request))}
        is_trash = request.GET.get("state") == Article.State.TRASH
        tabs["can_empty_trash"] = is_trash and self.has_delete_permission(request)
        return super().changelist_view(request, tabs | unsaved | (extra_context or {}))

    # Actions

    @admin.action(description=_("Change categories, tags, authors …"), permissions=["change"])
    def change_many(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> HttpResponse | None:
        return bulk.change_many(self, request, queryset)

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        for article in queryset.filter(draft_revision__isnull=False):
            text = _("“%(article)s” has changes that wait. Open it to publish them.")
            self.message_user(request, text % {"article": article}, messages.WARNING)
        self._move(request, queryset, services.publish, gettext_noop("Published."))

    @admin.action(description=_("Make drafts of them again"), permissions=["publish"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self._move(request, queryset, take_down, gettext_noop("Made a draft again."))

    @admin.action(description=_("Make sticky"), permissions=["change"])
    def make_sticky(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        said = gettext_noop("Made sticky.")
        self._move(request, queryset, services.set_sticky, said, is_sticky=True)

    @admin.action(description=_("Make not sticky"), permissions=["change"])
    def make_not_sticky(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        said = gettext_noop("Made not sticky.")
        self._move(request, queryset, services.set_sticky, said, is_sticky=False)

    @admin.action(description=_("Duplicate"), permissions=["add"])
    def duplicate(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self._move(request, queryset, copying.duplicate, gettext_noop("Duplicated."))

    @admin.action(description=_("Move to the trash"), permissions=["change"])
    def move_to_trash(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self._move(request, queryset, services.trash, gettext_noop("Moved to the trash."))

    @admin.action(description=_("Restore from the trash"), permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        said = gettext_noop("Restored from the trash.")
        self._move(request, queryset, services.restore, said)

    @admin.action(description=_("Delete for good"), permissions=["delete"])
    def delete_selected(
        self, request: HttpRequest, queryset: QuerySet[Article]
    ) -> HttpResponse | None:
        if queryset.filter(trashed_at__isnull=True).exists():
            text = _("Move the articles to the trash first. Only from there they can be deleted.")
            self.message_user(request, text, messages.ERROR)
            return None
        return delete_selected(self, request, queryset)

    def _move(
        self,
        request: HttpRequest,
        queryset: QuerySet[Article],
        service: Callable[..., Any],
        said: str,
        **options: Any,
    ) -> None:
        """Do the same to every selected article and say how many there were; the log keeps *said*."""
        count = 0
        for article in queryset:
            try:
                service(article=article, editor=editor_of(request), **options)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                self.log_change(request, article, said)
                count += 1
        if count:
            text = ngettext("%d article changed.", "%d articles changed.", count) % count
            self.message_user(request, text, messages.SUCCESS)
