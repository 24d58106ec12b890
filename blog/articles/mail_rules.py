"""Mail by the rules of this desk: who gets it, and in which words.

A mail is written once for an event and a person, whatever rules there are: its key names both, and the
outbox takes a key once. The usual mails (notices.py) have the same keys and come after: where a rule has
written to somebody, that stands in place of the usual one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.articles.letters import post_letter, quoted
from blog.articles.models import Article, MailRule, Note, StageChange, step_name
from blog.articles.people import desk_url, is_asked, is_author, name_of, people
from blog.articles.permissions import may_edit
from blog.days import day_words
from blog.outbox.services import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User

Kind = MailRule.Kind
PLACEHOLDERS = {
    "title": gettext_lazy("the title of the article"),
    "author": gettext_lazy("its authors"),
    "who": gettext_lazy("who did it"),
    "from": gettext_lazy("the stage or status before"),
    "to": gettext_lazy("the stage or status after"),
    "day": gettext_lazy("the day of publication, or the day that is over"),
    "note": gettext_lazy("what was said to it, or the note"),
    "link": gettext_lazy("the address of the article at the desk"),
}
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class Event:
    """What happened to an article: `key` names it, `says` is for the placeholders of these names."""

    article: Article
    key: str
    actor: User | None = None
    says: dict[str, str] = field(default_factory=dict)


def unknown_in(text: str) -> list[str]:
    """Return what stands in braces in a text and is no placeholder."""
    return [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]


def tell(rules: Iterable[MailRule], event: Event, *, told: set[str] | None = None) -> int:
    """Write to whom the rules name, each person once; return how many that were.

    Nobody hears who is among those *told* already; who hears is put there.
    """
    told = set() if told is None else told
    words, count = None, 0
    for rule in rules:
        for suffix, address in _recipients(rule, event):
            if address in told:
                continue
            told.add(address)
            count += 1
            words = words or words_of(event)
            subject, text = written(rule, words)
            post_letter(
                template="articles/mail/rule.txt",
                key=f"{event.key}:{suffix}",
                to=address,
                subject=subject,
                context={"text": text},
            )
    return count


def written(rule: MailRule, words: dict[str, str]) -> tuple[str, str]:
    """Return subject and text with the placeholders filled in; nobody's words can hold another one."""
    said = words | {"note": quoted(words["note"]) if words["note"] else ""}
    return _filled(rule.subject, words), re.sub(r"\n{3,}", "\n\n", _filled(rule.text, said))


def _filled(text: str, words: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)


def words_of(event: Event) -> dict[str, str]:
    """Return what stands for each placeholder; what the event says nothing about is empty."""
    article = event.article
    authors = [byline.author.name for byline in article.bylines.select_related("author")]
    return dict.fromkeys(PLACEHOLDERS, "") | {
        "title": one_line(article.title),
        "author": one_line(", ".join(authors)) or _("nobody"),
        "who": name_of(event.actor),
        "link": desk_url(article),
        **event.says,
    }


def _recipients(rule: MailRule, event: Event) -> list[tuple[str, str]]:
    """Return a part of a key and the address of each: never of who did it, nor of who may not look."""
    article = event.article
    wanted = Q(pk__in=[])
    if rule.to_authors:
        wanted |= is_author(article)
    if rule.to_writer:
        wanted |= is_asked(article)
    if rule.to_participants:
        wanted |= Q(pk__in=Note.objects.filter(article=article).values("author"))
    if rule.role_id:
        wanted |= Q(groups=rule.role_id)
    address = rule.address.lower()
    wanted |= Q(email=address) if address else Q(pk__in=[])
    has_account = False
    found = []
    for person in people(wanted).distinct():
        has_account |= person.email == address
        is_wanted = person.wants_desk_mail and may_edit(person, article)
        if is_wanted and not (event.actor and person.pk == event.actor.pk):
            found.append((str(person.pk), person.email))
    # One with an account gets mail as everybody with one.
    is_actor = bool(event.actor and event.actor.email == address)
    if address and not has_account and not is_actor:
        found.append((address, address))
    return found


# What happened


def rules_of(kind: MailRule.Kind) -> list[MailRule]:
    rules = MailRule.objects.filter(kind=kind, is_active=True)
    return list(rules.select_related("from_status", "to_status"))


def tell_of_change(change: StageChange) -> None:
    """Write what the rules say of a step of the review, or from one working status to another."""
    rules = [rule for rule in rules_of(Kind.STEP) if _is_meant(rule, change)]
    if rules:
        event = Event(change.article, f"review:{change.pk}", change.actor, _says(change))
        tell(rules, event)


def _is_meant(rule: MailRule, change: StageChange) -> bool:
    of_status, of_stage = rule.from_status or rule.to_status, rule.from_stage or rule.to_stage
    if change.is_of_status:
        names = (rule.from_status, change.status_before), (rule.to_status, change.status_after)
        return not of_stage and all(row is None or row.name == name for row, name in names)
    stages = (rule.from_stage, change.before), (rule.to_stage, change.after)
    return not of_status and all(not asked or asked == stage for asked, stage in stages)


def _says(change: StageChange) -> dict[str, str]:
    if change.is_of_status:
        nothing = _("no status")
        before, after = change.status_before or nothing, change.status_after or nothing
    else:
        before, after = step_name(change.before), step_name(change.after)
    return {"from": before, "to": after, "note": change.reason}


def tell_of_new_note(note: Note) -> None:
    """Write what the rules say of a private note."""
    if rules := rules_of(Kind.NOTE):
        tell(rules, Event(note.article, f"note:{note.pk}", note.author, {"note": note.text}))


def sample_of(rule: MailRule, article: Article, actor: User) -> dict[str, str]:
    """Return words as the rule would find them, made up where only an event knows them."""
    now = timezone.localdate() + timedelta(days=rule.days)
    change = StageChange(
        before=rule.from_stage or Article.Stage.WRITING,
        after=rule.to_stage or Article.Stage.IN_REVIEW,
        status_before=rule.from_status.name if rule.from_status else "",
        status_after=rule.to_status.name if rule.to_status else "",
    )
    says = _says(change) | {"note": _("What was said stands here.")}
    says["day"] = day_words(now)
    return words_of(Event(article, "", actor, says))
