"""What the classifier has learnt: how often each token stood in spam and in honest comments."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Token(models.Model):
    """One feature of texts and its counts, moved with every decision (counts.StoredCounts)."""

    token = models.CharField(_("token"), max_length=80, primary_key=True)
    spam = models.IntegerField(_("in spam"), default=0)
    ham = models.IntegerField(_("in honest comments"), default=0)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return self.token


class SpentChallenge(models.Model):
    """A proof of work that was used; it cannot be used again until it has expired by itself."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("used challenge")
        verbose_name_plural = _("used challenges")

    def __str__(self) -> str:
        return self.digest
