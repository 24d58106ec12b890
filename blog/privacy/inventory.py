"""Everything the site keeps of one person: for the page that shows it, and for the file to take away.

`COVERED` names each table that can hold something personal. A test makes one of everything, and fails when a
table with such a field is missing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Author, User
from blog.comments.models import (
    Avatar,
    Ban,
    Comment,
    Decision,
    Like,
    MailChoice,
    Report,
    SavedFilter,
    Subscription,
)
from blog.comments.receipts import is_waiting, why_it_waits
from blog.outbox.models import Mail
from blog.outbox.services import mark_of
from blog.pages.models import Message
from blog.privacy.words import LABELS, WORDS
from blog.ratings.models import Rating

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import Model, QuerySet
    from django.utils.functional import Promise

    from blog.privacy.people import Person

    Entry = dict[str, Any]


MOST_SHOWN = 100  # entries of one part on the page; the file has all


@dataclass(frozen=True)
class Part:
    """One kind of thing a person leaves: where it is, and what of it is theirs to see."""

    name: str  # in the file
    title: str | Promise
    model: type[Model]
    rows: Callable[[Person], QuerySet]
    entry: Callable[[Any], Entry]

    def entries(self, person: Person) -> Iterator[Entry]:
        return map(self.entry, self.rows(person).order_by("-pk").iterator(chunk_size=500))


@dataclass(frozen=True)
class Shown:
    """A part as the page shows it: how many there are, and the newest of them, without what is empty."""

    title: str | Promise
    count: int
    entries: list[list[Fact]]


@dataclass(frozen=True)
class Fact:
    """One field of an entry. A template writes each kind of value its own way."""

    name: str
    label: str | Promise
    value: Any

    @property
    def kind(self) -> str:
        if isinstance(self.value, datetime):
            return "time"
        if self.name in ("article", "address", "comment") and str(self.value).startswith("/"):
            return "link"
        return "text" if "text" in self.name or self.name == "how_it_could_be_better" else "word"


def everything(person: Person) -> dict[str, list[Entry]]:
    """Return what the site keeps of the person, by the names of the parts; newest first."""
    return {part.name: list(part.entries(person)) for part in PARTS}


def shown(person: Person) -> list[Shown]:
    """Return the parts in which there is something, for a page: all of a few, the newest of many."""
    found = []
    for part in PARTS:
        if count := part.rows(person).count():
            entries = [_facts(entry) for entry in islice(part.entries(person), MOST_SHOWN)]
            found.append(Shown(part.title, count, entries))
    return found


def explained() -> dict[str, str]:
    """Return what each field of the file means, in words."""
    return {name: str(label) for name, label in LABELS.items()}


def _facts(entry: Entry) -> list[Fact]:
    return [
        Fact(name, LABELS[name], _in_words(value))
        for name, value in entry.items()
        if value not in ("", None, False, [])
    ]


def _in_words(value: Any) -> Any:
    if value is True:
        return _("yes")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return WORDS.get(value, value) if isinstance(value, str) else value


def _account_of(person: Person) -> int:
    """Return the key of the account, 0 for none: where there is no account, None would be everybody."""
    return person.user.pk if person.user else 0


def _accounts(person: Person) -> QuerySet[User]:
    return User.objects.filter(pk=_account_of(person))


def _account(user: User) -> Entry:
    return {
        "email": user.email,
        "name": user.display_name,
        "language": user.locale,
        "joined": user.date_joined,
        "last_sign_in": user.last_login,
        "sign_ins": [at.isoformat() for at in user.sign_ins.values_list("at", flat=True)],
        "application_passwords": list(user.application_passwords.values_list("name", flat=True)),
    }


def _authors(person: Person) -> QuerySet[Author]:
    return Author.objects.filter(user=_account_of(person))


def _author(author: Author) -> Entry:
    return {
        "name": author.name,
        "address": author.get_absolute_url(),
        "about": author.bio,
        "photo": author.photo.file.url if author.photo else None,
        "links": [link.url for link in author.links.all()],
    }


def _choices(person: Person) -> QuerySet[MailChoice]:
    return MailChoice.objects.filter(user=_account_of(person))


def _choice(choice: MailChoice) -> Entry:
    return {
        "waiting_comments": choice.held,
        "own_articles": choice.own_articles,
        "own_waiting_comments": choice.own_held,
        "mentions": choice.mentions,
    }


def _filters(person: Person) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(user=_account_of(person))


def _filter(saved: SavedFilter) -> Entry:
    return {"name": saved.name, "question": saved.query}


def _comments(person: Person) -> QuerySet[Comment]:
    rows = Comment.objects.filter(person.comments() or Q(pk=None))
    return rows.select_related("article", "user")


def state_of(comment: Comment) -> str:
    """Return the status in the words its writer is told: what is taken for spam waits."""
    if is_waiting(comment):
        return "waiting"
    return "not published" if comment.status == Comment.Status.TRASH else comment.status


def _comment(comment: Comment) -> Entry:
    return {
        "article": comment.article.get_absolute_url(),
        "title": comment.article.shown_title,
        "reply_to": comment.parent_id,
        "number": comment.pk,
        "state": state_of(comment),
        "why": why_it_waits(comment) if is_waiting(comment) else "",
        "written": comment.created_at,
        "edited": comment.edited_at,
        "published": comment.approved_at,
        "name": comment.name,
        "email": comment.email,
        "website": comment.website,
        "text": comment.body,
        "is_question": comment.is_question,
        "likes": comment.like_count,
        "seconds_to_write": comment.seconds_taken and round(comment.seconds_taken, 1),
        "browser": comment.user_agent,
        "network": comment.network_hash,
        "cookie": comment.visitor,
    }


def _edits(person: Person) -> QuerySet[Decision]:
    own = _comments(person).order_by().values("pk")
    # Of a decision about its reports `earlier` names these.
    return Decision.objects.filter(comment__in=own, earlier__has_key="body")


def _edit(decision: Decision) -> Entry:
    earlier = decision.earlier or {}
    return {
        "comment": decision.comment_id,
        "when": decision.created_at,
        "earlier_text": earlier.get("body", ""),
        "earlier_name": earlier.get("name", ""),
        "earlier_email": earlier.get("email", ""),
        "earlier_website": earlier.get("website", ""),
    }


def _votes(person: Person) -> QuerySet[Rating]:
    return Rating.objects.filter(person.voices() or Q(pk=None)).select_related("article")


def _vote(rating: Rating) -> Entry:
    return {
        "article": rating.article.get_absolute_url(),
        "title": rating.article.shown_title,
        "stars": rating.stars,
        "how_it_could_be_better": rating.feedback,
        "given": rating.created_at,
        "changed": rating.updated_at,
        "seconds_before": rating.seconds_taken,
        "network": rating.network_hash,
        "cookie": rating.visitor,
    }


def _likes(person: Person) -> QuerySet[Like]:
    return Like.objects.filter(person.voices() or Q(pk=None)).select_related("comment__article")


def _like(like: Like) -> Entry:
    return {
        "comment": like.comment.get_absolute_url(),
        "when": like.created_at,
        "network": like.network_hash,
        "cookie": like.visitor,
    }


def _reports(person: Person) -> QuerySet[Report]:
    rows = Report.objects.filter(person.voices() or Q(pk=None))
    return rows.select_related("comment__article")


def _report(report: Report) -> Entry:
    return {
        "comment": report.comment.get_absolute_url(),
        "reason": report.reason,
        "text": report.text,
        "when": report.created_at,
        "network": report.network_hash,
        "cookie": report.visitor,
    }


def _subscriptions(person: Person) -> QuerySet[Subscription]:
    rows = Subscription.objects.filter(person.subscriptions() or Q(pk=None))
    return rows.select_related("article", "person")


def _subscription(subscription: Subscription) -> Entry:
    return {
        "article": subscription.article and subscription.article.get_absolute_url(),
        "title": subscription.article and subscription.article.shown_title,
        "follows": subscription.kind,
        "person": subscription.person and subscription.what,
        "comment": subscription.comment_id,
        "email": subscription.email,
        "asked": subscription.created_at,
        "confirmed": subscription.confirmed_at,
        "ended": subscription.ended_at,
        "cookie": subscription.visitor,
    }


def _mails(person: Person) -> QuerySet[Mail]:
    return Mail.objects.filter(person.mails())


def _mail(mail: Mail) -> Entry:
    return {
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.body,
        "written": mail.created_at,
        "sent": mail.sent_at,
    }


def _messages(person: Person) -> QuerySet[Message]:
    return Message.objects.filter(person.messages() or Q(pk=None))


def _message(message: Message) -> Entry:
    return {
        "sent": message.created_at,
        "name": message.name,
        "email": message.email,
        "subject": message.subject,
        "text": message.body,
        "network": message.network_hash,
        "cookie": message.visitor,
    }


def _blocks(person: Person) -> QuerySet[Ban]:
    return Ban.objects.active().filter(person.bans() or Q(pk=None))


def _block(ban: Ban) -> Entry:
    """Return all that a banned person is told: that comments are closed for them, and until when."""
    return {"since": ban.created_at, "until": ban.until, "email": ban.email}


def _pictures(person: Person) -> QuerySet[Avatar]:
    condition = Q(user=_account_of(person))
    if person.email:
        condition |= Q(mark=mark_of(person.email))
    return Avatar.objects.filter(condition)


def _picture(avatar: Avatar) -> Entry:
    return {
        "picture": reverse("comment-picture", args=[avatar.pk]) if avatar.image else None,
        "looked_up": avatar.checked_at,
    }


PARTS = (
    Part("account", _("Your account"), User, _accounts, _account),
    Part("author", _("Your author box"), Author, _authors, _author),
    Part("mail_choices", _("Your choice of mail"), MailChoice, _choices, _choice),
    Part("saved_filters", _("Your saved filters"), SavedFilter, _filters, _filter),
    Part("comments", _("Comments"), Comment, _comments, _comment),
    Part("edits", _("Earlier texts of your comments"), Decision, _edits, _edit),
    Part("pictures", _("Picture beside your comments"), Avatar, _pictures, _picture),
    Part("votes", _("Ratings"), Rating, _votes, _vote),
    Part("likes", _("Likes"), Like, _likes, _like),
    Part("reports", _("Reports"), Report, _reports, _report),
    Part("subscriptions", _("Following"), Subscription, _subscriptions, _subscription),
    Part("messages", _("Messages to the site"), Message, _messages, _message),
    Part("mails", _("Mail to you"), Mail, _mails, _mail),
    Part("blocks", _("Closed for you"), Ban, _blocks, _block),
)

# Each table that can hold something personal, with where it is shown, or why it is not.
_STAFF = "the log of the staff's work, kept with it"
COVERED = {
    "accounts.User": "account",
    "accounts.SignIn": "account",
    "accounts.SignUp": "an address that asked for an account; it goes after three days",
    "accounts.ApplicationPassword": "account",
    "accounts.Author": "author",
    "accounts.AuthorLink": "author",
    "comments.Avatar": "pictures",
    "comments.Comment": "comments",
    "comments.Decision": "edits",
    "comments.Like": "likes",
    "comments.Report": "reports",
    "comments.Subscription": "subscriptions",
    "comments.MailChoice": "mail_choices",
    "comments.SavedFilter": "saved_filters",
    "comments.Ban": "blocks",
    "ratings.Rating": "votes",
    "outbox.Mail": "mails",
    "pages.Message": "messages",
    "site.SiteSettings": "the address that the owner has given for messages",
    "ratings.Burst": "a network's hash, which belongs to many; it goes with the others",
    "articles.Article": _STAFF,
    "articles.Revision": _STAFF,
    "articles.Note": _STAFF,
    "pages.PageRevision": _STAFF,
    "pages.OpenPage": "who had a page open; it goes after a day",
    "articles.Assignment": _STAFF,
    "articles.StageChange": _STAFF,
    "articles.MailRule": "the address that the owner has given for mail from the desk",
    "articles.Snippet": _STAFF,
    "articles.TagMerge": _STAFF,
    "articles.EditingSession": "who had an article open; it goes after a day, saved ones after 15",
    "articles.DraftLink": "whom a draft was shown to; it goes a month after it stopped working",
    "media.Image": _STAFF,
    "pages.Page": _STAFF,
}
