"""Changes to a live article at the desk: what the form opens with, what its buttons do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from blog.articles import drafts, review
from blog.articles.admin.desk import editor_of
from blog.articles.admin.review import say_approval_is_over
from blog.articles.models import Article, DraftLink
from blog.articles.typed import author_keys, form_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.admin import ModelAdmin

    from accounts.models import Author
    from blog.articles.forms import ArticleForm
    from blog.articles.models import ArticleQuerySet


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = require_POST(partial(discard, model_admin=model_admin))
    return [
        path(
            "<int:pk>/draft/discard/",
            model_admin.admin_site.admin_view(view),
            name="articles_article_draft_discard",
        )
    ]


def with_page(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Load with an article what its page shows: its terms and pictures, what waits and why."""
    return (
        articles.select_related(
            *("primary_category", "lead_image", "share_image", "share_card", "reviewer"),
            *("draft_revision__author", "current_revision__author", "series_part__series"),
            *("assignment__writer", "working_status"),
        )
        .defer("current_revision__data")
        .prefetch_related("categories", "tags")
        .annotate(
            base_of_draft=drafts.BASE_OF_DRAFT,
            has_draft_links=Exists(DraftLink.objects.filter(article=OuterRef("pk"))),
        )
    )


def opening_values(article: Article | None) -> dict[str, Any]:
    """Return what the form of a live article opens with: its waiting draft, where there is one."""
    content = _waiting(article)
    if article is None or article.draft_revision is None or content is None:
        return {}
    return form_values(content) | {"changes_at": article.draft_revision.publish_at}


def opening_authors(article: Article | None) -> dict[str, Any]:
    """Return what BylineFormSet is to be made with for a waiting draft."""
    content = _waiting(article)
    return {"authors": author_keys(content)} if content else {}


def _waiting(article: Article | None) -> dict[str, Any] | None:
    """Return the waiting content, worked out once for each request: the form and its rows ask for it."""
    if article is None or not drafts.was_public(article):
        return None
    if not hasattr(article, "waiting_content"):
        article.waiting_content = drafts.waiting_content(article)  # type: ignore[attr-defined]
    return article.waiting_content  # type: ignore[attr-defined]


def save(request: HttpRequest, form: ArticleForm, authors: Sequence[Author] | None) -> None:
    """Keep the form as the waiting draft of its live article, and say what that means."""
    data = form.cleaned_data
    may_publish = request.user.has_perm("articles.publish_article")
    is_planned = "_schedule" in request.POST and may_publish
    # It is there: the form was checked.
    before = form.stored or Article.objects.get(pk=form.instance.pk)
    # What somebody changed who may not publish does not go live by itself.
    planned = before.draft_revision.publish_at if before.draft_revision and may_publish else None
    draft = drafts.save_draft(
        article=form.instance,
        row=before,
        editor=editor_of(request),
        authors=authors,
        categories=data.get("categories"),
        tags=data.get("tags"),
        typed=form.typed,
        publish_at=data.get("changes_at") if is_planned else planned,
        note=data.get("note", ""),
    )
    if before.stage == Article.Stage.APPROVED and draft and not may_publish:
        say_approval_is_over(request, before)
    if is_planned and draft:  # that is publishing, only later
        review.published(
            article=before,
            actor=editor_of(request),
            reason=data.get("publish_reason", ""),
            overridden=form.overridden or [],
        )
    if "_publish" in request.POST:
        return  # what becomes of it is said by whoever publishes
    if draft is None:
        text = _("This is what readers see already: no changes wait.")
    elif draft.publish_at and is_planned:
        text = _("The changes go live by themselves at the time you chose.")
    else:
        text = _("The draft is saved. Readers see nothing of it until the changes are published.")
    messages.info(request, text)


def panel(article: Article | None) -> dict[str, Any] | None:
    """Return what _drafts.html says above the form of an article that readers see; None for others."""
    if article is None or not drafts.was_public(article):
        return None
    return {"draft": article.draft_revision, "live": article.current_revision}


def discard(request: HttpRequest, pk: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Give up the waiting draft; it stays in the history."""
    article = Article.objects.editable_by(editor_of(request)).filter(pk=pk).first()
    if article is None:
        raise Http404
    drafts.discard_draft(article=article)
    model_admin.log_change(request, article, gettext_noop("Discarded the changes that waited."))
    text = _(
        "The changes are discarded. They stay in the history, from where you can restore them."
    )
    model_admin.message_user(request, text)
    return redirect("admin:articles_article_change", pk)
