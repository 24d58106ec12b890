"""What follows from many articles saved at once, as an import does it: done when all of them are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.articles.findings import check, look_again
from blog.articles.models import Article
from blog.articles.related import prepare_all_related, prepare_related
from blog.articles.share_cards import make_share_card, refresh_share_cards
from blog.taskqueue import enqueue_once

if TYPE_CHECKING:
    from collections.abc import Collection

FEW = 50  # where one by one costs less than to look at every article of a large site


def follow_up(keys: Collection[int]) -> None:
    """Do, or queue, what `save_article` left out for one of many: checks, related articles, share cards.

    Of many, each would choose anew for its neighbours as well, which do so themselves; and each would be
    told of dead links to those that come after it.
    """
    if len(keys) > FEW:
        for task in (prepare_all_related, look_again):
            enqueue_once(task)
        refresh_share_cards.enqueue()  # of which tomorrow's run waits already
        return
    for _failing in check(keys):
        pass
    published = Article.objects.filter(pk__in=keys, status=Article.Status.PUBLISHED)
    for key in published.order_by("pk").values_list("pk", flat=True):
        make_share_card.enqueue(key)
        prepare_related.enqueue(key)
