"""What an export holds as JSON: each function yields the rows of one file.

An article is named by its slug, a page and a category by their paths, a tag and a person by their slugs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Prefetch

from accounts.models import Author, AuthorSlugHistory
from blog.articles.models import (
    Article,
    Category,
    CategoryPathHistory,
    ChecklistRule,
    DeskField,
    MailRule,
    RelatedPick,
    Series,
    SeriesSlugHistory,
    SlugHistory,
    Snippet,
    Tag,
    TagSlugHistory,
    WorkingStatus,
)
from blog.comments.models import Comment, Rule
from blog.frame.models import MenuItem, Section
from blog.media.models import Image
from blog.pages.models import PagePathHistory
from blog.ratings.models import Rating, RatingSummary
from blog.reads.models import DailyReads
from blog.redirects.models import Redirect
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from django.db.models import Model

EXPORTED = {"article__trashed_at__isnull": True, "article__is_template": False}


def picture_path(name: str) -> str:
    """Return where a stored picture is, seen from the articles."""
    return f"pictures/{name.removeprefix('pictures/')}"


def moment_of(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


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
    parts = Prefetch("parts__article", Article.objects.only("slug", "trashed_at"))
    for series in Series.objects.prefetch_related(parts).order_by("slug"):
        yield {
            "title": series.title,
            "slug": series.slug,
            "description": series.description,
            "articles": [
                part.article.slug for part in series.parts.all() if not part.article.trashed_at
            ],
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
    """Yield what led where: an old slug or path, and the present one under the name of what it is."""
    histories: list[tuple[type[Model], str, str, str]] = [
        (SlugHistory, "slug", "article", "slug"),
        (CategoryPathHistory, "path", "category", "path"),
        (TagSlugHistory, "slug", "tag", "slug"),
        (SeriesSlugHistory, "slug", "series", "slug"),
        (AuthorSlugHistory, "slug", "author", "slug"),
        (PagePathHistory, "path", "page", "path"),
    ]
    for model, old, kind, new in histories:
        rows = model._default_manager.order_by(old).values_list(old, f"{kind}__{new}")
        for was, present in rows:
            yield {"old": was, kind: present}


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
    comments = Comment.objects.filter(**EXPORTED).select_related("article", "user")
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
            "written_at": moment_of(comment.created_at),
            "edited_at": moment_of(comment.edited_at),
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
    ratings = Rating.objects.filter(**EXPORTED).values_list(
        *("article__slug", "stars", "is_counted", "created_at", "updated_at", "feedback"),
        named=True,
    )
    for rating in ratings.order_by("pk").iterator():
        yield {
            "article": rating.article__slug,
            "stars": rating.stars,
            "counted": rating.is_counted,
            "voted_at": moment_of(rating.created_at),
            "changed_at": moment_of(rating.updated_at),
            "feedback": rating.feedback,
        }


def _earlier_ratings() -> Iterable[Mapping[str, object]]:
    """Return what a former site had counted: number and sum of stars, which are no votes of their own."""
    totals = RatingSummary.objects.filter(**EXPORTED, earlier_count__gt=0)
    rows = totals.order_by("article").values_list(
        "article__slug", "earlier_count", "earlier_total"
    )
    return ({"article": article, "count": count, "total": total} for article, count, total in rows)


def _reads() -> Iterable[Mapping[str, object]]:
    """Yield how often each article was read on each day, and how often to its end."""
    days = DailyReads.objects.filter(**EXPORTED).order_by("day", "pk")
    rows = days.values_list("article__slug", "day", "count", "finished").iterator()
    return (dict(zip(("article", "day", "count", "finished"), row, strict=True)) for row in rows)


def _related_picks() -> Iterable[Mapping[str, object]]:
    picks = RelatedPick.objects.filter(**EXPORTED, other__trashed_at__isnull=True)
    rows = picks.order_by("article", "position").values_list("article__slug", "other__slug")
    return ({"article": article, "related": other} for article, other in rows)


def _sections() -> Iterable[Mapping[str, object]]:
    sections = Section.objects.order_by("area", "position", "pk")
    return sections.values(
        *("area", "kind", "heading", "length", "body"), category_path=F("category__path")
    )


def _rules() -> Iterable[Mapping[str, object]]:
    return Rule.objects.order_by("position", "pk").values(
        *("name", "is_active", "kind", "entries", "whole_words", "fields", "threshold", "action"),
        "reason",
    )


def _working_statuses() -> Iterable[Mapping[str, object]]:
    """Return them with the roles that may choose each."""
    found: dict[int, dict[str, Any]] = {}
    rows = WorkingStatus.objects.order_by("position", "pk", "roles__name").values_list(
        "pk", "name", "colour", "is_for_assigned", "roles__name"
    )
    for pk, name, colour, is_for_assigned, role in rows:
        status = {"name": name, "colour": colour, "is_for_assigned": is_for_assigned, "roles": []}
        found.setdefault(pk, status)["roles"] += [role] if role else []
    return found.values()


def _mail_rules() -> Iterable[Mapping[str, object]]:
    return MailRule.objects.order_by("pk").values(
        *(
            "name",
            "is_active",
            "kind",
            "from_stage",
            "to_stage",
            "days",
            "to_authors",
            "to_writer",
        ),
        *("to_participants", "address", "subject", "text"),
        from_working_status=F("from_status__name"),
        to_working_status=F("to_status__name"),
        to_role=F("role__name"),
    )


def settings_of_the_site() -> dict[str, Any]:
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


FILES: dict[str, Callable[[], Iterable[Mapping[str, object]]]] = {
    "authors": _authors,
    "categories": lambda: Category.objects.order_by("path").values(
        "name", "path", "description", "position"
    ),
    "tags": lambda: Tag.objects.order_by("slug").values("name", "slug"),
    "series": _series,
    "related": _related_picks,
    "menus": _menus,
    "sections": _sections,
    "snippets": lambda: Snippet.objects.order_by("name", "pk").values("name", "body"),
    "redirects": lambda: Redirect.objects.order_by("path").values("path", "target"),
    "old-addresses": _old_addresses,
    "pictures": _pictures,
    "rules": _rules,
    "mail-rules": _mail_rules,
    "checklist": lambda: ChecklistRule.objects.order_by("code").values("code", "level"),
    "working-statuses": _working_statuses,
    "own-fields": lambda: DeskField.objects.order_by("position", "pk").values("name", "kind"),
    "earlier-ratings": _earlier_ratings,
}
LINES: dict[str, Callable[[], Iterable[Mapping[str, object]]]] = {
    "comments": _comments,
    "ratings": _ratings,
    "reads": _reads,
}
