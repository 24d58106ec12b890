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
from django.db.models import Prefetch

from blog.articles.models import Article, Byline, Category
from blog.media.models import Image
from blog.pages.models import Page
from blog.transfer import tables
from blog.transfer.as_markdown import as_markdown
from blog.transfer.head import head_of
from blog.transfer.tables import moment_of, picture_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = "exports"
AT_ONCE = 100  # articles held in memory
READ_ME = """\
Everything that was written on this blog, as of {day}.

articles/            every article as Markdown with front matter, drafts among them
articles/pictures/   all pictures of the library
pages/               pages such as About, likewise
data/                as JSON: authors, categories, tags, series, related articles that were chosen,
                     menus, sections, snippets, redirects, old addresses, words of the pictures, rules
                     (of moderation, mail and checklist), working statuses, own fields, what readers
                     of a former site had rated, and the settings of the site; comments, ratings and
                     reads, one in a line

Times are in UTC. To bring articles into a Byline, with their pictures, authors, categories and tags:

    uv run manage.py import_markdown articles

comments.jsonl holds the e-mail addresses of those who wrote: keep this file as you keep a password.

Not in here: accounts and their passwords, bans, the trash, templates, earlier versions and unpublished
changes, assignments, private notes, what people wrote by the contact form, mail and followers. An article
with a password is private here, since the password is known to nobody. A backup (manage.py backup) holds
all of that.
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
        for name, rows in tables.FILES.items():
            values = list(rows())
            self.export.counts[name] = len(values)
            self.archive.writestr(f"data/{name}.json", _json(values, indent=1))
        for name, lines in tables.LINES.items():
            self.write_lines(name, lines())
        self.archive.writestr("data/settings.json", _json(tables.settings_of_the_site(), indent=1))

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
                "updated": moment_of(page.updated_at),
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

    def write_lines(self, name: str, rows: Iterable[Mapping[str, object]]) -> None:
        entry = ZipInfo(f"data/{name}.jsonl", _now().timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        with self.archive.open(entry, "w", force_zip64=True) as file:
            for row in rows:
                file.write(f"{_json(row)}\n".encode())
                self.export.counts[name] += 1


def _address(src: str, from_here: str) -> str:
    """Return the address in a text of a picture of the library; any other keeps its own."""
    start = default_storage.url("")
    return f"{from_here}{picture_path(src.removeprefix(start))}" if src.startswith(start) else src


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str)
