"""Which links of a text lead to a page of this site that is not there, or that readers may not see.

Other sites are never asked: nothing here talks to the network.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve

from accounts.models import Author
from blog.articles.models import Article, Category, Series, Tag
from blog.media.queries import images_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from django.urls import ResolverMatch

PICTURES = "pictures/"  # where the library keeps its files, below /media/
# Pages for one reader or the staff: nobody else can open a link to them.
PRIVATE = re.compile(
    r"draft|.*-?preview(-new)?|receipt.*|moderate|following-.*|privacy-(person|down.*)"
)
NOTHING = "nothing"
ADDRESSED = {"tag": Tag, "author": Author, "series": Series}  # by a slug, or one that they had
COMMENT = re.compile(r"comment-([1-9][0-9]{0,15})")

# Comments and pages live above articles, which do not know them: their apps add their answers here when
# they start. Given keys or paths, they return those of what everybody can read.
public_comments: list[Callable[[set[int]], set[int]]] = []
public_pages: list[Callable[[set[str]], set[str]]] = []


class Target(NamedTuple):
    """What a link must find: a kind of thing, and its slug, path, name or key."""

    kind: str
    name: str | int


def dead_links(hrefs: Iterable[str], *, at: datetime, own_slug: str = "") -> list[str]:
    """Return the links that will lead nowhere at that moment, each once, in their order.

    One query for each kind of page they lead to, two for articles with an old address; none for a text
    without links to this site. `own_slug` is where the article itself will be.
    """
    wanted = {href: _targets(href) for href in dict.fromkeys(hrefs)}
    by_kind: dict[str, set[Any]] = defaultdict(set)
    for target in (target for targets in wanted.values() for target in targets):
        by_kind[target.kind].add(target.name)
    found = {(kind, name) for kind in by_kind for name in _found(kind, by_kind[kind], at)}
    found.add(("article", own_slug))
    # About and Contact stand at the root, as articles do.
    maybe = {name for name in by_kind["article"] if ("article", name) not in found}
    for path in _pages(by_kind["page"] | maybe):
        found |= {("page", path), ("article", path)}
    return [href for href, targets in wanted.items() if not found.issuperset(targets)]


def _targets(href: str) -> list[Target]:
    """Return what must be there for the link to work; nothing for one to another site."""
    path = _path_here(href)
    if path is None or path.startswith(settings.STATIC_URL):  # files of the program itself
        return []
    try:
        match = resolve(path)
    except Resolver404:
        return [Target(NOTHING, path)]
    targets = _targets_of(match)
    if anchor := COMMENT.fullmatch(urlsplit(href).fragment):
        targets.append(Target("comment", int(anchor[1])))
    return targets


def _path_here(href: str) -> str | None:
    """Return the path of a link to this site, and None for any other."""
    if settings.SITE_URL and re.match(re.escape(settings.SITE_URL) + r"(?=[/?#]|$)", href):
        href = href[len(settings.SITE_URL) :] or "/"
    if not re.match(r"/(?![/\\])", href):
        return None
    return unquote(urlsplit(href).path)


def _targets_of(match: ResolverMatch) -> list[Target]:
    name, parts = match.url_name or "", match.kwargs
    if "\0" in "".join(map(str, parts.values())):
        return [Target(NOTHING, name)]  # which no database looks for
    if "admin" in match.app_names or PRIVATE.fullmatch(name):
        return [Target(NOTHING, name)]
    if name.startswith("category-"):
        return [Target("category", parts["path"])]
    if name == "page":
        return [Target("page", parts["path"])]
    if name.startswith(("tag-", "author-", "series-")):
        return [Target(name.partition("-")[0], parts["slug"])]
    if name == "media":
        path = str(parts["path"])
        return [Target("picture", path)] if path.startswith(PICTURES) else []
    targets = [Target("article", parts["slug"])] if "slug" in parts else []
    if name == "comment":
        targets.append(Target("comment", parts["pk"]))
    return targets


def _found(kind: str, names: set[Any], at: datetime) -> Iterable[Any]:
    """Return those of these names that a reader finds at that moment, by the present or an old address."""
    if kind == "article":
        return _articles(names, at)
    if kind == "category":
        return _categories(names)
    if kind == "picture":
        return images_at(names)
    if kind == "comment":
        return {pk for ask in public_comments for pk in ask(names)}
    if kind in ADDRESSED:
        things = ADDRESSED[kind]._default_manager
        rows = things.filter(Q(slug__in=names) | Q(old_slugs__slug__in=names))
        return {slug for pair in rows.values_list("slug", "old_slugs__slug") for slug in pair}
    return ()


def _pages(paths: set[str]) -> set[str]:
    return {path for ask in public_pages for path in ask(paths)} if paths else set()


def _articles(slugs: set[str], at: datetime) -> set[str]:
    there = Article.objects.published(at).order_by()
    found = set(there.filter(slug__in=slugs).values_list("slug", flat=True))
    if missing := slugs - found:
        found |= set(
            there.filter(old_slugs__slug__in=missing).values_list("old_slugs__slug", flat=True)
        )
    return found


def _categories(paths: set[str]) -> set[str]:
    """Return the paths that lead to a category: its own, an old one, or one that ends in its name."""
    names = {path: path.rpartition("/")[2] for path in paths}
    rows = Category.objects.filter(
        Q(path__in=paths) | Q(old_paths__path__in=paths) | Q(slug__in=names.values())
    ).values_list("path", "slug", "old_paths__path")
    there = {part for row in rows for part in row}
    return {path for path, name in names.items() if path in there or name in there}
