"""What readers think of a comment: that it is good, or that it should not stand there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from blog.comments.models.comment import Comment


class Voice(models.Model):
    """One person's word about one comment: a signed-in user's or a guest's, never both."""

    comment = models.ForeignKey(
        Comment,
        on_delete=models.CASCADE,
        related_name="%(class)ss",
        verbose_name=_("comment"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # the count on the comment would stay behind
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    visitor = models.UUIDField(_("guest"), null=True, blank=True)
    network_hash = models.CharField(_("network"), max_length=32, blank=True, editable=False)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, visitor__isnull=False)
                | Q(user__isnull=False, visitor__isnull=True),
                name="%(class)s_user_or_visitor",
            ),
            models.UniqueConstraint(
                fields=["comment", "user"],
                condition=Q(user__isnull=False),
                name="%(class)s_one_per_user",
            ),
            models.UniqueConstraint(
                fields=["comment", "visitor"],
                condition=Q(visitor__isnull=False),
                name="%(class)s_one_per_visitor",
            ),
        ]


class Like(Voice):
    class Meta(Voice.Meta):
        verbose_name = _("like")
        verbose_name_plural = _("likes")

    def __str__(self) -> str:
        return str(self.comment_id)


class Report(Voice):
    class Reason(models.TextChoices):
        SPAM = "spam", _("It is spam")
        INSULT = "insult", _("It insults or threatens somebody")
        PRIVATE = "private", _("It shows somebody’s private details")
        OTHER = "other", _("Something else")

    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    text = models.CharField(_("in their words"), max_length=500, blank=True)
    handled_at = models.DateTimeField(_("dealt with"), null=True, blank=True, editable=False)

    class Meta(Voice.Meta):
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        return self.get_reason_display()
