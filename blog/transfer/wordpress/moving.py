"""Store what an export holds, piece by piece, so that a run that was stopped goes on where it stood."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.articles.forms import MAX_BODY
from blog.articles.many import follow_up
from blog.articles.models import Article, SlugHistory
from blog.articles.rendering import sanitise_body
from blog.articles.services import save_article
from blog.pages.models import Page
from blog.pages.services import save_page
from blog.ratings.totals import bring_earlier
from blog.redirects.models import Redirect
from blog.site.models import SiteSettings
from blog.transfer.models import ImportedItem
from blog.transfer.problems import ImportProblem, sentence_of
from blog.transfer.wordpress.addresses import Addresses, old_paths
from blog.transfer.wordpress.comments import bring_comments
from blog.transfer.wordpress.export import Record, number_of, read_export
from blog.transfer.wordpress.fields import canonical_of, fill, primary_number, updated_at, votes_of
from blog.transfer.wordpress.pictures import Library
from blog.transfer.wordpress.plan import Known, known_items, pages_in_order, plan_addresses
from blog.transfer.wordpress.report import Report
from blog.transfer.wordpress.survey import Survey, Thing, key_of, look_through
from blog.transfer.wordpress.terms import Terms
from blog.transfer.wordpress.text import Surroundings, convert
from blog.transfer.wordpress.values import cut, plain, slug_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from blog.articles.models import Category, Tag
    from blog.transfer.wordpress.pictures import Source

LEFT_OUT = {
    "nav_menu_item": gettext_lazy("Menu items: make the menus anew under Menus"),
    "revision": gettext_lazy("Old versions"),
}


@dataclass
class Move:
    """One run: `run` returns the report. A rehearsal takes everything back at the end."""

    path: Path
    source: Callable[[Survey], Source | None] = lambda survey: None
    mapped_authors: Mapping[str, str] = field(default_factory=dict)  # login to address here
    is_rehearsal: bool = False
    tell: Callable[[str], None] = lambda line: None  # how far it is

    def run(self) -> Report:
        self.report = Report()
        self.known: Known = {}
        self.changed: list[int] = []  # keys of articles that are new, or have pictures now
        self.survey = look_through(self.path)
        self.report.source = f"{self.survey.title} ({self.survey.base})"
        self.zone = ZoneInfo(SiteSettings.objects.current().time_zone)
        # One transaction for a rehearsal alone: of a real run, what is done is done.
        with transaction.atomic() if self.is_rehearsal else nullcontext():
            try:
                self._move()
            finally:
                if self.changed and not self.is_rehearsal:
                    # Of a run that was stopped, too. One that was killed leaves it to the next that brings
                    # something; until then daily runs make cards and checks, `prepare_related` the rest.
                    known = (item.article_id for item in self.known.values())
                    follow_up([*filter(None, known), *self.changed])
            if self.is_rehearsal:
                transaction.set_rollback(True)
        return self.report

    def _move(self) -> None:
        survey, report = self.survey, self.report
        for kind, number in survey.left_out.items():
            report.leave_out(_left_out_name(kind), number)
        self.known = known_items(survey)
        self.old_items = {item.pk for item in self.known.values()}
        plan_addresses(survey, self.known, report)
        self.library = Library(survey, self.source(survey), report, is_rehearsal=self.is_rehearsal)
        self.addresses = Addresses(survey, self.library.file_at)
        self.things = {thing.key: thing for thing in survey.things if thing.kind != "attachment"}
        for thing in self.things.values():
            self.addresses.add(thing, thing.address)
        self.planned = {thing.slug for thing in self.things.values()}
        self.terms = Terms(survey, report, self.mapped_authors)
        self.terms.make_categories()
        self._redirect(self.terms.take_moved())
        self.library.take_all(self._known_pictures(), self.tell)
        self._lead_attachments()
        self._items()
        report.leave_out(_("Tags that no article has"), self.terms.unused_tags())
        report.leave_out(
            _("Pictures on other hosts; links to them stand in the texts"),
            len(self.library.elsewhere),
        )

    def _known_pictures(self) -> Known:
        """Return those of the pictures that texts alone name, too: the survey knows nothing of them."""
        loose = [thing.guid for thing in self.library.things if not thing.number]
        rows = ImportedItem.objects.select_related("image")
        found = dict(self.known)
        for start in range(0, len(loose), 500):
            for item in rows.filter(guid__in=loose[start : start + 500], number=0):
                found[item.guid, item.number] = item
        return found

    def _lead_attachments(self) -> None:
        """Let the page of an attachment lead to what it belongs to."""
        moved: dict[str, str] = {}
        for thing in self.library.things:
            if thing.number and (address := self.addresses.numbers.get(thing.parent)):
                self.addresses.add(thing, address)
                thing.address = address
                moved |= dict.fromkeys(old_paths(thing), address)
        self._redirect(moved)

    def _items(self) -> None:
        """Read the file once more: posts as they come, pages when all are there, for their order."""
        pages: dict[tuple[str, int], Record] = {}
        seen: set[tuple[str, int]] = set()
        for record in read_export(self.path):
            key = key_of(record)
            thing = self.things.get(key) if record.kind == "item" else None
            if thing is None or key in seen or record.text("wp:post_type") == "attachment":
                continue
            seen.add(key)
            if thing.kind == "page":
                pages[key] = record
            else:
                self._try("article", thing, record, self._article)
            if len(seen) % 500 == 0:
                self.tell(
                    _("Articles and pages: %(done)d of %(all)d")
                    % {"done": len(seen), "all": len(self.things)}
                )
        self.pages: dict[int, Page] = {}
        for thing in pages_in_order(self.survey):
            if thing.key in pages:
                self._try("page", thing, pages[thing.key], self._page)

    def _try(
        self, kind: str, thing: Thing, record: Record, bring: Callable[[Thing, Record], None]
    ) -> None:
        """Bring in one item, all of it or nothing; what is wrong with it stops nothing else."""
        self.library.lacking = set()
        try:
            if record.is_too_large:
                raise ImportProblem(_("It is larger than 4 MB: this is not an article."))
            with self.report.all_or_nothing(), self.terms.all_or_nothing(), transaction.atomic():
                bring(thing, record)
        except (ValidationError, ImportProblem, DataError, IntegrityError) as error:
            sentence = sentence_of(error) if isinstance(error, ValidationError) else str(error)
            self.report.count(kind, "failed")
            if record.comments:
                sentence += " " + _("Its comments (%d) wait for it.") % len(record.comments)
            self.report.failed.append(f"{thing.title or thing.link}: {sentence}")

    def _article(self, thing: Thing, record: Record) -> None:
        item = self.known.get(thing.key)
        if item is None:
            article = Article(slug=thing.slug)
            fill(article, record, self.zone, self.report)
            self._fill_text(article, thing, record)
            article.seo_title = "" if article.seo_title == article.title else article.seo_title
            article.canonical_url = canonical_of(record.meta, self.addresses)
            article.lead_image_id = self._lead_image(record)
            self._store(article, record)
            item = self._keep(thing, article=article, version=article.version)
            self.changed.append(article.pk)
            self.report.count("article", "new")
            self.report.states[_state_of(article)] += 1
            self._redirect(self.terms.take_moved())
            self._redirect_article(thing, record, article)
            self._bring_votes(record, article)
        elif item.article is None:
            self.report.count("article", "deleted")
            return
        else:
            article = item.article
            self._complete(thing, record, item)
        bring_comments(
            record,
            article,
            item,
            zone=self.zone,
            users=self.terms.users,
            is_known=item.pk in self.old_items,
            report=self.report,
        )

    def _bring_votes(self, record: Record, article: Article) -> None:
        """Count the votes given there, with a new article alone: what is here may have been cleared since."""
        votes = votes_of(record.meta)
        if votes.total:
            bring_earlier(article.pk, count=votes.count, total=votes.total)
            self.report.count("vote", "new", votes.count)
        else:
            what = _("Votes that %s has counted, without a sum that one to five stars make")
            self.report.leave_out(what % votes.plugin, votes.count)

    def _store(self, article: Article, record: Record) -> None:
        categories, tags = self._terms_of(record)
        primary = self.terms.by_id.get(primary_number(record.meta))
        article.primary_category = primary if primary in categories else None
        author = self.terms.author(record.text("dc:creator"))
        article.clean_fields(exclude=["primary_category", "lead_image", "slug"])
        save_article(
            article=article,
            editor=None,
            authors=[author] if author else None,
            categories=categories,
            tags=tags,
            updated_at=updated_at(article, record, self.zone),
            note=_("Imported from WordPress"),
            is_one_of_many=True,
        )
        began = article.publish_at or timezone.now()
        if began < timezone.now():  # the desk lists by it
            Article.objects.filter(pk=article.pk).update(created_at=began)

    def _terms_of(self, record: Record) -> tuple[list[Category], list[Tag]]:
        categories = [
            self.terms.category(nicename or name, name)
            for domain, nicename, name in record.terms
            if domain == "category"
        ]
        tags = [
            self.terms.tag(nicename or name, name)
            for domain, nicename, name in record.terms
            if domain in {"post_tag", "tag"}
        ]
        if any(domain == "post_format" for domain, _nicename, _name in record.terms):
            self.report.leave_out(_("Post formats"))
        return (
            list(dict.fromkeys(filter(None, categories))),
            list(dict.fromkeys(filter(None, tags))),
        )

    def _fill_text(self, article: Article | Page, thing: Thing, record: Record) -> bool:
        """Set the text, with a title where there is none; say whether it had a form for messages."""
        around = Surroundings(
            address_of=self.addresses.of,
            pictures=self.library.pictures,
            attached=lambda: self.library.attached.get(thing.number, []),
            picture_at=self.library.picture_at,
        )
        converted = convert(record.fields.get("content:encoded", ""), around)
        body = sanitise_body(converted.html, picture_src=self.library.address_of)
        if len(body) > MAX_BODY:
            raise ImportProblem(
                _(
                    "Its text has %(long)d characters, and the editor takes %(most)d: divide it there and"
                    " export it once more."
                )
                % {"long": len(body), "most": MAX_BODY}
            )
        article.body = body
        self.report.unknown += converted.unknown
        self.report.dynamic += converted.dynamic
        if not article.title:
            article.title = cut(plain(body), 60) or _("Untitled")
            self.report.changed.append(_("“%s” had no title.") % article.title)
        return converted.has_form

    def _lead_image(self, record: Record) -> int | None:
        number = number_of(record.meta.get("_thumbnail_id", ""))
        return self.library.image(number) if number else None

    def _complete(self, thing: Thing, record: Record, item: ImportedItem) -> None:
        """Put pictures where they were missing, unless somebody has edited the article since."""
        article = item.article
        if article is None or not (item.lacks_pictures and self.library.taken):
            self.report.count("article", "known")
            return
        article = Article.objects.get(pk=article.pk)  # with its text
        if article.version != item.version:
            self.report.count("article", "known")
            self.report.changed.append(
                _("“%s” was edited here: its missing pictures were not added.") % article
            )
            return
        before = article.body, article.lead_image_id
        self._fill_text(article, thing, record)
        article.lead_image_id = self._lead_image(record) or article.lead_image_id
        if (article.body, article.lead_image_id) != before:
            save_article(
                article=article,
                editor=None,
                # Not news for readers.
                updated_at=article.updated_at or article.publish_at,
                note=_("Pictures imported from WordPress"),
                is_one_of_many=True,
            )
        item.version, item.lacks_pictures = article.version, bool(self.library.lacking)
        item.save(update_fields=["version", "lacks_pictures"])
        is_changed = (article.body, article.lead_image_id) != before
        self.changed += [article.pk] * is_changed
        self.report.count("article", "completed" if is_changed else "known")

    def _keep(self, thing: Thing, **fields: Any) -> ImportedItem:
        return ImportedItem.objects.create(
            guid=thing.guid,
            number=thing.number,
            lacks_pictures=bool(self.library.lacking),
            **fields,
        )

    def _page(self, thing: Thing, record: Record) -> None:
        item = self.known.get(thing.key)
        if item is not None:
            if item.page is None:
                self.report.count("page", "deleted")
                return
            self.pages[thing.number] = page = item.page
            self._complete_page(thing, record, item, page)
            return
        page = Page(title=thing.title, slug=thing.slug, parent=self.pages.get(thing.parent))
        if self._fill_text(page, thing, record):
            page.kind = Page.Kind.CONTACT
        self._fill_page_life(page, record)
        page.seo_description = cut(plain(record.meta.get("_yoast_wpseo_metadesc", "")), 300)
        page.clean_fields(exclude=["parent", "path"])
        save_page(page=page, editor=None)
        self._keep(thing, page=page, version=page.version)
        self.report.count("page", "new")
        self.report.leave_out(_("Comments on pages"), len(record.comments))
        if page.is_live:
            self._redirect(dict.fromkeys(old_paths(thing), page.get_absolute_url()))
        self.pages[thing.number] = page  # last: nothing after it can take it back

    def _fill_page_life(self, page: Page, record: Record) -> None:
        """Set the status. Pages are for everybody here: what was not so there becomes a draft."""
        status = record.text("wp:status")
        is_closed = status in {"private", "future"} or record.text("wp:post_password")
        is_public = status == "publish" and not is_closed
        page.status = Page.Status.PUBLISHED if is_public else Page.Status.DRAFT
        if status == "trash":
            page.trashed_at = timezone.now()
        if is_closed:
            self.report.changed.append(
                _("The page “%s” was not for everybody, or not yet: it is a draft.") % page
            )

    def _complete_page(self, thing: Thing, record: Record, item: ImportedItem, page: Page) -> None:
        is_unedited = page.version == item.version
        if not (item.lacks_pictures and is_unedited and self.library.taken):
            self.report.count("page", "known")
            return
        page = Page.objects.get(pk=page.pk)  # with its text
        before = page.body
        self._fill_text(page, thing, record)
        if page.body != before:
            save_page(page=page, editor=None)
        item.version, item.lacks_pictures = page.version, bool(self.library.lacking)
        item.save(update_fields=["version", "lacks_pictures"])
        self.report.count("page", "completed" if page.body != before else "known")

    def _redirect_article(self, thing: Thing, record: Record, article: Article) -> None:
        """Lead old addresses here, of what was public: others nobody has."""
        if article.status != Article.Status.PUBLISHED or article.trashed_at:
            return
        address = article.get_absolute_url()
        self._redirect(dict.fromkeys(old_paths(thing), address))
        if old := slug_of(record.meta.get("_wp_old_slug", ""), "", 200):
            is_taken = Article.objects.filter(slug=old).exists()
            if not is_taken and old not in self.planned:
                SlugHistory.objects.get_or_create(slug=old, defaults={"article": article})

    def _redirect(self, moved: Mapping[str, str]) -> None:
        """Store redirects; what was decided about an address before stays."""
        if not moved:
            return
        rows = {
            path: target for path, target in moved.items() if path != target and len(path) <= 500
        }
        taken = set(Redirect.objects.filter(path__in=rows).values_list("path", flat=True))
        new = [Redirect(path=path, target=to) for path, to in rows.items() if path not in taken]
        Redirect.objects.bulk_create(new, ignore_conflicts=True)
        self.report.count("redirect", "new", len(new))


def _left_out_name(kind: str) -> str:
    return str(LEFT_OUT.get(kind) or _("Items of the kind “%s”") % kind[:40])


def _state_of(article: Article) -> str:
    if article.trashed_at or article.status == Article.Status.DRAFT:
        return str(article.state.label)
    if article.access != Article.Access.OPEN:
        return str(article.get_access_display())
    return str(article.state.label)
