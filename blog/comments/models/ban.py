"""People and networks whose comments are closed for a while."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class BanQuerySet(models.QuerySet["Ban"]):
    def active(self, now: datetime | None = None) -> BanQuerySet:
        """Bans in force now: neither lifted nor over."""
        not_over = Q(until__isnull=True) | Q(until__gt=now or timezone.now())
        return self.filter(not_over, lifted_at__isnull=True)


class Ban(models.Model):
    """One person or network that may not comment. At least one of the four is set; any of them matches."""

    class Hides(models.TextChoices):
        NOTHING = "nothing", _("Nothing")
        WAITING = "waiting", _("Comments that wait")
        EVERYTHING = "everything", _("All their comments")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="bans",
        verbose_name=_("account"),
    )
    email = models.EmailField(_("email"), max_length=100, blank=True)
    visitor = models.UUIDField(_("guest"), null=True, blank=True)
    network_hash = models.CharField(_("network"), max_length=32, blank=True)
    until = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Empty: for good.")
    )
    reason = models.CharField(
        _("reason"), max_length=300, blank=True, help_text=_("Only moderators read it.")
    )
    hides = models.CharField(
        _("of theirs, hide"), max_length=10, choices=Hides, default=Hides.NOTHING
    )
    comment = models.ForeignKey(
        "comments.Comment",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("because of"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True, editable=False)
    # Of the decisions that hid comments: by it they are brought back.
    batch = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = BanQuerySet.as_manager()

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False)
                | ~Q(email="")
                | Q(visitor__isnull=False)
                | ~Q(network_hash=""),
                name="ban_of_somebody",
                violation_error_message=_(
                    "Say who is banned: an account, email, guest or network."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["email"], name="ban_email"),
            models.Index(fields=["visitor"], name="ban_visitor"),
            models.Index(fields=["network_hash"], name="ban_network"),
        ]

    def __str__(self) -> str:
        """Return no address: the admin's log keeps this longer than the ban lasts."""
        return gettext("Ban %(number)s") % {"number": self.pk}

    @property
    def is_active(self) -> bool:
        return self.lifted_at is None and (self.until is None or self.until > timezone.now())
