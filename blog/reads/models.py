"""How often articles are read: once per reader and day, without a cookie and without their address."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article


class DailyReads(models.Model):
    """The reads of one article on one day of the site's calendar."""

    day = models.DateField(_("day"))
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="daily_reads")
    count = models.PositiveIntegerField(_("reads"), default=0)

    class Meta:
        verbose_name = _("reads of a day")
        verbose_name_plural = _("reads of days")
        constraints = [
            models.UniqueConstraint(fields=["article", "day"], name="daily_reads_once"),
        ]
        indexes = [models.Index(fields=["day", "article", "count"], name="daily_reads_by_day")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day}: {self.count}"


class Visit(models.Model):
    """That somebody has read an article today: a hash by that day's salt, deleted when the day is over."""

    day = models.DateField()
    mark = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "mark"], name="visit_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {bytes(self.mark).hex()}"
