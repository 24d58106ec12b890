"""How much a comment looks like spam, and why.

Each token has odds from the counts: how much more often it stood in spam than in honest comments, both
classes weighing the same however many there are of each. Their sum is divided by the root of their number,
since tokens of one text are not independent: plain naive Bayes adds them up and is always certain.

Two limits, found by cross-validation on what the site has decided (learning.calibrate), turn the sum into
a score: it is HOLD_FROM at the one and SPAM_FROM at the other, whatever the site's texts are like.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from blog.spam.counts import COMMENTS, LIMITS, StoredCounts, start
from blog.spam.sample import SPAM_FROM, Sample, Score
from blog.spam.tokens import evidence_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.spam.counts import Counts, Pair
    from blog.spam.tokens import Evidence

_DOUBT = 0.3  # added to every count: a token seen once proves little
_SHOWN = 4  # words in an explanation
_SLOPE = log(SPAM_FROM / (1 - SPAM_FROM))


@dataclass(frozen=True)
class Limits:
    """The sums from which a comment is held and marked as spam."""

    hold: float
    mark: float

    def value(self, total: float) -> float:
        """Return the score, 0 to 1."""
        slope = _SLOPE / max(0.5, self.mark - self.hold)
        return round(1 / (1 + exp(-max(-30.0, min(30.0, slope * (total - self.hold))))), 4)


# Before enough was decided here. Generous: the start knows no site, and a moderator reads newcomers anyway.
START_LIMITS = Limits(hold=1.25, mark=7.5)


def score(sample: Sample, counts: Counts | None = None) -> Score:
    """Score one comment. One query, whatever its length."""
    counts = counts or StoredCounts()
    evidence = evidence_of(sample)
    found = counts.of([COMMENTS, LIMITS, *evidence.counted])
    words = odds(evidence, found)
    total = combine(words)
    signals = _in_words(words, total)
    if evidence.links:
        signals.append(["links", evidence.links])
    for extra, signal in _circumstances(sample):
        total += extra
        signals.append(signal)
    return Score(limits_of(found).value(total), signals)


def odds(
    evidence: Evidence, found: Mapping[str, Pair], leave_out: Pair = (0, 0)
) -> dict[str, float]:
    """Return the logarithm of the odds of each token that was ever seen; above 0 speaks for spam.

    `leave_out` is taken off every count: a comment must not vouch for itself when it is tried out.
    """

    beginning = start()

    def seen(token: str) -> Pair:
        there = beginning.get(token, (0, 0))
        if token not in found:
            return there
        here = found[token]
        return (
            max(0, here[0] - leave_out[0]) + there[0],
            max(0, here[1] - leave_out[1]) + there[1],
        )

    all_spam, all_ham = seen(COMMENTS)
    result = {}
    for token in evidence.tokens:
        spam, ham = seen(token)
        if not spam + ham and token in evidence.stems:
            spam, ham = seen(evidence.stems[token])
        if spam + ham:
            result[token] = log(
                (spam + _DOUBT) / (all_spam + 2 * _DOUBT) * (all_ham + 2 * _DOUBT) / (ham + _DOUBT)
            )
    return result


def combine(words: Mapping[str, float]) -> float:
    """Return the sum of the odds over the root of their number."""
    return sum(words.values()) / sqrt(1 + len(words))


def limits_of(found: Mapping[str, Pair]) -> Limits:
    if LIMITS not in found:
        return START_LIMITS
    hold, mark = found[LIMITS]
    return Limits(hold / 1000, mark / 1000)


def _in_words(words: Mapping[str, float], total: float) -> list[list[object]]:
    """Return what weighs most for the side that the text is on, as a moderator would name it."""
    side = 1 if total > 0 else -1
    strongest = sorted(words.items(), key=lambda item: (-side * item[1], item[0]))
    shown: list[str] = []
    for token, weight in strongest:
        kind, text = token.split(":", 1)
        plain = text.strip("^$ ")
        if side * weight < 0.7 or len(shown) == _SHOWN:
            break
        if kind in "wbhnes" and plain and "<" not in plain and plain not in shown:
            shown.append(plain)
    return [["words" if side > 0 else "honest words", shown]] if shown else []


def _circumstances(sample: Sample) -> list[tuple[float, list[object]]]:
    """Return what the way a comment came adds to the sum, each with its signal."""
    found: list[tuple[float, list[object]]] = []
    if sample.is_trapped:
        found.append((12.0, ["trap"]))
    if sample.seconds_taken is not None and sample.seconds_taken < 5:
        found.append((3.0 if sample.seconds_taken < 2 else 1.5, ["seconds", sample.seconds_taken]))
    if sample.copies:
        found.append((1.5 * min(3, sample.copies), ["copies", sample.copies]))
    if sample.network_spam:
        found.append((1.5 * min(3, sample.network_spam), ["network", sample.network_spam]))
    return found
