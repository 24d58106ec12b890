"""What changed is shown word by word, in every script, safely, and in a time that stays small."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from blog.articles.diff import compare, text_diff, word_diff
from blog.articles.diff.alignment import matching_runs
from blog.articles.diff.words import words_of
from blog.articles.models import Article
from blog.articles.rendering import BODY_ATTRIBUTES, BODY_TAGS, URL_SCHEMES
from blog.articles.services import CONTENT_FIELDS
from tests.articles.hostile import ATTACKS, Reading, corpora
from tests.factories import make_image

SAID = re.compile(r'<span class="visually-hidden">[^<]*</span>')


def seen(html: str) -> str:
    """Leave out what only screen readers say."""
    return SAID.sub("", html)


CHANGES = {
    "a word": (
        "<p>The quick brown fox.</p>",
        "<p>The slow brown fox.</p>",
        "<p>The <del>quick</del> <ins>slow</ins> brown fox.</p>",
    ),
    "words at both ends": (
        "<p>the end of it</p>",
        "<p>end of it all</p>",
        "<p><del>the</del> end of it <ins>all</ins></p>",
    ),
    "only a space": (
        "<p>foo ,bar</p>",
        "<p>foo,bar</p>",
        "<p>foo<del> </del>,bar</p>",
    ),
    "small matches are no islands": (
        "<p>Rain fell on a grey morning in autumn.</p>",
        "<p>Rain or shine, a bright summer in autumn.</p>",
        "<p>Rain <del>fell on a grey morning</del> <ins>or shine, a bright summer</ins> in autumn.</p>",
    ),
    "a paragraph more and one less": (
        "<p>One stays.</p><p>Two leaves us.</p><p>Three stays.</p>",
        "<p>One stays.</p><p>Three stays.</p><p>Fourth here now!</p>",
        '<p>One stays.</p><del class="block"><p>Two leaves us.</p></del><p>Three stays.</p>'
        '<ins class="block"><p>Fourth here now!</p></ins>',
    ),
    "a heading from a paragraph": (
        "<p>All about foxes</p>",
        "<h2>All about foxes</h2>",
        '<h2>All about foxes<span class="note"> <del>paragraph</del> <ins>heading</ins></span></h2>',
    ),
    "an item": (
        "<ul><li>milk</li><li>eggs</li></ul>",
        "<ul><li>milk</li><li>bread</li><li>eggs</li></ul>",
        "<ul><li>milk</li><li><ins>bread</ins></li><li>eggs</li></ul>",
    ),
    "a list in an item": (
        "<ul><li>milk and honey<ul><li>cow</li></ul></li></ul>",
        "<ul><li>milk and honey<ul><li>cow</li><li>goat</li></ul></li></ul>",
        "<ul><li>milk and honey<ul><li>cow</li><li><ins>goat</ins></li></ul></li></ul>",
    ),
    "a cell, and a row": (
        "<table><tr><td>7</td><td>8</td></tr></table>",
        "<table><tr><td>7</td><td>9</td></tr><tr><td>1</td><td>2</td></tr></table>",
        "<table><tbody><tr><td>7</td><td><del>8</del><ins>9</ins></td></tr>"
        "<tr><td><ins>1</ins></td><td><ins>2</ins></td></tr></tbody></table>",
    ),
    "a picture, its description and its caption": (
        '<figure><img src="/media/a.jpg" alt="A cat"><figcaption>Tom</figcaption></figure>',
        '<figure><img src="/media/b.jpg" alt="A dog"></figure>',
        '<figure><del><img src="/media/a.jpg" alt="A cat"></del>'
        '<ins><img src="/media/b.jpg" alt="A dog"></ins>'
        '<span class="note"> Description: <del>A cat</del> <ins>A dog</ins></span>'
        "<figcaption><del>Tom</del></figcaption></figure>",
    ),
    "where a link leads": (
        '<p>See <a href="/a/">this</a> now.</p>',
        '<p>See <a href="/b/" title="B">this</a> now.</p>',
        '<p>See <a href="/b/" title="B" rel="noopener">this</a><span class="note">'
        " <del>link to /a/</del> <ins>link to /b/ (B)</ins></span> now.</p>",
    ),
    "how words look": (
        "<p>plain <strong>loud</strong></p>",
        "<p>plain <em>loud</em></p>",
        '<p>plain <em>loud</em><span class="note"> <del>bold</del> <ins>italic</ins></span></p>',
    ),
    "code, with its lines": (
        "<pre><code>a = 1\nb = 2</code></pre>",
        '<pre><code class="language-python">a = 1\nb = 3</code></pre>',
        '<pre><code class="language-python">a = 1\nb = <del>2</del><ins>3</ins>'
        '<span class="note"> Kind: <ins>language-python</ins></span></code></pre>',
    ),
    "a line break": ("<p>a b</p>", "<p>a<br>b</p>", "<p>a<ins><br></ins> b</p>"),
    "Chinese": ("<p>我喜欢猫和狗。</p>", "<p>我喜欢狗。</p>", "<p>我喜欢<del>猫和</del>狗。</p>"),
    "Hindi": ("<p>नमस्ते दुनिया</p>", "<p>नमस्ते भारत</p>", "<p>नमस्ते <del>दुनिया</del> <ins>भारत</ins></p>"),
    "Arabic": ("<p>مرحبا يا عالم</p>", "<p>مرحبا يا صديقي</p>",
        "<p>مرحبا يا <del>عالم</del> <ins>صديقي</ins></p>"),
    "from nothing": ("", "<p>All new.</p>", '<ins class="block"><p>All new.</p></ins>'),
    "to nothing": ("<hr>", "", '<del class="block"><hr></del>'),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_shown_in_its_place(change: str) -> None:
    before, after, shown = CHANGES[change]

    assert seen(word_diff(before, after)).replace("\n</", "</") == shown


def test_a_change_is_said_in_words_too() -> None:
    html = word_diff("<p>one</p>", "<p>two</p>")

    assert re.findall(r'<(ins|del)[^>]*><span class="visually-hidden">([^<]*)', html) == [
        ("del", "removed: "),
        ("ins", "added: "),
    ]


def test_the_same_text_shows_no_change() -> None:
    for body in ATTACKS:
        assert not re.search("<(ins|del)", word_diff(body, body))


def test_nothing_hostile_comes_through() -> None:
    attacks = [(ATTACKS[-1 - number], attack) for number, attack in enumerate(ATTACKS)]
    attacks += [(attack, "") for attack in ATTACKS] + [
        ("<p>x</p>", attack) for attack in corpora()
    ]
    shown = [Reading(word_diff(before, after)) for before, after in attacks]

    assert set().union(*(page.tags for page in shown)) <= BODY_TAGS | {"ins", "del", "span"}
    assert set().union(*(page.schemes for page in shown)) <= URL_SCHEMES | {""}
    names = {(tag, name) for page in shown for tag, name, _value in page.found}
    allowed = {(tag, name) for tag, attrs in BODY_ATTRIBUTES.items() for name in attrs}
    assert names <= allowed | {("a", "rel"), ("ins", "class"), ("del", "class"), ("span", "class")}
    assert seen(text_diff("<b>", "<i>")) == "&lt;<del>b</del><ins>i</ins>&gt;"


def test_words_are_what_people_see() -> None:
    text = "Don't e\u0301te\u0301 👨‍👩‍👧👍🏽 🇩🇪🇫🇷 日本語! می‌خواهم"

    words = [word for word in words_of(text) if not word.isspace()]

    assert words == [
        *("Don't", "e\u0301te\u0301", "👨‍👩‍👧", "👍🏽", "🇩🇪", "🇫🇷", "日", "本", "語", "!"),
        "می‌خواهم",
    ]
    assert "".join(words_of(text)) == text


class Counted(str):
    """A word that counts how often it is looked at."""

    looks = 0
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        Counted.looks += 1
        return str.__eq__(self, other) is True

    def __hash__(self) -> int:
        Counted.looks += 1
        return str.__hash__(self)


def test_work_grows_hardly_faster_than_the_texts() -> None:
    """Not a time, which machines differ in: how often words are looked at, from 2,500 to 10,000 of them."""

    def looks(before: list[str], after: list[str]) -> int:
        Counted.looks = 0
        matching_runs([Counted(word) for word in before], [Counted(word) for word in after])
        return Counted.looks

    def texts(size: int) -> dict[str, tuple[list[str], list[str]]]:
        numbers = [str(number) for number in range(size)]
        seventh = [word if place % 7 else "x" for place, word in enumerate(numbers)]
        return {
            "one word in seven": (numbers, seventh),
            "backwards": (numbers, numbers[::-1]),
            "nothing in common": (numbers, [f"{word}!" for word in numbers]),
            "two words only": (["a", "b"] * (size // 2), ["b", "b", "a", "a"] * (size // 4)),
            "few words": (
                [f"{n * n % 101}" for n in range(size)],
                [f"{n * 7 % 103}" for n in range(size)],
            ),
        }

    small, large = texts(2_500), texts(10_000)
    for name in small:
        assert looks(*large[name]) <= 6 * max(looks(*small[name]), 2_500), name
        assert looks(*large[name]) <= 60 * 10_000, name


def data_of(**values: Any) -> dict[str, Any]:
    return {name: Article._meta.get_field(name).get_default() for name in CONTENT_FIELDS} | {  # type: ignore[union-attr]
        "format": 1,
        "is_trashed": False,
        "authors": [],
        "categories": [],
        "tags": [],
        "primary_category": None,
        "lead_image": None,
        "share_image": None,
        **values,
    }


def ref(key: int, name: str) -> dict[str, Any]:
    return {"id": key, "name": name}


@pytest.mark.django_db
def test_every_field_is_compared_in_peoples_words(settings: Any) -> None:
    picture = make_image(alt="A teal wall")
    settings.TIME_ZONE = "Europe/Berlin"
    before = data_of(
        title="Cats",
        body="<p>Old</p>",
        authors=[ref(1, "Ann"), ref(2, "Bob")],
        tags=[ref(1, "pets"), ref(2, "fur")],
        publish_at=datetime(2026, 7, 1, 10, 30, tzinfo=UTC).isoformat(),
        lead_image=ref(picture.pk, "A teal wall"),
    )
    after = data_of(
        title="Dogs",
        body="<p>New</p>",
        authors=[ref(2, "Bob"), ref(1, "Ann")],
        tags=[ref(1, "pets, renamed"), ref(3, "<b>bark</b>")],
        comment_policy="closed",
        is_noindex=True,
        lead_image=ref(999, "Gone"),
        typed={"lead_alt": "A barn", "publish_at": ["", "x"]},
    )

    changes = {change.name: seen(change.html) for change in compare(before, after)}

    assert changes == {
        "title": "<del>Cats</del><ins>Dogs</ins>",
        "body": '<del class="block"><p>Old</p></del><ins class="block"><p>New</p></ins>',
        "lead_image": f'<del><img class="preview" src="{picture.files.small}" alt="" loading="lazy">'
        " A teal wall</del> <ins>Gone (deleted since)</ins>",
        "lead_alt": "<ins>A barn</ins>",
        "authors": "<del>Ann, Bob</del> <ins>Bob, Ann</ins>",
        "tags": "pets, renamed, <del>fur</del>, <ins>&lt;b&gt;bark&lt;/b&gt;</ins>",
        "publish_at": "<del>1 July 2026, 12:30</del> <ins>nothing</ins>",
        "comment_policy": "<del>Open</del> <ins>Closed</ins>",
        "is_noindex": "<del>no</del> <ins>yes</ins>",
    }


@pytest.mark.django_db
def test_data_of_any_format_can_be_compared() -> None:
    old = {
        "title": "Old",
        "authors": ["Ann"],
        "lead_image": 7,
        "publish_at": "soon",
        "categories": None,
    }
    new = data_of(title="Old", publish_at=5, body=["?"]) | {"format": 9, "mood": {"a": "<i>"}}

    changes = {change.name: seen(change.html) for change in compare(old, new)}

    assert compare({}, {}) == compare({}, data_of()) == []
    assert changes == {
        "body": "",
        "authors": "<del>Ann</del>",
        "lead_image": "<del>7 (deleted since)</del> <ins>nothing</ins>",
        "publish_at": "<del>soon</del> <ins>5</ins>",
        "mood": "<del>nothing</del> <ins>{&quot;a&quot;: &quot;&lt;i&gt;&quot;}</ins>",
    }
