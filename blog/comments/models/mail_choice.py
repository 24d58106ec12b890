"""Which mail about comments somebody on the staff wants."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MailChoice(models.Model):
    """What one moderator or author has chosen; whoever has no row gets every mail at once."""

    class Held(models.TextChoices):
        EACH = "each", _("At once, one mail for each")
        HOURLY = "hourly", _("Together, at most once an hour")
        DAILY = "daily", _("Together, once a day in the morning")
        NEVER = "never", _("No mail")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="mail_choice",
        verbose_name=_("user"),
    )
    held = models.CharField(
        _("comments that wait for a moderator"), max_length=6, choices=Held, default=Held.EACH
    )
    own_articles = models.BooleanField(_("mail me new comments on my articles"), default=True)
    own_held = models.BooleanField(
        _("ask me about comments on my articles that wait"), default=False
    )
    mentions = models.BooleanField(_("mail me what names me with an @"), default=True)
    digest_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("choice of mail")
        verbose_name_plural = _("choices of mail")

    def __str__(self) -> str:
        return self.get_held_display()
