"""From a comment to the tokens that are counted: words, pairs of words, hosts and the shape of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from blog.spam.plain import fold, is_disguised, undress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.spam.sample import Sample

# Characters that are read of a long text; links stand at its end.
MAX_HEAD, MAX_TAIL = 6_000, 2_000
MAX_TOKENS = 600  # of one comment: what one query asks for and one decision changes
MAX_LENGTH = 80  # characters of a token, as in the table
_STEM = 6  # characters of a word that stand for it where the word itself was never seen

# An address with its scheme or www, or a bare name under one of the common endings; `name . com`, too.
_ENDINGS = (
    "com|net|org|info|biz|co|tv|me|ly|ru|se|pl|br|uk|de|fr|es|it|nl|ua|cz|io|be|fm|eu|us|in|cn|jp"
    "|top|xyz|site|online|shop|store|club|live|app|dev|example"
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]{1,2000}+"
    rf"|(?<![\w@.-])[a-z0-9][a-z0-9-]{{0,40}}(?:\.[a-z0-9-]{{1,40}}){{0,4}}?\.(?:{_ENDINGS})\b"
    r"(?:[/?#][^\s<>\"]{0,2000}+)?"
    r"|(?<![\w@.-])[a-z0-9][a-z0-9-]{2,40}(?: ?\. ?| ?[\[(]dot[\])] ?)(?:com|net|org|info|biz|ru)\b"
    r"(?:/[^\s<>\"]{0,2000}+)?",
    re.IGNORECASE,
)
_LINK = "\ue000"  # stands for an address among the words
_PIECE = re.compile(rf"{_LINK}|[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*|[!?]+|[^\w\s]+|_+")
_STEPS = (1, 2, 3, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class Evidence:
    """The tokens of one comment; a word that was never seen can speak through its `stems` entry."""

    tokens: frozenset[str]
    stems: dict[str, str]
    links: int

    @property
    def counted(self) -> list[str]:
        """Everything a decision counts, in the order in which rows are locked."""
        return sorted(self.tokens.union(self.stems.values()))


def evidence_of(sample: Sample) -> Evidence:
    """Return the tokens of a comment; linear in the length of what is read of it."""
    text = sample.body
    if len(text) > MAX_HEAD + MAX_TAIL:
        text = f"{text[:MAX_HEAD]} {text[-MAX_TAIL:]}"
    text = undress(text)
    hosts: list[tuple[str, int]] = []
    prose = _ADDRESS.sub(lambda match: _link(match[0], sample.own_host, hosts), text)
    pieces = [piece[:30] for piece in _PIECE.findall(fold(prose))]
    words = [_word(piece) for piece in pieces if _is_word(piece)]
    links = max(sample.links, len(hosts))
    tokens = list(_of_words(words))
    tokens += [f"p:{piece}" for piece in pieces if not _is_word(piece)]
    tokens += _of_shape(prose, words, links)
    tokens += _of_links(hosts)
    tokens += _of_writer(sample)
    if is_disguised(text) or len(text) < len(sample.body[: MAX_HEAD + MAX_TAIL]) * 0.8:
        tokens.append("x:disguised")
    kept = list(dict.fromkeys(token[:MAX_LENGTH] for token in tokens))
    # The shape and the links come after the words and are few: they stay, whatever is cut.
    kept = [t for t in kept if t[0] in "xhnes"] + [t for t in kept if t[0] not in "xhnes"]
    kept = kept[:MAX_TOKENS]
    stems = {
        token: f"t:{token[2:][:_STEM]}"
        for token in kept
        if token[:2] == "w:" and token[2].isalpha()
    }
    return Evidence(frozenset(kept), stems, links)


def _link(address: str, own_host: str, hosts: list[tuple[str, int]]) -> str:
    """Note the host and the depth of the path; return what stands for the address among the words."""
    plain = re.sub(
        r"\s|[\[(]dot[\])]", "", address.lower().replace("[dot]", ".").replace("(dot)", ".")
    )
    rest = plain.split("://", 1)[-1]
    host = re.split(r"[/?#:]", rest, maxsplit=1)[0].removeprefix("www.").removeprefix("m.")
    if own_host and host == own_host.removeprefix("www."):
        return " "
    hosts.append((host, rest.count("/")))
    return f" {_LINK} "


def _is_word(piece: str) -> bool:
    return piece == _LINK or piece[0].isalnum() or ord(piece[0]) > 0x2000


def _word(piece: str) -> str:
    """Return the word; of a number only how long it is, of an address only that there is one."""
    if piece == _LINK:
        return "<url>"
    return f"<{min(4, len(piece))}>" if piece[0].isdecimal() else piece


def _of_words(words: list[str]) -> Iterator[str]:
    yield from (f"w:{word}" for word in words)
    if words:
        line = ["^", *words, "$"]
        yield from (f"b:{one} {two}" for one, two in pairwise(line))


def _of_shape(prose: str, words: list[str], links: int) -> Iterator[str]:
    letters = [letter for letter in prose if letter.isalpha()]
    capitals = sum(map(str.isupper, letters)) / len(letters) if letters else 0.0
    yield f"x:capitals{sum(capitals >= step for step in (0.1, 0.3, 0.7))}"
    yield f"x:length{_step(len(words))}"
    yield f"x:shouts{min(3, prose.count('!'))}"
    yield f"x:links{min(3, links)}"
    if links:
        yield f"x:link in{_step(sum(word != '<url>' for word in words))}"
    foreign = sum(letter > "\u024f" for letter in letters)
    if letters and foreign:
        yield "x:other script" if foreign > len(letters) / 2 else "x:mixed scripts"


def _of_links(hosts: list[tuple[str, int]]) -> Iterator[str]:
    for host, depth in hosts:
        yield f"h:{host}"
        yield f"x:ending {host.rsplit('.', 1)[-1]}"
        yield f"x:depth{min(3, depth)}"


def _of_writer(sample: Sample) -> Iterator[str]:
    """Yield tokens of name, domain of the email and website, each with the field's own prefix."""
    for word in _PIECE.findall(fold(undress(sample.name)))[:10]:
        yield f"n:{word}"
    if "@" in sample.email:
        yield f"e:{sample.email.rpartition('@')[2].lower()}"
    if sample.website:
        yield f"s:{(urlsplit(sample.website).hostname or '').removeprefix('www.')}"
        yield "x:website"


def _step(count: int) -> int:
    """Return the largest step that is not above the count, so that neighbours share a token."""
    return max((step for step in _STEPS if step <= count), default=0)
