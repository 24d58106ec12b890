"""Words in comments: found by how they begin, on either database, whatever is typed."""

import json
from pathlib import Path

import pytest

from blog.comments.models import Comment
from blog.comments.searching import matching, words_of
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db
HOSTILE = Path(__file__).resolve().parents[3] / "shared/data/hostile"


def found(text):
    return set(Comment.objects.filter(matching(text)))


@pytest.fixture
def comment():
    return make_comment(
        article=make_article(title="The Bridge Keeper"),
        body="Déjà vu: a *timetable* from 1987.",
        name="Lena Osei",
        email="lena.osei@mail.example",
        website="https://diplomas.example/offer",
    )


@pytest.mark.parametrize(
    "text",
    [
        "timetable", "TIMETABLE", "time", "vu 1987", "lena", "osei@mail.example", "mail.example",
        "diplomas.example", "https://diplomas.example/offer", "bridge keeper", "lena time",
    ],
)  # fmt: skip
def test_comment_is_found_by_the_words_of_all_it_has(comment, text):
    make_comment(body="Something else.")

    assert found(text) == {comment}


@pytest.mark.parametrize("text", ["table", "lena nobody", "bridge lena", "!!!", "_", "\x00", "%"])
def test_comment_is_not_found_by_what_it_lacks(comment, text):
    assert found(text) == set()


def test_search_follows_edits_and_deletions(comment):
    comment.body = "A new word: aubergine."
    comment.save(update_fields=["body"])

    assert (found("timetable"), found("aubergine")) == (set(), {comment})

    comment.delete()
    assert found("aubergine") == set()


@pytest.mark.parametrize(
    "text",
    [
        "'", '"', "a' OR 1=1 --", 'body: "a', "NEAR(a b)", "a*", "a AND", "NOT", "-", "^a", "{body}: a",
        "a:*", "a & b | !c <-> d", "\\", "'':*", "(", "\ud800", "²", "\u202e", "हिन्दी", "𝓁𝑒𝓃𝒶",
        "a" * 3000, "a " * 3000,
    ],
)  # fmt: skip
def test_what_is_typed_is_never_syntax(comment, text):
    assert found(text) in (set(), {comment})


def test_naughty_strings_can_be_searched_for(comment):
    if not HOSTILE.is_dir():
        pytest.skip("The hostile strings of ../shared/data are not here.")

    for text in json.loads((HOSTILE / "naughty-strings.json").read_text()):
        found(text)


def test_only_the_first_words_count():
    assert len(words_of("word " * 50)) == 10
