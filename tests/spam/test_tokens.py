"""Tokens: the same word is the same token in any disguise, and no text is too long or too odd."""

import time
from itertools import product
from string import ascii_lowercase

import pytest

from blog.spam.sample import Sample
from blog.spam.tokens import MAX_LENGTH, MAX_TOKENS, evidence_of


def tokens(body: str, **fields: str) -> frozenset[str]:
    return evidence_of(Sample(body=body, **fields)).tokens


@pytest.mark.parametrize(
    "text",
    [
        "CASINO bonus",
        "ｃａｓｉｎｏ bonus",  # wide letters
        "𝐜𝐚𝐬𝐢𝐧𝐨 bonus",  # mathematical letters
        "cаsinо bonus",  # Cyrillic а and о
        "cas\u200bi\u00adno bonus",  # zero-width space, soft hyphen
        "ca\u202esino\u202c bonus",  # right-to-left override
        "c a s i n o  bonus",
        "c.a.s.i.n.o bonus",
        "cásïno bonus",
        "casinooooo bonus".replace("ooooo", "o"),
    ],
)
def test_word_is_the_same_token_in_any_disguise(text):
    assert {"w:casino", "w:bonus", "b:casino bonus"} <= tokens(text)


def test_disguise_is_a_token_itself():
    assert "x:disguised" in tokens("cаsinо bonus")
    assert "x:disguised" not in tokens("Казино и casino")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("see https://www.Shop.example/item?id=3.", "h:shop.example"),
        ("see shop.com/item", "h:shop.com"),
        ("see shop . com", "h:shop.com"),
        ("see shop[dot]com", "h:shop.com"),
        ("see www.shop.pizza", "h:shop.pizza"),
    ],
)
def test_address_is_found_however_it_is_written(text, host):
    found = tokens(text)

    assert {host, "w:<url>", "x:links1"} <= found


@pytest.mark.parametrize(
    "text", ["The end.Then more", "mail me@shop.com", "version 3.5", "e.g. this"]
)
def test_other_dots_are_no_links(text):
    assert "x:links0" in tokens(text)


def test_link_to_the_own_site_is_no_link():
    sample = Sample(body="As in https://blog.example.org/other/ here", own_host="blog.example.org")

    assert "x:links0" in evidence_of(sample).tokens
    assert "h:blog.example.org" not in evidence_of(sample).tokens


def test_fields_of_the_writer_have_prefixes_of_their_own():
    found = tokens(
        "Hello", name="Cheap Pills", email="a@Pills.example", website="https://www.pills.example/x"
    )

    assert {"n:cheap", "n:pills", "e:pills.example", "s:pills.example"} <= found
    assert "w:pills" not in found
    assert not any("a@" in token for token in found)  # the address itself is nobody's token


def test_tokens_of_a_long_text_are_few_and_short():
    some = ["".join(word) + "xy" * 100 for word in product(ascii_lowercase, repeat=3)]
    many = ["".join(word) for word in product(ascii_lowercase, repeat=3)]
    body = " ".join([*some[:10], *many]) + " https://late.example/offer"

    evidence = evidence_of(Sample(body=body))

    assert len(evidence.tokens) == MAX_TOKENS
    assert max(map(len, evidence.counted)) <= MAX_LENGTH
    assert "h:late.example" in evidence.tokens


@pytest.mark.parametrize(
    "piece",
    [
        "a.",
        "a ",
        "a-",
        "www.",
        "http://",
        "a.com/",
        "a[dot]",
        "!",
        "\u0301",
        "\u202e",
        "[(",
        "1.1:",
        "ſ",
    ],
)
def test_odd_texts_are_read_in_no_time(piece):
    body = (piece * 65_525)[:65_525]
    begun = time.perf_counter()

    evidence_of(Sample(body=body, name=body[:245]))

    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize("body", ["", " ", "\u200b", "🙂", "\x00", "\ud800", "..."])
def test_text_without_words_has_a_shape(body):
    assert any(token.startswith("x:length") for token in tokens(body))
