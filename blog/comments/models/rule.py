"""What becomes of a new comment, as rows that a moderator can read and change."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleQuerySet(models.QuerySet["Rule"]):
    def active(self) -> RuleQuerySet:
        """The rules in force, in the order in which they are asked."""
        return self.filter(is_active=True).order_by("position", "pk")


class Rule(models.Model):
    """One question about a new comment, and what happens if the answer is yes. The first yes decides."""

    class Kind(models.TextChoices):
        EVERY = "every", _("Every comment")
        LINKS = "links", _("At least so many links")
        WORDS = "words", _("One of these words")
        PATTERN = "pattern", _("One of these patterns")
        NEWCOMER = "newcomer", _("Writer without an approved comment")
        KNOWN = "known", _("Writer with an approved comment")
        OLD_ARTICLE = "old_article", _("Article older than so many days")
        PACE = "pace", _("Written in fewer than so many seconds")
        NETWORK = "network", _("So many comments from its network in a day")
        LANGUAGE = "language", _("Not in one of these languages")
        SCORE = "score", _("Spam score of at least")

    class Action(models.TextChoices):
        APPROVE = "approve", _("Approve")
        HOLD = "hold", _("Hold for a moderator")
        SPAM = "spam", _("Mark as spam")
        REFUSE = "refuse", _("Put into the trash")

    position = models.PositiveSmallIntegerField(_("order"), default=100, db_index=True)
    is_active = models.BooleanField(_("in force"), default=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("asks for"), max_length=12, choices=Kind)
    # One per line; whole words or patterns, by `kind`; languages by code.
    entries = models.TextField(_("words, patterns or languages"), blank=True)
    whole_words = models.BooleanField(_("whole words only"), default=True)
    fields = models.JSONField(_("looked for in"), default=list, blank=True)  # of rules.FIELDS
    threshold = models.FloatField(_("limit"), null=True, blank=True)
    action = models.CharField(_("then"), max_length=8, choices=Action, default=Action.HOLD)
    reason = models.CharField(
        _("reason"),
        max_length=200,
        blank=True,
        help_text=_("What the moderator reads. Empty: a sentence that says what was found."),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
