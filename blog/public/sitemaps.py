"""The sitemap: everything strangers may read and search engines may list, with its pictures."""

import re
from datetime import datetime

from django.core.files.storage import default_storage
from django.core.paginator import EmptyPage, Paginator
from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Author
from blog.articles.models import Article, ArticleQuerySet, Category, Series, Tag
from blog.pages.models import Page
from blog.public.addresses import absolute
from blog.public.shown import keep_page
from blog.public.views.lists import shared
from blog.public.views.search import page_number
from blog.site.middleware import site_of
from blog.site.models import SiteSettings

PER_FILE = 2000  # addresses

Entry = tuple[str, datetime | None, list[str]]  # path, time of the last change, pictures


@require_safe
@shared
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the articles, with the other pages in front; a large blog gets an index of several files.

    There is none where the owner wants no search engine to come.
    """
    if site_of(request).discourage_search_engines:
        raise Http404
    listed = Article.objects.open_to_all().filter(is_noindex=False)
    files = Paginator(
        listed.latest_first().values_list(
            "pk", "slug", "lead_image__file", "publish_at", "updated_at"
        ),
        PER_FILE,
    )
    if files.num_pages > 1 and "page" not in request.GET:
        address = absolute(request, reverse("sitemap"))
        context = {"files": [f"{address}?page={n}" for n in files.page_range]}
        response = render(request, "sitemap_index.xml", context, content_type="application/xml")
        keep_page(response, ("in:all", "articles"))
        return response
    try:
        page = files.page(page_number(request))
    except EmptyPage as error:
        raise Http404 from error
    still = list(_still_pages(site_of(request))) if page.number == 1 else []
    entries = _pages(listed) if page.number == 1 else []
    entries += [(each.get_absolute_url(), each.updated_at, []) for each in still]
    rows = list(page.object_list)
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


def _pages(listed: ArticleQuerySet) -> list[Entry]:
    """Return the home page and the lists that have articles, with the time of the newest one."""
    newest = Max("articles__publish_at", filter=Q(articles__in=listed))
    newest_of_all = listed.aggregate(newest=Max("publish_at"))["newest"]
    pages: list[Entry] = [(reverse("home"), newest_of_all, [])]
    branches: dict[str, datetime] = {}
    for path, at in _with_newest(Category.objects.all(), newest).values_list("path", "newest"):
        # A category shows what stands in those within it.
        for end in [*(match.start() for match in re.finditer("/", path)), len(path)]:
            branches[path[:end]] = max(at, branches.get(path[:end], at))
    pages += [
        (reverse("category-detail", args=[path]), at, []) for path, at in sorted(branches.items())
    ]
    in_series = Max("parts__article__publish_at", filter=Q(parts__article__in=listed))
    for slug, at in _with_newest(Series.objects.order_by(), in_series).values_list(
        "slug", "newest"
    ):
        pages.append((reverse("series-detail", args=[slug]), at, []))
    for name, terms in (("tag", Tag.objects.all()), ("author", Author.objects.all())):
        for slug, at in _with_newest(terms, newest).values_list("slug", "newest"):
            pages.append((reverse(f"{name}-detail", args=[slug]), at, []))
    return pages


def _with_newest(terms: QuerySet, newest: Max) -> QuerySet:
    return terms.annotate(newest=newest).filter(newest__isnull=False).order_by("pk")
