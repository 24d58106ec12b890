"""Texts that somebody made to do harm, or to take for ever: harmless, in one form, and read in time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.articles.rendering import (
    BODY_ATTRIBUTES,
    BODY_TAGS,
    PAGE_ATTRIBUTES,
    PAGE_TAGS,
    markdown_to_html,
    render_body,
    sanitise_body,
)
from tests.articles.hostile import CORPORA, Reading, every_attack


def assert_harmless(html: str, tags: set[str], attributes: dict[str, set[str]]) -> None:
    reading = Reading(html)
    assert reading.tags <= tags
    assert {(tag, name) for tag, name, _value in reading.found} <= {
        (tag, name) for tag, names in attributes.items() for name in names
    }
    assert reading.schemes <= {"", "http", "https", "mailto", "tel"}
    for tag, name, value in reading.found:
        assert not (tag == "img" and name == "src") or value.startswith("/")
        assert not value.startswith(("//", "/\\")) or tag == "a"
        if name == "class":
            assert value.removeprefix("language-").replace("+", "").isalnum() or tag == "code"


def test_corpora_are_read():
    if not CORPORA.is_dir():
        pytest.skip(f"{CORPORA} is absent: only our own list of attacks was tried")
    assert len(every_attack()) > 800


def test_every_attack_is_harmless_as_text():
    for attack in every_attack():
        body = sanitise_body(attack)
        assert_harmless(body, BODY_TAGS, BODY_ATTRIBUTES)
        assert_harmless(render_body(attack).html, PAGE_TAGS, PAGE_ATTRIBUTES)
        assert sanitise_body(body) == body


def test_every_attack_is_harmless_inside_other_elements():
    frames = [
        '<h2 title="{}">{}</h2>',
        "<figure><img src='{}' alt='{}'><figcaption>{}</figcaption></figure>",
        '<ul><li><a href="{}">{}</a></li></ul>',
        '<pre><code class="language-{}">{}</code></pre>',
        '<blockquote cite="{}">{}</blockquote>',
    ]
    for attack in every_attack():
        for frame in frames:
            html = frame.replace("{}", attack)
            assert_harmless(render_body(html).html, PAGE_TAGS, PAGE_ATTRIBUTES)


def test_every_attack_is_harmless_as_markdown():
    for attack in every_attack():
        for text in (
            attack,
            f"[x]({attack})",
            f'![x](/a.png "{attack}")',
            f"    {attack}",
            f"> {attack}",
        ):
            assert_harmless(markdown_to_html(text), BODY_TAGS, BODY_ATTRIBUTES)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(
            "<b> </b> <i> </i> <p> </p> <br> <h2> </h2> <ul> <ol> <li> </li> </ul> <table> <tr> <td> <th>"
            " </table> <figure> <figcaption> </figcaption> </figure> <pre> <code> </code> </pre> <div>"
            ' </div> <blockquote> </blockquote> <hr> word two&nbsp;words <a\thref="/x"> </a> <s>'
            ' <img\tsrc="/i"> &lt; &amp; <dd>'.split(" ")
        )
        | st.sampled_from([" ", "\n", "\xa0", "’", "x"])
    )
)
def test_sanitising_twice_changes_nothing(parts):
    html = "".join(parts)
    body = sanitise_body(html)

    assert sanitise_body(body) == body
    # What is on the page can be pasted into the editor again.
    assert sanitise_body(render_body(body).html) == body


def test_deep_nesting_keeps_the_words():
    assert "deep" in sanitise_body("<ul><li>" * 500 + "deep")
    assert "deep" in sanitise_body("<blockquote>" * 500 + "deep")


@pytest.mark.parametrize(
    "piece",
    [
        "<b>", "<div>", "<p>", "<a href=x>", "<table>", "<table><tr><td>", "<ul><li>", "<b><p>",
        "<b><i><em></b></i>", "<blockquote>", "<", "&", "&lt;", "<!--", '<a href="', "<script>", "<svg>",
        "<math><mi>", "<img src=/x>", "<br>", "<h2>a</h2>", "<figure>", "<pre><code>", "<iframe>",
        "<b>a</b>", "a ", " ", "\n", "<a href=x>b</a>", "<s><em><b>x</b></em></s>",
    ],
)  # fmt: skip
def test_sixty_kilobytes_of_anything_take_less_than_two_seconds(piece):
    started = time.process_time()
    render_body(piece * (60_000 // len(piece)))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "*a_",
        "> ",
        "- ",
        "`",
        "<a ",
        "](",
        "[a](<b",
        "|a",
        "a|\n-|",
        "\\",
        "&x;",
        "~~a",
        "1. ",
    ],
)
def test_sixty_kilobytes_of_markdown_take_less_than_two_seconds(piece):
    started = time.process_time()
    markdown_to_html(piece * (60_000 // len(piece)))
    assert time.process_time() - started < 2
