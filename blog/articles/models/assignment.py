"""Who is to write an article, until when and what: and what else a desk wants to know of each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.articles.models.article import Article


class DeskField(models.Model):
    """Something that this desk notes of its articles, such as the photographer; readers never see it."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        TICK = "tick", _("Yes or no")

    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("own field")
        verbose_name_plural = _("own fields")
        ordering = ["position", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """What is asked of whoever writes an article. Its writer may edit the article."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, related_name="assignment", verbose_name=_("article")
    )
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("writer"),
    )
    due_on = models.DateField(_("first draft due"), null=True, blank=True, db_index=True)
    brief = models.TextField(_("what it is to be"), max_length=2000, blank=True)
    # What stands in the desk's own fields, by their keys; what nobody filled in is not there.
    values = models.JSONField(default=dict, editable=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("assigned by"),
    )
    # Counts what the writer is told of: a mail for each.
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return str(self.article)
