"""What becomes of a new comment, in WordPress's order."""

import pytest

from blog.comments.models import Comment
from blog.comments.rules import Facts, Verdict, decide, first_word
from blog.site.models import SiteSettings

APPROVED, PENDING = Comment.Status.APPROVED, Comment.Status.PENDING
SPAM, TRASH = Comment.Status.SPAM, Comment.Status.TRASH


def facts(text="Hello.", **fields):
    return Facts(
        **{
            "texts": (text, "Marta", "m@example.org"),
            "links": 0,
            "is_trusted": False,
            "is_known": True,
        }
        | fields
    )


@pytest.mark.parametrize(
    ("given", "settings", "status"),
    [
        # 1. The article's author or a moderator, whatever else is true.
        (facts("viagra", is_trusted=True, links=9), {"refuse_words": "viagra"}, APPROVED),
        (facts(is_trusted=True), {"hold_every_comment": True}, APPROVED),
        # Ours: what only a machine fills in.
        (facts(is_trapped=True), {}, SPAM),
        # 6. Disallowed words count even for a known writer.
        (facts("Buy VIAGRA now"), {"refuse_words": "viagra"}, TRASH),
        # 2. Every comment is held.
        (facts(), {"hold_every_comment": True}, PENDING),
        # 3. Links.
        (facts(links=2), {"hold_from_links": 2}, PENDING),
        (facts(links=1), {"hold_from_links": 2}, APPROVED),
        (facts(links=99), {"hold_from_links": 0}, APPROVED),
        # 4. Words, in any field, inside words too.
        (facts("a casinology"), {"hold_words": "\ncasino\n"}, PENDING),
        (facts("fine", texts=("fine", "Casino Royale")), {"hold_words": "casino"}, PENDING),
        # 5. Known writers.
        (facts(is_known=False), {"hold_unknown_writers": True}, PENDING),
        (facts(is_known=False), {"hold_unknown_writers": False}, APPROVED),
        (facts(), {}, APPROVED),
    ],
)
def test_decision(given, settings, status):
    verdict = decide(given, SiteSettings(**settings))

    assert verdict.status == status
    assert bool(verdict.reason) == (status != APPROVED)


def test_reason_says_what_a_moderator_needs_to_know():
    verdict = decide(facts(links=3), SiteSettings(hold_from_links=2))

    assert verdict == Verdict(PENDING, "Has 3 links; comments are held from 2.")


def test_empty_lines_are_no_words():
    assert first_word("\n  \n", ("anything",)) == ""
