"""What an author wants to be read next: picked at the desk, in an order, and in force at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from blog.articles import review
from blog.articles.models import Article, RelatedPick
from blog.articles.related import prepare_related

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

MOST_PICKS = 6


def add_pick(*, article: Article, editor: User, other: Article) -> None:
    """Put the other article at the end of the picks."""

    def added(keys: list[int]) -> list[int]:
        if other.pk == article.pk:
            raise ValidationError(_("An article does not lead on to itself."))
        if len(keys) >= MOST_PICKS and other.pk not in keys:
            raise ValidationError(
                _("There are %(most)s picks already, and that is the most. Remove one first."),
                params={"most": MOST_PICKS},
            )
        return [*(key for key in keys if key != other.pk), other.pk]

    _change(article, editor, added)


def remove_pick(*, article: Article, editor: User, key: int) -> None:
    _change(article, editor, lambda keys: [each for each in keys if each != key])


def move_pick(*, article: Article, editor: User, key: int, by: int) -> None:
    """Move a pick up (-1) or down (1); one that is not there any more, or at the end, stays."""

    def moved(keys: list[int]) -> list[int]:
        if key not in keys:
            return keys
        at = keys.index(key)
        to = max(0, min(len(keys) - 1, at + by))
        keys.insert(to, keys.pop(at))
        return keys

    _change(article, editor, moved)


@transaction.atomic
def _change(article: Article, editor: User, change: Callable[[list[int]], list[int]]) -> None:
    """Store the changed list; the row of the article is locked, so that of two editors nothing is lost."""
    article = Article.objects.select_for_update().get(pk=article.pk)
    review.check_change_at_once(article, editor)
    picks = RelatedPick.objects.filter(article=article)
    keys = list(picks.values_list("other", flat=True))
    wanted = change(keys.copy())
    if wanted == keys:
        return
    picks.delete()
    RelatedPick.objects.bulk_create(
        RelatedPick(article=article, other_id=key, position=position)
        for position, key in enumerate(wanted)
    )
    transaction.on_commit(partial(prepare_related.enqueue, article.pk), robust=True)
