"""Pieces of text that are written once and put into many articles."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.media.models import Image


class Snippet(models.Model):
    """A piece of text by its name. An article gets a copy of it, and keeps that whatever becomes of this."""

    name = models.CharField(
        _("name"),
        max_length=100,
        unique=True,
        error_messages={"unique": _("Another snippet has this name.")},
    )
    body = models.TextField(_("text"))
    # Read out of the text on every save: none of them is deleted as one that nothing shows.
    pictures = models.ManyToManyField(
        Image, editable=False, related_name="+", verbose_name=_("pictures in the text")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("snippet")
        verbose_name_plural = _("snippets")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
