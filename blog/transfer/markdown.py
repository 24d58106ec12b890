"""Bring in articles written as Markdown with front matter, with their pictures, authors and terms."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Author, AuthorLink
from blog.articles.models import Article, Category, SlugHistory
from blog.articles.rendering import is_local, markdown_to_html
from blog.articles.services import save_article
from blog.articles.slugs import make_slug
from blog.articles.terms import get_or_create_tag, place_category
from blog.media.models import Image
from blog.media.services import MAX_BYTES
from blog.site.models import SiteSettings
from blog.transfer.authors import author_called
from blog.transfer.frontmatter import FrontMatter, split_front_matter
from blog.transfer.head import HIDES
from blog.transfer.pictures import take_in
from blog.transfer.problems import ImportProblem, sentence_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from accounts.models import User

MAX_TEXT_BYTES = 2 * 1024 * 1024
AUTHOR_KEYS = frozenset({"name", "slug", "photo", "bio", "website", "links"})


def import_markdown_file(
    path: Path, *, editor: User | None = None, now: datetime | None = None
) -> Article:
    """Create or change the article of one file, or raise ImportProblem; see MarkdownImport."""
    return MarkdownImport(path, editor=editor, now=now).run()


class MarkdownImport:
    """The import of one file: all of it or nothing.

    An article is known again by its address, a picture by its content, an author and a term by their
    names: a second run changes what changed in the file and doubles nothing. `root` is the folder that
    pictures may be read from, the file's own by default; `is_one_of_many` is that of `save_article`. After
    `run`, `outcome` is "created", "changed" or "unchanged", and `notes` holds sentences about what was
    left out.
    """

    def __init__(
        self,
        path: Path,
        *,
        root: Path | None = None,
        editor: User | None = None,
        now: datetime | None = None,
        is_rehearsal: bool = False,
        is_one_of_many: bool = False,
    ) -> None:
        self.path = path
        self.root = (root or path.parent).resolve()
        self.editor = editor
        self.now = now or timezone.now()
        self.is_rehearsal = is_rehearsal
        self.is_one_of_many = is_one_of_many
        self.outcome = ""
        self.notes: list[str] = []
        self._stored: list[Image] = []

    def run(self) -> Article:
        """Import the file and return its article. A rehearsal takes everything back at the end."""
        is_done = False
        try:
            with transaction.atomic():
                article = self._import(*split_front_matter(self._read_text()))
                is_done = not self.is_rehearsal
                transaction.set_rollback(self.is_rehearsal)
        except ValidationError as error:
            raise ImportProblem(sentence_of(error)) from error
        finally:
            if not is_done:  # the rows are gone; their files are not
                for image in self._stored:
                    image.file.delete(save=False)
        return article

    def _read_text(self) -> str:
        try:
            if not self.path.resolve().is_relative_to(self.root):
                raise ImportProblem(_("It is a link to a place outside the folder."))
            if self.path.stat().st_size > MAX_TEXT_BYTES:
                raise ImportProblem(_("It is larger than 2 MB: this is not an article."))
            return self.path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise ImportProblem(_("It is not in UTF-8. Save it in that encoding.")) from error
        except OSError as error:
            raise ImportProblem(_("It cannot be read: %s.") % error.strerror) from error

    def _import(self, head: FrontMatter, text: str) -> Article:
        if unknown := head.unknown():
            self.notes.append(_("Left out, since we do not know it: %s.") % ", ".join(unknown))
        article = self._find(head)
        version = article.version if article.pk else 0
        zone = ZoneInfo(SiteSettings.objects.current().time_zone)
        self._fill(article, head, zone)
        article.body = markdown_to_html(text, picture_src=self._body_picture)
        article.full_clean()
        save_article(
            article=article,
            editor=self.editor,
            authors=list(self._authors(head)) or None,
            categories=[self._category(name) for name in head.texts("categories")],
            tags=[get_or_create_tag(name=name) for name in head.texts("tags") if name],
            updated_at=self._updated_at(head, zone, is_new=not version),
            note=_("Imported from %s") % self.path.name,
            is_one_of_many=self.is_one_of_many,
        )
        self.outcome = (
            "unchanged" if article.version == version else "changed" if version else "created"
        )
        return article

    def _find(self, head: FrontMatter) -> Article:
        """Return the article at this address, now or before it was changed, or a new one."""
        slug = head.text("slug") or make_slug(head.text("title")) or make_slug(self.path.stem)
        if article := Article.objects.filter(slug=slug).first():
            return article
        if old := SlugHistory.objects.filter(slug=slug).select_related("article").first():
            self.notes.append(_("Its address is now %s.") % old.article.slug)
            return old.article
        return Article(slug=slug)

    def _fill(self, article: Article, head: FrontMatter, zone: ZoneInfo) -> None:
        article.title = head.text("title")
        article.subtitle = head.text("subtitle")
        article.excerpt = head.text("excerpt")
        if at := head.moment("date", zone) or head.days_before("days_ago", self.now):
            # Days are counted from each run: an article that stands keeps its date.
            article.publish_at = (
                article.publish_at if "days_ago" in head.values and article.pk else at
            )
        default = Article.Status.PUBLISHED if article.publish_at else Article.Status.DRAFT
        article.status = head.choice("status", Article.Status.values, default)
        if article.status == Article.Status.PUBLISHED:
            article.publish_at = article.publish_at or self.now
        article.comment_policy = head.choice(
            "comments", Article.Policy.values, Article.Policy.OPEN
        )
        article.rating_policy = head.choice("ratings", Article.Policy.values, Article.Policy.OPEN)
        article.is_sticky = head.flag("sticky")
        article.is_trending = head.flag("trending")
        article.list_title = head.text("list_title")
        review = head.section("review")
        article.review_title = review.text("title")
        article.review_summary = review.text("summary")
        positions = Article.ReviewPosition
        article.review_position = review.choice("position", positions.values, positions.BOTTOM)
        article.seo_title = head.text("seo_title")
        article.seo_description = head.text("seo_description")
        article.canonical_url = head.text("canonical_url")
        article.is_noindex = head.flag("noindex")
        self._fill_lead(article, head)
        self._fill_given(article, head, zone)

    def _fill_given(self, article: Article, head: FrontMatter, zone: ZoneInfo) -> None:
        """Set what only the desk decides unless the file says so: above all who may read it."""
        given = head.values.keys()
        if "access" in given:  # nobody writes a password into a file
            readers = (Article.Access.OPEN, Article.Access.PRIVATE)
            access = head.choice("access", readers, Article.Access.OPEN)
            # An export says private of what has a password, which it does not know: here it has one still.
            keeps_password = article.is_protected and access == Article.Access.PRIVATE
            article.access = article.access if keeps_password else access
        if "expires" in given:
            article.expire_at = head.moment("expires", zone)
        if name := head.text("primary_category"):
            article.primary_category = self._category(name)
        if "image_place" in given:
            places = Article.LeadPlacement
            article.lead_placement = head.choice("image_place", places.values, places.BELOW)
        for name in {"highlights", "sources", "via"} & given:
            setattr(article, name, "\n".join(head.texts(name)))
        if "hide" in given:
            hidden = head.texts("hide")
            if unknown := set(hidden).difference(HIDES):
                raise head.problem("hide", _("does not know: %s.") % ", ".join(sorted(unknown)))
            for name in HIDES:
                setattr(article, f"hides_{name}", name in hidden)
        self._fill_verdict(article, head.section("review"))

    def _fill_verdict(self, article: Article, review: FrontMatter) -> None:
        """Set what a review comes to, and what it is of."""
        given = review.values.keys()
        if "criteria" in given:
            article.criteria = "\n".join(review.texts("criteria"))
        if "style" in given:
            styles = Article.CriteriaStyle
            article.criteria_style = review.choice("style", styles.values, styles.STARS)
        if "of" in given:
            types = Article.ReviewedType.values
            article.reviewed_type = review.choice("of", types, "")
        for name, key in {
            "criteria_total": "total",
            "reviewed_name": "name",
            "reviewed_url": "url",
        }.items():
            if key in given:
                setattr(article, name, review.text(key))

    def _fill_lead(self, article: Article, head: FrontMatter) -> None:
        """Set what leads the article."""
        formats = Article.Format
        article.post_format = head.choice("format", formats.values, formats.STANDARD)
        article.lead_embed = head.text("embed")
        article.lead_image = None
        if address := head.text("image"):
            names = {"alt": "image_alt", "caption": "image_caption", "credit": "image_credit"}
            words = {name: head.text(key) for name, key in names.items()}
            article.lead_image = self._picture(address, words, is_shared=False)

    def _updated_at(self, head: FrontMatter, zone: ZoneInfo, *, is_new: bool) -> datetime | None:
        days_ago = head.days_before("updated_days_ago", self.now)
        return head.moment("updated", zone) or (days_ago if is_new else None)

    def _category(self, name: str) -> Category:
        """Return the category at the end of a path such as "Science / Physics", making what is missing."""
        parent = None
        for part in filter(None, (" ".join(part.split())[:100] for part in name.split("/"))):
            category = Category.objects.filter(name__iexact=part, parent=parent).first()
            parent = category or place_category(category=Category(name=part, parent=parent))
        if parent is None:
            raise ImportProblem(_("“categories” holds an empty name."))
        return parent

    def _authors(self, head: FrontMatter) -> Iterator[Author]:
        value = head.values.get("authors") or head.values.get("author") or []
        for entry in value if isinstance(value, list) else [value]:
            values = entry if isinstance(entry, dict) else {"name": entry}
            yield self._author(FrontMatter(values, "author."))

    def _author(self, entry: FrontMatter) -> Author:
        """Return the author of this slug or name; what is known of an author is never replaced."""
        if unknown := entry.unknown(AUTHOR_KEYS):
            self.notes.append(_("Left out, since we do not know it: %s.") % ", ".join(unknown))
        name = entry.text("name") or entry.text("slug")
        if not name:
            raise ImportProblem(_("“author” has no name."))
        author = author_called(name, entry.text("slug"))
        author.bio = author.bio or entry.text("bio")
        if not author.photo and (address := entry.text("photo")):
            author.photo = self._picture(address, {"alt": name})
        author.full_clean()
        author.save()
        if not author.links.exists():
            self._add_links(author, entry)
        return author

    def _add_links(self, author: Author, entry: FrontMatter) -> None:
        links = {_("Website"): entry.text("website")} if entry.text("website") else {}
        section = entry.section("links")
        links |= {label: section.text(label) for label in section.values}
        for position, (label, url) in enumerate(links.items()):
            link = AuthorLink(author=author, label=label, url=url, position=position)
            link.full_clean()
            link.save()

    def _body_picture(self, src: str, alt: str) -> str | None:
        if is_local(src):
            return src
        if not src or ":" in src.partition("/")[0] or src.startswith(("/", "\\")):
            return None  # of another host, or no address at all
        return self._picture(src, {"alt": alt}).file.url

    def _picture(self, address: str, words: dict[str, str], *, is_shared: bool = True) -> Image:
        """Return the stored picture of a file. A shared one may have other words than these."""
        content = self._read_picture(unquote(address))
        try:
            image, is_new = take_in(
                content, words, editor=self.editor, is_shared=is_shared, name=address
            )
        except ValidationError as error:
            raise ImportProblem(f"{address}: {sentence_of(error)}") from error
        if is_new:
            self._stored.append(image)
        return image

    def _read_picture(self, address: str) -> bytes:
        try:
            file = (self.path.parent / address).resolve()  # through links, too
            is_there = file.is_file()
        except (OSError, ValueError):  # no file can be called so: too long, a NUL
            file, is_there = self.root, False
        if not file.is_relative_to(self.root):
            raise ImportProblem(_("The picture %s lies outside the folder.") % address)
        if not is_there:
            raise ImportProblem(_("The picture %s is missing.") % address)
        if file.stat().st_size > MAX_BYTES:
            raise ImportProblem(_("The picture %s is larger than 20 MB.") % address)
        return file.read_bytes()
