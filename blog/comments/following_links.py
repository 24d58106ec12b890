"""The links in mails to followers: signed, so that nobody can end or read what others follow.

Tokens of different purposes are signed with different salts, and name a row, never an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.comments.models import Subscription

if TYPE_CHECKING:
    from blog.comments.models import SubscriptionQuerySet

CONFIRM_WITHIN = timedelta(days=7)
MANAGE_WITHIN = timedelta(days=90)
_SALT = "byline.following."


class BadLink(Exception):  # noqa: N818 - names what happened
    """The link was altered, is too old, or names nothing any more; the text says what to do."""


@dataclass(frozen=True)
class Confirmation:
    """What a mail has asked: about which subscription, for which browser, and when."""

    subscription: Subscription
    visitor: UUID | None
    asked_at: datetime

    def covered(self) -> SubscriptionQuerySet:
        """Return this one, and what the same browser asked for meanwhile; not what was ended since."""
        same = Q(pk=self.subscription.pk)
        if self.visitor:
            email = self.subscription.email
            same |= Q(email=email, visitor=self.visitor, confirmed_at__isnull=True)
        open_or_asked_again = Q(ended_at__isnull=True) | Q(ended_at__lte=self.asked_at)
        return Subscription.objects.filter(same & open_or_asked_again)


def confirm_url(subscription: Subscription, visitor: str | None) -> str:
    """Return the link by which the address agrees, and this browser is known to be theirs."""
    asked_at = timezone.now().timestamp()
    token = signing.dumps([subscription.pk, visitor, asked_at], salt=_SALT + "confirm")
    return _address("following-confirm", token)


def read_confirmation(token: str) -> Confirmation:
    """Return what the link confirms; raise BadLink, also where its subscription was ended since."""
    pk, visitor, asked_at = _loads(token, "confirm", CONFIRM_WITHIN)
    asked = Confirmation(
        _subscription(pk),
        UUID(visitor) if visitor else None,
        datetime.fromtimestamp(asked_at, tz=UTC),
    )
    if not asked.covered().filter(pk=pk).exists():
        raise BadLink(_("You have ended this since the link was mailed: no mail will come."))
    return asked


def read_end(token: str) -> Subscription:
    """Return the subscription that the link ends; raise BadLink. It never expires: RFC 8058."""
    return _subscription(_loads(token, "end", None))


def read_manage(token: str) -> str:
    """Return the address whose subscriptions the link opens; raise BadLink."""
    return _subscription(_loads(token, "manage", MANAGE_WITHIN)).email


def addresses_for(subscription: Subscription) -> dict[str, str]:
    """Return the links at the end of every mail to a follower."""
    token = signing.dumps(subscription.pk, salt=_SALT + "end")
    end_url = _address("following-end", token)
    return {"end_url": end_url, "manage_url": settings.SITE_URL + manage_path(subscription)}


def manage_path(subscription: Subscription) -> str:
    """Return the path of the page of all that this address follows."""
    token = signing.dumps(subscription.pk, salt=_SALT + "manage")
    return reverse("following-manage", args=[token])


def headers_for(subscription: Subscription) -> dict[str, str]:
    """Return the headers behind a mail program's own "Unsubscribe" (RFC 2369, RFC 8058).

    They need a whole address: without SITE_URL there are none, and the link in the text remains.
    """
    if not settings.SITE_URL:
        return {}
    return {
        "List-Unsubscribe": f"<{addresses_for(subscription)['end_url']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _address(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, args=[token])


def _loads(token: str, purpose: str, max_age: timedelta | None) -> Any:
    try:
        return signing.loads(token, salt=_SALT + purpose, max_age=max_age)
    except signing.SignatureExpired as error:
        raise BadLink(_("This link is too old. You can have a new one mailed.")) from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadLink(
            _("This link is not complete. Copy the whole of it from the mail.")
        ) from error


def _subscription(pk: int) -> Subscription:
    rows = Subscription.objects.select_related("article", "person")
    subscription = rows.filter(pk=pk).first()
    if subscription is None:
        raise BadLink(_("You do not follow this any more: no mail will come."))
    return subscription
