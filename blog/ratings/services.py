"""Votes and the totals that follow them.

Whoever touches a vote first locks the summary row of its article. So everything about the votes of one
article happens one after the other, and the totals can move by exact deltas: they always equal the rows.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.articles.models import Article
from blog.prepared import Prepared, PreparedInsert
from blog.ratings.bursts import burst_for
from blog.ratings.models import STARS, Rating, RatingSummary
from blog.ratings.totals import bring_earlier, count_new, lock_totals, move_totals
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

NOBODY = UUID(int=0)
CHANGED = ["user", "visitor", "stars", "revision", "updated_at"]  # by a vote given once more


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
    *,
    article: Article,
    voter: Voter,
    stars: int,
    site: SiteSettings | None = None,
    seconds_taken: int | None = None,
) -> Rating:
    """Record or change one person's vote and the article's totals.

    Who voted as a guest and has signed in since takes that vote along: still one person, one vote.
    With *site*, a guest's new vote may be set aside (bursts.py) or raise TooManyVotes. A vote that is
    set aside stays so whatever it is changed to. `seconds_taken` is kept of the first vote alone.
    """
    if stars not in STARS:
        raise ValueError(f"{stars!r} is not a number of stars from 1 to 5.")
    lock_totals([article.pk])
    present = _present(
        article=article.pk,
        user=voter.user.pk if voter.user else 0,
        visitor=voter.visitor or NOBODY,
    )
    if not present:
        return _vote_first(article, voter, stars, site, seconds_taken)
    taken = Counter(vote.stars for vote in present if vote.is_counted)
    # Of two votes of one person the one that counts is kept.
    present.sort(key=lambda vote: not vote.is_counted)
    rating, *surplus = present
    for vote in surplus:
        vote.delete()
    rating.user = voter.user
    rating.visitor = None if voter.user else voter.visitor
    rating.stars = stars
    rating.revision_id = article.current_revision_id
    rating.save(update_fields=CHANGED)
    move_totals(article.pk, taken=taken, given=Counter([stars] if rating.is_counted else []))
    return rating


_present = Prepared(
    lambda article, user, visitor: Rating.objects.filter(
        Q(user=user) | Q(visitor=visitor), article=article
    ).order_by(F("user").asc(nulls_last=True))
)
_insert = PreparedInsert(Rating)


def _vote_first(
    article: Article,
    voter: Voter,
    stars: int,
    site: SiteSettings | None,
    seconds_taken: int | None,
) -> Rating:
    """Store the first vote of this person; a guest's may be set aside."""
    vote = Rating(
        article=article,
        user=voter.user,
        visitor=None if voter.user else voter.visitor,
        stars=stars,
        revision_id=article.current_revision_id,
        network_hash=voter.network_hash,
        seconds_taken=seconds_taken,
    )
    if voter.user is None and site is not None:
        _limit_pace(article, voter, site)
        vote.burst = burst_for(
            article=article,
            network_hash=voter.network_hash,
            believed=site.votes_believed_per_network,
        )
        vote.is_counted = vote.burst is None
    _insert(vote)
    if vote.is_counted:
        count_new(article.pk, stars)
    return vote


@transaction.atomic
def withdraw_rating(*, article: Article, voter: Voter) -> bool:
    """Delete the person's vote, and say whether there was one."""
    votes = article.ratings.by(user=voter.user, visitor=voter.visitor)
    return delete_votes(votes=votes) > 0


def tell_why(*, rating: Rating, text: str) -> bool:
    """Keep what the reader says could be better; again replaces it. False: the vote is gone.

    Written past the vote's own services, which leave this column alone.
    """
    return bool(
        Rating.objects.filter(pk=rating.pk).update(feedback=text, feedback_at=timezone.now())
    )


@transaction.atomic
def delete_votes(*, votes: QuerySet[Rating]) -> int:
    """Delete the votes, let the totals follow, and return how many there were."""
    article_ids = set(votes.order_by().values_list("article_id", flat=True))
    lock_totals(article_ids)
    # Read again: only now does nobody else change them.
    rows = votes.order_by().filter(article__in=article_ids)
    taken: dict[int, Counter[int]] = {}
    pks = []
    for pk, article_id, stars, is_counted in rows.values_list(
        "pk", "article_id", "stars", "is_counted"
    ):
        taken.setdefault(article_id, Counter())[stars] += is_counted
        pks.append(pk)
    Rating.objects.filter(pk__in=pks).delete()
    for article_id, gone in taken.items():
        move_totals(article_id, taken=gone, given=Counter())
    return len(pks)


@transaction.atomic
def clear_votes(*, articles: Collection[int]) -> int:
    """Delete every vote of the articles, those of a former site, too, and return how many there were."""
    gone = delete_votes(votes=Rating.objects.filter(article__in=articles))
    lock_totals(articles)
    earlier = RatingSummary.objects.filter(article__in=articles, earlier_count__gt=0)
    for article_id, count in list(earlier.values_list("article", "earlier_count")):
        bring_earlier(article_id, count=0, total=0)
        gone += count
    return gone


@transaction.atomic
def anonymise_votes(*, votes: QuerySet[Rating]) -> int:
    """Leave the stars of each vote, and nothing of who gave them; return how many there were.

    The totals stay. Under their lock, or a change of a vote at the same moment would write its voter back.
    """
    article_ids = set(votes.order_by().values_list("article_id", flat=True))
    lock_totals(article_ids)
    rows = list(votes.order_by("pk").filter(article__in=article_ids))
    for vote in rows:
        vote.user, vote.visitor = None, uuid.uuid4()
        vote.network_hash = vote.feedback = ""
        vote.feedback_at = None
    fields = ["user", "visitor", "network_hash", "feedback", "feedback_at"]
    Rating.objects.bulk_update(rows, fields)
    return len(rows)


_given_lately = Prepared(
    lambda article, network, since: (
        Rating.objects.filter(
            article=article, network_hash=network, visitor__isnull=False, created_at__gt=since
        )
        .order_by()
        .values("article")
        .annotate(given=Count("pk"))
        .values_list("given")
    )
)


def _limit_pace(article: Article, voter: Voter, site: SiteSettings) -> None:
    """Raise TooManyVotes where one network gave too many votes within the hour.

    Counted under the lock, so that many at once are not more than the limit.
    """
    limit = site.votes_per_network_and_hour
    if not limit:
        return
    since = timezone.now() - timedelta(hours=1)
    found = _given_lately(article=article.pk, network=voter.network_hash, since=since)
    if found and found[0][0] >= limit:
        raise TooManyVotes(
            _("There were many votes from your network just now. Please try again in an hour.")
        )
