"""What becomes of a new comment: WordPress's decisions in WordPress's order (FEATURES, M3).

Pure functions: the facts come in, the verdict comes out. The rows and the limits are in SiteSettings.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.comments.models import Comment
from blog.site.models import SiteSettings


@dataclass(frozen=True)
class Facts:
    """What the rules look at. `texts`: body, name, email, website and browser, as typed."""

    texts: tuple[str, ...]
    links: int
    is_trusted: bool  # an author of the article or a moderator
    is_known: bool  # has an approved comment already: the same user, or the same name and email
    is_trapped: bool = False  # filled in the field that people do not see


@dataclass(frozen=True)
class Verdict:
    """The status a comment starts with, and the reason a moderator reads."""

    status: str
    reason: str = ""


def decide(facts: Facts, site: SiteSettings) -> Verdict:
    """Return the verdict. The order is WordPress's; a disallowed word counts even for a known writer."""
    if facts.is_trusted:
        return Verdict(Comment.Status.APPROVED)
    if facts.is_trapped:
        return Verdict(Comment.Status.SPAM, _("Filled in a field that people do not see."))
    if word := first_word(site.refuse_words, facts.texts):
        return Verdict(
            Comment.Status.TRASH, _("Has a disallowed word: “%(word)s”.") % {"word": word}
        )
    if reason := _reason_to_hold(facts, site):
        return Verdict(Comment.Status.PENDING, reason)
    return Verdict(Comment.Status.APPROVED)


def _reason_to_hold(facts: Facts, site: SiteSettings) -> str:
    if site.hold_every_comment:
        return _("Every comment is held.")
    if site.hold_from_links and facts.links >= site.hold_from_links:
        text = ngettext(
            "Has %(links)s link; comments are held from %(limit)s.",
            "Has %(links)s links; comments are held from %(limit)s.",
            facts.links,
        )
        return text % {"links": facts.links, "limit": site.hold_from_links}
    if word := first_word(site.hold_words, facts.texts):
        return _("Has a word that holds it: “%(word)s”.") % {"word": word}
    if site.hold_unknown_writers and not facts.is_known:
        return _("The writer has no approved comment yet.")
    return ""


def first_word(words: str, texts: tuple[Any, ...]) -> str:
    """Return the first listed word found in a text, or "". One per line, any case, inside words too.

    As in WordPress: a line of a list that somebody brings along means here what it meant there. It is
    shortened, since it becomes part of the reason.
    """
    haystack = "\n".join(texts).casefold()
    for line in words.splitlines():
        if (word := line.strip()) and word.casefold() in haystack:
            return Truncator(word).chars(100)
    return ""
