"""Which stored pictures strangers may see: of published articles, pages and authors (DESIGN, rule 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Author
from blog.articles.models import Article, ShareCard
from blog.media.models import Image, Rendition
from blog.media.queries import RENDITION_NAME, stems_of
from blog.pages.models import Page
from blog.prepared import Prepared
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest

# Of Image.file and ShareCard.file: all that lies there has a row, or is not shown.
FOLDER, CARDS = "pictures/", "cards/"
FOLDERS = (FOLDER, CARDS)


class Successor(NamedTuple):
    address: str
    is_public: bool


def is_public(name: str) -> bool | None:
    """Say whether strangers may see this file, an original or a rendition; None where there is no such.

    One query, asked anew each time: a picture opens and closes with its articles, to the second, and no
    job has to run for it.
    """
    now = timezone.now()
    if name.startswith(CARDS):
        cards = _card(name=name, now=now)
        return cards[0][0] if cards else None
    found = RENDITION_NAME.fullmatch(name) and _by_rendition(name=name, now=now)
    found = found or _by_file(name=name, now=now)
    return bool(found[0][0]) if found else None


def successor_of(name: str) -> Successor | None:
    """Return where the picture is now that had this name before it was replaced."""
    stems = [*stems_of(name)]
    image = Image.objects.filter(old_addresses__stem__in=stems).first()
    if image is None:
        return None
    address = image.file.url
    if match := RENDITION_NAME.fullmatch(name):
        kind, width = match["format"], int(match["width"])
        if width in image.widths.get(kind, []):
            address = f"{address.rpartition('.')[0]}-{width}.{kind}"
    return Successor(address, bool(is_public(str(image.file))))


def may_see_all(request: HttpRequest) -> bool:
    """Say whether the whole library is open to whoever asks: to those who write."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return request.user.is_staff and request.user.has_perm("media.view_image")


# Pictures of the site itself.
_is_ours = Q(logo=OuterRef("pk")) | Q(logo_dark=OuterRef("pk")) | Q(icon=OuterRef("pk"))


def _shown(images: QuerySet[Image], now: datetime) -> QuerySet:
    """Return for each picture whether something that strangers may read shows it."""
    published = Article.objects.open_to_all(now)
    in_text = Article.pictures.through.objects.filter(image=OuterRef("pk"))
    shown = (
        Q(Exists(published.filter(lead_image=OuterRef("pk"))))
        | Q(Exists(published.filter(share_image=OuterRef("pk"))))
        | Q(Exists(in_text.filter(Exists(published.filter(pk=OuterRef("article"))))))
        | Q(Exists(Page.objects.published().filter(pictures=OuterRef("pk"))))
        | Q(Exists(Author.objects.filter(photo=OuterRef("pk"))))
        | Q(Exists(SiteSettings.objects.filter(_is_ours)))
    )
    return images.order_by().annotate(is_shown=shown).values_list("is_shown")


_card = Prepared(
    lambda name, now: (
        ShareCard.objects.filter(file=name)
        .annotate(is_shown=Q(article__in=Article.objects.open_to_all(now)))
        .values_list("is_shown")
    )
)
_by_file = Prepared(lambda name, now: _shown(Image.objects.filter(file=name), now))
_by_rendition = Prepared(
    lambda name, now: _shown(
        Image.objects.filter(pk__in=Rendition.objects.filter(file=name).values("image")), now
    )
)
