"""What outside services were told of, and how they answered."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article


class Service(models.TextChoices):
    WEBSUB = "websub", _("WebSub hub")
    INDEXNOW = "indexnow", _("IndexNow")


class Told(models.Model):
    """One article as a service knows it. Kept for a month: what changes later is told as new."""

    service = models.CharField(max_length=10, choices=Service)
    # Gone with its address still to be told.
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="+")
    slug = models.SlugField(max_length=200)
    changed_at = models.DateTimeField()
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "slug"], name="told_once_per_service"),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.slug}"


class Standing(models.Model):
    """How it stands with a service: when it last listened, or why it did not."""

    service = models.CharField(max_length=10, choices=Service, primary_key=True)
    told_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)  # since then
    next_try_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.get_service_display()
