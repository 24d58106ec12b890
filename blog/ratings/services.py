"""Votes and the totals that follow them.

Whoever touches a vote first locks the summary row of its article. So everything about the votes of one
article happens one after the other, and the totals can move by exact deltas: they always equal the rows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.articles.models import Article
from blog.ratings.models import STARS, Rating, RatingSummary
from blog.ratings.queries import Drift, drift
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Voter:
    """Who votes: a signed-in user, a guest's cookie, or both where a guest has signed in since."""

    user: User | None = None
    visitor: UUID | None = None
    network_hash: str = ""


class TooManyVotes(Exception):  # noqa: N818 - names what happened, as StopIteration does
    """One network gave more new votes to one article than the site allows; the text says so."""


def may_rate(site: SiteSettings, article: Article, user: User | AnonymousUser) -> bool:
    """Say whether this person may rate the article now: the site's rule, the article's, and it is live."""
    allowed = {SiteSettings.WhoMayRate.EVERYBODY}
    if user.is_authenticated:
        allowed.add(SiteSettings.WhoMayRate.USERS)
    else:
        allowed.add(SiteSettings.WhoMayRate.GUESTS)
    return (
        site.who_may_rate in allowed
        and article.rating_policy == Article.Policy.OPEN
        and article.is_live
    )


@transaction.atomic
def rate_article(
    *, article: Article, voter: Voter, stars: int, site: SiteSettings | None = None
) -> Rating:
    """Record or change one person's vote and the article's totals.

    Who voted as a guest and has signed in since takes that vote along: still one person, one vote.
    With *site*, a guest's new vote may raise TooManyVotes.
    """
    if stars not in STARS:
        raise ValueError(f"{stars!r} is not a number of stars from 1 to 5.")
    _lock_totals([article.pk])
    present = list(article.ratings.by(user=voter.user, visitor=voter.visitor))
    taken = Counter(vote.stars for vote in present)
    if not present and voter.user is None and site is not None:
        _limit_pace(article, voter, site)
    rating, *surplus = present or [Rating(article=article, network_hash=voter.network_hash)]
    for vote in surplus:
        vote.delete()
    rating.user = voter.user
    rating.visitor = None if voter.user else voter.visitor
    rating.stars = stars
    rating.revision_id = article.current_revision_id
    rating.save()
    _move_totals(article.pk, taken=taken, given=Counter([stars]))
    return rating


@transaction.atomic
def withdraw_rating(*, article: Article, voter: Voter) -> bool:
    """Delete the person's vote, and say whether there was one."""
    votes = article.ratings.by(user=voter.user, visitor=voter.visitor)
    return delete_votes(votes=votes) > 0


@transaction.atomic
def delete_votes(*, votes: QuerySet[Rating]) -> int:
    """Delete the votes, let the totals follow, and return how many there were."""
    article_ids = set(votes.order_by().values_list("article_id", flat=True))
    _lock_totals(article_ids)
    # Read again: only now does nobody else change them.
    rows = (
        votes.order_by().filter(article__in=article_ids).values_list("pk", "article_id", "stars")
    )
    taken: dict[int, Counter[int]] = {}
    pks = []
    for pk, article_id, stars in rows:
        taken.setdefault(article_id, Counter())[stars] += 1
        pks.append(pk)
    Rating.objects.filter(pk__in=pks).delete()
    for article_id, gone in taken.items():
        _move_totals(article_id, taken=gone, given=Counter())
    return len(pks)


def fix_drift() -> list[Drift]:
    """Count the votes of every article whose totals are off anew; return what was off."""
    found = drift()
    for article in found:
        _recount(article.article_id)
    return found


@transaction.atomic
def _recount(article_id: int) -> None:
    """Set the totals of one article to its votes, which stand still while the lock is held."""
    _lock_totals([article_id])
    rows = Rating.objects.filter(article=article_id).order_by().values_list("stars")
    votes = dict(rows.annotate(Count("pk")))
    RatingSummary.objects.filter(article=article_id).update(
        count=sum(votes.values()),
        total=sum(stars * count for stars, count in votes.items()),
        **{f"c{star}": votes.get(star, 0) for star in STARS},
    )


def _lock_totals(article_ids: set[int] | list[int]) -> None:
    """Lock the summary rows until the transaction ends, always in the same order; make missing ones.

    SQLite has no row locks and needs none: IMMEDIATE transactions write one after the other.
    """
    locked = RatingSummary.objects.select_for_update()
    for article_id in sorted(article_ids):
        locked.get_or_create(article_id=article_id)


def _move_totals(article_id: int, *, taken: Counter[int], given: Counter[int]) -> None:
    """Write the difference. F() keeps it exact whatever this process believes the totals to be."""
    moved = given.copy()
    moved.subtract(taken)
    deltas: dict[str, Any] = {f"c{star}": n for star, n in moved.items() if n}
    if not deltas:
        return
    deltas["count"] = sum(moved.values())
    deltas["total"] = sum(star * n for star, n in moved.items())
    RatingSummary.objects.filter(article=article_id).update(
        **{field: F(field) + n for field, n in deltas.items()}
    )


def _limit_pace(article: Article, voter: Voter, site: SiteSettings) -> None:
    """Raise TooManyVotes where one network gave too many votes within the hour.

    Counted under the lock, so that many at once are not more than the limit.
    """
    limit = site.votes_per_network_and_hour
    since = timezone.now() - timedelta(hours=1)
    recent = article.ratings.filter(
        network_hash=voter.network_hash, visitor__isnull=False, created_at__gt=since
    )
    if limit and recent.count() >= limit:
        raise TooManyVotes(
            _("There were many votes from your network just now. Please try again in an hour.")
        )
