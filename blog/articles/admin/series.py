"""Series at the desk: the form of one with its parts in order, and the panel on an article's page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from blog.articles.admin.desk import article_at, page_of
from blog.articles.models import Article, Series, SeriesPart, SeriesSlugHistory
from blog.articles.series import MOST_PARTS, move_part, put_in_series, save_series
from blog.numbers import number_in
from blog.site.claiming import ClaimingForm

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.db.models import QuerySet


class SeriesForm(ClaimingForm):
    """A series; its address is made from the title when left empty."""

    history, owner_field = SeriesSlugHistory, "series"

    class Meta:
        model = Series
        fields = ["title", "slug", "description"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):  # nothing to fill in for who may only look
            slug.required = False


class PlaceForm(forms.Form):
    """Which part of which series an article is."""

    series = forms.ModelChoiceField(
        label=gettext_lazy("Series"),
        queryset=Series.objects.all(),
        required=False,
        empty_label=gettext_lazy("– none –"),
    )
    number = forms.IntegerField(
        label=gettext_lazy("Part"),
        required=False,
        min_value=1,
        max_value=MOST_PARTS,
        help_text=gettext_lazy("Empty: the last one."),
    )


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    about_empty = gettext_lazy(
        "A series puts articles in an order. Each names its part and leads to the next."
    )
    form = SeriesForm
    fields = ["title", "slug", "description", "claimed_address"]
    list_display = ["title", "slug", "part_count"]
    search_fields = ["title"]
    change_form_template = "admin/articles/series/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return super().get_queryset(request).annotate(part_number=Count("parts"))

    @admin.display(description=gettext_lazy("parts"), ordering="part_number")
    def part_count(self, series: Series) -> int:
        return series.part_number  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Series, form: Any, change: bool) -> None:
        save_series(series=obj)

    def view_on_site(self, series: Series) -> str | None:
        """Return none of a form that was refused with an empty address."""
        return series.get_absolute_url() if series.slug else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        series = context.get("original")
        if series is not None:
            context["parts"] = _parts_of(series)
            context["may_arrange"] = self.has_change_permission(request, series)
        return super().render_change_form(request, context, *args, **options)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.move_view))
        return [
            path("part/<int:pk>/move/", view, name="articles_seriespart_move"),
            *super().get_urls(),
        ]

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move a part by one step (`to`), to where it was dragged (`before`), or out of the series."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        parts = SeriesPart.objects.select_related("article")
        part = get_object_or_404(parts, pk=pk)
        if "out" in request.POST:
            put_in_series(article=part.article, series=None)
        elif "to" in request.POST:
            move_part(part=part, to=request.POST["to"])
        else:
            before = number_in(request.POST.get("before", ""))
            move_part(part=part, to="before", before=before)
        address = reverse("admin:articles_series_change", args=[part.series_id])
        return HttpResponseRedirect(f"{address}#parts")


def _parts_of(series: Series) -> list[tuple[SeriesPart, bool]]:
    """Return the parts with whether readers see them."""
    parts = list(
        series.parts.select_related("article").defer("article__body", "article__body_html")
    )
    live = Article.objects.published().filter(series_part__series=series)
    shown = set(live.values_list("pk", flat=True))
    return [(part, part.article_id in shown) for part in parts]


# On the page of an article


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(partial(place, model_admin=model_admin))
    guarded = model_admin.admin_site.admin_view(view)
    return [path("<int:object_id>/series/", guarded, name="articles_article_series")]


def panel(article: Article, form: PlaceForm | None = None) -> dict[str, Any]:
    """Return what _in_series.html shows; without a form, which has a page of its own, no query."""
    return {
        "action": reverse("admin:articles_article_series", args=[article.pk]),
        "part": getattr(article, "series_part", None),
        "form": form,
    }


def place(request: HttpRequest, object_id: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Put an article into a series, or take it out: at once, whatever waits of its text."""
    article = article_at(request, object_id, model_admin)
    part = getattr(article, "series_part", None)
    initial = {"series": part.series_id, "number": part.position} if part else {}
    form = PlaceForm(request.POST or None, initial=initial, prefix="series")
    if form.is_valid():
        try:
            put_in_series(article=article, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            model_admin.message_user(
                request, _("Its place in the series is saved."), messages.SUCCESS
            )
            back = reverse("admin:articles_article_change", args=[article.pk])
            return HttpResponseRedirect(f"{back}#series")
    return page_of(
        request,
        article,
        model_admin,
        title=_("Series"),
        template="in_series.html",
        status=422 if form.is_bound else 200,
        series=panel(article, form),
    )
