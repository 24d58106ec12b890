"""The small pictures beside comments that are no portrait of an author."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Avatar(models.Model):
    """A picture that somebody with an account has chosen, or that Gravatar has for a guest's address.

    In the database, not among the files: a few kilobytes, which go with whoever is forgotten. Of the address
    only a keyed mark is kept; without a picture the row says that there was none.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="avatar",
        verbose_name=_("user"),
    )
    mark = models.CharField(max_length=24, blank=True, editable=False)
    image = models.BinaryField(_("picture"), blank=True, default=b"")  # WebP
    checked_at = models.DateTimeField(_("looked up"))

    class Meta:
        verbose_name = _("picture beside comments")
        verbose_name_plural = _("pictures beside comments")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, mark="") | (Q(user__isnull=True) & ~Q(mark="")),
                name="avatar_of_user_or_address",
            ),
            models.UniqueConstraint(
                fields=["mark"], condition=~Q(mark=""), name="avatar_one_per_address"
            ),
        ]

    def __str__(self) -> str:
        return gettext("Picture %(number)s") % {"number": self.pk}
