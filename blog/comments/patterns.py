"""Regular expressions in linear time: what a moderator writes must not stop the site.

Python's own matcher tries one way after the other and can need years for `(a+)+b`; nobody can tell by
looking. This one follows all ways at once (Thompson's construction), so a text costs at most its length
times the size of the pattern, and usually one look-up per character, since the steps are remembered. What
cannot be done that way (back references, looking ahead and behind) is refused when the rule is saved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

LOOKED_AT = 5_000  # characters of a text; a longer one is a case for a rule of its own
MAX_LENGTH = 300  # characters of a pattern
MAX_NODES = 400  # of the machine made from it: `a{400}` has as many
_REMEMBERED = 5_000  # steps of one pattern; beyond, they are found anew
_NEVER = ""  # before the first and after the last character

type Test = Callable[[str], bool]


class BadPattern(ValueError):  # noqa: N818 - names what happened
    """The pattern cannot be used; the text says why, in a sentence for whoever wrote it."""


@dataclass(slots=True)
class _Node:
    """One place in the machine: it eats a character, looks at a border, or only leads on."""

    eats: Test | None = None
    border: Any = None
    then: list[int] = field(default_factory=list)


@lru_cache(maxsize=512)
def compile_pattern(text: str) -> Pattern:
    """Return the machine for a pattern; letters match in any case. Raise BadPattern."""
    return Pattern(text)


class Pattern:
    """A compiled pattern. Safe for threads: what is remembered is only ever found twice."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise BadPattern(
                _("A pattern has at most %(count)s characters.") % {"count": MAX_LENGTH}
            )
        try:
            tree = _parser.parse(text)
        except (_parser.error, OverflowError, RecursionError) as error:
            raise BadPattern(
                _("This is no regular expression: %(error)s.") % {"error": error}
            ) from error
        self.nodes: list[_Node] = []
        self.end = self._add(_Node())
        self.start = self._sequence(tree, self.end)
        self.steps: dict[tuple[frozenset[int], str, str], tuple[frozenset[int], bool]] = {}

    def search(self, text: str) -> bool:
        """Say whether the pattern stands anywhere in the first LOOKED_AT characters."""
        state, before = frozenset([self.start]), _NEVER
        for char in [*text[:LOOKED_AT], _NEVER]:
            kind = _kind(before)
            step = self.steps.get((state, kind, char))
            if step is None:
                step = self._step(state, kind, char)
            state, is_found = step
            if is_found:
                return True
            before = char
        return False

    def _step(self, state: frozenset[int], kind: str, char: str) -> tuple[frozenset[int], bool]:
        """Return where the machine is after a character, and whether it was at the end before it."""
        reached = self._closure(state, kind, char)
        after = {self.start}
        for place in reached:
            node = self.nodes[place]
            if char and node.eats and node.eats(char):
                after.update(node.then)
        if len(self.steps) >= _REMEMBERED:
            self.steps.clear()
        result = self.steps[state, kind, char] = frozenset(after), self.end in reached
        return result

    def _closure(self, state: frozenset[int], kind: str, char: str) -> set[int]:
        reached: set[int] = set()
        todo = list(state)
        while todo:
            place = todo.pop()
            if place in reached:
                continue
            reached.add(place)
            node = self.nodes[place]
            if node.eats is None and (
                node.border is None or _is_border(node.border, kind, _kind(char))
            ):
                todo += node.then
        return reached

    # From the parser's tree to nodes, last things first: each is told where it leads to.

    def _add(self, node: _Node) -> int:
        if len(self.nodes) >= MAX_NODES:
            raise BadPattern(_("This pattern is too large: use smaller numbers of repetitions."))
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _sequence(self, tree: Any, then: int) -> int:
        for code, value in reversed(list(tree)):
            then = self._item(code, value, then)
        return then

    def _item(self, code: Any, value: Any, then: int) -> int:
        if code is op.AT:
            return self._add(_Node(border=value, then=[then]))
        if code is op.SUBPATTERN:
            _group, flags_on, flags_off, tree = value
            if flags_on or flags_off:
                raise BadPattern(_("Flags such as (?i) are not needed: any case matches."))
            return self._sequence(tree, then)
        if code is op.BRANCH:
            return self._add(_Node(then=[self._sequence(tree, then) for tree in value[1]]))
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            least, most, tree = value
            return self._repeat(least, most, tree, then)
        if test := _test_of(code, value):
            return self._add(_Node(eats=test, then=[then]))
        raise BadPattern(
            _("Looking ahead or behind, back references and possessive repeats cannot be used.")
        )

    def _repeat(self, least: int, most: int, tree: Any, then: int) -> int:
        if most is op.MAXREPEAT:
            loop = self._add(_Node(then=[then]))
            self.nodes[loop].then.append(self._sequence(tree, loop))
            then = loop
        else:
            out = then
            for _time in range(min(most - least, MAX_NODES)):
                then = self._add(_Node(then=[self._sequence(tree, then), out]))
        for _time in range(min(least, MAX_NODES)):
            then = self._sequence(tree, then)
        return then


def _kind(char: str) -> str:
    """Return what borders know of a character: the end of the text, a line's end, a word, anything."""
    if char in (_NEVER, "\n"):
        return char
    return "w" if _CATEGORIES[op.CATEGORY_WORD](char) else "."


def _is_border(border: Any, before: str, after: str) -> bool:
    """Say whether a place is one; `^` and `$` are the borders of lines."""
    if border in (op.AT_BOUNDARY, op.AT_NON_BOUNDARY):
        return ((before == "w") != (after == "w")) == (border is op.AT_BOUNDARY)
    if border is op.AT_BEGINNING:
        return before in (_NEVER, "\n")
    if border is op.AT_END:
        return after in (_NEVER, "\n")
    return (before if border is op.AT_BEGINNING_STRING else after) == _NEVER


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


_CATEGORIES: dict[Any, Test] = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    op.CATEGORY_WORD: _is_word,
    op.CATEGORY_NOT_WORD: lambda char: not _is_word(char),
}


def _test_of(code: Any, value: Any) -> Test | None:
    """Return what a character is asked, or None for what asks for more than one."""
    if code is op.ANY:
        return lambda char: char != "\n"
    if code is op.LITERAL:
        return lambda char: value in _cases(char)
    if code is op.NOT_LITERAL:
        return lambda char: value not in _cases(char)
    if code is op.IN:
        return _test_of_set(value)
    return None


def _test_of_set(parts: list[tuple[Any, Any]]) -> Test:
    is_negated = bool(parts) and parts[0][0] is op.NEGATE

    def test(char: str) -> bool:
        return any(_is_in(part, char) for part in parts[is_negated:]) != is_negated

    return test


def _is_in(part: tuple[Any, Any], char: str) -> bool:
    code, value = part
    if code is op.CATEGORY:
        return _CATEGORIES[value](char)
    low, high = value if code is op.RANGE else (value, value)
    return any(low <= case <= high for case in _cases(char))


def _cases(char: str) -> set[int]:
    """Return the code points of a character in either case."""
    return {ord(case) for case in (char, char.lower(), char.upper()) if len(case) == 1}
