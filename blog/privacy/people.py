"""Who asks what the site knows: an address, a browser or an account, and the link that proves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from blog.comments.bans import plain_email
from blog.comments.models import Comment, Subscription
from blog.outbox.models import Mail
from blog.outbox.services import mark_of
from blog.pages.models import Message

HOLDS = timedelta(hours=24)
_SALT = "byline.privacy.mine"


class BadLink(Exception):  # noqa: N818 - names what happened
    """The link was altered or is too old, or its address is known no more; the text says what to do."""


@dataclass(frozen=True)
class Person:
    """One person, as far as they have proved it: each part that is set is theirs.

    `email` is proved by a mail, or belongs to the account. A browser proves no address, whatever was typed
    in it: it shows what was sent with it, and no mail that went to somebody.
    """

    email: str = ""
    visitor: UUID | None = None
    user: User | None = None

    @property
    def may_close_account(self) -> bool:
        """Say whether they have an account that only reads: one of the desk is closed by an administrator."""
        return self.user is not None and not (self.user.is_staff or self.user.is_superuser)

    def comments(self) -> Q:
        """Return the condition for their comments."""
        return self._either(Q(email=self.email), Q(user__email=self.email))

    def voices(self) -> Q:
        """Return the condition for their votes, likes and reports.

        These carry no address. The browsers that left a comment with the proved one are taken for theirs.
        """
        browsers = Comment.objects.filter(email=self.email, visitor__isnull=False)
        return self._either(Q(visitor__in=browsers.values("visitor")), Q(user__email=self.email))

    def subscriptions(self) -> Q:
        """Return the condition for what they follow, or their browser asked for."""
        condition = Q()
        if self.email:
            condition |= Q(email=self.email)
        if self.visitor:
            condition |= Q(visitor=self.visitor)
        return condition

    def messages(self) -> Q:
        """Return the condition for what they wrote by a contact form."""
        return self._either(Q(email=self.email), Q(user__email=self.email))

    def mails(self) -> Q:
        """Return the condition for mail to them: only to an address that is proved."""
        return Q(to=self.email) if self.email else Q(pk=None)

    def bans(self) -> Q:
        """Return the condition for blocks of them, whatever they were made by."""
        return self._either(Q(email=plain_email(self.email)), Q(user__email=self.email))

    def _either(self, *by_email: Q) -> Q:
        condition = Q()
        if self.email:
            for part in by_email:
                condition |= part
        if self.visitor:
            condition |= Q(visitor=self.visitor)
        if self.user:
            condition |= Q(user=self.user)
        return condition


def path_of(token: str) -> str:
    """Return the path of the page that the token opens."""
    return reverse("privacy-person", args=[token])


def token_for(*, visitor: UUID | None, user: User | None) -> str:
    """Return the token of this browser, of this account, or of both."""
    return signing.dumps({"v": visitor and str(visitor), "u": user and user.pk}, salt=_SALT)


def token_for_email(email: str) -> str:
    """Return the token to mail to the address, or "" where the site knows nothing of it.

    It stands in logs, histories and the queue, so it names a row with the address, never the address.
    """
    email = email.lower()
    for word, (field, model) in _KINDS.items():
        rows = model._default_manager.filter(**{field: email}).order_by("pk")
        if pk := rows.values_list("pk", flat=True).first():
            return signing.dumps({"row": [word, pk], "is": mark_of(email)}, salt=_SALT)
    return ""


def person_of(token: str) -> Person:
    """Return whom the link is for; raise BadLink."""
    try:
        word = signing.loads(token, salt=_SALT, max_age=HOLDS)
    except signing.SignatureExpired as error:
        raise BadLink(_("This link is too old: it works for a day. Ask for a new one.")) from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadLink(_("This link is not complete. Copy the whole of it.")) from error
    if "row" in word:
        return Person(email=_email_of(word), visitor=None)
    user = User.objects.filter(pk=word["u"], is_active=True).first() if word["u"] else None
    visitor = UUID(word["v"]) if word["v"] else None
    if user is None and visitor is None:
        raise BadLink(_("Nothing is left behind this link."))
    return Person(email=user.email if user else "", visitor=visitor, user=user)


def _email_of(word: dict) -> str:
    name, pk = word["row"]
    field, model = _KINDS[name]
    email = model._default_manager.filter(pk=pk).values_list(field, flat=True).first() or ""
    if mark_of(email) != word["is"]:  # erased, or a moderator has changed it
        raise BadLink(_("Nothing is left behind this link."))
    return email.lower()


_KINDS: dict[str, tuple[str, Any]] = {
    "comment": ("email", Comment),
    "account": ("email", User),
    "subscription": ("email", Subscription),
    "message": ("email", Message),
    "mail": ("to", Mail),
}
