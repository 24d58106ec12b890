"""Quick edit: what the list shows of one article, changed without opening it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from blog.articles.admin.desk import editor_of
from blog.articles.list_forms import QuickEditForm, tags_named
from blog.articles.models import Article
from blog.articles.services import save_article
from blog.articles.statuses import set_status, statuses_for

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    from accounts.models import User


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(
        partial(quick_edit, model_admin=model_admin)
    )
    guarded = model_admin.admin_site.admin_view(view)
    return [path("<int:pk>/quick/", guarded, name="articles_article_quick")]


def may_change_at_once(user: User, article: Article) -> bool:
    """Say whether a change by this person may go live without a look: a draft is open to its writers."""
    is_public = article.status == Article.Status.PUBLISHED
    return not is_public or user.has_perm("articles.publish_article")


def quick_edit(request: HttpRequest, pk: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show the form, or save it."""
    if request.method == "POST":
        with transaction.atomic():
            return _save(request, _article(request, pk, is_locked=True), model_admin)
    article = _article(request, pk)
    form = QuickEditForm(instance=article, statuses=statuses_for(editor_of(request), article))
    return _show(request, form, model_admin)


def _article(request: HttpRequest, pk: int, *, is_locked: bool = False) -> Article:
    """Return the article; locked, so that of two savings at once one follows the other."""
    user = editor_of(request)
    articles = Article.objects.editable_by(user).filter(pk=pk, trashed_at__isnull=True)
    article = (articles.select_for_update() if is_locked else articles).first()
    if article is None:
        raise Http404
    if not may_change_at_once(user, article):
        raise PermissionDenied(
            _(
                "Your account may not change what is published. Open the article to propose a change."
            )
        )
    return article


def _show(request: HttpRequest, form: QuickEditForm, model_admin: ModelAdmin) -> HttpResponse:
    context = model_admin.admin_site.each_context(request) | {
        "title": _("Quick edit"),
        "subtitle": form.initial["title"],
        "opts": model_admin.opts,
        "form": form,
        "article": form.instance,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return TemplateResponse(request, "admin/articles/article/quick.html", context, status=status)


def _save(request: HttpRequest, article: Article, model_admin: ModelAdmin) -> HttpResponse:
    statuses = statuses_for(editor_of(request), article)
    form = QuickEditForm(request.POST, instance=article, statuses=statuses)
    if not (form.is_valid() and _is_stored(form, editor_of(request))):
        return _show(request, form, model_admin)
    model_admin.log_change(request, article, gettext_noop("Quick edit."))
    model_admin.message_user(request, _("“%(article)s” is saved.") % {"article": article})
    return HttpResponseRedirect(reverse("admin:articles_article_changelist"))


def _is_stored(form: QuickEditForm, user: User) -> bool:
    """Save what the form holds; where that is refused, put the reason into the form and return False."""
    try:
        with transaction.atomic():
            save_article(
                article=form.instance,
                editor=user,
                categories=form.cleaned_data["categories"],
                tags=tags_named(form.cleaned_data["tag_names"], user),
                note=_("Quick edit"),
            )
            if "desk_status" in form.changed_data:
                status = form.cleaned_data["desk_status"]
                set_status(article=form.instance, status=status, actor=user)
    except ValidationError as error:
        form.add_error(None if hasattr(error, "error_dict") else "tag_names", error)
        return False
    return True
