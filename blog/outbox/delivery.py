"""Sending what is due: by one worker or by many, each mail by one of them.

A mail goes through three marks, each committed before the next step. *Claimed*: this worker has it,
for ten minutes; if it dies, another takes it. *Handed over*: the mail server gets it now. *Sent*: the
mail server has said so. SMTP cannot tell whether a mail arrived whose sender died between the last two,
so such a mail is not sent again by itself: it is given up as doubtful, and the staff desk has a button.
When only the connection breaks there, the mail is tried again, as every mail server does, under the
same Message-ID, by which the receiving side can know it for the same.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
import socket
import ssl
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.outbox.models import Mail, MailQuerySet

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=10)  # far longer than the mail server may take: settings.mailer
# Pauses before the second try, the third …; after the last one the mail is given up.
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(days=1),
)


def deliver_due() -> int:
    """Send every mail that is due; return how many left.

    Where the mail server does not answer at all the run ends: the next one begins with another mail,
    rather than each mail waiting for the same silence.
    """
    _give_up_doubtful()
    mailer = mailers.default
    sent = 0
    try:
        while (mail := _claim()) is not None:
            try:
                mailer.open()
            except Exception as error:  # whatever it is, the mail must not be lost
                _postpone(mail, error)
                break
            sent += _send(mailer, mail)
    finally:
        _close(mailer)
    return sent


def message_for(mail: Mail) -> EmailMessage:
    """Return the message: the same Message-ID however often it is made."""
    headers = {
        "Message-ID": f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{_domain()}>",
        "Auto-Submitted": "auto-generated",  # no out-of-office answers, please (RFC 3834)
    }
    return EmailMessage(mail.subject, mail.body, to=[mail.to], headers=headers | mail.headers)


def _claim() -> Mail | None:
    """Return one due mail that nobody else gets for a while.

    PostgreSQL skips rows that another worker is claiming; SQLite has one writer at a time. The second
    look, in the UPDATE, is for whatever else a database may do.
    """
    while Mail.objects.due(timezone.now()).exists():  # an idle worker takes no lock
        with transaction.atomic():
            now = timezone.now()
            due = Mail.objects.due(now)
            mail = due.select_for_update(skip_locked=True).order_by("next_try_at", "pk").first()
            if mail is None:
                return None
            mail.claimed_until, mail.attempts = now + CLAIM, mail.attempts + 1
            if due.filter(pk=mail.pk).update(
                claimed_until=mail.claimed_until, attempts=F("attempts") + 1
            ):
                return mail
    return None


def _send(mailer: BaseEmailBackend, mail: Mail) -> bool:
    """Hand one claimed mail to the open mail server; return whether it took it."""
    if not _mine(mail).update(handed_over_at=timezone.now()):
        return False  # the claim ran out while the connection was made
    try:
        validate_email(mail.to)
        mailer.send_messages([message_for(mail)])
    except Exception as error:
        if not isinstance(error, (OSError, ValidationError, ValueError)):
            logger.exception("Mail %s could not be sent.", mail.pk)
        _postpone(mail, error)
        _close(mailer)
        return False
    Mail.objects.filter(pk=mail.pk).update(
        sent_at=timezone.now(), claimed_until=None, handed_over_at=None, error=""
    )
    return True


def _postpone(mail: Mail, error: Exception) -> None:
    """Note what went wrong, and when to try again; never, where the answer will stay the same."""
    now = timezone.now()
    fields = {"claimed_until": None, "handed_over_at": None, "error": sentence_of(error)}
    if is_permanent(error) or mail.attempts > len(BACK_OFF):
        _mine(mail).update(given_up_at=now, **fields)
    else:
        _mine(mail).update(next_try_at=now + BACK_OFF[mail.attempts - 1], **fields)


def is_permanent(error: Exception) -> bool:
    """Say whether this mail can never be sent: no such address, or its text is refused for good.

    That the sender is refused is about the owner's settings, which can be mended.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    if isinstance(error, (smtplib.SMTPException, OSError)):
        return False
    return isinstance(error, (ValidationError, ValueError))  # no address


def _mine(mail: Mail) -> MailQuerySet:
    """Return the row as long as this worker's claim on it holds."""
    return Mail.objects.waiting().filter(pk=mail.pk, claimed_until=mail.claimed_until)


def _give_up_doubtful() -> None:
    now = timezone.now()
    doubtful = Mail.objects.doubtful(now)
    if doubtful.exists():
        doubtful.update(
            given_up_at=now,
            error=_(
                "This server stopped while the mail was handed over. It may have arrived:"
                " ask before you send it again."
            ),
        )


def sentence_of(error: Exception) -> str:
    """Return what the mail server said; where it tells of a wrong setting, what that means before it."""
    said = _said(error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("The mail server does not take this user and password: %s") % said
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _("The mail server does not do what EMAIL_URL asks of it: %s") % said
    if isinstance(error, smtplib.SMTPSenderRefused):
        return (
            _("The mail server does not take mail from this sender (?from=… in EMAIL_URL): %s")
            % said
        )
    if isinstance(error, socket.gaierror):
        return _("There is no mail server of the name in EMAIL_URL: %s") % said
    if isinstance(error, ssl.SSLError):
        return (
            _("No encrypted connection; smtps:// is for port 465, smtp+tls:// for 587: %s") % said
        )
    if isinstance(error, (ConnectionRefusedError, TimeoutError)):
        return _("Nothing answers at host and port of EMAIL_URL: %s") % said
    return said


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(answer)}" for code, answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return f"{type(error).__name__}: {error}"[:500]


def _text(answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return text[:500]


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]


def _close(mailer: BaseEmailBackend) -> None:
    try:
        mailer.close()
    except OSError:
        pass  # the mail server has hung up already
