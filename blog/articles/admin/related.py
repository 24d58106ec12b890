"""The page on which an author picks what is to be read after an article."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from blog.articles.admin.desk import article_at, editor_of, page_of
from blog.articles.admin.linking import MOST_WORDS
from blog.articles.models import Article, ArticleQuerySet, RelatedPick
from blog.articles.picks import MOST_PICKS, add_pick, move_pick, remove_pick
from blog.articles.queries import related_to
from blog.numbers import number_in

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

MOST_FOUND = 20


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(partial(related, model_admin=model_admin))
    guarded = model_admin.admin_site.admin_view(view)
    return [path("<int:object_id>/related/", guarded, name="articles_article_related")]


def related(request: HttpRequest, object_id: int, *, model_admin: ModelAdmin) -> HttpResponse:
    """Show the picks and what readers find below the article; add, move or remove a pick."""
    article = article_at(request, object_id, model_admin)
    if request.method == "POST":
        try:
            _change(request, article)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(request.get_full_path())
    words = request.GET.get("q", "").strip()[:200]
    seen = Article.objects.visible_to(editor_of(request)).filter(pk=OuterRef("other"))
    picks = RelatedPick.objects.filter(article=article).select_related("other")
    picks = picks.annotate(may_see=Exists(seen))
    taken = [article.pk, *(pick.other_id for pick in picks)]
    return page_of(
        request,
        article,
        model_admin,
        title=_("Related articles"),
        template="related.html",
        picks=picks,
        may_add=len(picks) < MOST_PICKS,
        most=MOST_PICKS,
        query=words,
        found=_found(_choices(request).exclude(pk__in=taken), words),
        shown=related_to(article),
    )


def _change(request: HttpRequest, article: Article) -> None:
    editor = editor_of(request)
    action = next((each for each in ("add", "remove", "up", "down") if each in request.POST), "")
    key = number_in(request.POST.get(action, ""))
    if key is None:
        raise Http404
    if action == "add":
        add_pick(
            article=article, editor=editor, other=get_object_or_404(_choices(request), pk=key)
        )
    elif action == "remove":
        remove_pick(article=article, editor=editor, key=key)
    else:
        move_pick(article=article, editor=editor, key=key, by=-1 if action == "up" else 1)


def _choices(request: HttpRequest) -> ArticleQuerySet:
    """Return what may be picked: what this person may see, and what is not in the trash."""
    return Article.objects.visible_to(editor_of(request)).filter(trashed_at__isnull=True)


def _found(articles: ArticleQuerySet, words: str) -> list[Article]:
    """Return the latest articles whose titles have all the words; without words, the latest."""
    for word in words.split()[:MOST_WORDS]:
        articles = articles.filter(title__icontains=word)
    times = ("title", "slug", "status", "publish_at", "expire_at", "trashed_at")
    return list(articles.only(*times).order_by("-pk")[:MOST_FOUND])
