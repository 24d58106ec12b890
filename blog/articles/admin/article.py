"""The page on which one article is written, and what its buttons do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.csp import csp_override

from blog.articles import review as reviewing
from blog.articles import services
from blog.articles.admin import (
    assignment,
    autosave,
    calendar,
    checks,
    conflicts,
    copying,
    drafts,
    history,
    linking,
    notes,
    quick,
    related,
    review,
    seo,
    series,
    sharing,
    trash,
    uploads,
)
from blog.articles.admin.desk import editor_of
from blog.articles.admin.lists import ArticleListAdmin
from blog.articles.drafts import publish_all, take_down, was_public
from blog.articles.forms import ArticleForm
from blog.articles.models import Article, ArticleQuerySet, Byline, WorkingStatus
from blog.articles.statuses import set_status, statuses_for
from blog.articles.widgets import WRITING_CSP
from blog.site.autocomplete import AutocompleteMixin
from blog.site.models import SiteSettings
from blog.site.times import LocalDateTimeField

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms


class BylineInline(AutocompleteMixin, admin.TabularInline):
    model = Byline
    form = autosave.BylineForm
    formset = autosave.BylineFormSet
    fields = ["author", "position"]
    autocomplete_fields = ["author"]
    extra = 1
    verbose_name = _("author")
    verbose_name_plural = _("Authors, in the order of their positions (empty: yourself)")


@admin.register(Article)
@method_decorator(csp_override(WRITING_CSP), name="changeform_view")
class ArticleAdmin(AutocompleteMixin, ArticleListAdmin):
    form = ArticleForm
    inlines = [BylineInline]
    autocomplete_fields = ["lead_image", "share_image", "primary_category", "categories", "tags"]
    readonly_fields = ["lead_preview"]
    formfield_overrides = {
        models.DateTimeField: {"form_class": LocalDateTimeField, "widget": AdminSplitDateTime}
    }
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
                    "lead_placement",
                ]
            },
        ),
        (
            _("Publication"),
            {
                "classes": ["beside"],
                "fields": [
                    "desk_status",
                    *("status", "publish_at", "expire_at", "access", "new_password"),
                    *("slug", "is_sticky", "is_template"),
                    "claimed_address",
                    "changes_at",
                    "is_substantial",
                    "note",
                ],
            },
        ),
        (
            _("Sections and tags"),
            {"classes": ["beside"], "fields": ["categories", "primary_category", "tags"]},
        ),
        (
            _("Discussion"),
            {"classes": ["beside"], "fields": ["comment_policy", "rating_policy"]},
        ),
        (
            _("Rating box"),
            {"fields": ["review_position", "review_title", "review_summary"]},
        ),
        (
            pgettext_lazy("of a thing", "Review"),
            {
                "classes": ["collapse"],
                "fields": [
                    *("criteria", "criteria_style", "criteria_total"),
                    *("reviewed_type", "reviewed_name", "reviewed_url"),
                ],
            },
        ),
        (
            _("What the page shows"),
            {
                "classes": ["collapse"],
                "fields": [
                    *("post_format", "lead_embed", "list_title", "is_trending"),
                    *("highlights", "sources", "via", "hides_lead_image", "hides_share"),
                    *("hides_authors", "hides_neighbours", "hides_related"),
                ],
            },
        ),
        (
            _("Search engines and sharing"),
            {
                "classes": ["collapse"],
                "fields": [
                    *("seo_title", "seo_description", "canonical_url", "is_noindex"),
                    "share_image",
                ],
            },
        ),
    ]

    class Media:
        css = {"all": ["css/admin-articles.css"]}
        js = [Script("js/admin-labels.js", type="module")]

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        """Ask when changes go live only where readers see something, for a working status only of drafts."""
        fieldsets = super().get_fieldsets(request, obj)
        left_out = set() if obj is not None and was_public(obj) else {"changes_at"}
        left_out |= set() if self._statuses(request, obj) else {"desk_status"}
        return [
            (name, {**options, "fields": [f for f in options["fields"] if f not in left_out]})
            for name, options in fieldsets
        ]

    def _statuses(self, request: HttpRequest, obj: Article | None) -> list[WorkingStatus]:
        """Return the working statuses to choose from, asked for once in a request."""
        if not hasattr(request, "working_statuses"):
            request.working_statuses = statuses_for(editor_of(request), obj)  # type: ignore[attr-defined]
        return request.working_statuses  # type: ignore[attr-defined]

    # What there is for whom

    def get_queryset(self, request: HttpRequest) -> ArticleQuerySet:
        bylines = models.Prefetch("bylines", Byline.objects.select_related("author"))
        return Article.objects.editable_by(editor_of(request)).prefetch_related(bylines)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Article | None:
        """Return the article or None; for its own page with all that is shown there, in four queries."""
        match = request.resolver_match
        if match is None or match.url_name != "articles_article_change":
            return super().get_object(request, object_id, from_field)
        try:
            key = Article._meta.pk.to_python(object_id)
            return drafts.with_page(self.get_queryset(request)).get(pk=key)
        except (Article.DoesNotExist, ValidationError, ValueError):
            return None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Let new articles begin as the site's settings say; those that are there keep theirs."""
        initial = super().get_changeform_initial_data(request)
        if not SiteSettings.objects.current().articles_start_open:
            initial.setdefault("comment_policy", Article.Policy.CLOSED)
        return initial

    def get_form(
        self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = cast("type[ArticleForm]", super().get_form(request, obj, change=change, **kwargs))
        for name in ("lead_image", "share_image"):
            if chooser := form.base_fields.get(name):
                # A picture is uploaded, named and deleted elsewhere; here it is only chosen.
                chooser.widget.can_add_related = chooser.widget.can_change_related = False
                chooser.widget.can_delete_related = False
        # The class was made for this request alone. A subclass would build every field once more.
        form.user = editor_of(request)
        form.statuses = self._statuses(request, obj)
        form.opening = autosave.opening_values(request, obj) or drafts.opening_values(obj)
        return form

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Article, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, BylineInline):
            stored = obj if obj.pk else None
            kwargs |= autosave.opening_authors(request, stored)
            if request.method == "GET" and "authors" not in kwargs:
                kwargs |= drafts.opening_authors(stored)
        return kwargs

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

    @admin.display(description=_("lead picture"))
    def lead_preview(self, article: Article) -> str:
        image = article.lead_image
        if image is None:
            return str(_("None yet."))
        return format_html('<img class="preview" src="{}" alt="{}">', image.file.url, image.alt)

    def view_on_site(self, article: Article) -> str:
        return article.get_absolute_url()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Take the answers of the page for two versions like anything that was typed."""
        if conflicts.ANSWER in request.POST and object_id:
            article = self.get_object(request, object_id)
            request.POST = conflicts.answered(request, article)  # type: ignore[assignment]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        article = context.get("original")
        if article is not None and not article.slug:  # emptied in a form that was refused
            article.slug = Article.objects.values_list("slug", flat=True).get(pk=article.pk)
        if form.is_bound and form.is_behind:
            answer = conflicts.page(request, form, model_admin=self)
            if answer is not None:
                return answer
        context["has_publish_permission"] = self.has_publish_permission(request)
        context["drafts"] = drafts.panel(context.get("original"))
        context["seo"] = seo.panel(request, context.get("original"))
        context["autosave"] = autosave.panel(request, context.get("original"))
        if article is not None and self.has_change_permission(request, article):
            context["sharing"] = sharing.panel(request, article)
            context["series"] = series.panel(article)
            context["assignment"] = assignment.panel(request, article)
            context["review"] = review.panel(request, article)
            context["notes"] = notes.panel(request, article)
            context["checklist"] = checks.panel(article)
        context["blocked"] = checks.blocked(request, context["adminform"].form)
        response = super().render_change_form(request, context, *args, **kwargs)
        if context["blocked"]:
            response.status_code = 422
        return response

    # Saving: everything at once, by the service

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Article:
        article = super().save_form(request, form, change)
        form.choose_password()
        if form.is_live:
            form.choose_lead_image()
        else:
            form.store_lead_image()
        return article

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        """Wait for save_related: the row is stored together with its terms and authors."""

    def save_related(
        self, request: HttpRequest, form: Any, formsets: list[Any], change: bool
    ) -> None:
        data = form.cleaned_data
        if form.is_live:
            drafts.save(request, form, _authors_of(formsets))
        else:
            self._save_row(request, form, _authors_of(formsets))
            if not change and not form.instance.bylines.exists():
                self.message_user(request, _says_nobody(), messages.WARNING)
        if "desk_status" in form.changed_data and form.instance.is_being_written:
            status = data["desk_status"]
            try:
                set_status(article=form.instance, status=status, actor=editor_of(request))
            except ValidationError as error:  # sent to review at the same moment: the text is kept
                self.message_user(request, " ".join(error.messages), messages.WARNING)
        elif (field := form.fields.get("desk_status")) and field.was_moved(
            form.initial["desk_status"]
        ):
            status = field.rows.get(str(form.initial["desk_status"])) or _("no status")
            sentence = _("Its working status was changed meanwhile, and stays: %(status)s.")
            self.message_user(request, sentence % {"status": status}, messages.WARNING)
        autosave.saved(request)
        self._press_button(request, form.instance, data)

    def _save_row(self, request: HttpRequest, form: Any, authors: list[Any] | None) -> None:
        data = form.cleaned_data
        was_approved = form.instance.stage == Article.Stage.APPROVED
        article = services.save_article(
            article=form.instance,
            before=form.stored,
            editor=editor_of(request),
            authors=authors,
            categories=data.get("categories"),
            tags=data.get("tags"),
            is_substantial=data.get("is_substantial", False),
            note=data.get("note", ""),
        )
        if was_approved and article.stage == Article.Stage.WRITING:
            review.say_approval_is_over(request, article)
        if form.overridden is not None and article.status == Article.Status.PUBLISHED:
            reviewing.published(
                article=article,
                actor=editor_of(request),
                reason=data.get("publish_reason", ""),
                overridden=form.overridden,
            )

    def _press_button(self, request: HttpRequest, article: Article, data: dict[str, Any]) -> None:
        """Do what the pressed button says beside saving."""
        moves: dict[str, Callable[..., Any]] = {
            "_trash": services.trash,
            "_restore": services.restore,
            "_review": review.submit,
        }
        if self.has_publish_permission(request):
            reason = data.get("publish_reason", "")
            moves |= {"_publish": partial(publish_all, reason=reason), "_unpublish": take_down}
        for name, move in moves.items():
            if name in request.POST:
                try:
                    move(article=article, editor=editor_of(request))
                except ValidationError as error:
                    self.message_user(request, " ".join(error.messages), messages.ERROR)
                else:
                    if name == "_review":
                        said = review.DONE[Article.Stage.IN_REVIEW] % article
                        self.message_user(request, said, messages.SUCCESS)

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

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return history.history(request, object_id, model_admin=self)

    def get_urls(self) -> list[URLPattern]:
        return [
            *assignment.urls(self),
            *copying.urls(self),
            *history.urls(self),
            *trash.urls(self),
            *autosave.urls(self),
            *drafts.urls(self),
            *quick.urls(self),
            *calendar.urls(self),
            *sharing.urls(self),
            *related.urls(self),
            *linking.urls(self),
            *review.urls(self),
            *series.urls(self),
            *notes.urls(self),
            *checks.urls(self),
            *uploads.urls(self),
            *super().get_urls(),
        ]


def _says_nobody() -> SafeString:
    """Return what somebody is told who has no public name, and whose article names nobody for that."""
    sentence = _(
        'The article names no author. Choose one, or <a href="{}">give yourself a public name</a>.'
    )
    return format_html(str(sentence), reverse("profile"))


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
