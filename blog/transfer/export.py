"""Everything people wrote here, in files that anybody can read: one archive to look at, or to move with.

Articles and pages are Markdown with front matter, pictures are the files they are, all else is JSON.
`import_markdown` brings the folder of articles back. It is no backup: blog/owner/backups.py makes those.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import yaml
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import F, Prefetch

from accounts.models import Author
from blog.articles.models import Article, Byline, Category, Series, SlugHistory, Tag
from blog.comments.models import Comment
from blog.frame.models import MenuItem
from blog.media.models import Image
from blog.pages.models import Page
from blog.ratings.models import Rating, RatingSummary
from blog.redirects.models import Redirect
from blog.site.models import SiteSettings
from blog.transfer.as_markdown import as_markdown
from blog.transfer.head import head_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

FOLDER = "exports"
AT_ONCE = 100  # articles held in memory
READ_ME = """\
Everything that was written on this blog, as of {day}.

articles/            every article as Markdown with front matter, drafts among them
articles/pictures/   all pictures of the library
pages/               pages such as About, likewise
data/                authors, categories, tags, series, menus, redirects, old addresses, words of the
                     pictures, what readers of a former site had rated and the settings of the site, as
                     JSON; comments and ratings, one in a line

Times are in UTC. To bring articles into a Byline, with their pictures, authors, categories and tags:

    uv run manage.py import_markdown articles

comments.jsonl holds the e-mail addresses of those who wrote: keep this file as you keep a password.

Not in here: accounts and their passwords, the trash, templates, earlier versions and unpublished changes,
private notes, mail and followers. An article with a password is private here, since the password is known
to nobody. A backup (manage.py backup) holds all of that.
"""


class CannotExport(Exception):  # noqa: N818 - names what happened
    """There is no archive; the message says why and what to do."""


@dataclass
class Export:
    """What was written where."""

    path: Path
    counts: Counter[str] = field(default_factory=Counter)  # by name of the folder or file
    missing: list[str] = field(default_factory=list)  # pictures whose file is gone


def export_blog(folder: Path | None = None) -> Export:
    """Write the archive into the folder and return what is in it. The blog may run meanwhile.

    It takes its name when it is whole. Memory stays flat: articles are read a hundred at a time, comments
    and votes as they are written.
    """
    folder = folder or settings.DATA_DIR / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="unfinished-") as place:
            unfinished = Path(place) / "archive"
            export = Export(unfinished)
            with (
                os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file,
                ZipFile(file, "w", ZIP_DEFLATED) as archive,
            ):
                _Writer(archive, export).write()
            while (path := folder / f"byline-export-{_now():%Y%m%d-%H%M%S}.zip").exists():
                time.sleep(0.1)  # two within a second: each gets a name
            export.path = unfinished.rename(path)
    except OSError as error:
        raise CannotExport(
            f"The export could not be written to {folder}: {error.strerror or error}."
        ) from error
    return export


def _now() -> datetime:
    return datetime.now(UTC)


class _Writer:
    def __init__(self, archive: ZipFile, export: Export) -> None:
        self.archive = archive
        self.export = export

    def write(self) -> None:
        self.export.counts.update(dict.fromkeys(("articles", "pages", "pictures"), 0))
        self.archive.writestr("README.txt", READ_ME.format(day=f"{_now():%Y-%m-%d}"))
        self.write_articles()
        self.write_pages()
        self.write_pictures()
        for name, rows in _tables().items():
            values = list(rows())
            self.export.counts[name] = len(values)
            self.archive.writestr(f"data/{name}.json", _json(values, indent=1))
        self.write_lines("comments", _comments())
        self.write_lines("ratings", _ratings())
        self.archive.writestr("data/settings.json", _json(_settings(), indent=1))

    def write_articles(self) -> None:
        articles = (
            Article.objects.filter(trashed_at__isnull=True, is_template=False)
            .select_related("lead_image", "primary_category")
            .defer("body_html")
            .prefetch_related(
                Prefetch("bylines", Byline.objects.order_by("position")),
                "bylines__author__photo",
                "bylines__author__links",
                "categories",
                "tags",
            )
            .order_by("pk")
        )
        parents = {category.pk: category for category in Category.objects.all()}
        for article in articles.iterator(AT_ONCE):
            head = head_of(article, parents, picture_address=picture_path)
            self.write_text(f"articles/{article.slug}.md", head, article.body, from_here="")
            self.export.counts["articles"] += 1

    def write_pages(self) -> None:
        pages = Page.objects.filter(trashed_at__isnull=True).order_by("path")
        for page in pages.iterator(AT_ONCE):
            head = {
                "title": page.title,
                "path": page.path,
                "status": page.status,
                "kind": page.kind,
                "position": page.position,
                "updated": _moment(page.updated_at),
                "seo_description": page.seo_description,
                "noindex": page.is_noindex,
            }
            up = "../" * (page.path.count("/") + 1)
            self.write_text(f"pages/{page.path}.md", head, page.body, from_here=f"{up}articles/")
            self.export.counts["pages"] += 1

    def write_text(self, name: str, head: dict[str, Any], body: str, *, from_here: str) -> None:
        text = as_markdown(body, picture_address=lambda src: _address(src, from_here))
        values = {key: value for key, value in head.items() if value not in ("", None, False, [])}
        front = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=100)
        self.archive.writestr(name, f"---\n{front}---\n\n{text}\n")

    def write_pictures(self) -> None:
        names = Image.objects.order_by("pk").values_list("file", flat=True)
        for name in names.iterator():
            try:
                with default_storage.open(name) as source:
                    entry = ZipInfo(f"articles/{picture_path(name)}", _now().timetuple()[:6])
                    entry.compress_type = ZIP_STORED  # a picture hardly gets smaller
                    with self.archive.open(entry, "w") as target:
                        shutil.copyfileobj(source, target)
                self.export.counts["pictures"] += 1
            except FileNotFoundError:
                self.export.missing.append(name)

    def write_lines(self, name: str, rows: Iterator[dict[str, Any]]) -> None:
        entry = ZipInfo(f"data/{name}.jsonl", _now().timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        with self.archive.open(entry, "w", force_zip64=True) as file:
            for row in rows:
                file.write(f"{_json(row)}\n".encode())
                self.export.counts[name] += 1


def picture_path(name: str) -> str:
    """Return where a stored picture is, seen from the articles."""
    return f"pictures/{name.removeprefix('pictures/')}"


def _address(src: str, from_here: str) -> str:
    """Return the address in a text of a picture of the library; any other keeps its own."""
    start = default_storage.url("")
    return f"{from_here}{picture_path(src.removeprefix(start))}" if src.startswith(start) else src


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str)


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _tables() -> dict[str, Callable[[], Iterable[Mapping[str, object]]]]:
    """Return what is written as one JSON file each, by its name."""
    return {
        "authors": _authors,
        "categories": lambda: Category.objects.order_by("path").values(
            "name", "path", "description", "position"
        ),
        "tags": lambda: Tag.objects.order_by("slug").values("name", "slug"),
        "series": _series,
        "menus": _menus,
        "redirects": lambda: Redirect.objects.order_by("path").values("path", "target"),
        "old-addresses": _old_addresses,
        "pictures": _pictures,
        "earlier-ratings": _earlier_ratings,
    }


def _authors() -> Iterator[dict[str, Any]]:
    authors = Author.objects.select_related("photo").prefetch_related("links").order_by("slug")
    for author in authors:
        yield {
            "name": author.name,
            "slug": author.slug,
            "bio": author.bio,
            "photo": picture_path(str(author.photo.file.name)) if author.photo else None,
            "links": [{"label": link.label, "url": link.url} for link in author.links.all()],
        }


def _series() -> Iterator[dict[str, Any]]:
    parts = Prefetch("parts__article", Article.objects.only("slug"))
    for series in Series.objects.prefetch_related(parts).order_by("slug"):
        yield {
            "title": series.title,
            "slug": series.slug,
            "description": series.description,
            "articles": [part.article.slug for part in series.parts.all()],
        }


def _menus() -> Iterator[dict[str, Any]]:
    items = MenuItem.objects.select_related("category", "tag", "page", "article").defer(
        *("article__body", "article__body_html", "page__body", "page__body_html")
    )
    for item in items.order_by("menu", "position", "pk"):
        yield {
            "id": item.pk,
            "menu": item.menu,
            "within": item.parent_id,
            "label": item.label,
            "category": item.category and item.category.path,
            "tag": item.tag and item.tag.slug,
            "page": item.page and item.page.path,
            "article": item.article and item.article.slug,
            "address": item.address,
            "opens_new_tab": item.opens_new_tab,
        }


def _old_addresses() -> Iterator[dict[str, Any]]:
    rows = SlugHistory.objects.order_by("slug").values_list("slug", "article__slug")
    for old, new in rows:
        yield {"old": old, "article": new}


def _pictures() -> Iterator[dict[str, Any]]:
    for image in Image.objects.order_by("pk").iterator():
        yield {
            "file": picture_path(str(image.file.name)),
            "alt": image.alt,
            "caption": image.caption,
            "credit": image.credit,
            "folder": image.folder,
            "focal_point": [image.focal_x, image.focal_y],
        }


def _comments() -> Iterator[dict[str, Any]]:
    """Yield the comments under what is exported, a parent always before its replies."""
    comments = Comment.objects.filter(
        article__trashed_at__isnull=True, article__is_template=False
    ).select_related("article", "user")
    # Of the article the address alone: its text would come with each comment.
    comments = comments.only(
        *(
            "parent",
            "status",
            "created_at",
            "edited_at",
            "name",
            "email",
            "website",
            "body",
            "html",
        ),
        *("like_count", "is_pinned", "is_featured"),
        *("article__slug", "user__display_name", "user__email"),
    )
    for comment in comments.order_by("pk").iterator():
        yield {
            "id": comment.pk,
            "article": comment.article.slug,
            "in_reply_to": comment.parent_id,
            "status": comment.status,
            "written_at": _moment(comment.created_at),
            "edited_at": _moment(comment.edited_at),
            "name": comment.user.display_name if comment.user else comment.name,
            "email": comment.user.email if comment.user else comment.email,
            "website": comment.website,
            "text": comment.body,
            "html": comment.html,
            "likes": comment.like_count,
            "pinned": comment.is_pinned,
            "featured": comment.is_featured,
        }


def _ratings() -> Iterator[dict[str, Any]]:
    """Yield the votes, without whose they are."""
    ratings = Rating.objects.filter(
        article__trashed_at__isnull=True, article__is_template=False
    ).values_list(
        *("article__slug", "stars", "is_counted", "created_at", "updated_at", "feedback"),
        named=True,
    )
    for rating in ratings.order_by("pk").iterator():
        yield {
            "article": rating.article__slug,
            "stars": rating.stars,
            "counted": rating.is_counted,
            "voted_at": _moment(rating.created_at),
            "changed_at": _moment(rating.updated_at),
            "feedback": rating.feedback,
        }


def _earlier_ratings() -> Iterable[Mapping[str, object]]:
    """Return what a former site had counted: number and sum of stars, which are no votes of their own."""
    totals = RatingSummary.objects.filter(
        article__trashed_at__isnull=True, article__is_template=False, earlier_count__gt=0
    )
    return totals.order_by("article").values(
        "earlier_count", "earlier_total", slug=F("article__slug")
    )


def _settings() -> dict[str, Any]:
    """Return what the owner decides, by the names of the fields; no key to another service."""
    row = SiteSettings.objects.current()
    values = {
        column.name: column.value_from_object(row)
        for column in SiteSettings._meta.concrete_fields
        if column.name not in {"id", "akismet_key"}
    }
    pictures = {name: getattr(row, name) for name in ("logo", "logo_dark", "icon")}
    values |= {
        name: picture_path(str(picture.file.name)) for name, picture in pictures.items() if picture
    }
    return values | {"front_page": row.front_page and row.front_page.path}
