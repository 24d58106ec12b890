"""Addresses that lead elsewhere, those that are gone for good, and those that people asked for in vain."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Redirect(models.Model):
    """What an address of this site answers where no page has it: a forward (301), or gone (410)."""

    path = models.CharField(
        _("old address"),
        max_length=500,
        unique=True,
        help_text=_("A path of this site such as /old/page/."),
    )
    target = models.CharField(
        _("leads to"),
        max_length=500,
        blank=True,
        help_text=_(
            "A path of this site, or https://… elsewhere. Empty: the page is gone for good."
        ),
    )
    hits = models.PositiveIntegerField(_("times asked for"), default=0, editable=False)
    last_hit_at = models.DateTimeField(_("last asked for"), null=True, editable=False)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=Q(path__startswith="/"), name="redirect_from_a_path"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def is_gone(self) -> bool:
        return not self.target


class MissingAddress(models.Model):
    """An address without a page, and how often it was asked for."""

    path = models.CharField(_("address"), max_length=500, unique=True)
    hits = models.PositiveIntegerField(_("times asked for"), default=0)
    first_at = models.DateTimeField(_("first asked for"), auto_now_add=True)
    last_at = models.DateTimeField(_("last asked for"))
    is_hidden = models.BooleanField(_("not of interest"), default=False)

    class Meta:
        verbose_name = _("missing address")
        verbose_name_plural = _("missing addresses")
        indexes = [models.Index(fields=["is_hidden", "-hits"], name="missing_most_asked")]

    def __str__(self) -> str:
        return self.path
