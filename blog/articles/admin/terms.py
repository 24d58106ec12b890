"""Categories and tags at the desk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from blog.articles.admin.desk import editor_of
from blog.articles.admin.filters import MANY
from blog.articles.models import Article, Category, Tag, TagMerge
from blog.articles.term_forms import CategoryForm, MergeForm, TagForm
from blog.articles.terms import merge_tags, place_category, save_tag, undo_merge
from blog.columns import time_column
from blog.site.autocomplete import AutocompleteMixin

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet


class TermAdmin(admin.ModelAdmin):
    """A category or a tag. What goes with one is told in numbers: Django names each row that gives it."""

    def obstacles_to(self, terms: list[Any]) -> list[str]:
        return []

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        terms = list(objs)
        if obstacles := self.obstacles_to(terms):
            return list(map(str, terms)), {}, set(), obstacles
        _names, counts, missing, protected = super().get_deleted_objects(terms, request)
        given = self.model.articles.through._meta.verbose_name_plural
        names = [each for term in terms for each in (str(term), [_loses(term.article_count)])]
        kept = {str(name): count for name, count in counts.items() if str(name) != str(given)}
        return names, kept, missing, protected


@admin.register(Category)
class CategoryAdmin(AutocompleteMixin, TermAdmin):
    form = CategoryForm
    fields = ["name", "slug", "parent", "description", "position"]
    fields += ["is_default", "claimed_address"]
    list_display = ["name", "path", "position", "is_default", "article_count"]
    ordering = ["path"]
    search_fields = ["name", "slug"]
    search_help_text = _("Part of a name")
    autocomplete_fields = ["parent"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(article_count=_article_count("category"))

    @admin.display(description=_("articles"), ordering="article_count")
    def article_count(self, category: Category) -> str:
        return _link_to_articles("categories", category)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        place_category(category=obj)

    def obstacles_to(self, terms: list[Category]) -> list[str]:
        """Return what keeps categories: articles that would have no first category, and categories within."""
        found = []
        if count := Article.objects.filter(primary_category__in=terms).count():
            text = ngettext(
                "%(count)s article has it as its primary category. Give it another one first.",
                "%(count)s articles have it as their primary category. Give them another one first.",
                count,
            )
            found.append(text % {"count": count})
        # Also one that is to go with it: the database lets go of no category that has one within.
        within = Category.objects.filter(parent__in=terms)
        words = gettext("“%(name)s” stands within it. Place it elsewhere first, or delete it.")
        return found + [words % {"name": each} for each in within]


@admin.register(Tag)
class TagAdmin(TermAdmin):
    form = TagForm
    fields = ["name", "slug", "claimed_address"]
    list_display = ["name", "slug", "article_count"]
    search_fields = ["name", "slug"]
    search_help_text = _("Part of a name")
    ordering = ["name", "pk"]
    actions = ["merge"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(article_count=_article_count("tag"))

    @admin.display(description=_("articles"), ordering="article_count")
    def article_count(self, tag: Tag) -> str:
        return _link_to_articles("tags", tag)

    def save_model(
        self, request: HttpRequest, obj: Tag, form: forms.ModelForm, change: bool
    ) -> None:
        save_tag(tag=obj)

    @admin.action(description=_("Merge into one tag …"), permissions=["delete"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        """Ask which tag stays, then let the others go into it."""
        is_answer = "into" in request.POST
        form = MergeForm(request.POST if is_answer else None, tags=queryset)
        if queryset.count() < 2:
            sentence = _("Choose two tags or more: one of them stays, the others go into it.")
            self.message_user(request, sentence, messages.WARNING)
            return None
        if not is_answer or not form.is_valid():
            context = self.admin_site.each_context(request) | {
                "title": _("Merge tags"),
                "opts": self.opts,
                "form": form,
                "tags": queryset,
            }
            return TemplateResponse(request, "admin/articles/tag/merge.html", context)
        into = form.cleaned_data["into"]
        merges = merge_tags(tags=queryset, into=into, actor=editor_of(request))
        for merge in merges:
            self.log_change(request, into, f"Merged “{merge}” into it.")
        told = ngettext(
            "%(count)d tag went into “%(tag)s”. Its address forwards there.",
            "%(count)d tags went into “%(tag)s”. Their addresses forward there.",
            len(merges),
        ) % {"count": len(merges), "tag": into}
        undo = reverse("admin:articles_tagmerge_changelist")
        link = format_html('{} <a href="{}">{}</a>', told, undo, _("Undo"))
        self.message_user(request, link, messages.SUCCESS)
        return None


@admin.register(TagMerge)
class TagMergeAdmin(admin.ModelAdmin):
    """What went into what. A merge is made in the list of tags, and undone here."""

    about_empty = _(
        "Choose tags in the list of tags to merge them. Each merge can be undone here."
    )
    list_display = [
        *("name", "target", "article_number", "merged_by"),
        *(time_column(TagMerge, "merged_at"), "undo_button"),
    ]
    list_display_links = None
    list_select_related = ["target", "merged_by"]
    change_list_template = "admin/articles/tagmerge/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TagMerge | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TagMerge | None = None) -> bool:
        return False

    @admin.display(description=_("articles"))
    def article_number(self, merge: TagMerge) -> int:
        return len(merge.article_ids)

    @admin.display(description=_("take apart"))
    def undo_button(self, merge: TagMerge) -> str:
        if merge.undone_at:
            return str(_("Undone"))
        if merge.target_id is None:
            return str(_("Went on into another tag"))
        return format_html(
            '<button class="button" form="undo" formaction="{}" aria-label="{}">{}</button>',
            reverse("admin:articles_tagmerge_undo", args=[merge.pk]),
            _("Undo the merge of “%(tag)s”") % {"tag": merge},
            _("Undo"),
        )

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(require_POST(partial(_undo, model_admin=self)))
        return [
            path("<int:pk>/undo/", undo, name="articles_tagmerge_undo"),
            *super().get_urls(),
        ]


def _undo(request: HttpRequest, pk: int, *, model_admin: TagMergeAdmin) -> HttpResponse:
    if not request.user.has_perm("articles.add_tag") or not request.user.has_perm(
        "articles.delete_tag"
    ):
        raise PermissionDenied
    try:
        tag = undo_merge(merge=get_object_or_404(TagMerge, pk=pk))
    except ValidationError as error:
        model_admin.message_user(request, " ".join(error.messages), messages.ERROR)
    else:
        model_admin.log_addition(request, tag, gettext_noop("Undid its merge."))
        sentence = _("“%(tag)s” is a tag of its own again.") % {"tag": tag}
        model_admin.message_user(request, sentence, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:articles_tagmerge_changelist"))


def _loses(count: int) -> str:
    text = ngettext("%(count)s article loses it.", "%(count)s articles lose it.", count)
    return text % {"count": f"{MANY}+" if count > MANY else count}


def _article_count(kind: str) -> RawSQL:
    """Count by the index, row by row, no further than to MANY and one more."""
    table = "articles_category" if kind == "category" else "articles_tag"
    given = "articles_article_categories" if kind == "category" else "articles_article_tags"
    sql = (
        f"SELECT count(*) FROM (SELECT 1 FROM {given} WHERE {given}.{kind}_id = {table}.id LIMIT %s)"  # noqa: S608 - ours
        " AS counted"
    )
    return RawSQL(sql, [MANY + 1], output_field=IntegerField())  # noqa: S611 - ours


def _link_to_articles(kind: str, term: Category | Tag) -> str:
    """Return the number of its articles, leading to them."""
    count: int = term.article_count  # type: ignore[union-attr]
    address = reverse("admin:articles_article_changelist")
    number = f"{MANY}+" if count > MANY else count
    return format_html('<a href="{}?{}__id__exact={}">{}</a>', address, kind, term.pk, number)
