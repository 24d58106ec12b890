"""Patterns find what Python's own matcher finds, and never take long."""

import random
import re
import time

import pytest

from blog.comments.patterns import LOOKED_AT, MAX_LENGTH, BadPattern, compile_pattern

PARTS = (
    r"a b [ab] [^a] . \w \d \s \W \b ^ $ (a|bc) (?:ab)+ (a+)+ a{2,3} b* (|a) x? c 1 (a*)* (?:a|b|ab){1,3}?"
).split()


def test_patterns_find_what_python_finds():
    chance = random.Random(3)
    for _time in range(1_500):
        text = "".join(chance.choice(PARTS) for _part in range(chance.randint(1, 5)))
        mine, its = compile_pattern(text), re.compile(text, re.IGNORECASE | re.MULTILINE)
        for _text in range(5):
            searched = "".join(chance.choice("aAbBc1 \n_") for _c in range(chance.randint(0, 9)))
            assert mine.search(searched) == bool(its.search(searched)), (text, searched)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * 9_000 + "b"),
        ("(x+x+)+y", "x" * 9_000),
        ("(a|aa)+$", "a" * 9_000 + "b"),
        (".*a.*b.*c.*d.*e.*f", "abcde" * 2_000),
        ("(?:[a-z]+ ?){1,30}!", "ab cd " * 1_700),
        ("([a-z0-9]+[.-]?)+@x", "a." * 5_000),
    ],
)
def test_patterns_that_blow_up_elsewhere_are_quick_here(pattern, text):
    compiled = compile_pattern(pattern)
    start = time.process_time()

    compiled.search(text)

    assert (
        time.process_time() - start < 1
    )  # a hundredth in truth; elsewhere longer than the universe


def test_only_the_beginning_of_a_long_text_is_looked_at():
    compiled = compile_pattern("needle")

    assert compiled.search("x" * (LOOKED_AT - 6) + "needle")
    assert not compiled.search("x" * LOOKED_AT + "needle")


@pytest.mark.parametrize(
    "pattern",
    ["(", "[", "a{2,1}", "(?=a)", "(?<!a)b", r"(a)\1", "a++", "(?>a)", "(?i:a)", "(?(1)a|b)"]
    + ["x" * (MAX_LENGTH + 1), "((a{20}){20}){20}"],
)
def test_what_cannot_be_used_is_refused_in_words(pattern):
    with pytest.raises(BadPattern, match=r"\.$"):
        compile_pattern(pattern)
