"""The checklist at the desk: what an article fails, the report over all that is live, and the levels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from blog.articles import checks
from blog.articles.admin.desk import editor_of
from blog.articles.findings import set_levels
from blog.articles.models import Article, ChecklistRule, Finding
from blog.articles.permissions import may_override

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.contrib.admin import ModelAdmin

PER_PAGE = 50
# Where on the article's form something is mended; what is in the text is found there.
ANCHORS = {
    "category": "#id_categories",
    "lead-image": "#id_lead_upload",
    "excerpt": "#id_excerpt",
    "slug-length": "#id_slug",
    "title-length": "#id_title",
}


class Shown(NamedTuple):
    """A failed check with the place where it is mended."""

    failure: checks.Failure
    anchor: str


class LevelsForm(forms.Form):
    """How much each check counts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, level in checks.levels().items():
            rule = checks.RULES[code]
            self.fields[code] = forms.ChoiceField(
                label=str(rule.name),
                help_text=str(rule.sentence),
                choices=ChecklistRule.Level.choices,
                initial=level,
            )


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    def guarded(view: Any, method: Any) -> Any:
        return model_admin.admin_site.admin_view(method(partial(view, model_admin=model_admin)))

    change = require_http_methods(["GET", "HEAD", "POST"])
    return [
        path("checks/", guarded(report, require_safe), name="articles_article_checks"),
        path("checks/levels/", guarded(edit_levels, change), name="articles_article_levels"),
    ]


def panel(article: Article) -> dict[str, Any]:
    """Return what _checklist.html shows of the saved text; one query where its findings are kept."""
    draft = article.draft_revision
    failures = checks.failed(article, draft.data) if draft else _stored(article)
    return {"findings": _shown(failures)}


def _stored(article: Article) -> list[checks.Failure]:
    level = ChecklistRule.objects.filter(code=OuterRef("code")).values("level")
    return [
        checks.Failure(code, detail, chosen or checks.RULES[code].level)
        for code, detail, chosen in article.findings.values_list("code", "detail", Subquery(level))
        if code in checks.RULES
    ]


def blocked(request: HttpRequest, form: Any) -> dict[str, Any] | None:
    """Return what _blocked.html shows when the form was refused by required checks; else None."""
    failures = getattr(form, "blocked", None)
    if not failures:
        return None
    return {
        "findings": _shown(failures),
        "may_override": may_override(editor_of(request)),
        "reason": form.data.get("publish_reason", ""),
    }


def _shown(failures: Iterable[checks.Failure]) -> Sequence[Shown]:
    first = sorted(failures, key=lambda failure: not failure.is_required)
    return [Shown(failure, ANCHORS.get(failure.code, "")) for failure in first]


def report(request: HttpRequest, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show what the live articles fail: the checks with their numbers, and the findings of one of them."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    articles = Article.objects.published().editable_by(editor_of(request))
    found = Finding.objects.filter(article__in=articles)
    counts = dict(
        found.order_by().values_list("code").annotate(number=Count("article", distinct=True))
    )
    level_of = checks.levels()
    code = request.GET.get("check", "")
    rows = found.filter(code=code) if code in checks.RULES else found
    rows = rows.select_related("article").defer("article__body", "article__body_html")
    page = Paginator(rows.order_by("article__title", "article", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Checks of live articles"),
        "rules": [
            (name, rule.name, ChecklistRule.Level(level_of[name]).label, counts.get(name, 0))
            for name, rule in checks.RULES.items()
        ],
        "chosen": code if code in checks.RULES else "",
        "page": page,
        "findings": [
            (row.article, checks.Failure(row.code, row.detail, level_of[row.code]))
            for row in page
            if row.code in checks.RULES
        ],
        "may_set": request.user.has_perm("articles.change_checklistrule"),
    }
    return TemplateResponse(request, "admin/articles/checks.html", context)


def edit_levels(request: HttpRequest, *, model_admin: ModelAdmin) -> HttpResponse:
    """Let editors say how much each check counts."""
    if not request.user.has_perm("articles.change_checklistrule"):
        raise PermissionDenied
    form = LevelsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        set_levels(form.cleaned_data)
        messages.success(request, _("The checks count as you said from now on."))
        return HttpResponseRedirect(reverse("admin:articles_article_checks"))
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Checks before publishing"),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/articles/levels.html", context, status=status)
