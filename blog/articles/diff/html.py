"""Show what changed in a text: its own HTML with <ins> and <del>, word by word.

Blocks are aligned first, then the words within a pair of blocks. What no word says, a link's target or
the description of a picture, stands in a note beside it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from blog.articles.diff.alignment import matching_runs
from blog.articles.diff.notes import hidden, note, note_of_attributes, note_of_marks
from blog.articles.diff.words import steps_between, words_of
from blog.articles.elements import Element, parse, serialise
from blog.articles.markup import MARKS, nested
from blog.articles.rendering import (
    BODY_ATTRIBUTES,
    BODY_TAGS,
    CLASSES,
    URL_SCHEMES,
    is_local,
    sanitise_body,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blog.articles.markup import Marks

    Node = Element | str

INLINE = {"p", "h2", "h3", "h4", "figcaption", "code", ""}  # what holds words, not blocks
# Blocks of one family may have become one another.
FAMILIES = {"h2": "p", "h3": "p", "h4": "p", "ol": "ul", "th": "td"}
# These stay what they are when every word in them changed, by their place.
PLACED = {"td", "img", "figure", "figcaption", "tbody", "code"}
MAX_WEIGHT = 12  # letters: one long address must not outweigh a sentence
ALIKE = 0.3  # share of the letters in common that makes two blocks one that was changed
OUR_CLASSES = {"note", "block", "visually-hidden", "gallery"}
BREAK = "\v"  # stands for <br>: no text has one, the sanitiser sees to that


def word_diff(before_html: str, after_html: str) -> SafeString:
    """Return the second text with what came in <ins> and what went in <del>; empty texts are fine.

    Both are sanitised first and the result again, whatever comes in.
    """
    changed = _changed_blocks(_blocks_of(before_html), _blocks_of(after_html))
    return mark_safe(_cleaner.clean(serialise(changed)))  # noqa: S308 (cleaned in this line)


def text_diff(before: str, after: str) -> SafeString:
    """Return two plain texts as one, escaped, with <ins> and <del>; white space counts."""
    changed = _changed_words(_plain(before), _plain(after))
    return mark_safe(_cleaner.clean(serialise(changed)))  # noqa: S308 (as above)


def _only_known(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class" and tag in {"ins", "del", "span", "figure"}:
        return value if value in OUR_CLASSES else None
    if attribute == "class":
        return value if CLASSES[tag].fullmatch(value) else None
    if attribute == "id":  # some would be there twice
        return None
    if attribute == "src":
        return value if is_local(value) else None
    return value


_cleaner = nh3.Cleaner(
    tags=BODY_TAGS | {"ins", "del", "span"},
    attributes=BODY_ATTRIBUTES | {"ins": {"class"}, "del": {"class"}, "span": {"class"}},
    attribute_filter=_only_known,
    url_schemes=URL_SCHEMES,
    link_rel="noopener",
)


# Blocks


def _blocks_of(html: str) -> list[Element]:
    return [block for block in parse(sanitise_body(html)) if isinstance(block, Element)]


def _parts_of(element: Element) -> list[Element]:
    """Return what a list, an item, a cell … is made of; words of their own become a block without a tag."""
    parts: list[Element] = []
    for child in element.children:
        is_block = isinstance(child, Element) and child.tag not in {*MARKS, "br"}
        if isinstance(child, Element) and (is_block or element.tag == "pre"):
            parts.append(child)
        elif parts and parts[-1].tag == "":
            parts[-1].children.append(child)
        elif not isinstance(child, str) or child.strip():
            parts.append(Element("", {}, [child]))
    return parts


def _changed_blocks(before: Sequence[Element], after: Sequence[Element]) -> list[Node]:
    """Return the blocks after, with those that went at the places where they were."""
    result: list[Node] = []
    place = after_place = 0
    keys, after_keys = ([serialise([block]) for block in blocks] for blocks in (before, after))
    for run in [*matching_runs(keys, after_keys), None]:
        stop, after_stop = (run.before, run.after) if run else (len(before), len(after))
        result += _changed_stretch(before[place:stop], after[after_place:after_stop])
        if run:
            place, after_place = stop + run.size, after_stop + run.size
            result += _as_they_are(after[after_stop:after_place])
    return result


def _as_they_are(blocks: Iterable[Element]) -> Iterator[Node]:
    for block in blocks:
        if block.tag:
            yield block
        else:
            yield from block.children


def _changed_stretch(before: Sequence[Element], after: Sequence[Element]) -> Iterator[Node]:
    place = after_place = 0
    for partner, after_partner in [*_partners(before, after), (len(before), len(after))]:
        for block in before[place:partner]:
            yield from _whole("del", block)
        for block in after[after_place:after_partner]:
            yield from _whole("ins", block)
        if partner < len(before):
            yield from _changed_block(before[partner], after[after_partner])
        place, after_place = partner + 1, after_partner + 1


def _family(block: Element) -> str:
    return FAMILIES.get(block.tag, block.tag)


def _partners(before: Sequence[Element], after: Sequence[Element]) -> list[tuple[int, int]]:
    """Return which block became which: those of one family with enough words in common, in order.

    The words of all blocks are aligned at once, and each pair of equal words is a vote: that costs
    far less than comparing every block with every other.
    """
    words, owners = _owned_words(before)
    after_words, after_owners = _owned_words(after)
    votes: Counter[tuple[int, int]] = Counter()
    for run in matching_runs(words, after_words):
        for step in range(run.size):
            pair = owners[run.before + step], after_owners[run.after + step]
            votes[pair] += _weight(words[run.before + step])
    sizes, after_sizes = (
        _sizes(words, owners, len(before)),
        _sizes(after_words, after_owners, len(after)),
    )
    taken: dict[int, int] = {}
    after_taken: set[int] = set()
    for (one, other), shared in votes.most_common():
        is_alike = shared * 2 >= ALIKE * (sizes[one] + after_sizes[other])
        is_free = one not in taken and other not in after_taken
        if is_alike and is_free and _family(before[one]) == _family(after[other]):
            taken[one] = other
            after_taken.add(other)
    return _with_placed(sorted(taken.items()), before, after)


def _owned_words(blocks: Sequence[Element]) -> tuple[list[str], list[int]]:
    words: list[str] = []
    owners: list[int] = []
    for number, block in enumerate(blocks):
        for word in _words_of_block(block):
            words.append(word)
            owners.append(number)
    return words, owners


def _words_of_block(block: Element) -> Iterator[str]:
    if block.tag == "img":
        yield block.attrs.get("src", "")
        yield from words_of(block.attrs.get("alt", ""))
    for child in block.children:
        if isinstance(child, Element):
            yield from _words_of_block(child)
        else:
            yield from (word for word in words_of(child) if not word.isspace())


def _sizes(words: Sequence[str], owners: Sequence[int], count: int) -> list[int]:
    sizes = [0] * count
    for word, owner in zip(words, owners, strict=True):
        sizes[owner] += _weight(word)
    return sizes


def _weight(word: str) -> int:
    return min(len(word), MAX_WEIGHT)


def _with_placed(
    pairs: list[tuple[int, int]], before: Sequence[Element], after: Sequence[Element]
) -> list[tuple[int, int]]:
    """Add the cells, pictures … that stand at the same place between two pairs."""
    result: list[tuple[int, int]] = []
    place = after_place = 0
    for pair in [*pairs, (len(before), len(after))]:
        gap, after_gap = range(place, pair[0]), range(after_place, pair[1])
        for family in PLACED:
            same = [one for one in gap if _family(before[one]) == family]
            after_same = [other for other in after_gap if _family(after[other]) == family]
            if len(same) == len(after_same):
                result += zip(same, after_same, strict=True)
        result.append(pair)
        place, after_place = pair[0] + 1, pair[1] + 1
    return _rising(sorted(result))[:-1]


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    rising: list[tuple[int, int]] = []
    for pair in pairs:
        if not rising or pair[1] > rising[-1][1]:
            rising.append(pair)
    return rising


def _whole(tag: str, block: Element) -> Iterator[Node]:
    """Yield a block that came or went as a whole; parts of lists and tables stay in their place."""
    if block.tag in {"", "img"}:
        content = block.children if block.tag == "" else [block]
        yield Element(tag, {}, [hidden(tag), *content])
    elif block.tag in {"li", "td", "th", "figcaption", "code"}:
        wrapped = Element(tag, {}, [hidden(tag), *block.children])
        yield Element(block.tag, block.attrs, [wrapped])
    elif block.tag in {"tr", "tbody"}:
        children = [node for part in _parts_of(block) for node in _whole(tag, part)]
        yield Element(block.tag, block.attrs, children)
    else:
        yield Element(tag, {"class": "block"}, [hidden(tag), block])


def _changed_block(before: Element, after: Element) -> Iterator[Node]:
    notes = [*note_of_attributes(before, after)]
    if after.tag == "img":
        yield from _changed_picture(before, after, notes)
        return
    children: list[Node]
    if after.tag in INLINE:
        children = _changed_words(_tokens(before), _tokens(after))
    else:
        children = _changed_blocks(_parts_of(before), _parts_of(after))
    if after.tag == "":
        yield from children
    elif after.tag in {"ul", "ol", "table", "tbody", "tr"}:  # no room for words in these
        yield from notes
        yield Element(after.tag, after.attrs, children)
    else:
        yield Element(after.tag, after.attrs, [*children, *notes])


def _changed_picture(before: Element, after: Element, notes: list[Node]) -> Iterator[Node]:
    if before.attrs.get("src") == after.attrs.get("src"):
        yield after
    else:
        yield from (*_whole("del", before), *_whole("ins", after))
    yield from notes


# Words


class _Token(NamedTuple):
    text: str
    marks: Marks
    has_space: bool = False  # before it


def _plain(text: str) -> list[_Token]:
    return [_Token(word, ()) for word in words_of(text.replace("\r\n", "\n"))]


def _tokens(block: Element) -> list[_Token]:
    if block.tag == "code":
        return _plain(block.text())
    tokens: list[_Token] = []
    has_space = False
    for text, marks in _runs(block, ()):
        for word in [BREAK] if text == BREAK else words_of(text):
            if word.isspace() and word != BREAK:
                has_space = True
            else:
                tokens.append(_Token(word, marks, has_space))
                has_space = False
    return tokens


def _runs(element: Element, marks: Marks) -> Iterator[tuple[str, Marks]]:
    for child in element.children:
        if isinstance(child, str):
            yield child.replace("\n", " "), marks
        elif child.tag == "br":
            yield BREAK, ()
        else:
            yield from _runs(child, (*marks, (child.tag, tuple(child.attrs.items()))))


def _changed_words(before: Sequence[_Token], after: Sequence[_Token]) -> list[Node]:
    result: list[Node] = []
    texts, after_texts = ([token.text for token in tokens] for tokens in (before, after))
    for step in steps_between(texts, after_texts):
        gone, came = before[step.before], after[step.after]
        if step.is_same:
            result += _kept(gone, came, is_first=not result)
        else:
            result += [*_came_or_went("del", gone, result), *_came_or_went("ins", came, result)]
    return result


def _came_or_went(tag: str, tokens: Sequence[_Token], before: Sequence[Node]) -> Iterator[Node]:
    if not tokens:
        return
    if tokens[0].has_space and (before or tag == "ins"):
        yield " "
    first = tokens[0]._replace(has_space=False)
    yield Element(tag, {}, [hidden(tag), *_nodes([first, *tokens[1:]])])


def _kept(before: Sequence[_Token], after: Sequence[_Token], *, is_first: bool) -> Iterator[Node]:
    """Yield words that stayed, and say where only their look, their link or the space before changed."""
    start = 0
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        is_spaced_anew = number > 0 and one.has_space != other.has_space
        if number == 0 and not is_first and (one.has_space or other.has_space):
            yield " "
        is_same_look = number == 0 or (
            (before[number - 1].marks, after[number - 1].marks) == (one.marks, other.marks)
        )
        if is_spaced_anew or not is_same_look:
            yield from _kept_run(before[start:number], after[start:number])
            start = number
            if is_spaced_anew:
                tag = "ins" if other.has_space else "del"
                yield Element(tag, {}, [hidden(tag, _("a space")), " "])
            elif other.has_space:
                yield " "
    yield from _kept_run(before[start:], after[start:])


def _kept_run(before: Sequence[_Token], after: Sequence[_Token]) -> Iterator[Node]:
    if not after:
        return
    yield from _nodes([after[0]._replace(has_space=False), *after[1:]])
    changed = note_of_marks(before[0].marks, after[0].marks)
    if any(changed):
        yield note(*changed)


def _nodes(tokens: Sequence[_Token]) -> list[Node]:
    runs: list[tuple[Node, Marks]] = []
    for position, token in enumerate(tokens):
        if token.has_space:
            # A space between two links belongs to neither.
            shared = [
                mark for mark in token.marks if position and mark in tokens[position - 1].marks
            ]
            runs.append((" ", tuple(shared)))
        runs.append((Element("br") if token.text == BREAK else token.text, token.marks))
    return nested(runs)
