"""The staff desk: articles, categories, tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from blog.articles import services
from blog.articles.forms import ArticleForm, CategoryForm, TagForm
from blog.articles.models import Article, ArticleQuerySet, Byline, Category, Tag
from blog.articles.slugs import free_slug, make_slug
from blog.media.forms import ImageUploadForm
from blog.media.services import FileTooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms

    from accounts.models import User


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


class BylineInline(admin.TabularInline):
    model = Byline
    fields = ["author", "position"]
    autocomplete_fields = ["author"]
    extra = 1
    verbose_name = _("author")
    verbose_name_plural = _("Authors, in the order of their positions (empty: yourself)")


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    form = ArticleForm
    inlines = [BylineInline]
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
    autocomplete_fields = ["lead_image", "primary_category", "categories", "tags"]
    actions = ["publish", "unpublish", "make_sticky", "make_not_sticky"]
    actions += ["move_to_trash", "restore", "delete_selected"]
    readonly_fields = ["lead_preview"]
    save_on_top = True
    fieldsets = [
        (_("Text"), {"fields": ["title", "subtitle", "body", "excerpt", "opened_version"]}),
        (
            _("Lead picture"),
            {
                "fields": [
                    ("lead_upload", "lead_preview"),
                    "lead_image",
                    "lead_alt",
                    "lead_caption",
                    "lead_credit",
                ]
            },
        ),
        (
            _("Publication"),
            {
                "fields": [
                    *("status", "publish_at", "expire_at", "slug", "is_sticky"),
                    "is_substantial",
                ]
            },
        ),
        (_("Sections and tags"), {"fields": ["categories", "primary_category", "tags"]}),
        (_("Discussion"), {"fields": ["comment_policy", "rating_policy"]}),
        (
            _("Rating box"),
            {"fields": ["review_position", "review_title", "review_summary"]},
        ),
        (
            _("Search engines"),
            {
                "classes": ["collapse"],
                "fields": ["seo_title", "seo_description", "canonical_url", "is_noindex"],
            },
        ),
    ]

    class Media:
        css = {"all": ["css/admin-articles.css"]}
        js = [Script("js/admin-labels.js", type="module")]

    # What there is for whom

    def get_queryset(self, request: HttpRequest) -> ArticleQuerySet:
        return Article.objects.editable_by(_editor(request)).prefetch_related("bylines__author")

    def get_form(
        self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        if chooser := form.base_fields.get("lead_image"):
            # A picture is uploaded, named and deleted elsewhere; here it is only chosen.
            chooser.widget.can_add_related = chooser.widget.can_change_related = False
            chooser.widget.can_delete_related = False
        return type(form.__name__, (form,), {"user": request.user})

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Answer 404 where Django goes to the front page: the article is another's, or is not there."""
        raise Http404

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """Only what is in the trash can be deleted."""
        is_within_reach = obj is None or obj.trashed_at is not None
        return super().has_delete_permission(request, obj) and is_within_reach

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.publish_article")

    # Lists

    @admin.display(description=_("state"), ordering="status")
    def state_name(self, article: Article) -> str:
        return format_html(
            '<span class="state state-{}">{}</span>', article.state, article.state.label
        )

    @admin.display(description=_("authors"))
    def author_names(self, article: Article) -> str:
        return ", ".join(str(byline.author) for byline in article.bylines.all())

    @admin.display(description=_("lead picture"))
    def lead_preview(self, article: Article) -> str:
        image = article.lead_image
        if image is None:
            return str(_("None yet."))
        return format_html('<img class="preview" src="{}" alt="{}">', image.file.url, image.alt)

    def view_on_site(self, article: Article) -> str:
        return article.get_absolute_url()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["has_publish_permission"] = self.has_publish_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    # Saving: everything at once, by the service

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Article:
        article = super().save_form(request, form, change)
        form.store_lead_image()
        return article

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        """Wait for save_related: the row is stored together with its terms and authors."""

    def save_related(
        self, request: HttpRequest, form: Any, formsets: list[Any], change: bool
    ) -> None:
        data = form.cleaned_data
        article = services.save_article(
            article=form.instance,
            editor=_editor(request),
            authors=_authors_of(formsets),
            categories=data.get("categories"),
            tags=data.get("tags"),
            is_substantial=data.get("is_substantial", False),
        )
        moves: dict[str, Callable[..., Article]] = {
            "_trash": services.trash,
            "_restore": services.restore,
        }
        if self.has_publish_permission(request):
            moves["_publish"] = services.publish
        for name, move in moves.items():
            if name in request.POST:
                try:
                    move(article=article, editor=_editor(request))
                except ValidationError as error:
                    self.message_user(request, " ".join(error.messages), messages.ERROR)

    def delete_model(self, request: HttpRequest, obj: Article) -> None:
        services.delete_article(article=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        with transaction.atomic():
            for article in queryset:
                services.delete_article(article=article)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the articles only: what goes with them may be thousands of comments."""
        articles = list(objs)
        is_allowed = all(self.has_delete_permission(request, article) for article in articles)
        name = str(self.opts.verbose_name)
        counts = {str(self.opts.verbose_name_plural): len(articles)}
        return [str(article) for article in articles], counts, set() if is_allowed else {name}, []

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
                service(article=article, editor=_editor(request), **options)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                self.log_change(request, article, service.__name__)
                count += 1
        if count:
            text = ngettext("%d article changed.", "%d articles changed.", count) % count
            self.message_user(request, text, messages.SUCCESS)

    # Pictures of the text

    def get_urls(self) -> list[URLPattern]:
        upload = self.admin_site.admin_view(require_POST(self.upload_picture))
        name = "articles_article_upload_picture"
        return [path("upload-picture/", upload, name=name), *super().get_urls()]

    def upload_picture(self, request: HttpRequest) -> JsonResponse:
        """Store a picture that the editor sends; answer with its address or a sentence to show."""
        may_write = self.has_add_permission(request) or self.has_change_permission(request)
        if not (may_write and request.user.has_perm("media.add_image")):
            raise PermissionDenied
        form = ImageUploadForm(request.POST, request.FILES)
        if not form.is_valid():
            is_too_large = any(
                isinstance(error, FileTooLargeError)
                for error in form.errors.as_data().get("upload", [])
            )
            sentences = [str(text) for texts in form.errors.values() for text in texts]
            return JsonResponse(
                {"error": " ".join(sentences)}, status=413 if is_too_large else 422
            )
        image = form.store(uploaded_by=_editor(request))
        return JsonResponse({"src": image.file.url, "alt": image.alt, "caption": image.caption})


def _editor(request: HttpRequest) -> User:
    """Return who is at the desk: the admin lets nobody else in."""
    return cast("User", request.user)


def _authors_of(formsets: list[Any]) -> list[Any] | None:
    """Return the authors by position; None where the user may not change them.

    `save(commit=False)` only makes the formsets say what was changed, for the log.
    """
    if not formsets:
        return None
    (formset,) = formsets
    formset.save(commit=False)
    rows = [
        form.cleaned_data
        for form in formset.forms
        if form.cleaned_data.get("author") and form not in formset.deleted_forms
    ]
    return [row["author"] for row in sorted(rows, key=lambda row: row.get("position") or 0)]


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    form = CategoryForm
    list_display = ["name", "path", "position"]
    ordering = ["path"]
    search_fields = ["name", "slug"]
    search_help_text = _("Part of a name")
    autocomplete_fields = ["parent"]

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        services.place_category(category=obj)


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    form = TagForm
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    search_help_text = _("Part of a name")

    def save_model(
        self, request: HttpRequest, obj: Tag, form: forms.ModelForm, change: bool
    ) -> None:
        if not obj.slug:
            slug = make_slug(obj.name, 100) or f"tag-{Tag.objects.count() + 1}"
            obj.slug = free_slug([Tag.objects.exclude(pk=obj.pk)], slug, max_length=100)
        super().save_model(request, obj, form, change)
