"""The panel of the assignment, the page on which an article is assigned, and the desk's own fields."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from blog.articles.admin.desk import article_at, editor_of, page_of
from blog.articles.assigning import assign_article, filled_fields, may_assign
from blog.articles.models import Article, Assignment, DeskField
from blog.articles.permissions import writers

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOST_FIELDS = 30


class AssignmentForm(forms.Form):
    """Who writes it, until when, and what; below, the fields that the desk has made for itself."""

    writer = forms.ModelChoiceField(
        label=gettext_lazy("Writer"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("– nobody yet –"),
        help_text=gettext_lazy("Gets a mail, and may edit the article."),
    )
    names_writer = forms.BooleanField(
        label=gettext_lazy("Name the writer as the author of the draft"), required=False
    )
    due_on = forms.DateField(label=gettext_lazy("First draft due"), required=False, widget=DAY)
    brief = forms.CharField(
        label=gettext_lazy("What it is to be"),
        required=False,
        max_length=Assignment._meta.get_field("brief").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["writer"].queryset = writers()  # type: ignore[attr-defined]
        self.own = list(DeskField.objects.all()[:MOST_FIELDS])
        for field in self.own:
            self.fields[f"own_{field.pk}"] = _form_field(field)

    def values(self) -> dict[str, Any]:
        """Return what stands in the desk's own fields, as it is stored; None for what is empty."""
        given = {str(field.pk): self.cleaned_data.get(f"own_{field.pk}") for field in self.own}
        return {key: _stored(value) for key, value in given.items()}


def _stored(value: Any) -> Any:
    """Return a value as JSON keeps it, None where nothing was filled in: 0 is a number as any other."""
    if value == "" or value is False:
        return None
    return value.isoformat() if isinstance(value, date) else value


def _form_field(field: DeskField) -> forms.Field:
    kinds: dict[str, Any] = {
        DeskField.Kind.TEXT: partial(forms.CharField, max_length=300),
        DeskField.Kind.NUMBER: partial(forms.IntegerField, min_value=-(10**12), max_value=10**12),
        DeskField.Kind.DATE: partial(forms.DateField, widget=DAY),
        DeskField.Kind.TICK: forms.BooleanField,
    }
    made: forms.Field = kinds[field.kind](label=field.name, required=False)
    return made


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(partial(show, model_admin=model_admin))
    guarded = model_admin.admin_site.admin_view(view)
    return [path("<int:object_id>/assignment/", guarded, name="articles_article_assignment")]


def panel(
    request: HttpRequest, article: Article, form: AssignmentForm | None = None
) -> dict[str, Any]:
    """Return what _assignment.html shows; without a form a query only where own fields are filled in."""
    row = getattr(article, "assignment", None)
    return {
        "action": reverse("admin:articles_article_assignment", args=[article.pk]),
        "row": row,
        "filled": filled_fields(row),
        "may_assign": may_assign(editor_of(request)),
        "form": form,
    }


def show(request: HttpRequest, object_id: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Ask who writes the article, and store it: at once, whatever waits of its text."""
    article = article_at(request, object_id, model_admin)
    if not may_assign(editor_of(request)):
        raise PermissionDenied
    form = AssignmentForm(request.POST or None, initial=_initial(article), prefix="assignment")
    if request.method == "POST" and form.is_valid():
        try:
            _store(request, article, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The assignment of “%s” is saved.") % article)
            back = reverse("admin:articles_article_change", args=[article.pk])
            return HttpResponseRedirect(f"{back}#assignment")
    return page_of(
        request,
        article,
        model_admin,
        title=_("Assignment"),
        status=422 if form.errors else 200,
        assignment=panel(request, article, form),
        panel="admin/articles/article/_assignment.html",
    )


def _initial(article: Article) -> dict[str, Any]:
    row = getattr(article, "assignment", None)
    if row is None:
        return {"names_writer": True}
    own = {f"own_{key}": value for key, value in row.values.items()}
    return own | {"writer": row.writer_id, "due_on": row.due_on, "brief": row.brief}


def _store(request: HttpRequest, article: Article, form: AssignmentForm) -> None:
    data = form.cleaned_data
    assign_article(
        article=article,
        actor=editor_of(request),
        writer=data["writer"],
        due_on=data["due_on"],
        brief=data["brief"],
        values=form.values(),
        names_writer=data["names_writer"],
    )


@admin.register(DeskField)
class DeskFieldAdmin(admin.ModelAdmin):
    """What the desk notes of its articles beside the assignment."""

    about_empty = gettext_lazy(
        "An own field holds what else this desk notes of its articles. Readers never see it."
    )
    list_display = ["name", "kind", "position"]
    list_editable = ["position"]
    fields = ["name", "kind", "position"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: DeskField | None = None
    ) -> tuple[str, ...]:
        """Keep the kind of a field that is there: what was filled in is of that kind."""
        return ("kind",) if obj else ()
