"""Lists of articles: of a category, a tag, a series, an author, a year, a month."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Author, AuthorLink
from blog.articles.models import Article, Category, Series, Tag
from blog.articles.queries import above, put_links
from blog.prepared import Prepared
from blog.public import listing
from blog.public.list_page import list_page
from blog.public.listing import published_in_year
from blog.public.moved import forwards_author, forwards_category, forwards_series, forwards_tag
from blog.public.shown import shared

_categories = Prepared(lambda path: Category.objects.filter(path=path))
_within = Prepared(lambda parent: Category.objects.filter(parent=parent))
_tags = Prepared(lambda slug: Tag.objects.filter(slug=slug))
_links = Prepared(lambda author: AuthorLink.objects.filter(author=author))
_authors = Prepared(lambda slug: Author.objects.filter(slug=slug).select_related("photo"))


@require_safe
@forwards_category
@shared
def category(request: HttpRequest, path: str, number: int = 1) -> HttpResponse:
    """Show the articles of a category and of those within it."""
    shown = _only(_categories(path=path))
    parents = above(shown)
    return list_page(
        request,
        listing.of_category(shown.pk),
        number,
        place=f"in:category:{shown.pk}",
        address=shown.get_absolute_url(),
        heading=shown.name,
        kind=_("Category"),
        description=shown.description,
        parents=[(parent.name, parent.get_absolute_url()) for parent in parents],
        links=[(row.name, row.get_absolute_url()) for row in _within(parent=shown.pk)],
    )


@require_safe
@forwards_tag
@shared
def tag(request: HttpRequest, slug: str, number: int = 1) -> HttpResponse:
    shown = _only(_tags(slug=slug))
    return list_page(
        request,
        listing.of_tag(shown.pk),
        number,
        place=f"in:tag:{shown.pk} tag:{shown.pk}",
        address=shown.get_absolute_url(),
        heading=shown.name,
        kind=_("Tag"),
        page_description=_("Articles about %(tag)s") % {"tag": shown.name},
    )


@require_safe
@forwards_series
@shared
def series(request: HttpRequest, slug: str, number: int = 1) -> HttpResponse:
    """Show the parts of a series in their order."""
    shown = get_object_or_404(Series, slug=slug)
    return list_page(
        request,
        Article.objects.published()
        .filter(series_part__series=shown)
        .order_by("series_part__position", "series_part__pk"),
        number,
        place=f"series:{shown.pk}",
        address=shown.get_absolute_url(),
        heading=shown.title,
        kind=_("Series"),
        description=shown.description,
    )


@require_safe
@forwards_author
@shared
def author(request: HttpRequest, slug: str, number: int = 1) -> HttpResponse:
    shown = _only(_authors(slug=slug))
    put_links(shown, _links(author=shown.pk))
    photo = f" picture:{shown.photo_id}" if shown.photo_id else ""
    return list_page(
        request,
        listing.of_author(shown.pk),
        number,
        place=f"in:author:{shown.pk} author:{shown.pk}{photo}",
        address=shown.get_absolute_url(),
        heading=shown.name,
        kind=_("Author"),
        page_description=Truncator(" ".join(shown.bio.split())).chars(200)
        or _("Articles by %(name)s") % {"name": shown.name},
        author=shown,
    )


@require_safe
@shared
def year(request: HttpRequest, year: int, number: int = 1) -> HttpResponse:
    months = published_in_year(year).datetimes("publish_at", "month")
    if not months:
        raise Http404
    return list_page(
        request,
        listing.listed_between(*listing.days_of_year(year)),
        number,
        place=f"in:year:{year}",
        address=reverse("year-archive", args=[year]),
        heading=str(year),
        kind=_("Year"),
        page_description=_("Articles of %(when)s") % {"when": year},
        links=[
            (date_format(month, "F"), reverse("month-archive", args=[year, month.month]))
            for month in months
        ],
    )


@require_safe
@shared
def month(request: HttpRequest, year: int, month: int, number: int = 1) -> HttpResponse:
    articles = listing.listed_between(*listing.days_of_month(year, month))
    if not articles.count():
        raise Http404
    heading = date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")
    of_year = (str(year), reverse("year-archive", args=[year]))
    return list_page(
        request,
        articles,
        number,
        place=f"in:year:{year}",
        address=reverse("month-archive", args=[year, month]),
        heading=heading,
        kind=_("Month"),
        page_description=_("Articles of %(when)s") % {"when": heading},
        parents=[of_year],
        links=[of_year],
    )


@require_safe
def first_page(request: HttpRequest) -> HttpResponse:
    """Forward …/page/1/ to the list itself: one page has one address."""
    # A second slash at the start would lead to another host.
    return HttpResponsePermanentRedirect("/" + request.path.removesuffix("page/1/").lstrip("/"))


def _only[Row](rows: list[Row]) -> Row:
    if not rows:
        raise Http404
    return rows[0]
