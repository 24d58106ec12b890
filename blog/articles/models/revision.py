"""Every state an article was saved in, and who has it open."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from blog.articles.models.article import Article
from blog.articles.words import words_in


def count_words(data: dict[str, Any]) -> int:
    """Count the words of the text in a revision's data, roughly: markup is cut out of it, not read."""
    body = data.get("body")
    return words_in(strip_tags(body.replace("<", " <"))) if isinstance(body, str) else 0


class Revision(models.Model):
    """The whole article as JSON (fields, terms, bylines, pictures), as somebody saved or left it."""

    class Kind(models.TextChoices):
        """`saved` is what the article's row held; the other two were never public by themselves."""

        SAVED = "saved", _("Saved")
        DRAFT = "draft", _("Draft of changes")
        AUTOSAVE = "autosave", _("Autosaved")

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        null=True,  # of an article that was autosaved before its first save
        related_name="revisions",
        verbose_name=_("article"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SAVED)
    # One row of numbers for saved revisions and drafts; an autosave has none.
    version = models.PositiveIntegerField(_("version"), null=True)
    data = models.JSONField(_("content"))
    # Of the text, counted when the row is made, so that a history is listed without reading any text.
    word_count = models.PositiveIntegerField(_("words"), editable=False, default=0)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_substantial = models.BooleanField(
        _("substantial update"),
        default=False,
        help_text=_("Ratings from before and since are told apart."),
    )
    # The version that an autosave or a draft started from.
    base_version = models.PositiveIntegerField(null=True, editable=False)
    # The editing session (one open editor) whose text an autosave keeps: one autosave for each.
    session = models.CharField(max_length=32, blank=True, editable=False)
    # Counts the autosaves of a session: one that was overtaken on its way changes nothing.
    sequence = models.PositiveBigIntegerField(default=0, editable=False)
    # A draft of changes with a time goes live then.
    publish_at = models.DateTimeField(_("goes live at"), null=True, blank=True)
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-version", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "version"], name="revision_version_once"),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(kind="autosave"),
                name="revision_one_autosave_of_a_session",
            ),
            models.CheckConstraint(
                condition=Q(kind="autosave", version__isnull=True)
                | Q(~Q(kind="autosave"), version__isnull=False, article__isnull=False),
                name="revision_number_unless_autosaved",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True) | Q(kind="draft"),
                name="revision_only_drafts_go_live",
            ),
        ]
        indexes = [
            models.Index(
                fields=["publish_at"],
                condition=Q(publish_at__isnull=False),
                name="revision_goes_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}, version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.word_count = count_words(self.data)
        super().save(*args, **kwargs)


class EditingSession(models.Model):
    """One open editor: who has which article before them, from which version on, and since when."""

    key = models.CharField(max_length=32, unique=True, editable=False)
    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        null=True,  # a new article, not saved yet
        related_name="editing_sessions",
        verbose_name=_("article"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("who"),
    )
    opened_version = models.PositiveIntegerField(null=True)
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last seen"), db_index=True)
    # Since then nothing of the session is kept: an autosave that arrives late must not come back.
    saved_at = models.DateTimeField(_("saved"), null=True)

    class Meta:
        verbose_name = _("open editor")
        verbose_name_plural = _("open editors")

    def __str__(self) -> str:
        return self.key
