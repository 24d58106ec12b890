"""How readers judge: one row per vote, and the totals that follow them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article, Revision

STARS = range(1, 6)


class Rating(models.Model):
    """One reader's vote on one article: by a signed-in user or by a guest's cookie, never both."""

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="ratings",
        verbose_name=_("article"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    visitor = models.UUIDField(_("guest"), null=True, blank=True)
    stars = models.PositiveSmallIntegerField(_("stars"))
    revision = models.ForeignKey(
        Revision,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    network_hash = models.CharField(max_length=32, blank=True, editable=False)
    created_at = models.DateTimeField(_("voted"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=5),
                name="rating_stars_1_to_5",
                violation_error_message=_("Choose between one and five stars."),
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True, visitor__isnull=False)
                | Q(user__isnull=False, visitor__isnull=True),
                name="rating_user_or_visitor",
            ),
            models.UniqueConstraint(
                fields=["article", "user"],
                condition=Q(user__isnull=False),
                name="rating_one_per_user",
            ),
            models.UniqueConstraint(
                fields=["article", "visitor"],
                condition=Q(visitor__isnull=False),
                name="rating_one_per_visitor",
            ),
        ]
        indexes = [
            models.Index(
                fields=["article", "network_hash", "created_at"],
                name="rating_network_pace",
            ),
            models.Index(fields=["-created_at"], name="rating_log"),
        ]

    def __str__(self) -> str:
        return f"{self.stars}"


class RatingSummary(models.Model):
    """The totals of one article's votes, moved by exact deltas under a row lock (services.py)."""

    article = models.OneToOneField(
        Article,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="rating_summary",
        verbose_name=_("article"),
    )
    count = models.PositiveIntegerField(_("votes"), default=0)
    total = models.PositiveIntegerField(_("sum of stars"), default=0)
    c1 = models.PositiveIntegerField(_("one star"), default=0)
    c2 = models.PositiveIntegerField(_("two stars"), default=0)
    c3 = models.PositiveIntegerField(_("three stars"), default=0)
    c4 = models.PositiveIntegerField(_("four stars"), default=0)
    c5 = models.PositiveIntegerField(_("five stars"), default=0)

    class Meta:
        verbose_name = _("rating summary")
        verbose_name_plural = _("rating summaries")
        constraints = [
            models.CheckConstraint(
                condition=Q(count=F("c1") + F("c2") + F("c3") + F("c4") + F("c5")),
                name="rating_summary_count_is_sum",
            ),
            models.CheckConstraint(
                condition=Q(
                    total=F("c1")
                    + F("c2") * 2
                    + F("c3") * 3
                    + F("c4") * 4
                    + F("c5") * 5
                ),
                name="rating_summary_total_is_sum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.average} ({self.count})"

    @property
    def average(self) -> float | None:
        """Return the mean of the votes, or None while there are none: an unrated article is not a bad one."""
        return self.total / self.count if self.count else None

    @property
    def distribution(self) -> list[tuple[int, int]]:
        """Return (stars, votes), five stars first."""
        return [(stars, getattr(self, f"c{stars}")) for stars in reversed(STARS)]
