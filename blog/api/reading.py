"""What the API tells: to strangers what pages show, with an application password also what one may edit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Prefetch
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Author
from accounts.pace import is_too_fast
from blog.api import shapes
from blog.api.answers import RefusedError, known
from blog.api.lists import answer, by_key, keys_by_time, part_of
from blog.articles.models import Article, ArticleQuerySet, Byline, Category, Place, Tag
from blog.articles.permissions import may_edit
from blog.comments.models import Comment
from blog.pages.models import Page
from blog.public.addresses import absolute
from blog.public.views.search import MOST_IN_A_MINUTE
from blog.search.models import Index
from blog.search.queries import search
from blog.search.query import clean, parse
from blog.site.middleware import site_of

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from accounts.models import User

FILTERS: dict[str, tuple[type[Model], str]] = {
    "category": (Category, "path"),
    "tag": (Tag, "slug"),
    "author": (Author, "slug"),
}
ADDRESSES = ["articles", "authors", "categories", "me", "media", "pages", "tags"]


def index(request: HttpRequest, asker: User | None) -> JsonResponse:
    return JsonResponse({name: absolute(request, f"{request.path}{name}/") for name in ADDRESSES})


def me(_request: HttpRequest, asker: User | None) -> JsonResponse:
    """Say whose password it is and what it opens, for a program that is being set up."""
    user = known(asker)
    author = Author.objects.filter(user=user).first()
    rights = {"write": "articles.add_article", "publish": "articles.publish_article"}
    rights |= {"edit_others": "articles.edit_any_article", "upload": "media.add_image"}
    may = {name: user.has_perm(permission) for name, permission in rights.items()}
    return JsonResponse({"name": str(user), "author": author.pk if author else None, "may": may})


def articles(request: HttpRequest, asker: User | None) -> JsonResponse:
    """List what is published, the newest first; with `status`, what this person may edit, last made first."""
    status = request.GET.get("status", "")
    if text := request.GET.get("search", ""):
        return _found(request, text)
    if not status or (asker is None and status == Article.State.PUBLISHED):
        return _published(request)
    user = known(asker)
    if status not in Article.State.values:
        choices = ", ".join(Article.State.values)
        raise RefusedError(400, {"status": [_("must be one of: %s.") % choices]})
    rows = _with_all(Article.objects.editable_by(user).in_state(status))
    return by_key(request, rows, partial(_desk_item, request), newest_first=True)


def article(request: HttpRequest, asker: User | None, pk: int) -> JsonResponse:
    return JsonResponse(shape_of(request, article_of(asker, pk), asker))


def article_of(asker: User | None, pk: int) -> Article:
    """Return the article if who asks may read it, or raise 404."""
    visible = Article.objects.visible_to(asker or AnonymousUser())
    return get_object_or_404(_with_all(visible, whole=True), pk=pk)


def shape_of(request: HttpRequest, article: Article, asker: User | None) -> dict[str, Any]:
    """Return the whole article; where the owner keeps texts out of feeds, strangers get none here either."""
    shape = shapes.of_whole_article(request, article)
    if asker and may_edit(asker, article):
        return shape | shapes.for_the_desk(article)
    return shape if site_of(request).feeds_in_full else shape | {"html": ""}


def comments(request: HttpRequest, _asker: User | None, pk: int) -> JsonResponse:
    """List the approved comments of an article that everybody may read, the oldest first."""
    article = get_object_or_404(Article.objects.open_to_all(), pk=pk)
    if article.comment_policy == Article.Policy.OFF:
        raise Http404
    rows = Comment.objects.approved().filter(article=article).select_related("article")
    return by_key(request, rows, partial(shapes.of_comment, request))


def categories(request: HttpRequest, asker: User | None) -> JsonResponse:
    rows = _in_use(Category.objects.all(), "category", asker)
    return by_key(request, rows, partial(shapes.of_category, request))


def tags(request: HttpRequest, asker: User | None) -> JsonResponse:
    rows = _in_use(Tag.objects.all(), "tag", asker)
    return by_key(request, rows, partial(shapes.of_tag, request))


def authors(request: HttpRequest, asker: User | None) -> JsonResponse:
    """List under which names articles appear. Whether somebody signs in behind one is not told."""
    rows = _in_use(Author.objects.all(), "author", asker)
    rows = rows.select_related("photo").prefetch_related("links")
    return by_key(request, rows, partial(shapes.of_author, request))


def pages(request: HttpRequest, _asker: User | None) -> JsonResponse:
    rows = Page.objects.published().defer("body", "body_html")
    return by_key(request, rows, partial(shapes.of_page, request))


def page(request: HttpRequest, _asker: User | None, pk: int) -> JsonResponse:
    found = get_object_or_404(Page.objects.published(), pk=pk)
    return JsonResponse(shapes.of_whole_page(request, found))


def _published(request: HttpRequest) -> JsonResponse:
    """Answer with a page of what strangers may read: its keys first, by one index, then only its rows."""
    now = timezone.now()
    places = _places_asked(request)
    if places:
        rows = Place.objects.filter(name=places[0])
        for name in places[1:]:
            rows = rows.filter(article__in=Place.objects.filter(name=name).values("article"))
        keys, end = keys_by_time(
            request, rows, lambda rows: rows.live(now).latest_first(), key="article"
        )
    else:
        keys, end = keys_by_time(
            request, Article.objects.all(), lambda rows: rows.published(now).latest_first()
        )
    found = _with_all(Article.objects.published(now).filter(pk__in=keys)).latest_first()
    return answer(request, (shapes.of_article(request, article) for article in found), end)


def _found(request: HttpRequest, text: str) -> JsonResponse:
    """Answer with what the site's search finds, articles alone, best first, as far as it ranks them."""
    if is_too_fast(request, "search", most=MOST_IN_A_MINUTE):
        raise RefusedError(429, _("Too many searches. Try again in a minute."))
    _places_asked(request)  # a term that does not exist is a mistake here, too
    filters = {name: request.GET.get(name, "") for name in FILTERS} | {"type": "article"}
    is_stemmed = not Index.objects.filter(is_stemmed=False).exists()
    query = parse(clean(text), is_stemmed=is_stemmed)
    results = [] if query.is_empty else search(query.narrowed(filters))
    keys, end = part_of(request, [row.article_id for row in results if row.article_id])
    rows = _with_all(Article.objects.published().filter(pk__in=keys)).in_bulk()
    shown = (shapes.of_article(request, rows[key]) for key in keys if key in rows)
    return answer(request, shown, end)


def _places_asked(request: HttpRequest) -> list[str]:
    """Return the names of the lists that the filters ask for; a term that does not exist is a mistake."""
    names = []
    for kind, (model, field) in FILTERS.items():
        if value := request.GET.get(kind, ""):
            row = model._default_manager.filter(**{field: value}).first()
            if row is None:
                raise RefusedError(400, {kind: [_("There is none of this name.")]})
            names.append(f"{kind}:{row.pk}")
    return names


def _with_all(articles: ArticleQuerySet, *, whole: bool = False) -> ArticleQuerySet:
    """Load what the answer says of each article, however many they are, in four queries."""
    rows = articles.select_related(
        *("lead_image", "rating_summary", "thread"),
        *(["draft_revision", "current_revision"] if whole else []),
    ).prefetch_related(
        Prefetch("bylines", Byline.objects.select_related("author")), "categories", "tags"
    )
    return rows if whole else rows.defer("body", "body_html", "toc")


def _desk_item(request: HttpRequest, article: Article) -> dict[str, Any]:
    state = {"status": article.state, "stage": article.stage, "version": article.version}
    return shapes.of_article(request, article) | {"title": article.title} | state


def _in_use[Row: Model](rows: QuerySet[Row], kind: str, asker: User | None) -> QuerySet[Row]:
    """Leave out for strangers what no published article has: its name may tell of one that is not."""
    if asker is not None and asker.has_perm("articles.add_article"):
        return rows
    return rows.filter(Exists(Place.objects.live(timezone.now()).of_each(kind)))
