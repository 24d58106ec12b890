"""What a moderator looks for again and again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A name for one question to the queue. It belongs to one moderator; nobody else sees it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="saved_filters",
        verbose_name=_("moderator"),
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(_("question"))  # as it stands in the address

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_filter_one_per_name"),
        ]

    def __str__(self) -> str:
        return self.name
