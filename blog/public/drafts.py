"""An article as it would be: the real page, made from the content of a revision. Nothing is stored."""

from __future__ import annotations

import re
from contextlib import suppress
from copy import copy
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage, default_storage
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import Author
from blog.articles import services
from blog.articles.drafts import WORDS, waiting_content
from blog.articles.models import Article, Category, Tag
from blog.articles.rendering import PAGE_BREAK, pictures_in
from blog.articles.slugs import make_slug
from blog.media.models import Image
from blog.media.queries import images_at
from blog.public.article_page import article_context
from blog.public.leads import allow_player
from blog.public.pictures import FOLDER
from blog.public.text_pages import paged, prepare_page
from blog.site.theme import template_for

if TYPE_CHECKING:
    from django.db.models import Field, Model, QuerySet
    from django.http import HttpRequest, HttpResponse

    from blog.articles.models import DraftLink

_PICTURE_TAG = re.compile(r'<(?:img|source)(?: [a-z-]+="[^"]*")+>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')


def render_draft(
    request: HttpRequest,
    article: Article,
    data: dict[str, Any],
    *,
    notice: str,
    media: str = "",
) -> HttpResponse:
    """Render the page of *article*, stored or not, with the content of a revision (services.snapshot_of).

    `notice` is the sentence that stands above it. `media` is the address, with a slash at its end, below
    which the draft's own pictures are found by those to whom /media/ does not show them. What readers
    write, say or count is left out. No cache may keep the answer. `?page=` asks for a page of the text; raise
    404 for one there is not.
    """
    draft = _drafted(article, data)
    number = _number_of(request)
    prepare_page(draft, number)
    if media:
        _move_pictures(draft, media)
    context = {
        **article_context(
            request,
            draft,
            authors=_authors(data),
            terms=(_categories(data), _rows(Tag.objects.all(), data.get("tags"))),
        ),
        "draft_notice": notice,
        "show_ratings": False,
        "show_comments": False,
        "is_shared": False,
    }
    context |= _pages_of(request, context, number)
    response = render(request, template_for("articles/detail.html", draft.slug), context)
    allow_player(response, context["lead"])
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _number_of(request: HttpRequest) -> int:
    """Return the page of the text that is asked for: by the query, since a draft has no other address."""
    number = request.GET.get("page", "") if request.method != "POST" else ""
    is_number = number.isascii() and number.isdigit() and 0 < len(number) < 4
    return max(1, int(number)) if is_number else 1


def _pages_of(request: HttpRequest, context: dict[str, Any], number: int) -> dict[str, Any]:
    """Return what differs on one page of the draft.

    The preview of a form has what was sent and no address to ask for more: it shows all pages, one below
    the other, and says where each begins.
    """
    if request.method != "POST":
        home = request.path
        return paged(
            request, context, number, address=lambda n: home if n == 1 else f"{home}?page={n}"
        )
    pages = count(2)

    def mark(_found: re.Match[str]) -> str:
        words = _("Page %(number)d begins here.") % {"number": next(pages)}
        return f'<p class="quiet draft-page">{words}</p>'

    parts = ("text_before_fold", "text_after_fold")
    return {name: re.sub(re.escape(PAGE_BREAK), mark, context[name]) for name in parts}


def content_of(article: Article) -> dict[str, Any]:
    """Return what the desk would publish next: the row, with what the waiting draft changes of it."""
    return waiting_content(article) or services.snapshot_of(article)


def is_picture_of(link: DraftLink, name: str) -> bool:
    """Say whether the draft shows this file: an original or a rendition of one of its own pictures."""
    image = images_at([name]).get(name)
    return image is not None and image.pk in _pictures_of(link.article)


def _pictures_of(article: Article) -> set[int | None]:
    if article.draft_revision is None:
        in_text = set(article.pictures.values_list("pk", flat=True))
        return {article.lead_image_id, article.share_image_id, *in_text}
    data = content_of(article)
    chosen = (data.get("lead_image"), data.get("share_image"))
    return {reference["id"] for reference in chosen if reference} | pictures_in(data["body"])


def _drafted(article: Article, data: dict[str, Any]) -> Article:
    """Return a copy of the article with that content, rendered; the row and the object stay as they are."""
    draft = copy(article)
    for name in services.CONTENT_FIELDS:
        if name in data:
            field = cast("Field", Article._meta.get_field(name))
            with suppress(ValidationError):  # of a format that we do not know
                setattr(draft, name, field.to_python(data[name]))  # times are texts there
    draft.pk = draft.pk or 0  # of one never saved: nothing belongs to it
    draft.title = draft.title.strip() or _("Untitled")
    # Perhaps not checked yet, and no address must fail.
    draft.slug = make_slug(draft.slug) or "draft"
    services.render_whole(draft)
    lead = _rows(Image.objects.all(), [data.get("lead_image")])
    draft.lead_image = lead[0] if lead else None
    typed = data.get("typed", {})  # of a form not saved yet: the words of its picture, too
    for name, word in WORDS.items():
        if draft.lead_image and name in typed:
            setattr(draft.lead_image, word, typed[name])
    return draft


def _authors(data: dict[str, Any]) -> list[Author] | None:
    """Return the authors with what the page shows of them; None for a form that did not ask for them."""
    if "authors" not in data:
        return None
    authors = Author.objects.select_related("photo").prefetch_related("links")
    return _rows(authors, data["authors"])


def _categories(data: dict[str, Any]) -> list[Category]:
    """Return the categories, the primary one first."""
    primary = data.get("primary_category")
    others = [other for other in data.get("categories") or [] if other != primary]
    return _rows(Category.objects.all(), [primary, *others])


def _rows[M: Model](rows: QuerySet[M], references: list[Any] | None) -> list[M]:
    """Return the rows that a revision names and that are still there, in its order."""
    given = references if isinstance(references, list) else []  # another format has what it has
    keys = [one["id"] for one in given if isinstance(one, dict) and isinstance(one.get("id"), int)]
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _move_pictures(draft: Article, media: str) -> None:
    """Let the page find the draft's pictures below another address than /media/."""
    if draft.lead_image:
        draft.lead_image.file.storage = FileSystemStorage(base_url=media)
    fold = len(draft.body_html) if draft.fold_at is None else draft.fold_at
    before = _with_pictures_at(media, draft.body_html[:fold])
    after = _with_pictures_at(media, draft.body_html[fold:])
    draft.fold_at = draft.fold_at and len(before)
    draft.body_html = before + after


def _with_pictures_at(media: str, html: str) -> str:
    """Return a rendered text whose stored pictures are found below another address."""
    stored = re.compile(rf"(^|, ){re.escape(default_storage.url(FOLDER))}")

    def moved(attribute: re.Match[str]) -> str:
        name, value = attribute.groups()
        if name in {"src", "srcset"}:
            value = stored.sub(lambda start: f"{start[1]}{media}{FOLDER}", value)
        return f' {name}="{value}"'

    return _PICTURE_TAG.sub(lambda tag: _ATTRIBUTE.sub(moved, tag[0]), html)
