"""Change categories and tags. An address they once had forwards to the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.articles.locks import giving_way
from blog.articles.models import (
    RESERVED_CATEGORY_SLUGS,
    Article,
    Category,
    CategoryPathHistory,
    Tag,
    TagMerge,
    TagSlugHistory,
)
from blog.articles.slugs import free_slug, make_slug

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from accounts.models import User


@giving_way
def place_category(*, category: Category) -> Category:
    """Store a new or changed category and mend the paths of everything within it.

    Raise ValidationError if it stood within itself. All rows are locked: two moves at once could
    otherwise make a circle of which each saw only half.
    """
    paths = dict(Category.objects.select_for_update().values_list("pk", "path"))
    if not category.slug:
        taken = [Category.objects.exclude(pk=category.pk)]
        slug = make_slug(category.name, 100) or f"category-{len(paths) + 1}"
        slug = f"{slug}-2" if slug in RESERVED_CATEGORY_SLUGS else slug
        category.slug = free_slug(taken, slug, max_length=100)
    category.clean()
    old_path = paths.get(category.pk or 0)
    parent_path = paths[category.parent.pk] + "/" if category.parent else ""
    category.path = f"{parent_path}{category.slug}"
    if category.is_default:  # instead of the one that was it
        Category.objects.exclude(pk=category.pk).filter(is_default=True).update(is_default=False)
    category.save()
    moved = {category.pk: category.path}
    if old_path and old_path != category.path:
        for pk, path in paths.items():
            if path.startswith(f"{old_path}/"):
                moved[pk] = category.path + path.removeprefix(old_path)
                Category.objects.filter(pk=pk).update(path=moved[pk])
        for pk in moved:
            CategoryPathHistory.objects.update_or_create(
                path=paths[pk], defaults={"category_id": pk}
            )
    # A path in use forwards nowhere, whoever had it before.
    CategoryPathHistory.objects.filter(path__in=moved.values()).delete()
    return category


@transaction.atomic
def save_tag(*, tag: Tag) -> Tag:
    """Store a new or changed tag; its address is made from the name where there is none."""
    before = Tag.objects.select_for_update().filter(pk=tag.pk).first() if tag.pk else None
    if not tag.slug:
        slug = make_slug(tag.name, 100) or f"tag-{Tag.objects.count() + 1}"
        taken = [Tag.objects.exclude(pk=tag.pk), TagSlugHistory.objects.exclude(tag=tag.pk)]
        tag.slug = free_slug(taken, slug, max_length=100)
    tag.save()
    if before and before.slug != tag.slug:
        TagSlugHistory.objects.update_or_create(slug=before.slug, defaults={"tag": tag})
    TagSlugHistory.objects.filter(slug=tag.slug).delete()
    return tag


def tag_called(*, name: str) -> Tag | None:
    """Return the tag of this name, in whatever case it is written; None where there is none.

    The name of a tag that was merged into another one means that one.
    """
    if tag := Tag.objects.filter(name__iexact=name).first():
        return tag
    # SQLite knows the case of A to Z only. Of other letters, the addresses are alike.
    alike = Tag.objects.filter(slug=make_slug(name, 100)).first()
    if alike and alike.name.casefold() == name.casefold():
        return alike
    merged = TagMerge.objects.filter(undone_at__isnull=True, name__iexact=name)
    forwards = TagSlugHistory.objects.filter(slug__in=merged.values("slug"))
    forward = forwards.select_related("tag").first()
    return forward.tag if forward else None


def get_or_create_tag(*, name: str) -> Tag:
    """Return the tag of this name (see tag_called), making it if there is none."""
    name = " ".join(name.split())[:100]
    try:
        return _found_or_made(name)
    except IntegrityError:  # somebody made it, or one with its address, and was done in between
        return _found_or_made(name)


@transaction.atomic
def _found_or_made(name: str) -> Tag:
    return tag_called(name=name) or save_tag(tag=Tag(name=name))


@giving_way
def merge_tags(
    *, tags: Collection[Tag] | QuerySet[Tag], into: Tag, actor: User | None
) -> list[TagMerge]:
    """Give the articles of these tags that one instead, and let the old addresses forward to it.

    Return what `undo_merge` needs, one for each tag that went. The rows are locked: somebody who puts
    one of the tags on an article meanwhile waits, and is refused.
    """
    chosen = {tag.pk for tag in tags} - {into.pk}
    locked = Tag.objects.select_for_update().filter(pk__in={into.pk, *chosen}).order_by("pk")
    going = [tag for tag in locked if tag.pk in chosen]
    return [_merge(tag, into, actor) for tag in going]


def _merge(tag: Tag, into: Tag, actor: User | None) -> TagMerge:
    having = set(into.articles.values_list("pk", flat=True))
    article_ids = sorted(tag.articles.values_list("pk", flat=True))
    gained = [pk for pk in article_ids if pk not in having]
    old_slugs = list(tag.old_slugs.values_list("slug", flat=True))
    tag.old_slugs.update(tag=into)
    into.articles.add(*gained)
    tag.delete()
    TagSlugHistory.objects.update_or_create(slug=tag.slug, defaults={"tag": into})
    return TagMerge.objects.create(
        name=tag.name,
        slug=tag.slug,
        target=into,
        target_slug=into.slug,
        article_ids=article_ids,
        only_ids=gained,
        old_slugs=old_slugs,
        merged_by=actor,
    )


@transaction.atomic
def undo_merge(*, merge: TagMerge) -> Tag:
    """Make the tag again, with its articles and its old addresses as far as they still lead there.

    Articles that got the other tag by the merge lose it. Raise ValidationError where it is undone
    already, or where the other tag went into a third one since.
    """
    merge = TagMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        raise ValidationError(_("“%s” is a tag of its own again already.") % merge)
    if merge.target is None:
        raise ValidationError(
            _("The tag that “%s” went into is gone: if it was merged, too, undo that first.")
            % merge
        )
    forwards = merge.target.old_slugs
    forwards.filter(slug=merge.slug).delete()
    slug = free_slug([Tag.objects.all(), TagSlugHistory.objects.all()], merge.slug, max_length=100)
    tag = Tag.objects.create(name=merge.name, slug=slug)
    forwards.filter(slug__in=merge.old_slugs).update(tag=tag)
    TagMerge.objects.filter(target__isnull=True, target_slug=merge.slug).update(target=tag)
    kept = Article.objects.filter(pk__in=merge.article_ids)
    tag.articles.add(*kept)
    merge.target.articles.remove(*kept.filter(pk__in=merge.only_ids))
    merge.undone_at = timezone.now()
    merge.save(update_fields=["undone_at"])
    return tag
