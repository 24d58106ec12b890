"""Who wants mail about which comments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article
from blog.comments.models.comment import Comment


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> SubscriptionQuerySet:
        """Confirmed and not ended: the only ones that are mailed."""
        return self.filter(confirmed_at__isnull=False, ended_at__isnull=True)


class Subscription(models.Model):
    """One address that follows an article, or the replies to one comment of it."""

    class Kind(models.TextChoices):
        REPLIES = "replies", _("Replies to me")
        ALL = "all", _("All comments on this article")

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="subscriptions",
        verbose_name=_("article"),
    )
    comment = models.ForeignKey(
        Comment,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="subscriptions",
        verbose_name=_("comment"),
        help_text=_("Whose replies are mailed."),
    )
    email = models.EmailField(_("email"), max_length=100)
    kind = models.CharField(_("follows"), max_length=8, choices=Kind)
    # The browser that asked; once confirmed, the one whose request the address agreed to.
    visitor = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="all", comment__isnull=True)
                | Q(kind="replies", comment__isnull=False),
                name="subscription_replies_to_a_comment",
            ),
            models.UniqueConstraint(
                fields=["article", "email"],
                condition=Q(comment__isnull=True),
                name="subscription_one_per_article",
            ),
            models.UniqueConstraint(
                fields=["comment", "email"],
                condition=Q(comment__isnull=False),
                name="subscription_one_per_comment",
            ),
        ]
        indexes = [models.Index(fields=["email"], name="subscription_email")]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_kind_display()}"
