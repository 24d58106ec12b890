"""Words as people see them, in any script, and the steps from some words to others."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from blog.articles.diff.alignment import matching_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

# Scripts written without spaces: each character is a word, so that a change stays small.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
# Over the kinds of the characters: s space, r half a flag, w word, a apostrophe, h a word of one
# character, m what belongs to the character before it, z what joins it with the next, o all else.
_WORD = re.compile(r"s+|rrm*|(?:w[mz]*)+(?:a(?:w[mz]*)+)*|[^s](?:m|z[^s])*")
_JOINERS = "\u200c\u200d"


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    if character.isspace():
        return "s"
    if character in _JOINERS:
        return "z"
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        return "r"
    category = unicodedata.category(character)
    if category[0] == "M" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return "m"
    if _SPACELESS.match(character):
        return "h"
    if category[0] in "LN" or character == "_":
        return "w"
    return "a" if character in "'’" else "o"


def words_of(text: str) -> list[str]:
    """Return the words, marks and stretches of white space; joined, they are the text."""
    kinds = "".join(map(_kind, text))
    return [text[match.start() : match.end()] for match in _WORD.finditer(kinds)]


class Step(NamedTuple):
    """A stretch of words that stayed, or the words that went and those that came in their place."""

    before: slice
    after: slice
    is_same: bool


def steps_between(before: Sequence[str], after: Sequence[str]) -> list[Step]:
    """Return how to get from one sequence of words to the other.

    A word or two that stayed between larger changes are counted as changed: nobody can read a sentence
    of which every other word is struck out.
    """
    steps: list[Step] = []
    place = after_place = 0
    for run in [*matching_runs(before, after), None]:
        stop, after_stop = (run.before, run.after) if run else (len(before), len(after))
        if place < stop or after_place < after_stop:
            steps.append(Step(slice(place, stop), slice(after_place, after_stop), False))
            _swallow_small(steps, before, after)
        if run:
            place, after_place = stop + run.size, after_stop + run.size
            steps.append(Step(slice(stop, place), slice(after_stop, after_place), True))
    return steps


def _swallow_small(steps: list[Step], before: Sequence[str], after: Sequence[str]) -> None:
    """Make one change of the last two while what stayed between them is shorter than either."""
    while len(steps) >= 3:
        first, same, last = steps[-3:]
        kept = _length(before[same.before])
        if kept > _size(first, before, after) or kept > _size(last, before, after):
            return
        steps[-3:] = [
            Step(
                slice(first.before.start, last.before.stop),
                slice(first.after.start, last.after.stop),
                False,
            )
        ]


def _size(step: Step, before: Sequence[str], after: Sequence[str]) -> int:
    return max(_length(before[step.before]), _length(after[step.after]))


def _length(words: Sequence[str]) -> int:
    return sum(map(len, words))
