"""What the site finds out about a comment, and what its rules make of that. Reads only, without a lock.

Ask before a thread is locked: others wait for that lock, and nothing here has to be of the very moment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from blog.comments.following import has_confirmed
from blog.comments.models import Comment, Rule
from blog.comments.rendering import count_links
from blog.comments.rules import Facts, Verdict, active_rules, asks_for, decide
from blog.comments.spam_signals import sample_of, score_comment
from blog.comments.writers import Writer, may_moderate
from blog.prepared import Prepared

if TYPE_CHECKING:
    from datetime import datetime

    from blog.articles.models import Article
    from blog.spam.sample import Score

NETWORK_WINDOW = timedelta(days=1)
SPAM_MARKS = ("email", "website", "network_hash")


@dataclass(frozen=True)
class Judgement:
    """The rules' verdict, and the score it rests on; no score where nobody asked for one."""

    verdict: Verdict
    score: Score | None = None


def judge(
    *,
    article: Article,
    writer: Writer,
    body: str,
    is_trusted: bool = False,
    is_trapped: bool = False,
    seconds_taken: float | None = None,
    again: Comment | None = None,
) -> Judgement:
    """Return what becomes of a comment. The rules cost one query, the facts one each where asked for.

    *again* is the comment itself where it was stored before: it does not vouch for its own writer, and is
    not taken for a copy of itself.
    """
    if is_trusted:
        return Judgement(decide(Facts(is_trusted=True), []))
    rules = active_rules()
    sample = sample_of(
        body=body,
        name=writer.name,
        email=writer.email,
        website=writer.website,
        user_agent=writer.user_agent,
        network_hash=writer.network_hash,
        seconds_taken=seconds_taken,
        is_trapped=is_trapped,
    )
    if again:
        sample = replace(sample, copies=max(0, sample.copies - 1))
    score = score_comment(sample)
    asks_for_known = asks_for(rules, Rule.Kind.NEWCOMER) or asks_for(rules, Rule.Kind.KNOWN)
    asks_for_network = asks_for(rules, Rule.Kind.NETWORK)
    facts = Facts(
        texts=texts_of(body, writer),
        links=count_links(body),
        is_known=asks_for_known and is_known(writer, again),
        is_proved=asks_for(rules, Rule.Kind.PROVED) and is_proved(writer),
        country=writer.country,
        is_trapped=is_trapped,
        article_days=days_between(article.publish_at, timezone.now()),
        seconds_taken=seconds_taken,
        network_today=_network_today(writer, again) if asks_for_network else 0,
        is_spammer=asks_for(rules, Rule.Kind.SPAMMER) and is_in_spam(writer),
        score=score.value,
    )
    return Judgement(decide(facts, rules), score)


def judge_again(*, comment: Comment) -> Verdict:
    """Return what the rules say to a changed comment, as if it came now."""
    writer = writer_of(comment)
    return judge(
        article=comment.article,
        writer=writer,
        body=comment.body,
        is_trusted=may_moderate(comment.user, comment.article),
        seconds_taken=comment.seconds_taken,
        again=comment,
    ).verdict


def writer_of(comment: Comment) -> Writer:
    """Return who wrote a stored comment."""
    return Writer(
        user=comment.user,
        visitor=comment.visitor,
        name=comment.name,
        email=comment.email,
        website=comment.website,
        network_hash=comment.network_hash,
        user_agent=comment.user_agent,
    )


def texts_of(body: str, writer: Writer | Comment) -> dict[str, str]:
    """Return the texts in which rules look for words and patterns."""
    return {
        Rule.Field.BODY: body,
        Rule.Field.NAME: writer.name,
        Rule.Field.EMAIL: writer.email,
        Rule.Field.WEBSITE: writer.website,
        Rule.Field.USER_AGENT: writer.user_agent,
    }


def days_between(published: datetime | None, written: datetime) -> float:
    """Return the age of an article in days; 0 where it was not out yet."""
    return max(0.0, (written - published) / timedelta(days=1)) if published else 0.0


_names_known = Prepared(
    lambda email: Comment.objects.approved().filter(email=email).values_list("name").distinct()
)
_approved_of_user = Prepared(
    lambda user: Comment.objects.approved().filter(user=user).values_list("pk")[:1]
)


def is_known(writer: Writer, but: Comment | None = None) -> bool:
    """Say whether there is an approved comment of the same user, or of the same name and email."""
    if not writer.user and not (writer.email and writer.name):
        return False
    if but:
        same = Q(user=writer.user) if writer.user else Q(name=writer.name, email=writer.email)
        return Comment.objects.approved().filter(same).exclude(pk=but.pk).exists()
    if writer.user:
        return bool(_approved_of_user(user=writer.user.pk))
    name = writer.name.casefold()
    return any(known.casefold() == name for (known,) in _names_known(email=writer.email))


def is_proved(writer: Writer) -> bool:
    """Say whether the address is surely the writer's: of an account, or confirmed by mail in this browser."""
    return writer.user is not None or has_confirmed(writer.email, writer.visitor)


def is_in_spam(writer: Writer) -> bool:
    """Say whether something of the same email, website or network is in the spam."""
    marks = {name: getattr(writer, name) for name in SPAM_MARKS}
    same = reduce(or_, (Q(**{name: mark}) for name, mark in marks.items() if mark), Q(pk=None))
    return Comment.objects.filter(same, status=Comment.Status.SPAM).exists()


def _network_today(writer: Writer, but: Comment | None) -> int:
    if not writer.network_hash:
        return 0
    since = timezone.now() - NETWORK_WINDOW
    others = Comment.objects.filter(network_hash=writer.network_hash, created_at__gt=since)
    return (others.exclude(pk=but.pk) if but else others).count()
