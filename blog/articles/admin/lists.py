"""The list of articles: what it shows, finds and does to many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog.articles import services
from blog.articles.admin.desk import editor_of
from blog.articles.models import Article

if TYPE_CHECKING:
    from collections.abc import Callable


class StateFilter(admin.SimpleListFilter):
    """States of life; without a choice, everything but the trash."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Article.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in Article.State.values:
            return queryset.in_state(self.value())  # type: ignore[attr-defined]
        return queryset.filter(trashed_at__isnull=True)


class ArticleListAdmin(admin.ModelAdmin):
    """Half of ArticleAdmin: the list."""

    list_display = ["title", "state_name", "author_names", "primary_category", "publish_at"]
    list_filter = [
        StateFilter,
        ("categories", admin.RelatedOnlyFieldListFilter),
        ("authors", admin.RelatedOnlyFieldListFilter),
        "is_sticky",
    ]
    list_select_related = ["primary_category"]
    list_per_page = 50
    date_hierarchy = "publish_at"
    ordering = ["-created_at", "-pk"]
    search_fields = ["title", "subtitle", "slug", "body"]
    search_help_text = _("Words in title, subtitle, address or text")
    actions = ["publish", "unpublish", "make_sticky", "make_not_sticky"]
    actions += ["move_to_trash", "restore", "delete_selected"]

    @admin.display(description=_("state"), ordering="status")
    def state_name(self, article: Article) -> str:
        return format_html(
            '<span class="state state-{}">{}</span>', article.state, article.state.label
        )

    @admin.display(description=_("authors"))
    def author_names(self, article: Article) -> str:
        return ", ".join(str(byline.author) for byline in article.bylines.all())

    # Actions

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self._move(request, queryset, services.publish)

    @admin.action(description=_("Make drafts of them again"), permissions=["publish"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self._move(request, queryset, services.unpublish)

    @admin.action(description=_("Make sticky"), permissions=["change"])
    def make_sticky(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self._move(request, queryset, services.set_sticky, is_sticky=True)

    @admin.action(description=_("Make not sticky"), permissions=["change"])
    def make_not_sticky(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self._move(request, queryset, services.set_sticky, is_sticky=False)

    @admin.action(description=_("Move to the trash"), permissions=["change"])
    def move_to_trash(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self._move(request, queryset, services.trash)

    @admin.action(description=_("Restore from the trash"), permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        self._move(request, queryset, services.restore)

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
        service: Callable[..., Article],
        **options: Any,
    ) -> None:
        """Do the same to every selected article and say how many there were."""
        count = 0
        for article in queryset:
            try:
                service(article=article, editor=editor_of(request), **options)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                self.log_change(request, article, service.__name__)
                count += 1
        if count:
            text = ngettext("%d article changed.", "%d articles changed.", count) % count
            self.message_user(request, text, messages.SUCCESS)
