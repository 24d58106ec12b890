"""Texts without disguise: the same word gives the same token however it is dressed up.

Spammers write letters of other alphabets that look alike, wide letters, letters s e t apart and signs
that nobody sees. Every pattern here is bounded: the work grows with the length of the text, no faster.
"""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_COMBINING = re.compile("(?<=[A-Za-z])[\u0300-\u036f]+")
_APART = re.compile(r"(?<!\w)(?:\w[ .\-*_]{1,2}){3,60}\w(?!\w)")
_GAPS = re.compile(r"[ .\-*_]")
_REPEATED = re.compile(r"(.)\1{2,}")
_WORD = re.compile(r"[^\W\d_]+")
# Letters of other alphabets that stand for Latin ones. Lower case: it is applied after casefold.
_LOOKALIKES = str.maketrans(
    "авԁеһіјкӏмнорԛсѕтухѡүєαβεικμνορτυχωϲϳɑɡı",
    "abdehijklmhopqcstyxwyeabeikmvoptuxwcjagi",
)
_HAS_LATIN = re.compile("[a-z]")


def undress(text: str) -> str:
    """Return the text as a person reads it, in its own case: no invisible signs, no wide letters."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = _COMBINING.sub("", unicodedata.normalize("NFD", text))
    text = unicodedata.normalize("NFC", text)
    return _APART.sub(lambda match: _GAPS.sub("", match[0]), text)


def fold(text: str) -> str:
    """Return undressed text in one case, of one alphabet within each word, no sign more than twice."""
    text = text.casefold()
    if not text.isascii():
        text = _WORD.sub(_fold_word, text)
    return _REPEATED.sub(r"\1\1", text)


def is_disguised(text: str) -> bool:
    """Say whether a word mixes alphabets in a way that only a disguise does."""
    return not text.isascii() and any(
        _HAS_LATIN.search(word) and word.translate(_LOOKALIKES) != word
        for word in _WORD.findall(text.casefold())
    )


def _fold_word(match: re.Match[str]) -> str:
    word = match[0]
    return word.translate(_LOOKALIKES) if _HAS_LATIN.search(word) else word
