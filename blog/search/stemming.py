"""Words as the index holds them: without case and accents, reduced to their English stem.

The stem is Porter's, with the two departures (bli, logi) of his own program, which SQLite has and
PostgreSQL has not: `lexemes` says what PostgreSQL may hold for a stem, so that both find the same.
"""

import re
import unicodedata
from functools import lru_cache

_LONGEST = 64  # bytes; SQLite leaves longer words as they are
_VOWELS = "aeiou"
_STEP_2 = (
    *(
        "ational ate,tional tion,enci ence,anci ance,izer ize,logi log,bli ble,alli al,entli ent".split(
            ","
        )
    ),
    *(
        "eli e,ousli ous,ization ize,ation ate,ator ate,alism al,iveness ive,fulness ful".split(
            ","
        )
    ),
    *("ousness ous,aliti al,iviti ive,biliti ble".split(",")),
)
_STEP_3 = ("icate ic", "ative ", "alize al", "iciti ic", "ical ic", "ful ", "ness ")
_STEP_4 = "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize".split()


def _accents() -> dict[int, str]:
    """Return the Latin letters with accents, each with the plain letter that takes its place."""
    table = {}
    for code in range(0xC0, 0x1F00):
        letter = unicodedata.normalize("NFD", chr(code))
        if len(letter) > 1 and letter[0].isascii() and letter[0].isalpha():
            table[code] = letter[0]
    for code in range(0x1E00, 0x1F00):
        letter = unicodedata.normalize("NFD", chr(code))
        if letter[0].isascii() and letter[0].isalpha():
            table[code] = letter[0]
    return table


_ACCENTS = _accents()


def fold(text: str) -> str:
    """Return *text* (in NFC) in small letters without accents, each character in its place."""
    plain = text.translate(_ACCENTS)
    small = plain.lower()
    if len(small) == len(text):
        return small
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """Return the stem of a folded word, as SQLite's `porter` makes it."""
    data = word.encode()
    if not 2 < len(data) <= _LONGEST:
        return word
    return _stem(data.decode("latin-1")).encode("latin-1").decode(errors="ignore")


def _stem(word: str) -> str:
    """Stem a word of bytes: a letter beyond ASCII is several consonants to SQLite."""
    word = _step_1(word)
    word = _replace(word, _STEP_2)
    word = _replace(word, _STEP_3)
    for suffix in sorted(_STEP_4, key=len, reverse=True):
        if word.endswith(suffix):
            rest = word[: -len(suffix)]
            if _measure(rest) > 1 and (suffix != "ion" or rest.endswith(("s", "t"))):
                word = rest
            break
    if word.endswith("e"):
        rest = word[:-1]
        if _measure(rest) > 1 or (_measure(rest) == 1 and not _ends_cvc(rest)):
            word = rest
    if word.endswith("ll") and _measure(word[:-1]) > 1:
        word = word[:-1]
    return word


def lexemes(word: str) -> list[str]:
    """Return what PostgreSQL may hold for a folded word and its other forms, sorted."""
    own = stem(word)
    found = {own}
    if own.endswith(("bl", "log")):
        found.add(f"{own}i")
    elif _measure(own) > 1:
        found.add(f"{own}ibli")  # irreversibly
    if not word.isascii():
        found.add(_stem(word))  # of letters, not bytes
    if len(word) == 2 and word.endswith("s"):
        found.add(word[0])
    if word == "ies":
        found.add("i")
    return sorted(found)


def _step_1(word: str) -> str:
    if len(word) > 3 and word.endswith(("sses", "ies")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if word.endswith("eed"):
        if _measure(word[:-3]) > 0:
            word = word[:-1]
    else:
        for suffix in ("ed", "ing"):
            if word.endswith(suffix) and _has_vowel(rest := word[: -len(suffix)]):
                word = _mend(rest)
                break
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    return word


def _mend(word: str) -> str:
    """Return what is left of a word without -ed or -ing, with the end it had before."""
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    if (
        len(word) > 1
        and word[-1] == word[-2]
        and _consonants(word)[-1] == "c"
        and word[-1] not in "lsz"
    ):
        return word[:-1]
    return word + "e" if _measure(word) == 1 and _ends_cvc(word) else word


def _replace(word: str, rules: tuple[str, ...]) -> str:
    for rule in sorted(rules, key=len, reverse=True):
        suffix, _, other = rule.partition(" ")
        if word.endswith(suffix):
            rest = word[: -len(suffix)]
            return rest + other if _measure(rest) > 0 else word
    return word


def _consonants(word: str) -> str:
    """Return c or v for each letter: y is a vowel after a consonant."""
    kinds = ""
    for letter in word:
        is_vowel = letter in _VOWELS or (letter == "y" and kinds.endswith("c"))
        kinds += "v" if is_vowel else "c"
    return kinds


def _measure(word: str) -> int:
    """Return how often vowels are followed by consonants."""
    return len(re.findall("vc", _consonants(word)))


def _has_vowel(word: str) -> bool:
    return "v" in _consonants(word)


def _ends_cvc(word: str) -> bool:
    return _consonants(word).endswith("cvc") and word[-1] not in "wxy"
