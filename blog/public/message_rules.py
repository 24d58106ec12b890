"""What the moderators' rules say to a message: made for comments, they hold for the contact form, too.

Each message is read by a person, so "hold" and "approve" are the same here: it is no spam. What the rules
would put into the trash or delete is spam here, where a person can still find it: who wrote the rule meant
comments, and a message has no other copy. Rules that do not look at what was sent are not asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.utils import timezone

from blog.comments.judging import NETWORK_WINDOW, is_in_spam, is_known, is_proved, texts_of
from blog.comments.models import Comment, Rule
from blog.comments.rendering import count_links
from blog.comments.rules import Facts, active_rules, asks_for, decide
from blog.pages.messages import score_message
from blog.pages.models import Message

if TYPE_CHECKING:
    from blog.comments.writers import Writer
    from blog.public.contact import ContactForm

_SPAM = (Comment.Status.SPAM, Comment.Status.TRASH)
_OF_ARTICLES = (Rule.Kind.EVERY, Rule.Kind.OLD_ARTICLE)


class Judged(NamedTuple):
    """What becomes of a message."""

    score: float
    is_spam: bool
    reason: str


def judge_message(form: ContactForm, writer: Writer) -> Judged:
    """Return what becomes of the message in a valid form. At most seven queries, and none is a lock."""
    rules = [rule for rule in active_rules() if rule.kind not in _OF_ARTICLES]
    subject, body = form.cleaned_data["subject"], form.cleaned_data["body"]
    score = score_message(
        name=writer.name,
        email=writer.email,
        subject=subject,
        body=body,
        is_trapped=form.is_trapped,
        seconds_taken=form.seconds_taken,
    ).value
    asks_for_known = asks_for(rules, Rule.Kind.NEWCOMER) or asks_for(rules, Rule.Kind.KNOWN)
    text = f"{subject}\n{body}"
    facts = Facts(
        texts=texts_of(text, writer),
        links=count_links(text),
        is_known=asks_for_known and is_known(writer),
        is_proved=asks_for(rules, Rule.Kind.PROVED) and is_proved(writer),
        country=writer.country,
        is_trapped=form.is_trapped,
        seconds_taken=form.seconds_taken,
        is_spammer=asks_for(rules, Rule.Kind.SPAMMER)
        and (is_in_spam(writer) or _has_written_spam(writer)),
        network_today=_network_today(writer) if asks_for(rules, Rule.Kind.NETWORK) else 0,
        score=score,
    )
    verdict = decide(facts, rules)
    return Judged(score, verdict.status in _SPAM, verdict.reason)


def _has_written_spam(writer: Writer) -> bool:
    same = Q(email=writer.email)
    if writer.network_hash:
        same |= Q(network_hash=writer.network_hash)
    return Message.objects.filter(same, status=Message.Status.SPAM).exists()


def _network_today(writer: Writer) -> int:
    if not writer.network_hash:
        return 0
    since = timezone.now() - NETWORK_WINDOW
    return Message.objects.filter(network_hash=writer.network_hash, created_at__gt=since).count()
