"""What the filter takes from decisions: it learns, unlearns, and finds its limits anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.spam.counts import COMMENTS, LIMITS, StoredCounts
from blog.spam.scoring import START_LIMITS, Limits, combine, odds
from blog.spam.tokens import evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.spam.counts import Counts
    from blog.spam.sample import Sample

ENOUGH = 50  # decided comments of each kind before a site has limits of its own


def learn(sample: Sample, *, is_spam: bool, counts: Counts | None = None) -> None:
    """Count the tokens of a comment that a person has decided about."""
    _move(sample, is_spam, 1, counts)


def unlearn(sample: Sample, *, is_spam: bool, counts: Counts | None = None) -> None:
    """Take back what `learn` counted for the same comment and the same decision, exactly."""
    _move(sample, is_spam, -1, counts)


def calibrate(decided: Iterable[tuple[Sample, bool]], counts: Counts | None = None) -> Limits:
    """Find the limits by leaving out one learnt comment after the other, keep and return them.

    The limit to hold lies midway between the sum that would hold 5 % of the honest comments and the
    one that would let 5 % of the spam through. To mark without a look takes what half of the spam has,
    and a wide berth around the most suspicious honest comments.
    """
    counts = counts or StoredCounts()
    samples = [(evidence_of(sample), is_spam) for sample, is_spam in decided]
    tokens = {COMMENTS}.union(*(evidence.counted for evidence, _ in samples))
    found = counts.of(sorted(tokens))
    sums: dict[bool, list[float]] = {True: [], False: []}
    for evidence, is_spam in samples:
        own = (1, 0) if is_spam else (0, 1)
        sums[is_spam].append(combine(odds(evidence, found, leave_out=own)))
    if min(map(len, sums.values())) < ENOUGH:
        return START_LIMITS
    limits = limits_between(spam=sums[True], ham=sums[False])
    counts.put(LIMITS, (round(limits.hold * 1000), round(limits.mark * 1000)))
    return limits


def limits_between(*, spam: list[float], ham: list[float]) -> Limits:
    """Return the limits for these sums of comments that were left out."""
    hold = (_quantile(ham, 0.95) + _quantile(spam, 0.05)) / 2
    return Limits(hold, max(_quantile(spam, 0.5), _quantile(ham, 0.99) + 2, hold + 2))


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _move(sample: Sample, is_spam: bool, by: int, counts: Counts | None) -> None:
    tokens = [COMMENTS, *evidence_of(sample).counted]
    (counts or StoredCounts()).move(tokens, spam=by if is_spam else 0, ham=0 if is_spam else by)
