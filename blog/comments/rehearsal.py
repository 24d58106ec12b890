"""Rules against what moderators decided: tried out before they are saved, and followed up afterwards."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.articles.models import Byline
from blog.comments.judging import NETWORK_WINDOW, SPAM_MARKS, days_between, texts_of
from blog.comments.models import Comment, Decision, Rule, Subscription
from blog.comments.notices import moderators
from blog.comments.rendering import count_links
from blog.comments.rules import Facts, asks_for, decide, matches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

LAST = 1_000  # comments that a rule is tried on
SHOWN = 50  # of those it would have decided about
Status, Kind, Action = Comment.Status, Rule.Kind, Rule.Action
BINNED = (Status.SPAM, Status.TRASH)
_FIELDS = (
    "article__slug", "article__title", "article__publish_at", "body", "name", "email", "website",
    "user_agent", "user_id", "visitor", "network_hash", "created_at", "seconds_taken", "score",
    "signals", "status",
)  # fmt: skip


_SENTENCES = {
    Action.HOLD: gettext_lazy(
        "Of your last %(all)s it would have held %(decided)s, of which you approved %(other)s."
    ),
    Action.SPAM: gettext_lazy(
        "Of your last %(all)s it would have marked %(decided)s as spam, of which you approved %(other)s."
    ),
    Action.REFUSE: gettext_lazy(
        "Of your last %(all)s it would have put %(decided)s into the trash, of which you approved %(other)s."
    ),
    Action.DELETE: gettext_lazy(
        "Of your last %(all)s it would have deleted %(decided)s, of which you approved %(other)s."
    ),
    Action.APPROVE: gettext_lazy(
        "Of your last %(all)s it would have approved %(decided)s, of which you binned %(other)s."
    ),
}


@dataclass(frozen=True)
class Rehearsal:
    """What a rule would have done. Of the comments it decided about, the surprising ones come first."""

    action: str
    looked_at: int
    decided: list[Comment]
    surprises: int  # approved in spite of it, or binned
    forestalled: int  # fit, but a rule before it decides
    unknown: int  # what the rule asks for is not known of them

    @property
    def shown(self) -> list[Comment]:
        return self.decided[:SHOWN]

    @property
    def sentence(self) -> str:
        """Say “Of your last 1,000 comments it would have held 41, of which you approved 3.”."""
        if not self.looked_at:
            return _("There are no comments of readers yet to try this rule on.")
        comments = ngettext("%(count)s comment", "%(count)s comments", self.looked_at)
        words = {
            "all": comments % {"count": _number(self.looked_at)},
            "decided": _number(len(self.decided)),
            "other": _number(self.surprises),
        }
        if not self.decided:
            return _("Of your last %(all)s it would have decided about none.") % words
        return str(_SENTENCES[Action(self.action)]) % words


def rehearse(rule: Rule) -> Rehearsal:
    """Ask the rules again about the last comments, with *rule* in its place, in force or not, saved or not.

    What authors and moderators wrote is left out: no rule is asked about it. At most eight queries. The
    facts are those of the time as far as they were kept: browsers and networks are forgotten after some
    weeks, scores and times are not known of comments that came another way.
    """
    comments = _last_comments()
    others = [each for each in Rule.objects.active() if each.pk != rule.pk]
    rules = sorted([*others, rule], key=lambda each: (each.position, each.pk or inf))
    decided: list[Comment] = []
    forestalled = unknown = 0
    for comment, facts in _with_facts(comments, rules):
        unknown += _is_unknown(rule, comment)
        if not matches(rule, facts):
            continue
        if decide(facts, rules).rule is rule:
            decided.append(comment)
        else:
            forestalled += 1
    decided.sort(key=lambda comment: not _is_surprise(rule.action, comment))
    return Rehearsal(
        action=rule.action,
        looked_at=len(comments),
        decided=decided,
        surprises=sum(_is_surprise(rule.action, comment) for comment in decided),
        forestalled=forestalled,
        unknown=unknown,
    )


@dataclass(frozen=True)
class Agreement:
    """How a rule fared: of the comments it decided about, moderators decided about `judged` themselves."""

    decided: int
    judged: int
    agreed: int

    @property
    def share(self) -> float | None:
        """Of 100 that were judged, so many as the rule had it; None before the first."""
        return 100 * self.agreed / self.judged if self.judged else None


def agreement_of(rules: Iterable[Rule]) -> dict[int, Agreement]:
    """Return how often moderators agreed with each rule, by primary key, in one query.

    Who approves what a rule held, marked or binned disagrees with it; who bins or holds what it approved
    does, too. What nobody has looked at since counts neither way.
    """
    judged = Decision.objects.filter(comment=OuterRef("pk"), actor__isnull=False).exclude(
        Q(from_status=F("to_status")) | Q(from_status="") | Q(via="ban")
    )
    is_judged = Q(is_judged=True)
    rows = (
        Comment.objects.filter(rule__isnull=False)
        .order_by()
        .annotate(is_judged=Exists(judged))
        .values("rule")
        .annotate(
            decided=Count("pk"),
            judged=Count("pk", filter=is_judged),
            approved=Count("pk", filter=is_judged & Q(status=Status.APPROVED)),
        )
    )
    found = {row["rule"]: row for row in rows}
    result = {}
    for rule in rules:
        if row := found.get(rule.pk):
            approved = row["approved"]
            agreed = approved if rule.action == Action.APPROVE else row["judged"] - approved
            result[rule.pk] = Agreement(row["decided"], row["judged"], agreed)
    return result


def _last_comments() -> list[Comment]:
    """Return what readers wrote last, newest first."""
    by_author = Byline.objects.filter(article=OuterRef("article"), author__user=OuterRef("user"))
    return list(
        Comment.objects.exclude(status=Status.REMOVED)
        .exclude(user__in=moderators())
        .exclude(Exists(by_author))
        .select_related("article")
        .only(*_FIELDS)
        .order_by("-created_at", "-pk")[:LAST]
    )


def _with_facts(comments: list[Comment], rules: list[Rule]) -> Iterable[tuple[Comment, Facts]]:
    """Yield each comment with what the rules would have known of it when it came."""
    asks_for_writers = asks_for(rules, Kind.NEWCOMER) or asks_for(rules, Kind.KNOWN)
    first_approved = _first_approvals(comments) if asks_for_writers else {}
    of_network = _times_by_network(comments) if asks_for(rules, Kind.NETWORK) else {}
    proved = _first_proofs(comments) if asks_for(rules, Kind.PROVED) else {}
    first_spam = _first_spam(comments) if asks_for(rules, Kind.SPAMMER) else {}
    for comment in comments:
        since = first_approved.get(_writer_key(comment.user_id, comment.name, comment.email))
        times = of_network.get(comment.network_hash, [])
        yield (
            comment,
            Facts(
                texts=texts_of(comment.body, comment),
                links=count_links(comment.body),
                is_known=since is not None and since < comment.created_at,
                is_proved=comment.user_id is not None
                or proved.get((comment.email, comment.visitor), comment.created_at)
                < comment.created_at,
                is_trapped=["trap"] in comment.signals,
                article_days=days_between(comment.article.publish_at, comment.created_at),
                seconds_taken=comment.seconds_taken,
                network_today=bisect_left(times, comment.created_at)
                - bisect_left(times, comment.created_at - NETWORK_WINDOW),
                is_spammer=any(
                    first_spam[mark] < comment.created_at
                    for mark in _marks_of(comment)
                    if mark in first_spam
                ),
                score=comment.score,
            ),
        )


def _first_approvals(comments: list[Comment]) -> dict[tuple[object, ...], datetime]:
    """Return since when each of the writers has an approved comment, in two queries."""
    approved = Comment.objects.approved().order_by()
    first = Min(Coalesce("approved_at", "created_at"))
    users = {comment.user_id for comment in comments} - {None}
    emails = {comment.email for comment in comments if not comment.user_id} - {""}
    found: dict[tuple[object, ...], datetime] = {}
    rows = approved.filter(user__in=users).values_list("user").annotate(first=first)
    for user, at in rows:
        found[_writer_key(user, "", "")] = at
    by_name = approved.filter(email__in=emails).exclude(name="").values_list("name", "email")
    for name, email, at in by_name.annotate(first=first):
        key = _writer_key(None, name, email)
        found[key] = min(at, found.get(key, at))
    return found


def _writer_key(user: int | None, name: str, email: str) -> tuple[object, ...]:
    return (user,) if user else (name.casefold(), email)


def _times_by_network(comments: list[Comment]) -> dict[str, list[datetime]]:
    """Return when comments came from each of the networks, oldest first."""
    times: dict[str, list[datetime]] = {}
    networks = {comment.network_hash for comment in comments} - {""}
    if not networks:
        return times
    since = min(comment.created_at for comment in comments) - NETWORK_WINDOW
    rows = Comment.objects.filter(network_hash__in=networks, created_at__gt=since)
    for network, at in rows.order_by("created_at").values_list("network_hash", "created_at"):
        times.setdefault(network, []).append(at)
    return times


def _first_proofs(comments: list[Comment]) -> dict[tuple[str, UUID | None], datetime]:
    """Return since when each browser had proved its address, as far as the subscriptions are still there."""
    emails = {comment.email for comment in comments if not comment.user_id} - {""}
    rows = Subscription.objects.filter(email__in=emails, confirmed_at__isnull=False)
    rows = rows.exclude(visitor=None).order_by("-confirmed_at")
    return {(row.email, row.visitor): row.confirmed_at for row in rows if row.confirmed_at}


def _first_spam(comments: list[Comment]) -> dict[tuple[str, str], datetime]:
    """Return when the first spam of each email, website and network came that the comments have."""
    marks = {mark for comment in comments for mark in _marks_of(comment)}
    found: dict[tuple[str, str], datetime] = {}
    spam = Comment.objects.filter(status=Status.SPAM).order_by("-created_at")
    for comment in spam.only("created_at", *SPAM_MARKS):
        found |= dict.fromkeys(marks.intersection(_marks_of(comment)), comment.created_at)
    return found


def _marks_of(comment: Comment) -> list[tuple[str, str]]:
    return [(name, mark) for name in SPAM_MARKS if (mark := getattr(comment, name))]


def _is_unknown(rule: Rule, comment: Comment) -> bool:
    match rule.kind:
        case Kind.SCORE:
            return comment.score is None
        case Kind.PACE:
            return comment.seconds_taken is None
        case Kind.COUNTRY:
            return True
        case Kind.NETWORK:
            return not comment.network_hash
    return False


def _is_surprise(action: str, comment: Comment) -> bool:
    """Say whether the comment stands where the rule would not have put it."""
    if action == Action.APPROVE:
        return comment.status in BINNED
    return comment.status == Status.APPROVED


def _number(count: int) -> str:
    return number_format(count, force_grouping=True)
