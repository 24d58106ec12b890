"""The panel of the review: where it stands, what happened, and the buttons for the next step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from blog.articles import checks, review
from blog.articles.admin.desk import article_at, editor_of, page_of
from blog.articles.models import Article, StageChange, step_name
from blog.articles.permissions import reviewers

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

Stage = Article.Stage
SHOWN = 8  # steps, the newest
BUTTONS = {
    Stage.IN_REVIEW: gettext_lazy("Send to review"),
    Stage.APPROVED: gettext_lazy("Approve"),
    Stage.CHANGES_REQUESTED: gettext_lazy("Request changes"),
    Stage.WRITING: gettext_lazy("Take back"),
}
DONE = {
    Stage.IN_REVIEW: gettext_lazy("“%s” is in review."),
    Stage.APPROVED: gettext_lazy("“%s” is approved."),
    Stage.CHANGES_REQUESTED: gettext_lazy("The authors of “%s” are asked for changes."),
    Stage.WRITING: gettext_lazy("“%s” is back with its authors."),
}


class Step(NamedTuple):
    """One line of the log."""

    change: StageChange
    name: str
    overridden: str


class StepForm(forms.Form):
    """A step of the review, with what is said to it."""

    to = forms.ChoiceField(choices=Stage.choices, required=False)
    reason = forms.CharField(
        label=gettext_lazy("What to say"),
        required=False,
        max_length=review.MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reviewer = forms.ModelChoiceField(
        label=gettext_lazy("Reviewer"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("All editors"),
    )
    seen_version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = reviewers().exclude(pk=actor.pk)  # type: ignore[attr-defined]


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(partial(show, model_admin=model_admin))
    guarded = model_admin.admin_site.admin_view(view)
    return [path("<int:object_id>/review/", guarded, name="articles_article_review")]


def panel(request: HttpRequest, article: Article, form: StepForm | None = None) -> dict[str, Any]:
    """Return what _review.html shows of an article that this person may change: two queries at most."""
    user = editor_of(request)
    steps = review.open_steps(user, article)
    may_assign = article.stage == Stage.IN_REVIEW and Stage.APPROVED in steps
    first = {"seen_version": article.version, "reviewer": article.reviewer_id}
    changes = article.stage_changes.select_related("actor")[:SHOWN]
    return {
        "action": reverse("admin:articles_article_review", args=[article.pk]),
        "stage": Stage(article.stage),
        "has_work": review.has_work(article),
        "steps": [Step(change, *_names(change)) for change in changes],
        "buttons": [(stage.value, BUTTONS[stage]) for stage in BUTTONS if stage in steps],
        "asks_reviewer": Stage.IN_REVIEW in steps or may_assign,
        "may_assign": may_assign,
        "open_steps": steps,
        "form": form or StepForm(actor=user, initial=first, prefix="review"),
    }


def _names(change: StageChange) -> tuple[str, str]:
    name = change.statuses if change.is_of_status else step_name(change.after)
    return name, ", ".join(checks.name_of(code) for code in change.overridden)


def show(request: HttpRequest, object_id: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show the panel alone, or take the step that was asked for."""
    article = article_at(request, object_id, model_admin)
    form = None
    if request.method == "POST":
        form = StepForm(_with_button(request), actor=editor_of(request), prefix="review")
        if _is_done(request, article, form):
            address = reverse("admin:articles_article_change", args=[article.pk])
            return HttpResponseRedirect(f"{address}#review")
    return page_of(
        request,
        article,
        model_admin,
        title=_("Review"),
        status=422 if form else 200,
        review=panel(request, article, form),
        panel="admin/articles/article/_review.html",
    )


def submit(*, article: Article, editor: User) -> None:
    """Send to review what was just saved, to whoever was asked before."""
    review.move_stage(article=article, to=Stage.IN_REVIEW, actor=editor)


def say_approval_is_over(request: HttpRequest, article: Article) -> None:
    """Tell whoever changed an approved article that it goes to the reviewer again."""
    said = _("“%s” was approved as it was before: send it to review again.") % article
    messages.warning(request, said)


def _with_button(request: HttpRequest) -> dict[str, Any]:
    """Return what was sent, with the button that was pressed among the fields."""
    return request.POST.dict() | {"review-to": request.POST.get("to", "")}


def _is_done(request: HttpRequest, article: Article, form: StepForm) -> bool:
    if not form.is_valid():
        return False
    asked, actor = form.cleaned_data, editor_of(request)
    try:
        if "assign" in request.POST:
            said = _assign(article, asked["reviewer"], actor)
        elif not asked["to"]:
            raise ValidationError(_("Choose a step."))
        else:
            review.move_stage(article=article, actor=actor, **asked)
            said = DONE[Stage(asked["to"])] % article
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, said)
    return True


def _assign(article: Article, reviewer: User | None, actor: User) -> str:
    if reviewer is None:
        raise ValidationError(_("Choose who is asked."))
    review.assign(article=article, reviewer=reviewer, actor=actor)
    return _("%(name)s is asked to review “%(title)s”.") % {"name": reviewer, "title": article}
