"""The demo content: nine posts, their pictures, what readers made of them, and the pages around."""

import shutil
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import yaml
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Author, AuthorLink, User
from accounts.roles import AUTHOR
from blog.articles.models import Article, Category, Series
from blog.articles.rendering import markdown_to_html
from blog.articles.series import put_in_series, save_series
from blog.articles.terms import place_category
from blog.comments.counts import fix_thread_counts
from blog.comments.models import Comment, Decision
from blog.comments.rendering import render_comment
from blog.frame.arranging import put_last
from blog.frame.models import MenuItem
from blog.media.services import store_image
from blog.pages.models import Page
from blog.pages.services import save_page
from blog.quickstart.pictures import NAMES, draw
from blog.ratings.models import STARS, Rating
from blog.ratings.totals import fix_drift
from blog.transfer.markdown import import_markdown_file

CONTENT = Path(__file__).parent / "content"
JPEG_QUALITY = 85


def load_demo() -> None:
    """Write the demo into an empty blog. Call it in one transaction: half of it would stay half."""
    now = timezone.now()
    with TemporaryDirectory() as folder:
        workshop = Path(folder)
        _draw_pictures(workshop / "pictures")
        for position, section in enumerate(_read("categories")):
            place_category(category=Category(position=position, **section))
        for slug, person in _read("people").items():
            _create_author(slug, person, workshop)
        for post in sorted(CONTENT.glob("*.md")):
            import_markdown_file(Path(shutil.copy(post, workshop)), now=now)
    articles = {
        article.slug: article for article in Article.objects.prefetch_related("bylines__author")
    }
    _write_comments(articles)
    _cast_votes(articles)
    for series in _read("series"):
        _write_series(series, articles)
    _write_pages()
    for menu, items in _read("menus").items():
        for item in items:
            _write_menu_item(menu, item)


def _read(name: str) -> Any:
    return yaml.safe_load((CONTENT / f"{name}.yaml").read_text(encoding="utf-8"))


def _draw_pictures(folder: Path) -> None:
    folder.mkdir()
    for name in NAMES:
        draw(name).save(folder / f"{name}.jpg", quality=JPEG_QUALITY)


def _create_author(slug: str, person: dict[str, str], workshop: Path) -> None:
    """Create the author and the account; it has no password, so nobody can sign in with it yet."""
    user = User.objects.create_user(person["email"], display_name=person["name"], is_staff=True)
    user.groups.add(Group.objects.get(name=AUTHOR))
    with (workshop / person["photo"]).open("rb") as photo:
        portrait = store_image(file=photo, alt=person["name"])
    author = Author.objects.create(
        user=user, name=person["name"], slug=slug, bio=person["bio"], photo=portrait
    )
    AuthorLink.objects.create(author=author, label="Website", url=person["website"])


def _write_comments(articles: dict[str, Article]) -> None:
    """Write the comments as they would stand after weeks: each at its time, in its state."""
    written: dict[str, Comment] = {}
    for entry in _read("comments"):
        article = articles[entry["post"]]
        at = cast("datetime", article.publish_at) + timedelta(minutes=entry["minutes"])
        comment = Comment.objects.create(
            article=article,
            parent=written.get(entry.get("parent")),
            body=entry.get("body", "").strip(),
            html=render_comment(entry.get("body", "").strip()),
            status=entry["status"],
            reason=entry.get("reason", ""),
            revision_id=article.current_revision_id,
            **_writer(entry, article),
        )
        decision = Decision.objects.create(
            comment=comment, to_status=comment.status, reason=comment.reason
        )
        Comment.objects.filter(pk=comment.pk).update(created_at=at)
        Decision.objects.filter(pk=decision.pk).update(created_at=at)
        written[entry["key"]] = comment
    fix_thread_counts()


def _writer(entry: dict[str, Any], article: Article) -> dict[str, Any]:
    if entry.get("as_author"):
        user = cast("User", article.bylines.all()[0].author.user)
        return {"user": user, "name": str(user), "email": user.email}
    guest = {field: entry.get(field, "") for field in ("name", "email", "website")}
    return guest | {"visitor": uuid.uuid4()}


def _cast_votes(articles: dict[str, Article]) -> None:
    """Write one row per vote, then let the totals be counted from them."""
    Rating.objects.bulk_create(
        Rating(article=articles[slug], stars=stars, visitor=uuid.uuid4())
        for slug, counts in _read("ratings").items()
        for stars, count in zip(STARS, counts, strict=True)
        for _ in range(count)
    )
    fix_drift()


def _write_series(series: dict[str, Any], articles: dict[str, Article]) -> None:
    stored = save_series(series=Series(title=series["title"], description=series["description"]))
    for slug in series["posts"]:
        put_in_series(article=articles[slug], series=stored)


def _write_pages() -> None:
    written: dict[str, Page] = {}
    for fields in _read("pages"):
        parent = written.get(fields.pop("parent", ""))
        body = markdown_to_html(fields.pop("body"))
        page = Page(parent=parent, body=body, status=Page.Status.PUBLISHED, **fields)
        written[page.slug] = save_page(page=page, editor=None)


def _write_menu_item(menu: str, item: dict[str, Any], parent: MenuItem | None = None) -> None:
    """Write an item at the end of its menu, and what opens under it."""
    stored = MenuItem(menu=menu, parent=parent)
    stored.label, stored.address = item.get("label", ""), item.get("address", "")
    if "page" in item:
        stored.page = Page.objects.get(path=item["page"])
    if "category" in item:
        stored.category = Category.objects.get(slug=item["category"])
    put_last(row=stored)
    for child in item.get("within", ()):
        _write_menu_item(menu, child, stored)
