"""Questions an author asks readers within a text: words linked to `#ask`, answered by ordinary comments.

A comment keeps the words of the question it answers. So nothing is lost when an author words it anew:
older answers still say what they were about, and no longer lead there.
"""

from __future__ import annotations

import re
from html import escape, unescape
from itertools import count
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import ngettext

from blog.articles.rendering import text_pages
from blog.comments.models import MAX_ABOUT, Comment
from blog.public.text_pages import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from blog.articles.models import Article

_ASK = re.compile(r'<a\b[^>]*\bhref="#ask"[^>]*>(?P<words>.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def questions_in(html: str) -> list[str]:
    """Return the questions of a text in their order, as plain words."""
    if 'href="#ask"' not in html:
        return []
    return [_plain(found["words"]) for found in _ASK.finditer(html)]


def question_of_number(html: str, asked: str | None) -> str:
    """Return the question that `?about=` names, "" for none."""
    if not asked or not re.fullmatch("[0-9]{1,3}", asked, re.ASCII):
        return ""
    return dict(enumerate(questions_in(html), start=1)).get(int(asked), "")


def places_of(article: Article, *, shown: int) -> dict[str, str]:
    """Return where each question stands, seen from a page of the text; the first of two alike has it."""
    if 'href="#ask"' not in article.body_html:
        return {}
    places: dict[str, str] = {}
    numbers = count(1)
    for at, text in enumerate(text_pages(article.body_html), start=1):
        page = "" if at == shown else address_of(article, at)
        for words in questions_in(text):
            places.setdefault(words, f"{page}#ask-{next(numbers)}")
    return places


def answers_to(article: Article) -> dict[str, int]:
    """Return how many answers each question has, in one query."""
    rows = Comment.objects.approved().filter(article=article).exclude(about="").order_by()
    return dict(rows.values_list("about").annotate(count=Count("pk")))


def with_questions(*parts: str, answers: Mapping[str, int], are_open: bool) -> Iterator[str]:
    """Return the parts of a text with its questions as links to the form, each with its answers counted."""
    numbers = count(1)

    def link(found: re.Match[str]) -> str:
        number, words = next(numbers), found["words"]
        place = f'id="ask-{number}" class="ask"'
        asked = f'<a {place} href="?about={number}#respond" rel="nofollow">{words}</a>'
        asked = asked if are_open else f"<b {place}>{words}</b>"
        answered = answers.get(_plain(words), 0)
        if not answered:
            return asked
        text = ngettext("%(count)s answer", "%(count)s answers", answered) % {"count": answered}
        return f'{asked} <a class="asked" href="#comments">({escape(text)})</a>'

    return (_ASK.sub(link, part) for part in parts)


def _plain(words: str) -> str:
    return " ".join(unescape(_TAG.sub("", words)).split())[:MAX_ABOUT]
