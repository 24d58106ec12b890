"""How often articles are read: once per reader and day, without a cookie and without their address."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article


class DailyReads(models.Model):
    """The reads of one article on one day of the site's calendar."""

    day = models.DateField(_("day"))
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="daily_reads")
    count = models.PositiveIntegerField(_("reads"), default=0)
    # Of these, how many came to the end of the text.
    finished = models.PositiveIntegerField(_("read to the end"), default=0, db_default=0)

    class Meta:
        verbose_name = _("reads of a day")
        verbose_name_plural = _("reads of days")
        constraints = [
            models.UniqueConstraint(fields=["article", "day"], name="daily_reads_once"),
        ]
        indexes = [models.Index(fields=["day", "article", "count"], name="daily_reads_by_day")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day}: {self.count}"


class ReadTotal(models.Model):
    """What the days of an article come to, so that a ranking is the beginning of an index.

    `ever` grows with each read. So do the others, from which the worker takes what has become too old once
    a day (blog/reads/totals.py).
    """

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="read_total")
    week = models.PositiveIntegerField(_("reads in seven days"), default=0)
    month = models.PositiveIntegerField(_("reads in thirty days"), default=0)
    ever = models.PositiveIntegerField(_("reads"), default=0)

    class Meta:
        verbose_name = _("reads of an article")
        verbose_name_plural = _("reads of articles")
        indexes = [
            models.Index(F(field).desc(), F("article").desc(), name=f"read_total_by_{field}")
            for field in ("week", "month", "ever")
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.ever}"


class Visit(models.Model):
    """That somebody has read an article today: a hash by that day's salt, deleted when the day is over."""

    day = models.DateField()
    mark = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "mark"], name="visit_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {bytes(self.mark).hex()}"


class Pace(models.Model):
    """How much one network has read today, in all and of one article: hashes, deleted with their day."""

    day = models.DateField()
    mark = models.BinaryField(max_length=16)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "mark"], name="pace_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {bytes(self.mark).hex()}: {self.count}"
