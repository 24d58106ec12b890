"""Mail that a desk wants beside the usual one: when, to whom, in which words."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.articles.models.status import WorkingStatus


class MailRule(models.Model):
    """One kind of event, and who is written to when it happens."""

    class Kind(models.TextChoices):
        STEP = "step", _("A stage or a working status changes")
        NOTE = "note", _("A private note is written")
        BEFORE = "before", _("Some days before publication")
        OVERDUE = "overdue", _("The first draft is overdue")

    name = models.CharField(_("name"), max_length=100)
    is_active = models.BooleanField(_("switched on"), default=True)
    kind = models.CharField(_("when"), max_length=10, choices=Kind, default=Kind.STEP)
    # Of a step: a stage or a status, or neither for any. With a status its rule goes, too.
    from_stage = models.CharField(max_length=10, blank=True, default="")
    from_status = models.ForeignKey(
        WorkingStatus, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    to_stage = models.CharField(max_length=10, blank=True, default="")
    to_status = models.ForeignKey(
        WorkingStatus, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    days = models.PositiveSmallIntegerField(
        _("days before"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    to_authors = models.BooleanField(_("its authors"), default=False)
    to_writer = models.BooleanField(_("whoever it is assigned to"), default=False)
    to_participants = models.BooleanField(_("whoever wrote notes on it"), default=False)
    role = models.ForeignKey(
        Group,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("everybody of a role"),
        help_text=_("Of them those who may open the article."),
    )
    address = models.EmailField(
        _("one address"),
        blank=True,
        help_text=_(
            "Somebody without an account, too: they get the words below, but cannot open the article."
        ),
    )
    subject = models.CharField(_("subject"), max_length=150)
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("mail rule")
        verbose_name_plural = _("mail rules")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
