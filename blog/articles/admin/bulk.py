"""One change to many articles: categories, tags, authors, discussion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from blog.articles.admin.desk import editor_of
from blog.articles.admin.quick import may_change_at_once
from blog.articles.list_forms import BulkForm, tags_named
from blog.articles.models import Article, Tag
from blog.articles.services import save_article
from blog.articles.statuses import set_status, statuses_for

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User

MAX_ARTICLES = 200  # each is rendered and recorded anew: more would take longer than a request may


def change_many(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]
) -> HttpResponse | None:
    """Ask what is to change, then change it. None sends the browser back to the list."""
    if queryset.count() > MAX_ARTICLES:
        sentence = _("Choose at most %(limit)d articles at once.") % {"limit": MAX_ARTICLES}
        model_admin.message_user(request, sentence, messages.ERROR)
        return None
    is_answer = "change_many" in request.POST
    user = editor_of(request)
    form = BulkForm(request.POST if is_answer else None, statuses=statuses_for(user))
    if is_answer and form.is_valid():
        try:
            tags = tags_named(form.cleaned_data["add_tags"], user)
        except ValidationError as error:
            form.add_error("add_tags", error)
        else:
            changes = form.cleaned_data | {"add_tags": tags}
            if key := changes.get("desk_status"):
                changes["desk_status"] = [form.statuses.get(key)]
            _change_all(model_admin, request, queryset, changes)
            return None
    context = model_admin.admin_site.each_context(request) | {
        "title": _("Change articles"),
        "opts": model_admin.opts,
        "form": form,
        "articles": queryset,
    }
    return TemplateResponse(request, "admin/articles/article/change_many.html", context)


def _change_all(
    model_admin: ModelAdmin,
    request: HttpRequest,
    queryset: QuerySet[Article],
    changes: dict[str, Any],
) -> None:
    user, changed, left_alone, written = editor_of(request), 0, 0, 0
    for pk in queryset.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            article = Article.objects.select_for_update().get(pk=pk)
            if not may_change_at_once(user, article):
                left_alone += 1
                continue
            _change(article, user, changes)
            for status in changes.get("desk_status") or ():
                if article.is_being_written:
                    set_status(article=article, status=status, actor=user)
                elif status:
                    written += 1
        model_admin.log_change(request, article, gettext_noop("Changed in the list."))
        changed += 1
    if changed:
        told = ngettext("%d article changed.", "%d articles changed.", changed) % changed
        model_admin.message_user(request, told, messages.SUCCESS)
    if left_alone:
        told = ngettext(
            "%d published article was left alone: your account may not change it at once.",
            "%d published articles were left alone: your account may not change them at once.",
            left_alone,
        )
        model_admin.message_user(request, told % left_alone, messages.WARNING)
    if written:
        told = ngettext(
            "%d article is past being written: it has no working status.",
            "%d articles are past being written: they have no working status.",
            written,
        )
        model_admin.message_user(request, told % written, messages.WARNING)


def _change(article: Article, user: User, changes: dict[str, Any]) -> None:
    for name in ("comment_policy", "rating_policy"):
        if changes[name]:
            setattr(article, name, changes[name])
    out = set(changes["remove_categories"])
    categories = [category for category in article.categories.all() if category not in out]
    categories += [
        category for category in changes["add_categories"] if category not in categories
    ]
    if article.primary_category in out:
        article.primary_category = None
    unwanted = {name.lower() for name in changes["remove_tags"]}
    tags: list[Tag] = [tag for tag in article.tags.all() if tag.name.lower() not in unwanted]
    authors = [byline.author for byline in article.bylines.select_related("author")]
    authors = [author for author in authors if author not in changes["remove_authors"]]
    save_article(
        article=article,
        editor=user,
        categories=categories,
        tags=[*tags, *changes["add_tags"]],
        authors=[*authors, *changes["add_authors"]],
        note=_("Changed in the list"),
    )
