"""Find what two sequences have in common, in time that grows little faster than they do."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

MAX_TABLE = 40_000  # cells: two stretches of 200 words without a word of their own
MAX_CELLS = 2_000_000  # of all tables together
MAX_ROUNDS = 12  # of looking for anchors between anchors


class Run(NamedTuple):
    """A stretch that is the same on both sides, from these positions on."""

    before: int
    after: int
    size: int


class _Gap(NamedTuple):
    """What lies between two positions on each side, and how often it was divided."""

    start: int
    stop: int
    after_start: int
    after_stop: int
    rounds: int


def matching_runs(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Run]:
    """Return what both have in common, in order, as long runs.

    What both begin and end with is set aside; then whatever occurs once on each side holds the two
    together, and the gaps between are treated the same way. A small gap without such anchors is
    searched through; a large one counts as changed, since nobody would see sense in its matches, and
    so does the rest of a text made to have very many.
    """
    pairs: list[tuple[int, int]] = []
    gaps = [_Gap(0, len(before), 0, len(after), 0)]
    cells = 0
    while gaps:
        start, stop, after_start, after_stop, rounds = gaps.pop()
        while start < stop and after_start < after_stop and before[start] == after[after_start]:
            pairs.append((start, after_start))
            start, after_start = start + 1, after_start + 1
        while (
            start < stop and after_start < after_stop and before[stop - 1] == after[after_stop - 1]
        ):
            stop, after_stop = stop - 1, after_stop - 1
            pairs.append((stop, after_stop))
        if start == stop or after_start == after_stop:
            continue
        gap = _Gap(start, stop, after_start, after_stop, rounds + 1)
        anchors = _anchors(before, after, gap) if rounds < MAX_ROUNDS else []
        if anchors:
            pairs += anchors
            gaps += _between(anchors, gap)
            continue
        size = (stop - start) * (after_stop - after_start)
        if size <= MAX_TABLE and cells + size <= MAX_CELLS:
            cells += size
            pairs += _longest_common(before, after, gap)
    return _joined(sorted(pairs))


def _anchors(
    before: Sequence[Hashable], after: Sequence[Hashable], gap: _Gap
) -> list[tuple[int, int]]:
    """Return the places of what occurs once on each side, as many as keep the same order."""
    places = _single(before, gap.start, gap.stop)
    after_places = _single(after, gap.after_start, gap.after_stop)
    both = sorted(
        (place, after_places[item]) for item, place in places.items() if item in after_places
    )
    return _longest_rising(both)


def _single(items: Sequence[Hashable], start: int, stop: int) -> dict[Hashable, int]:
    places: dict[Hashable, int] = {}
    repeated: set[Hashable] = set()
    for place in range(start, stop):
        item = items[place]
        if item in places:
            repeated.add(item)
        else:
            places[item] = place
    for item in repeated:
        del places[item]
    return places


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest choice of these pairs whose second numbers rise, too."""
    ends: list[int] = []  # the smallest end of a choice of each length
    last: list[int] = []  # which pair that is
    link: list[int] = []
    for number, (_place, after_place) in enumerate(pairs):
        length = bisect_left(ends, after_place)
        ends[length : length + 1] = [after_place]
        last[length : length + 1] = [number]
        link.append(last[length - 1] if length else -1)
    chosen = []
    number = last[-1] if last else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = link[number]
    return chosen[::-1]


def _between(anchors: list[tuple[int, int]], gap: _Gap) -> Iterator[_Gap]:
    start, after_start = gap.start, gap.after_start
    for place, after_place in [*anchors, (gap.stop, gap.after_stop)]:
        if start < place and after_start < after_place:
            yield _Gap(start, place, after_start, after_place, gap.rounds)
        start, after_start = place + 1, after_place + 1


def _longest_common(
    before: Sequence[Hashable], after: Sequence[Hashable], gap: _Gap
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of the longest common choice, by a table of the lengths of all endings."""
    width = gap.after_stop - gap.after_start
    columns = after[gap.after_start : gap.after_stop]
    table = [[0] * (width + 1)]
    for place in range(gap.stop - 1, gap.start - 1, -1):
        item, below = before[place], table[-1]
        row = [0] * (width + 1)
        for column in range(width - 1, -1, -1):
            if item == columns[column]:
                row[column] = below[column + 1] + 1
            else:
                row[column] = max(below[column], row[column + 1])
        table.append(row)
    table.reverse()
    row_number = column = 0
    while row_number < len(table) - 1 and column < width:
        if before[gap.start + row_number] == columns[column]:
            yield gap.start + row_number, gap.after_start + column
            row_number, column = row_number + 1, column + 1
        elif table[row_number + 1][column] >= table[row_number][column + 1]:
            row_number += 1
        else:
            column += 1


def _joined(pairs: list[tuple[int, int]]) -> list[Run]:
    runs: list[Run] = []
    for place, after_place in pairs:
        if runs and (place, after_place) == (
            runs[-1].before + runs[-1].size,
            runs[-1].after + runs[-1].size,
        ):
            runs[-1] = runs[-1]._replace(size=runs[-1].size + 1)
        else:
            runs.append(Run(place, after_place, 1))
    return runs
