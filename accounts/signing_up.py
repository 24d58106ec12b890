"""Accounts that readers make themselves, where the owner lets them: the address first, then the account.

Nothing exists before the address is proved, so no account has a stranger's address, and nobody is told
whether an address has one: the answer is the same, and its mailbox gets the one mail or the other.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import SignUp
from accounts.tasks import send_sign_up_link

ONE_MAIL_EVERY = timedelta(minutes=15)  # to one address
MOST_AN_HOUR = 10  # addresses that one network may ask for
_SALT = "byline.sign-up"


class TooManySignUps(Exception):  # noqa: N818 - names what happened
    """The network asks for many accounts; the text says when to try again."""


class BadSignUpLink(Exception):  # noqa: N818 - names what happened
    """The link was altered, is too old or was used."""


def ask_for_account(*, email: str, network_hash: str, origin: str, then: str) -> None:
    """Mail a link to the address, at most every quarter of an hour. `then` is a path to go to in the end.

    Raise TooManySignUps where this network asks for many.
    """
    now, email = timezone.now(), email.lower()
    asked_lately = SignUp.objects.filter(
        network_hash=network_hash, asked_at__gt=now - timedelta(hours=1)
    ).exclude(email=email)
    if asked_lately.count() >= MOST_AN_HOUR:
        raise TooManySignUps(_("Many accounts are asked for from here. Try again in an hour."))
    with transaction.atomic():
        row, is_new = SignUp.objects.get_or_create(
            email=email, defaults={"network_hash": network_hash, "asked_at": now}
        )
        # Of two who ask at once for the same address, one changes the row and mails.
        may_ask = SignUp.objects.filter(pk=row.pk, asked_at__lte=now - ONE_MAIL_EVERY)
        if is_new or may_ask.update(asked_at=now, network_hash=network_hash):
            transaction.on_commit(
                partial(send_sign_up_link.enqueue, row.pk, origin, path_to(row, then))
            )


def path_to(sign_up: SignUp, then: str) -> str:
    """Return the path of the page that the mail leads to. It names the row: logs keep addresses of pages."""
    token = signing.dumps({"row": sign_up.pk, "then": then}, salt=_SALT, compress=True)
    return reverse("sign-up-finish", args=[token])


def sign_up_of(token: str) -> tuple[SignUp, str]:
    """Return whose link it is and the path to go to in the end; raise BadSignUpLink."""
    try:
        word = signing.loads(token, salt=_SALT, max_age=SignUp.KEPT)
        row = SignUp.objects.get(pk=word["row"], asked_at__gt=timezone.now() - SignUp.KEPT)
    except (signing.BadSignature, SignUp.DoesNotExist, ValueError, TypeError) as error:
        raise BadSignUpLink from error
    return row, word["then"]


def forget_sign_ups() -> int:
    """Delete those whose link works no more; return how many."""
    return SignUp.objects.filter(asked_at__lt=timezone.now() - SignUp.KEPT).delete()[0]
