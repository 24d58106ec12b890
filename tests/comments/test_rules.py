"""What becomes of a comment: a table of facts against the rules, without a request."""

from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from blog.comments.languages import languages_of
from blog.comments.models import Comment, Rule
from blog.comments.rules import (
    STATUS_AFTER,
    Facts,
    Verdict,
    active_rules,
    decide,
    first_word,
)

APPROVED, PENDING = Comment.Status.APPROVED, Comment.Status.PENDING
SPAM, TRASH = Comment.Status.SPAM, Comment.Status.TRASH
Kind, Action = Rule.Kind, Rule.Action
DEFAULTS = import_module("blog.comments.migrations.0003_default_rules").RULES
GERMAN = "Das ist ein sehr schöner Artikel, und ich habe ihn mit der Familie gern gelesen."


def facts(body: str = "Hello", **values) -> Facts:
    texts = {"body": body, "name": "", "email": "", "website": "", "user_agent": ""}
    texts |= values.pop("texts", {})
    return Facts(**{"texts": texts, "is_known": True} | values)


def rule(kind: str, action: str = Action.HOLD, /, **fields) -> Rule:
    return Rule(**{"name": "A rule", "kind": kind, "action": action} | fields)


def defaults(**entries: str) -> list[Rule]:
    """Return the rules of a new site, with words put into those that have a list."""
    rules = [Rule(**values) for values in DEFAULTS if values.get("is_active", True)]
    for each in rules:
        each.entries = entries.get(each.action, "") if each.kind == Kind.WORDS else ""
    return rules


@pytest.mark.parametrize(
    ("given", "words", "status"),
    [
        (facts(), {}, APPROVED),
        # trusted people come before everything
        (facts("viagra", is_trusted=True, links=9, score=1), {"refuse": "viagra"}, APPROVED),
        (facts(is_trusted=True, is_trapped=True), {}, APPROVED),
        # the trap, before any rule
        (facts("viagra", is_trapped=True), {"refuse": "viagra"}, SPAM),
        # a disallowed word acts for known writers, too, and before everything that holds
        (facts("Buy VIAGRA now", links=9, score=1), {"refuse": "viagra"}, TRASH),
        # the score
        (facts(score=0.95), {}, SPAM),
        (facts(score=0.94), {}, PENDING),
        (facts(score=0.49), {}, APPROVED),
        # links, from two on
        (facts(links=2), {}, PENDING),
        (facts(links=1), {}, APPROVED),
        # words: any case, any field, inside words too
        (facts("a casinology"), {"hold": "\ncasino\n"}, PENDING),
        (facts(texts={"name": "Casino Royale"}), {"hold": "casino"}, PENDING),
        (facts(texts={"user_agent": "BadBot/1"}), {"hold": "badbot"}, PENDING),
        # writers nobody knows
        (facts(is_known=False), {}, PENDING),
    ],
)
def test_rules_of_a_new_site_decide_as_wordpress_does(given, words, status):
    assert decide(given, defaults(**words)).status == status


def test_first_rule_that_matches_decides():
    first, second = rule(Kind.KNOWN, Action.APPROVE), rule(Kind.EVERY, Action.SPAM)

    verdict = decide(facts(links=9), [first, second])

    assert (verdict.status, verdict.rule) == (APPROVED, first)


@pytest.mark.parametrize(
    ("asked", "given", "reason"),
    [
        (rule(Kind.EVERY), facts(), "Every comment is held."),
        (rule(Kind.LINKS, threshold=3), facts(links=3), "Has 3 links; the limit is 3."),
        (rule(Kind.LINKS, threshold=3), facts(links=2), None),
        (rule(Kind.WORDS, entries="press"), facts("WordPress"), None),
        (
            rule(Kind.WORDS, entries="press"),
            facts("Stop. Press!"),
            "Has a word of a list: “press”.",
        ),
        (
            rule(Kind.WORDS, entries="press", whole_words=False),
            facts("WordPress"),
            "Has a word of a list: “press”.",
        ),
        (rule(Kind.WORDS, entries="press", fields=["name"]), facts("press"), None),
        (
            rule(Kind.WORDS, Action.SPAM, entries="x\npress", fields=["name"]),
            facts(texts={"name": "The Press"}),
            "Has a disallowed word: “press”.",
        ),
        (rule(Kind.WORDS), facts(""), None),
        (
            rule(Kind.PATTERN, entries=r"\bche+ap\b.*\bpills\b"),
            facts("CHEEEAP blue Pills"),
            r"Fits the pattern “\bche+ap\b.*\bpills\b”.",
        ),
        (rule(Kind.PATTERN, entries="^pills"), facts("cheap pills"), None),
        (
            rule(Kind.NEWCOMER),
            facts(is_known=False),
            "The writer has no approved comment yet.",
        ),
        (rule(Kind.NEWCOMER), facts(), None),
        (rule(Kind.KNOWN), facts(), "The writer has an approved comment."),
        (rule(Kind.KNOWN), facts(is_known=False), None),
        (
            rule(Kind.OLD_ARTICLE, threshold=30),
            facts(article_days=45.9),
            "The article is 45 days old.",
        ),
        (rule(Kind.OLD_ARTICLE, threshold=30), facts(article_days=30), None),
        (
            rule(Kind.PACE, threshold=3),
            facts(seconds_taken=1.24),
            "Sent 1.2 seconds after the page.",
        ),
        (rule(Kind.PACE, threshold=3), facts(seconds_taken=3), None),
        (rule(Kind.PACE, threshold=3), facts(seconds_taken=None), None),
        (
            rule(Kind.NETWORK, threshold=5),
            facts(network_today=4),
            "Comment number 5 from its network within a day.",
        ),
        (rule(Kind.NETWORK, threshold=5), facts(network_today=3), None),
        (
            rule(Kind.LANGUAGE, entries="en\nfr"),
            facts(GERMAN),
            "Looks like another language: de.",
        ),
        (rule(Kind.LANGUAGE, entries="en de"), facts(GERMAN), None),
        (rule(Kind.LANGUAGE, entries="en"), facts("Ja!"), None),
        (rule(Kind.SCORE, threshold=0.5), facts(score=0.876), "Spam score 0.88."),
        (rule(Kind.SCORE, threshold=0.5), facts(score=0.4), None),
        (rule(Kind.SCORE, threshold=0.5), facts(score=None), None),
        (
            rule(Kind.SPAMMER, Action.DELETE),
            facts(is_spammer=True),
            "Its email, website or network is in the spam.",
        ),
        (rule(Kind.SPAMMER), facts(), None),
        (
            rule(Kind.COUNTRY, entries="de\nCH"),
            facts(country="FR"),
            "From another country: FR.",
        ),
        (rule(Kind.COUNTRY, entries="de\nCH"), facts(country="DE"), None),
        (rule(Kind.COUNTRY, entries="de\nCH"), facts(), None),
        (rule(Kind.PROVED), facts(is_proved=True), "The writer has proved the email."),
        (rule(Kind.PROVED), facts(), None),
        (
            rule(Kind.TRAP, Action.DELETE),
            facts(is_trapped=True),
            "Filled in a field that people do not see.",
        ),
        (rule(Kind.TRAP), facts(), None),
    ],
)
def test_rule_of_each_kind_says_what_it_found(asked, given, reason):
    verdict = decide(given, [asked])

    assert verdict == (
        Verdict(STATUS_AFTER[asked.action], reason, asked) if reason else Verdict(APPROVED)
    )


def test_moderators_own_reason_is_shown_instead():
    assert decide(facts(), [rule(Kind.EVERY, reason="We are away.")]).reason == "We are away."


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("c++", "I like C++ a lot", "c++"),
        ("c++", "abc++", ""),
        ("buy now", "Please buy now.", "buy now"),
        ("straße", "STRASSE 5", "strasse"),
        ("cat", "concatenate, then a cat", "cat"),
        ("$$$", "cheap$$$here", "$$$"),
        ("  \n \n", "anything", ""),
    ],
)
def test_whole_words_end_where_letters_and_digits_end(words, text, found):
    assert first_word(words, [text], whole_words=True) == found


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("I really liked this, it was the best of what you have written for us.", {"en"}),
        (GERMAN, {"de"}),
        ("C’est une très belle histoire, mais je ne suis pas sûr que vous ayez raison.", {"fr"}),
        ("Купить дешевые часы прямо сейчас на сайте", {"ru", "uk", "bg", "sr", "mk", "be"}),
        ("これはとても面白い記事でした。ありがとうございます。", {"ja"}),
        ("这是一个很好的网站欢迎大家来看看吧谢谢你们", {"zh", "ja"}),
        ("Thanks!", set()),
        ("https://example.org/der-die-das-und-ist-nicht Nice pictures there, Marta", set()),
    ],
)
def test_language_is_named_only_where_it_can_be_told(text, languages):
    assert languages_of(text) == languages


@pytest.mark.django_db
def test_new_site_has_the_rules_in_order_and_one_query_reads_them(django_assert_num_queries):
    with django_assert_num_queries(1):
        rules = active_rules()

    assert [(each.kind, each.action) for each in rules] == [
        ("words", "refuse"),
        ("score", "spam"),
        ("links", "hold"),
        ("words", "hold"),
        ("score", "hold"),
        ("newcomer", "hold"),
    ]


@pytest.mark.parametrize(
    ("kind", "entries", "error"),
    [
        (Kind.PATTERN, "fine\n(", "Line 2: This is no regular expression"),
        (Kind.PATTERN, r"(a)\1", "Line 1: Looking ahead or behind"),
        (Kind.PATTERN, "a*", "Line 1: It is found in every text."),
        (Kind.PATTERN, "a{999}", "Line 1: This pattern is too large"),
        (Kind.PATTERN, "a\n" * 51, "at most 50 patterns"),
        (Kind.LANGUAGE, "en\nklingon", "“klingon” is none of the languages"),
        (Kind.LANGUAGE, "", "Name the languages of your readers"),
    ],
)
def test_list_that_cannot_work_is_refused_when_the_rule_is_saved(kind, entries, error):
    with pytest.raises(ValidationError, match=error):
        rule(kind, entries=entries).clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [{"kind": Kind.LINKS}, {"kind": Kind.PACE, "threshold": 0}]
    + [{"kind": Kind.SCORE, "threshold": 1.5}],
)
def test_number_without_a_sensible_limit_is_refused_by_the_database(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.create(name="Wrong", **fields)
