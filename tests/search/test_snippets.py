"""Snippets show the words, marked, and nothing of a text as markup."""

import pytest

from blog.search.query import parse
from blog.search.snippets import marked, snippet


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("Trains run at night.", "train", "<mark>Trains</mark> run at night."),
        ("Trains run at night.", "nig", "Trains run at <mark>night</mark>."),
        ("Ein Ärger", "arger", "Ein <mark>Ärger</mark>"),
        ("Happy, happiness", "happy", "<mark>Happy</mark>, <mark>happiness</mark>"),
        ("<b>night</b> & day", "night", "&lt;b&gt;<mark>night</mark>&lt;/b&gt; &amp; day"),
        ("Trainer", "train of", "Trainer"),
        ("a mark", "mark", "a <mark>mark</mark>"),
        ("", "night", ""),
        ("night", "-night", "night"),
    ],
)  # fmt: skip
def test_words_are_marked(text, query, shown):
    assert marked(text, parse(query)) == shown


def test_the_piece_with_most_words_is_shown():
    text = f"A train. {'x ' * 300}The night train left. {'y ' * 300}Night."

    piece = snippet(text, parse("night train "))

    assert "The <mark>night</mark> <mark>train</mark> left." in piece
    assert piece.startswith("…x")
    assert piece.endswith("y…")
    assert len(piece) < 300


def test_no_word_no_piece():
    assert snippet("Some text", parse("other")) == ""
