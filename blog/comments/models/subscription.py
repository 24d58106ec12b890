"""Who wants mail about which comments."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article
from blog.comments.models.comment import Comment


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> SubscriptionQuerySet:
        """Confirmed and not ended: the only ones that are mailed."""
        return self.filter(confirmed_at__isnull=False, ended_at__isnull=True)


class Subscription(models.Model):
    """One address that follows an article, the replies to one comment of it, or a person everywhere."""

    class Kind(models.TextChoices):
        REPLIES = "replies", _("Replies to me")
        ALL = "all", _("All comments on this article")
        PERSON = "person", _("All comments by one person")

    OF_AN_ARTICLE = (Kind.REPLIES, Kind.ALL)

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
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
    # Somebody with an account: a guest's name and address are typed by whoever likes to.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
        help_text=_("Whose comments are mailed."),
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
                condition=Q(kind="all", article__isnull=False, comment=None, person=None)
                | Q(
                    kind="replies",
                    article__isnull=False,
                    comment__isnull=False,
                    person=None,
                )
                | Q(kind="person", article=None, comment=None, person__isnull=False),
                name="subscription_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["article", "email"],
                condition=Q(comment__isnull=True),  # of a person: no article is like another
                name="subscription_one_per_article",
            ),
            models.UniqueConstraint(
                fields=["comment", "email"],
                condition=Q(comment__isnull=False),
                name="subscription_one_per_comment",
            ),
            models.UniqueConstraint(
                fields=["person", "email"],
                condition=Q(person__isnull=False),
                name="subscription_one_per_person",
            ),
        ]
        indexes = [models.Index(fields=["email"], name="subscription_email")]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_kind_display()}"

    @property
    def what(self) -> str:
        """Return the title of the article, or the name of the person."""
        if self.person:
            return self.person.public_name or gettext("Somebody")
        return self.article.shown_title if self.article else ""
