"""The filter learns from decisions, forgets them exactly, and two decisions at once both count."""

from functools import partial
from itertools import islice, product
from string import ascii_lowercase

import pytest

from blog.spam.counts import COMMENTS, MemoryCounts, StoredCounts
from blog.spam.learning import ENOUGH, calibrate, learn, unlearn
from blog.spam.models import Token
from blog.spam.sample import HOLD_FROM, Sample
from blog.spam.scoring import START_LIMITS, score

GARDEN = Sample(body="The zorblax in our garden flowers in June.")
OFFER = Sample(body="Zorblax bulbs for sale, zorblax bulbs delivered tonight")


def words(count: int) -> list[str]:
    """Return so many different words without a meaning."""
    return ["zor" + "".join(end) for end in islice(product(ascii_lowercase, repeat=3), count)]


def rows() -> dict[str, tuple[int, int]]:
    return {row.token: (row.spam, row.ham) for row in Token.objects.all()}


@pytest.mark.django_db
def test_decision_moves_the_score():
    sample = Sample(body="zorblax bulbs")
    before = score(sample).value

    learn(OFFER, is_spam=True)
    after_spam = score(sample).value
    learn(sample, is_spam=False)
    learn(sample, is_spam=False)

    assert before < after_spam
    assert score(sample).value < before


@pytest.mark.django_db
def test_unlearning_leaves_nothing_behind():
    learn(GARDEN, is_spam=False)
    before = rows()

    learn(OFFER, is_spam=True)
    assert rows()[COMMENTS] == (1, 1)
    unlearn(OFFER, is_spam=True)

    assert {token: pair for token, pair in rows().items() if pair != (0, 0)} == before


@pytest.mark.django_db
def test_table_and_memory_count_and_score_alike():
    memory = MemoryCounts()
    for counts in (memory, StoredCounts()):
        learn(OFFER, is_spam=True, counts=counts)
        learn(GARDEN, is_spam=False, counts=counts)

    assert rows() == dict(memory.pairs)
    assert score(OFFER) == score(OFFER, memory)


@pytest.mark.django_db
def test_longest_comment_can_be_learnt_and_scored():
    sample = Sample(body=" ".join(words(9_000)))

    learn(sample, is_spam=True)

    assert Token.objects.get(token=COMMENTS).spam == 1
    assert score(sample).value > HOLD_FROM


def test_decisions_at_once_are_all_counted(at_once):
    """Twelve comments with the same words in other orders: nobody waits for ever, nothing is lost."""
    some = words(60)
    samples = [Sample(body=" ".join(some[n:] + some[:n])) for n in range(12)]

    at_once([partial(learn, sample, is_spam=bool(n % 2)) for n, sample in enumerate(samples)])

    assert rows()[COMMENTS] == (6, 6)
    assert rows()["w:zoraac"] == (6, 6)


def test_limits_wait_for_enough_decisions():
    counts = MemoryCounts()

    assert calibrate([(GARDEN, False), (OFFER, True)], counts) == START_LIMITS
    assert not counts.pairs


@pytest.mark.django_db
def test_limits_are_found_and_kept():
    decided = [
        (Sample(body=f"Buy zorblax{n} now, zorblax pills for sale"), True) for n in range(ENOUGH)
    ]
    decided += [
        (Sample(body=f"In June number {n} we read in the garden"), False) for n in range(ENOUGH)
    ]
    for sample, is_spam in decided:
        learn(sample, is_spam=is_spam)

    limits = calibrate(decided)

    assert limits.hold < limits.mark
    assert limits != START_LIMITS
    assert score(Sample(body="zorblax pills for sale")).value > HOLD_FROM
    assert score(Sample(body="we read in the garden")).value < HOLD_FROM
    assert calibrate(decided) == limits  # the kept limits are no evidence
