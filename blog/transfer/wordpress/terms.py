"""Authors, categories and tags of another blog, made as they are needed and known again by their names."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote

from django.utils.translation import gettext as _

from accounts.models import Author
from blog.articles.models import RESERVED_CATEGORY_SLUGS, Category, Tag
from blog.articles.slugs import make_slug
from blog.articles.terms import place_category, save_tag, tag_called
from blog.transfer.authors import author_called, new_author
from blog.transfer.problems import ImportProblem
from blog.transfer.wordpress.values import cut, plain, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accounts.models import User
    from blog.transfer.wordpress.report import Report
    from blog.transfer.wordpress.survey import Survey


class Terms:
    """What articles hang on."""

    def __init__(self, survey: Survey, report: Report, mapped: Mapping[str, str]) -> None:
        self.survey = survey
        self.report = report
        self._moved: dict[str, str] = {}
        self.authors = {login: _author_at(slug, login) for login, slug in mapped.items()}
        self.categories: dict[str, Category] = {}
        self.by_id: dict[int, Category] = {}
        self.tags: dict[str, Tag] = {}
        # Who wrote a comment is told by a number. Only who was named for it is taken for a user.
        self.users: dict[int, User] = {}
        for login, author in self.authors.items():
            record = survey.authors.get(login)
            if author.user and record and record.number("wp:author_id"):
                self.users[record.number("wp:author_id")] = author.user

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Forget what was made inside when it fails: it is rolled back, and made anew by the next one."""
        names = ("authors", "categories", "by_id", "tags", "_moved")
        kept = {name: dict(getattr(self, name)) for name in names}
        try:
            yield
        except Exception:
            vars(self).update(kept)
            raise

    def author(self, login: str) -> Author | None:
        """Return who wrote under this sign-in name. It is no secret of ours, but no address either."""
        if not login:
            return None
        if login not in self.authors:
            self.authors[login] = author = self._new_author(login)
            self._move("author", login, author.slug, author.get_absolute_url())
        return self.authors[login]

    def _new_author(self, login: str) -> Author:
        record = self.survey.authors.get(login)
        text = record.text if record else dict[str, str]().get
        shown = cut(plain(text("wp:author_display_name") or login), 100)
        whole = plain(f"{text('wp:author_first_name') or ''} {text('wp:author_last_name') or ''}")
        author = author_called(shown)
        if author.pk:
            self.report.count("author", "known")
            return author
        if author.slug == make_slug(login, 100):
            author = new_author(shown, make_slug(whole, 100) if whole != login else "")
        if shown == login:
            self.report.changed.append(
                _("The author “%s” is known by a sign-in name: choose another one under Authors.")
                % shown
            )
        author.full_clean()
        author.save()
        self.report.count("author", "new")
        return author

    def make_categories(self) -> None:
        """Make the tree as it is there, with those that hold nothing."""
        for nicename in self.survey.categories:
            self.category(nicename)

    def category(
        self, nicename: str, name: str = "", above: frozenset[str] = frozenset()
    ) -> Category | None:
        """Return the category of this address, making it and those above it; None for an empty one."""
        if nicename in self.categories or not (nicename or name):
            return self.categories.get(nicename)
        record = self.survey.categories.get(nicename)
        name = cut(plain(record.text("wp:cat_name") if record else name) or unquote(nicename), 100)
        slug = slug_of(nicename, name, 100) or "category"
        slug = f"{slug}-2" if slug in RESERVED_CATEGORY_SLUGS else slug
        category = Category.objects.filter(slug=slug).first()
        if category is None:
            over = record.text("wp:category_parent") if record else ""
            # A circle is broken where it closes.
            parent = (
                self.category(over, "", above | {nicename}) if over and over not in above else None
            )
            words = cut(plain(record.text("wp:category_description")), 300) if record else ""
            category = Category(name=name, slug=slug, parent=parent, description=words)
            category.full_clean(exclude=["path"])
            place_category(category=category)
            self.report.count("category", "new")
        else:
            self.report.count("category", "known")
        self.categories[nicename] = category
        if record and (number := record.number("wp:term_id")):
            self.by_id[number] = category
            self._moved[f"/?cat={number}"] = category.get_absolute_url()
        self._move("category", nicename, category.slug, category.get_absolute_url())
        return category

    def tag(self, nicename: str, name: str) -> Tag | None:
        name = cut(plain(name), 100)
        if not name:
            return None
        if nicename not in self.tags:
            slug = slug_of(nicename, name, 100)
            tag = Tag.objects.filter(slug=slug).first() if slug else None
            tag = tag or tag_called(name=name)
            self.report.count("tag", "known" if tag else "new")
            self.tags[nicename] = tag = tag or save_tag(tag=Tag(name=name, slug=slug))
            self._move("tag", nicename, tag.slug, tag.get_absolute_url())
        return self.tags[nicename]

    def take_moved(self) -> dict[str, str]:
        """Return the addresses that lists had and that are other ones here: each once, and with what made it.

        A run that is killed meets none of them again where nothing new hangs on them.
        """
        moved, self._moved = self._moved, {}
        return moved

    def unused_tags(self) -> int:
        return len(self.survey.tags.keys() - self.survey.used_tags)

    def _move(self, kind: str, nicename: str, slug: str, address: str) -> None:
        if unquote(nicename) != slug:
            self._moved[f"/{kind}/{unquote(nicename)}/"] = address


def _author_at(slug: str, login: str) -> Author:
    author = Author.objects.filter(slug=slug).select_related("user").first()
    if author is None:
        raise ImportProblem(
            _("There is no author with the address “%(slug)s” for --author %(login)s=%(slug)s.")
            % {"slug": slug, "login": login}
        )
    return author
