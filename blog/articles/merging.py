"""Put together what two people made of one text: what does not touch is taken, the rest is asked.

A text is a row of blocks, and a change replaces some blocks of the base by others. Pure: no rows, no
request. Texts are sanitised HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from blog.articles.diff.alignment import matching_runs
from blog.articles.elements import Element, parse, serialise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Choice(Enum):
    """Whose version stands; `BOTH` is theirs with mine after it."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True)
class Part:
    """A stretch of the text in all three versions; `result` is None where both changed it differently."""

    base: str
    mine: str
    theirs: str
    result: str | None

    @property
    def is_same(self) -> bool:
        return self.base == self.mine == self.theirs

    @property
    def is_conflict(self) -> bool:
        return self.result is None

    def chosen(self, choice: Choice) -> str:
        both = self.theirs + self.mine
        return {Choice.MINE: self.mine, Choice.THEIRS: self.theirs, Choice.BOTH: both}[choice]


@dataclass(frozen=True)
class Merge:
    """A text in the order of its parts."""

    parts: list[Part]

    @property
    def conflicts(self) -> list[Part]:
        return [part for part in self.parts if part.is_conflict]

    def html(self, choices: Sequence[Choice] = ()) -> str:
        """Return the text; `choices` has one for each conflict, in their order. Raise ValueError else."""
        if len(choices) != len(self.conflicts):
            raise ValueError(f"{len(self.conflicts)} choices are needed")
        left = iter(choices)
        return "".join(
            part.chosen(next(left)) if part.result is None else part.result for part in self.parts
        )


class _Change(NamedTuple):
    """What one side put in the place of base[start:stop]."""

    start: int
    stop: int
    blocks: list[str]
    is_mine: bool


def merge_bodies(base: str, mine: str, theirs: str) -> Merge:
    """Merge two texts that were made from `base`, block by block; an empty base is fine."""
    before = _blocks(base)
    changes = [*_changes(before, _blocks(mine), True), *_changes(before, _blocks(theirs), False)]
    parts: list[Part] = []
    place = 0
    for group in _groups(changes):
        start, stop = group[0].start, max(change.stop for change in group)
        parts += _same(before[place:start])
        own = "".join(_applied(before, group, start, stop, is_mine=True))
        other = "".join(_applied(before, group, start, stop, is_mine=False))
        parts.append(_part("".join(before[start:stop]), own, other))
        place = stop
    return Merge([*parts, *_same(before[place:])])


def _blocks(html: str) -> list[str]:
    # White space between blocks is nothing anybody wrote.
    return [serialise([node]) for node in parse(html) if isinstance(node, Element) or node.strip()]


def _same(blocks: Sequence[str]) -> list[Part]:
    text = "".join(blocks)
    return [Part(text, text, text, text)] if text else []


def _part(base: str, mine: str, theirs: str) -> Part:
    if mine in {base, theirs}:
        return Part(base, mine, theirs, theirs)
    return Part(base, mine, theirs, mine if theirs == base else None)


def _changes(before: Sequence[str], after: Sequence[str], is_mine: bool) -> Iterator[_Change]:
    place = after_place = 0
    for run in [*matching_runs(before, after), None]:
        stop, after_stop = (run.before, run.after) if run else (len(before), len(after))
        if place < stop or after_place < after_stop:
            yield _Change(place, stop, list(after[after_place:after_stop]), is_mine)
        if run:
            place, after_place = stop + run.size, after_stop + run.size


def _groups(changes: Sequence[_Change]) -> list[list[_Change]]:
    """Return the changes in the order of the text, those that overlap together."""
    groups: list[list[_Change]] = []
    for change in sorted(changes, key=lambda change: (change.start, change.stop)):
        if groups and any(_overlap(other, change) for other in groups[-1]):
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def _overlap(first: _Change, second: _Change) -> bool:
    """Say whether two changes, the second not before the first, cannot both be taken as they are.

    Where they only touch, both can, unless both bring new blocks to that place: nobody knows which
    come first.
    """
    if first.is_mine == second.is_mine or second.start > first.stop:
        return False
    if second.start < first.stop:
        return True
    if first.start == second.start:  # the first is an insertion: before what the second changed
        return _adds(first) and _adds(second)
    return _adds(first) and _adds(second) and second.start == second.stop


def _adds(change: _Change) -> bool:
    return len(change.blocks) > change.stop - change.start


def _applied(
    before: Sequence[str], group: Sequence[_Change], start: int, stop: int, *, is_mine: bool
) -> Iterator[str]:
    """Yield the blocks of base[start:stop] with the changes of one side."""
    place = start
    for change in group:
        if change.is_mine == is_mine:
            yield from before[place : change.start]
            yield from change.blocks
            place = change.stop
    yield from before[place:stop]


def merge_value(base: Any, mine: Any, theirs: Any) -> Choice | None:
    """Return whose value stands: that of who changed it, theirs if both did so alike; None: ask."""
    if mine in (base, theirs):
        return Choice.THEIRS
    return Choice.MINE if theirs == base else None


def merge_values(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> dict[str, Choice | None]:
    """Return whose value stands for every name of which the two sides differ."""
    names = [name for name in theirs if name in mine and mine[name] != theirs[name]]
    return {name: merge_value(base.get(name), mine[name], theirs[name]) for name in names}
