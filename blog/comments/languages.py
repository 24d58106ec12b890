"""Which languages a text may be in, by its letters and its commonest words. Modest, and silent when in doubt.

It is made to notice that a text is in none of the languages of a blog, not to name the language: letters
that several languages write give all of them, and a short or a mixed text gives none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

# What a script says, by the first word of its letters' Unicode names.
_SCRIPTS = {
    "CYRILLIC": "ru uk bg sr mk be",
    "GREEK": "el",
    "ARABIC": "ar fa ur",
    "HEBREW": "he",
    "DEVANAGARI": "hi mr ne",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "THAI": "th",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh ja",
}
# Words that hardly a sentence does without, and that other languages of the list do not have.
_WORDS = {
    "en": "the and of to is that it was for with you this have are not be but they what from",
    "de": "der die und das ist nicht ein eine ich zu mit auf dem den sich auch für wie aber wir",
    "fr": "les des est une pas que qui dans pour vous avec sur ce cette mais nous être très aux je",
    "es": "el los las que es una por con para se del más pero como muy este está lo todo hay",
    "it": "il che di è per una non sono con questo della gli anche più ma come nel molto ho ed",
    "pt": "os que não uma em para com mais você muito como foi por isso ao tem mas são também eu",
    "nl": "het een van en niet dat zijn ik op te voor met maar ook je wat naar bij heeft dit",
    "pl": "nie się jest na to że jak ale do tak już tylko czy przez dla był może tego oraz są",
    "sv": "och att det som är inte jag för på med ett den av har men om så till var vi",
    "tr": "bir ve bu için çok ile da ne gibi daha ama değil kadar olan var ben sonra en her mi",
    "ro": "și nu este pentru sunt care mai din cu pe că să dar foarte acest fost am ce la în",
    "cs": "je se na že to není jsem ale jako pro tak by si jsou když už jen za která být",
    "id": "yang dan di untuk dengan ini itu tidak dari saya akan pada ada juga bisa kami anda ke",
}
LANGUAGES = frozenset(_WORDS) | frozenset(" ".join(_SCRIPTS.values()).split())
_STOP_WORDS = {code: frozenset(words.split()) for code, words in _WORDS.items()}
_LOOKED_AT = 2_000  # characters
_ENOUGH_LETTERS = 15
_ENOUGH_WORDS = 6
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"https?://\S{1,2000}|\S{1,64}@\S{1,255}")


def languages_of(text: str) -> frozenset[str]:
    """Return the codes of the languages that this may be; none where it cannot be told."""
    text = _ADDRESS.sub(" ", text[:_LOOKED_AT])
    scripts = Counter(
        unicodedata.name(char, "").split(" ", 1)[0].split("-")[0]
        for char in text
        if char.isalpha()
    )
    letters = sum(scripts.values())
    if letters < _ENOUGH_LETTERS:
        return frozenset()
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > letters / 10:  # Chinese has none of them
        return frozenset({"ja"})
    script, count = scripts.most_common(1)[0]
    if count < letters * 0.6:
        return frozenset()
    if script == "LATIN":
        return _by_words(text)
    return frozenset(_SCRIPTS.get(script, "").split())


def _by_words(text: str) -> frozenset[str]:
    """Return the languages with the most of their commonest words in a text, if these are enough."""
    words = _WORD.findall(text.casefold())
    if len(words) < _ENOUGH_WORDS:
        return frozenset()
    found = {code: sum(word in stop for word in words) for code, stop in _STOP_WORDS.items()}
    most = max(found.values())
    if most < max(2, len(words) / 10):
        return frozenset()
    return frozenset(code for code, count in found.items() if count >= 0.7 * most)
