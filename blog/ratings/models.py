"""How readers judge: one row per vote, and the totals that follow them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article, Revision

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User

STARS = range(1, 6)


class RatingQuerySet(models.QuerySet["Rating"]):
    def by(self, *, user: User | None, visitor: UUID | None) -> RatingQuerySet:
        """Votes of one person: the signed-in one first, then the one of this browser's cookie."""
        person = Q()
        if user is not None:
            person |= Q(user=user)
        if visitor is not None:
            person |= Q(visitor=visitor)
        if not person:  # nobody, where `visitor=None` would be everybody who signed in
            return self.none()
        return self.filter(person).order_by(F("user").asc(nulls_last=True))

    def counted(self) -> RatingQuerySet:
        """Votes that are in the totals: all but those set aside with a burst."""
        return self.filter(is_counted=True)


class Rating(models.Model):
    """One reader's vote on one article: by a signed-in user or by a guest's cookie, never both."""

    class Stars(models.IntegerChoices):
        """Whole stars, and what each of them says."""

        ONE = 1, _("Not useful")
        TWO = 2, _("Slightly useful")
        THREE = 3, _("Useful")
        FOUR = 4, _("Very useful")
        FIVE = 5, _("Excellent")

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="ratings",
        verbose_name=_("article"),
    )
    # Protected: a cascade would take the vote and leave the total. Votes go through services.delete_votes.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    visitor = models.UUIDField(_("guest"), null=True, blank=True)
    stars = models.PositiveSmallIntegerField(_("stars"), choices=Stars)
    revision = models.ForeignKey(
        Revision,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("version of the article"),
    )
    network_hash = models.CharField(_("network"), max_length=32, blank=True, editable=False)
    # Kept and shown to its voter, but left out of the total until a moderator decides (bursts.py).
    burst = models.ForeignKey(
        "ratings.Burst",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="ratings",
        verbose_name=_("set aside with"),
    )
    is_counted = models.BooleanField(_("counted"), default=True, editable=False)
    # From the page to the vote, as the script of the page says; None where nobody can tell.
    seconds_taken = models.PositiveIntegerField(
        _("seconds before the vote"), null=True, editable=False
    )
    feedback = models.TextField(
        _("how it could be better"),
        blank=True,
        max_length=2000,
        help_text=_("Only the authors read it."),
    )
    feedback_at = models.DateTimeField(_("told"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("voted"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = RatingQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(is_counted=True) | Q(burst__isnull=False),
                name="rating_set_aside_with_burst",
            ),
        ]
        indexes = [
            models.Index(
                fields=["article", "network_hash", "created_at"],
                name="rating_network_pace",
            ),
            models.Index(fields=["network_hash", "created_at"], name="rating_site_pace"),
            models.Index(fields=["-feedback_at", "-id"], name="rating_feedback"),
            models.Index(fields=["-created_at", "-id"], name="rating_log"),
        ]

    def __str__(self) -> str:
        """Return nothing of who voted: the admin's log keeps this for good."""
        return gettext("Vote %(number)s: %(stars)s") % {"number": self.pk, "stars": self.stars}

    @property
    def voter_name(self) -> str:
        """Return who voted, for the log: a guest by the first digits of the cookie. Load `user` with it."""
        if self.user:
            return str(self.user)
        return gettext("Guest %(id)s") % {"id": str(self.visitor)[:8]}

    @property
    def why_not_counted(self) -> str:
        """Return, for its voter, why the vote is not in the total; "" if it is. Costs a query then."""
        if self.is_counted or self.burst is None:
            return ""
        if self.burst.outcome == Burst.Outcome.DROPPED:
            return gettext(
                "Many ratings came from your network at once, and a moderator decided not to count them."
            )
        return gettext(
            "Many ratings came from your network at once: yours is kept, and will count when a"
            " moderator has looked at them."
        )


class Burst(models.Model):
    """Votes on one article that came too many or too fast to be believed at once."""

    class Reason(models.TextChoices):
        MANY = "many", _("Many votes within an hour")
        FAST = "fast", _("Faster than people read")

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RELEASED = "released", _("Counted")
        DROPPED = "dropped", _("Not counted")

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="bursts",
        verbose_name=_("article"),
    )
    reason = models.CharField(_("reason"), max_length=4, choices=Reason, editable=False)
    network_hash = models.CharField(_("network"), max_length=32, blank=True, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=Outcome, default=Outcome.WAITING, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("began"), auto_now_add=True)

    class Meta:
        verbose_name = _("burst of votes")
        verbose_name_plural = _("bursts of votes")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["article", "network_hash"], name="burst_of_network"),
        ]

    def __str__(self) -> str:
        return str(self.Reason(self.reason).label)


class Feedback(Rating):
    """Votes seen by the authors of the article: what the reader wrote, and nothing of who it was."""

    class Meta:
        proxy = True
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")

    def __str__(self) -> str:
        return self.feedback[:60]


class RatingSummary(models.Model):
    """The totals of one article's votes, moved by exact deltas under a row lock (services.py).

    In `count` and `total` are the votes that a former site had counted, of which only number and sum came
    along (totals.bring_earlier): nobody knows whose they were, or how many stars each had.
    """

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
    earlier_count = models.PositiveIntegerField(
        _("votes of a former site"), default=0, db_default=0
    )
    earlier_total = models.PositiveIntegerField(_("sum of their stars"), default=0, db_default=0)

    class Meta:
        verbose_name = _("rating summary")
        verbose_name_plural = _("rating summaries")
        indexes = [models.Index(fields=["count", "total"], name="rating_summary_totals")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    count=F("c1") + F("c2") + F("c3") + F("c4") + F("c5") + F("earlier_count")
                ),
                name="rating_summary_count_is_sum",
            ),
            models.CheckConstraint(
                condition=Q(
                    total=F("c1")
                    + F("c2") * 2
                    + F("c3") * 3
                    + F("c4") * 4
                    + F("c5") * 5
                    + F("earlier_total")
                ),
                name="rating_summary_total_is_sum",
            ),
            models.CheckConstraint(
                condition=Q(
                    earlier_total__gte=F("earlier_count"),
                    earlier_total__lte=F("earlier_count") * 5,
                ),
                name="rating_summary_earlier_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.average} ({self.count})"

    @property
    def average(self) -> float | None:
        """Return the mean of the votes, or None while there are none: an unrated article is not a bad one."""
        return self.total / self.count if self.count else None

    @property
    def own_count(self) -> int:
        """Return how many of the votes are rows here, so that their stars are known."""
        return self.count - self.earlier_count

    @property
    def earlier_average(self) -> float | None:
        return self.earlier_total / self.earlier_count if self.earlier_count else None

    @property
    def percent(self) -> int:
        """Return how much of five stars the average fills, 0 to 100."""
        return round(self.total / self.count * 20) if self.count else 0

    @property
    def distribution(self) -> list[tuple[int, int]]:
        """Return (stars, votes), five stars first."""
        return [(stars, getattr(self, f"c{stars}")) for stars in reversed(STARS)]
