"""Mail that waits to be sent: written with what it is about, in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> MailQuerySet:
        """Mails that are neither sent nor given up."""
        return self.filter(sent_at__isnull=True, given_up_at__isnull=True)

    def due(self, now: datetime) -> MailQuerySet:
        """Mails to try now that no worker holds; one that died before it said a word holds none."""
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
        return self.waiting().filter(free, next_try_at__lte=now, handed_over_at__isnull=True)

    def doubtful(self, now: datetime) -> MailQuerySet:
        """Mails whose worker died while the mail server had them: they may have left, or not."""
        return self.waiting().filter(handed_over_at__isnull=False, claimed_until__lt=now)

    def dealt_with(self, *, before: datetime) -> MailQuerySet:
        """Mails written before then that are sent or given up, and still have a text."""
        is_done = Q(sent_at__isnull=False) | Q(given_up_at__isnull=False)
        return self.filter(is_done, created_at__lt=before).exclude(to="")

    def forget(self) -> int:
        """Empty the mails of address and text; return how many. The keys stay: they name nobody."""
        return self.update(to="", subject="", body="", headers={}, error="")


class Mail(models.Model):
    """One message to one address. `key` makes it one, however often it is asked for.

    A row outlives its text: after a while only the key is kept, so that nothing is sent twice.
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    to = models.CharField(_("to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Set just before the mail server gets the text: from here on nobody else may try.
    handed_over_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="mail_waiting",
            ),
            models.Index(fields=["to", "created_at"], name="mail_to"),
            models.Index(fields=["created_at"], name="mail_written"),
        ]

    def __str__(self) -> str:
        return self.key  # and no address: the admin's log keeps this for good
