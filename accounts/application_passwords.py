"""Passwords for programs: one for each, shown once, and revoked without touching the account's own.

A program that has one acts as its person: it needs neither their password nor their second step. It opens
the API and the calendar's feed, and no page: those are the same for everybody, and the desk wants a sign-in.
Who may no longer use the desk opens nothing with it, from that moment on; switching an account off revokes
all it has, so that none comes back with it. Changing the account's password
and signing out elsewhere leave it alone, as programs would stop without anybody knowing why; one button
revokes all of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import string
from typing import TYPE_CHECKING

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApplicationPassword, User
from accounts.pace import is_too_fast, was_too_fast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

MOST = 20  # of one person
WRONG_TRIES = 10  # of one network in a minute, as at the sign-in
CHALLENGE = 'Basic realm="Byline", charset="UTF-8"'  # RFC 7617
_LETTERS = string.ascii_letters + string.digits
_LENGTH = 32  # letters of 62: 190 bits
_TRIES = "application-password"


class WrongPasswordError(Exception):
    """What the request brought opens nothing."""


class TooManyTriesError(Exception):
    """This network has brought too many wrong ones: none of its is looked at before the minute is over."""


@transaction.atomic
def make_application_password(*, user: User, name: str) -> str:
    """Make one for a program and return it in groups of four letters: it can never be shown again.

    Raise ValidationError where the person has enough of them.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two at once are counted one after the other
    if user.application_passwords.count() >= MOST:
        raise ValidationError(
            _("You have %(count)s application passwords. Revoke one that no program needs.")
            % {"count": MOST}
        )
    secret = "".join(secrets.choice(_LETTERS) for _letter in range(_LENGTH))
    ApplicationPassword.objects.create(
        user=user, name=name, digest=_digest(secret), beginning=secret[:4]
    )
    _log(user, f"Made the application password “{name}”.")
    return " ".join(secret[at : at + 4] for at in range(0, _LENGTH, 4))


@transaction.atomic
def revoke(
    *, user: User, passwords: Iterable[ApplicationPassword], actor: User | None = None
) -> None:
    """Make these passwords of that person useless at once; None: they did it themselves."""
    for password in passwords:
        password.delete()
        _log(user, f"Revoked the application password “{password.name}”.", actor=actor)


def user_of(request: HttpRequest) -> User | None:
    """Return whose application password the request brings; None where it brings nothing.

    By `Authorization: Basic`, with the address to sign in with as the name, or by `Bearer` alone. Raise
    WrongPasswordError or TooManyTriesError. The day it was used is noted once a day: apart from that, a
    GET writes nothing.
    """
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    if was_too_fast(request, _TRIES, most=WRONG_TRIES):
        raise TooManyTriesError
    password = _password_in(header)
    if password is None:
        is_too_fast(request, _TRIES, most=WRONG_TRIES)
        raise WrongPasswordError
    today = timezone.now().date()
    if password.last_used_on != today:
        ApplicationPassword.objects.filter(pk=password.pk).update(last_used_on=today)
    return password.user


def _password_in(header: str) -> ApplicationPassword | None:
    """Return the password in the header with its user, in one query, as long as they use the desk."""
    scheme, _space, value = header.strip().partition(" ")
    wanted = ApplicationPassword.objects.filter(user__is_active=True, user__is_staff=True)
    secret = value
    if scheme.lower() == "basic":
        try:
            name, _colon, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        if "\0" in name:  # PostgreSQL has no such text
            return None
        wanted = wanted.filter(user__email=name.strip().lower())
    elif scheme.lower() != "bearer":
        return None
    return wanted.filter(digest=_digest(secret)).select_related("user").first()


def _digest(secret: str) -> str:
    """Return what is kept of a secret, however its groups were spaced.

    A fast hash without a salt: slow ones are for words that people choose. Nobody guesses 190 random bits,
    and no two secrets are equal. So it can be looked up, and does not hang on SECRET_KEY, which a restored
    backup may not have.
    """
    return hashlib.sha256("".join(secret.split()).encode()).hexdigest()


def _log(user: User, message: str, *, actor: User | None = None) -> None:
    """Write it into the log that the desk shows under Activity."""
    who = actor or user
    LogEntry.objects.log_actions(
        who.pk, [user], CHANGE, change_message=message, single_object=True
    )
