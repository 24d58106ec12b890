"""What becomes of a new comment: the moderators' rules, asked one after the other. The first yes decides.

Pure functions: rows and facts come in, the verdict comes out. The rows a site begins with are WordPress's
decisions in WordPress's order (FEATURES, M3; migrations/0003_default_rules.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.comments.languages import languages_of
from blog.comments.models import Comment, Rule
from blog.comments.patterns import BadPattern, compile_pattern
from blog.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STATUS_AFTER: dict[str, str] = {
    Rule.Action.APPROVE: Comment.Status.APPROVED,
    Rule.Action.HOLD: Comment.Status.PENDING,
    Rule.Action.SPAM: Comment.Status.SPAM,
    Rule.Action.REFUSE: Comment.Status.TRASH,
    Rule.Action.DELETE: Comment.Status.SPAM,  # before it is gone, and to a comment that was there
}
_TRAPPED = gettext_lazy("Filled in a field that people do not see.")
active_rules = Prepared(Rule.objects.active, keeps=True)


@dataclass(frozen=True)
class Facts:
    """What the rules look at. None is what nobody knows: it is never held against a writer."""

    texts: dict[str, str] = field(default_factory=dict)  # by Rule.Field, as typed
    links: int = 0
    is_trusted: bool = False  # an author of the article or a moderator
    is_known: bool = False  # has an approved comment: the same user, or the same name and email
    is_proved: bool = False  # an account, or an email that this browser has confirmed
    country: str = ""
    is_trapped: bool = False  # filled in the field that people do not see
    article_days: float = 0  # since it was published
    seconds_taken: float | None = None  # from page to post
    is_spammer: bool = False  # the email, the website or the network has a comment in the spam
    network_today: int = 0  # earlier comments from its network within a day
    score: float | None = None  # 0 honest, 1 spam


@dataclass(frozen=True)
class Verdict:
    """The status a comment starts with, the reason a moderator reads, and the rule that said so."""

    status: str
    reason: str = ""
    rule: Rule | None = None

    @property
    def is_deletion(self) -> bool:
        """Say whether nothing of a new comment is to be kept."""
        return self.rule is not None and self.rule.action == Rule.Action.DELETE


def decide(facts: Facts, rules: Iterable[Rule]) -> Verdict:
    """Return the verdict: trusted people and the trap come before any rule, approval after the last.

    Of what is in the trap only the rules about the trap are asked.
    """
    if facts.is_trusted:
        return Verdict(Comment.Status.APPROVED)
    if facts.is_trapped:
        trap = next((rule for rule in rules if rule.kind == Rule.Kind.TRAP), None)
        status = STATUS_AFTER[trap.action] if trap else Comment.Status.SPAM
        return Verdict(status, (trap and trap.reason) or str(_TRAPPED), trap)
    for rule in rules:
        if found := matches(rule, facts):
            return Verdict(STATUS_AFTER[rule.action], rule.reason or found, rule)
    return Verdict(Comment.Status.APPROVED)


def matches(rule: Rule, facts: Facts) -> str:
    """Return what the rule has found, in a sentence for the moderator, or "" for nothing."""
    return _QUESTIONS[rule.kind](rule, facts)


def asks_for(rules: Iterable[Rule], kind: str) -> bool:
    """Say whether any of the rules is of this kind: some facts cost a query."""
    return any(rule.kind == kind for rule in rules)


def first_word(entries: str, texts: Iterable[str], *, whole_words: bool = False) -> str:
    """Return the first listed word found in a text, or "". One per line, in any case.

    Inside other words, too, unless whole ones are asked for: in WordPress a listed word means that. It is
    shortened, since it becomes part of a reason.
    """
    haystack = "\n".join(texts).casefold()
    for word in _words(entries):
        if word in haystack and (not whole_words or _stands_alone(word, haystack)):
            return Truncator(word).chars(100)
    return ""


@lru_cache(maxsize=64)
def _words(entries: str) -> tuple[str, ...]:
    """Return the listed words; lists of thousands are shared between blogs and asked for each comment."""
    return tuple(word for line in entries.splitlines() if (word := line.strip().casefold()))


def _stands_alone(word: str, text: str) -> bool:
    """Say whether a word that is in the text is there without letters or digits at either end."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (
            _is_glued(text[start - 1 : start], word[0]) or _is_glued(word[-1], text[end : end + 1])
        ):
            return True
        start = text.find(word, start + 1)
    return False


def _is_glued(before: str, after: str) -> bool:
    return before.isalnum() and after.isalnum()


# One question for each kind of rule: what was found, or "".


def _every(rule: Rule, facts: Facts) -> str:
    return _("Every comment is held.") if rule.action == Rule.Action.HOLD else rule.name


def _links(rule: Rule, facts: Facts) -> str:
    if facts.links < _limit(rule):
        return ""
    text = ngettext(
        "Has %(links)s link; the limit is %(limit)g.",
        "Has %(links)s links; the limit is %(limit)g.",
        facts.links,
    )
    return text % {"links": facts.links, "limit": _limit(rule)}


def _listed_word(rule: Rule, facts: Facts) -> str:
    word = first_word(rule.entries, _looked_at(rule, facts), whole_words=rule.whole_words)
    if not word:
        return ""
    text = (
        _("Has a disallowed word: “%(word)s”.")
        if rule.action in (Rule.Action.REFUSE, Rule.Action.SPAM, Rule.Action.DELETE)
        else _("Has a word of a list: “%(word)s”.")
    )
    return text % {"word": word}


def _pattern(rule: Rule, facts: Facts) -> str:
    texts = _looked_at(rule, facts)
    for line in rule.lines:
        try:
            pattern = compile_pattern(line)
        except BadPattern:
            # It came by another way than the form: a bad rule must not stop comments.
            continue
        if any(pattern.search(text) for text in texts):
            return _("Fits the pattern “%(pattern)s”.") % {"pattern": Truncator(line).chars(100)}
    return ""


def _newcomer(rule: Rule, facts: Facts) -> str:
    return "" if facts.is_known else _("The writer has no approved comment yet.")


def _known(rule: Rule, facts: Facts) -> str:
    return _("The writer has an approved comment.") if facts.is_known else ""


def _old_article(rule: Rule, facts: Facts) -> str:
    if facts.article_days <= _limit(rule):
        return ""
    days = int(facts.article_days)
    text = ngettext("The article is %(days)s day old.", "The article is %(days)s days old.", days)
    return text % {"days": days}


def _pace(rule: Rule, facts: Facts) -> str:
    if facts.seconds_taken is None or facts.seconds_taken >= _limit(rule):
        return ""
    return _("Sent %(seconds).1f seconds after the page.") % {"seconds": facts.seconds_taken}


def _network(rule: Rule, facts: Facts) -> str:
    count = facts.network_today + 1  # with this one
    if count < _limit(rule):
        return ""
    return _("Comment number %(count)s from its network within a day.") % {"count": count}


def _language(rule: Rule, facts: Facts) -> str:
    found = languages_of(facts.texts.get(Rule.Field.BODY, ""))
    if not found or found & set(rule.entries.lower().split()):
        return ""
    return _("Looks like another language: %(codes)s.") % {"codes": ", ".join(sorted(found))}


def _score(rule: Rule, facts: Facts) -> str:
    if facts.score is None or facts.score < _limit(rule):
        return ""
    return _("Spam score %(score).2f.") % {"score": facts.score}


def _country(rule: Rule, facts: Facts) -> str:
    if not facts.country or facts.country in rule.entries.upper().split():
        return ""
    return _("From another country: %(code)s.") % {"code": facts.country}


def _proved(rule: Rule, facts: Facts) -> str:
    return _("The writer has proved the email.") if facts.is_proved else ""


def _spammer(rule: Rule, facts: Facts) -> str:
    return _("Its email, website or network is in the spam.") if facts.is_spammer else ""


def _trap(rule: Rule, facts: Facts) -> str:
    return str(_TRAPPED) if facts.is_trapped else ""


def _limit(rule: Rule) -> float:
    return float("inf") if rule.threshold is None else rule.threshold


def _looked_at(rule: Rule, facts: Facts) -> list[str]:
    """Return the texts of the chosen fields; none chosen is all."""
    return [text for name, text in facts.texts.items() if not rule.fields or name in rule.fields]


_QUESTIONS: dict[str, Callable[[Rule, Facts], str]] = {
    Rule.Kind.EVERY: _every,
    Rule.Kind.LINKS: _links,
    Rule.Kind.WORDS: _listed_word,
    Rule.Kind.PATTERN: _pattern,
    Rule.Kind.NEWCOMER: _newcomer,
    Rule.Kind.KNOWN: _known,
    Rule.Kind.OLD_ARTICLE: _old_article,
    Rule.Kind.PACE: _pace,
    Rule.Kind.NETWORK: _network,
    Rule.Kind.LANGUAGE: _language,
    Rule.Kind.SCORE: _score,
    Rule.Kind.COUNTRY: _country,
    Rule.Kind.PROVED: _proved,
    Rule.Kind.SPAMMER: _spammer,
    Rule.Kind.TRAP: _trap,
}
