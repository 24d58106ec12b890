"""Choose the addresses of everything before anything is stored: texts lead to each other by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from blog.articles.models import Article, SlugHistory
from blog.articles.slugs import free_among
from blog.pages.models import Page
from blog.pages.services import RESERVED_BELOW
from blog.paths import path_to
from blog.transfer.models import ImportedItem
from blog.transfer.wordpress.values import free_at_the_root, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.transfer.wordpress.report import Report
    from blog.transfer.wordpress.survey import Survey, Thing

Known = dict[tuple[str, int], ImportedItem]
AT_ONCE = 500  # SQLite takes no more than some thousand values in a statement
SEEN = (
    *("guid", "number", "article", "page", "image", "version", "lacks_pictures", "image__file"),
    *("article__title", "article__slug", "article__version"),
    *("page__title", "page__slug", "page__path", "page__version"),
)
HIDDEN = frozenset({"draft", "pending", "trash"})


def known_items(survey: Survey) -> Known:
    """Return what earlier runs have brought in, with the addresses of the rows."""
    guids = list({thing.guid for thing in survey.things})
    found: Known = {}
    for start in range(0, len(guids), AT_ONCE):
        rows = ImportedItem.objects.filter(guid__in=guids[start : start + AT_ONCE])
        # Without texts: all of them are in memory at once.
        for item in rows.select_related("image", "page", "article").only(*SEEN):
            found[item.guid, item.number] = item
    return found


def plan_addresses(survey: Survey, known: Known, report: Report) -> None:
    """Give every post and page its address: the one it has here, else its own, else the next free one."""
    slugs = dict(Article.objects.values_list("pk", "slug"))
    at_root = {*slugs.values(), *SlugHistory.objects.values_list("slug", flat=True)}
    at_root |= set(Page.objects.filter(parent=None).values_list("slug", flat=True))
    paths = set(Page.objects.values_list("path", flat=True))
    _plan_pages(survey, known, report, at_root, paths)
    # What readers could reach comes first: a draft does not take the address of an article.
    posts = sorted(survey.of_kind("post"), key=lambda thing: thing.status in HIDDEN)
    for thing in posts:
        item = known.get(thing.key)
        if item and item.article_id:
            thing.slug = slugs[item.article_id]
        else:
            wanted = slug_of(thing.name, thing.title, 200) or f"article-{thing.number}"
            thing.slug = free_among(at_root, free_at_the_root(wanted))
            at_root.add(thing.slug)
            _note(thing, thing.slug, report)
        thing.address = path_to("article-detail", thing.slug)


def _plan_pages(
    survey: Survey, known: Known, report: Report, at_root: set[str], paths: set[str]
) -> None:
    placed: dict[int, str] = {}
    for thing in pages_in_order(survey):
        item = known.get(thing.key)
        above = placed.get(thing.parent, "")
        if item and item.page:
            thing.slug, path = item.page.slug, item.page.path
        else:
            wanted = slug_of(thing.name, thing.title, 100) or f"page-{thing.number}"
            if above:
                wanted = f"{wanted}-2" if wanted in RESERVED_BELOW else wanted
                beside = {
                    path.rpartition("/")[2] for path in paths if path.rpartition("/")[0] == above
                }
                thing.slug = free_among(beside, wanted, 100)
            else:
                thing.slug = free_among(at_root, free_at_the_root(wanted), 100)
                at_root.add(thing.slug)
            path = f"{above}/{thing.slug}" if above else thing.slug
            paths.add(path)
            _note(thing, thing.slug, report)
        placed[thing.number] = path
        thing.address = path_to("page", path)


def pages_in_order(survey: Survey) -> Iterator[Thing]:
    """Yield the pages, those above others first, then in the order of their menu."""
    pages = survey.of_kind("page")
    numbers = {thing.number: thing for thing in pages}

    def depth(thing: Thing) -> int:
        steps, above = 0, numbers.get(thing.parent)
        while above is not None and steps < len(pages):  # a circle ends, too
            steps, above = steps + 1, numbers.get(above.parent)
        return steps

    depths = {id(thing): depth(thing) for thing in pages}
    yield from sorted(pages, key=lambda thing: (depths[id(thing)], thing.order, thing.title))


def _note(thing: Thing, slug: str, report: Report) -> None:
    if thing.name and slug_of(thing.name, "", 200) != slug:
        title = thing.title or thing.name
        report.renamed.append(
            _("“%(title)s”: /%(old)s/ is now %(new)s")
            % {"title": title, "old": thing.name, "new": slug}
        )
