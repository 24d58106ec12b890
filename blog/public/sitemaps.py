"""The sitemap: everything strangers may read and search engines may list, with its pictures."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from django.core.files.storage import default_storage
from django.core.paginator import EmptyPage, Paginator
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Author
from blog.articles.models import Article, ArticleQuerySet, Category, Series, Tag
from blog.pages.models import Page
from blog.prepared import Prepared
from blog.public.addresses import absolute
from blog.public.listing import MOST_ROWS
from blog.public.shown import keep_page, shared
from blog.public.views.search import page_number
from blog.site.middleware import site_of
from blog.site.models import SiteSettings

PER_FILE = 2000  # addresses
_OLDEST = datetime(1, 1, 1, tzinfo=UTC)

Entry = tuple[str, datetime | None, list[str]]  # path, time of the last change, pictures


@require_safe
@shared
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the articles, with the other pages in front; a large blog gets an index of several files.

    There is none where the owner wants no search engine to come.
    """
    if site_of(request).discourage_search_engines:
        raise Http404
    # Divided before those are left out that search engines shall not list: an index knows all of them.
    divided = Article.objects.open_to_all().latest_first()
    files = Paginator(divided.values_list("pk", flat=True), PER_FILE)
    listed = Article.objects.open_to_all().filter(is_noindex=False)
    if files.num_pages > 1 and "page" not in request.GET:
        return _index(request)
    try:
        page = files.page(page_number(request))
    except EmptyPage as error:
        raise Http404 from error
    still = list(_still_pages(site_of(request))) if page.number == 1 else []
    rows = list(
        listed.filter(pk__in=list(page.object_list))
        .latest_first()
        .values_list("pk", "slug", "lead_image__file", "publish_at", "updated_at")
    )
    entries = (
        _pages(listed, {pk: at for pk, _, _, at, _ in rows if at}) if page.number == 1 else []
    )
    entries += [(each.get_absolute_url(), each.updated_at, []) for each in still]
    in_text = _pictures_in_texts([pk for pk, *_others in rows])
    for pk, slug, lead, *times in rows:
        changed_at = max(time for time in times if time)
        pictures = [*([lead] if lead else []), *in_text.get(pk, [])]
        entries.append((reverse("article-detail", args=[slug]), changed_at, pictures))
    urls = [
        (
            absolute(request, path),
            at,
            [absolute(request, default_storage.url(name)) for name in dict.fromkeys(pictures)],
        )
        for path, at, pictures in entries
    ]
    response = render(request, "sitemap.xml", {"urls": urls}, content_type="application/xml")
    own = (f"page:{each.pk}" for each in still)
    keep_page(response, ("in:all", "articles", "addresses", "pictures", *own))
    return response


def _index(request: HttpRequest) -> HttpResponse:
    address = absolute(request, reverse("sitemap"))
    context = {"files": [(f"{address}?page={n}", at) for n, at in enumerate(_changes(), 1)]}
    response = render(request, "sitemap_index.xml", context, content_type="application/xml")
    keep_page(response, ("in:all", "articles"))
    return response


# Limits before open_to_all(): SQLite begins at the first it reads, which would be now.
_beginnings = Prepared(
    lambda now, at, pk: (
        Article.objects.filter(Q(publish_at__lt=at) | Q(pk__lte=pk), publish_at__lte=at)
        .open_to_all(now)
        .latest_first()
        .values_list("publish_at", "pk")
    ),
    sliced=True,
)
_changed = Prepared(
    lambda now, first, last: (
        Article.objects.filter(publish_at__lte=first, publish_at__gte=last)
        .open_to_all(now)
        .order_by()
        .values("status")  # they all have
        .annotate(changed_at=Max("updated_at"))
        .values_list("changed_at")
    )
)


def _changes() -> Iterator[datetime]:
    """Yield when the newest change in each file was: two short walks along an index for each of them."""
    now = timezone.now()
    beginning = _beginnings(now=now, at=now, pk=MOST_ROWS, limit=1, offset=0)
    while beginning:
        [(first, pk)] = beginning
        beginning = _beginnings(now=now, at=first, pk=pk, limit=1, offset=PER_FILE)
        # Articles of the same moment as one at an end may be in the file before or after: asked for in both.
        last = beginning[0][0] if beginning else _OLDEST
        changed = [at for (at,) in _changed(now=now, first=first, last=last) if at]
        yield max([first, *changed])


def _still_pages(site: SiteSettings) -> QuerySet[Page]:
    """Return the pages to be found; the one in place of the latest articles is the home page."""
    pages = Page.objects.published().filter(is_noindex=False)
    return pages.exclude(pk=site.front_page_id) if site.front_page_id else pages


def _pictures_in_texts(keys: list[int]) -> dict[int, list[str]]:
    """Return the files of the pictures in the texts of these articles, by the article's key."""
    pictures: dict[int, list[str]] = {}
    rows = Article.pictures.through.objects.filter(article__in=keys)
    for pk, name in rows.order_by("pk").values_list("article", "image__file"):
        pictures.setdefault(pk, []).append(name)
    return pictures


def _pages(listed: ArticleQuerySet, newest: dict[int, datetime]) -> list[Entry]:
    """Return the home page and the lists that have articles; *newest* are those of this file, with times.

    The time of a list is that of its newest article, where that is among them: to find it for every list
    of a large blog reads every article.
    """
    pages: list[Entry] = [(reverse("home"), max(newest.values(), default=None), [])]
    branches: dict[str, datetime | None] = {}
    for path, at in _lists(Category.objects.all(), "path", listed, newest):
        # A category shows what stands in those within it.
        for end in [*(match.start() for match in re.finditer("/", path)), len(path)]:
            branches[path[:end]] = max(filter(None, (at, branches.get(path[:end]))), default=None)
    pages += [
        (reverse("category-detail", args=[path]), at, []) for path, at in sorted(branches.items())
    ]
    for name, terms in (("series", Series), ("tag", Tag), ("author", Author)):
        for slug, at in _lists(terms.objects.order_by("pk"), "slug", listed, newest):
            pages.append((reverse(f"{name}-detail", args=[slug]), at, []))
    return pages


def _lists(
    terms: QuerySet, address: str, listed: ArticleQuerySet, newest: dict[int, datetime]
) -> list[tuple[str, datetime | None]]:
    """Return the addresses of the terms that have articles, each with the time of the newest known."""
    article, of_article = _TO_AND_FRO[terms.model]
    times: dict[int, datetime] = {}
    for pk, key in terms.filter(**{f"{article}__in": newest}).values_list("pk", article):
        if key in newest:
            times[pk] = max(newest[key], times.get(pk, newest[key]))
    shown = terms.filter(Exists(listed.filter(**{of_article: OuterRef("pk")})))
    return [(where, times.get(pk)) for pk, where in shown.values_list("pk", address)]


# From a term to its articles, and back.
_TO_AND_FRO = {
    Category: ("articles", "categories"),
    Series: ("parts__article", "series_part__series"),
    Tag: ("articles", "tags"),
    Author: ("articles", "authors"),
}
