"""What the desk says about an article before readers see it: stages, notes, checks, links to drafts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog.articles.models.article import Article

PUBLISHED = "published"  # a step that is no stage of Article.Stage


def step_name(step: str) -> str:
    """Return what a stage is called, or a publication; one that there is no more is its own name."""
    names = {**dict(Article.Stage.choices), PUBLISHED: _("Published")}
    return str(names.get(step, step))


class StageChange(models.Model):
    """One step of the review, or one publication, with its reason: the log of the desk."""

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="stage_changes",
        verbose_name=_("article"),
    )
    # A stage of Article.Stage, or PUBLISHED.
    before = models.CharField(_("before"), max_length=10)
    after = models.CharField(_("after"), max_length=10)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # Where the step was one from a working status to another, their names then; the stage stays.
    status_before = models.CharField(max_length=40, blank=True, default="")
    status_after = models.CharField(max_length=40, blank=True, default="")
    # Codes of required checks that were failed, and published over for that reason.
    overridden = models.JSONField(_("published over"), default=list, blank=True)
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("step of a review")
        verbose_name_plural = _("steps of reviews")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"

    @property
    def is_of_status(self) -> bool:
        return bool(self.status_before or self.status_after)

    @property
    def statuses(self) -> str:
        """Return the working statuses before and after, in words."""
        nothing = gettext("no status")
        return f"{self.status_before or nothing} → {self.status_after or nothing}"


class Note(models.Model):
    """A private remark on an article, about a passage of it or the whole; readers never see it."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="notes", verbose_name=_("article")
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("in answer to"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    quote = models.CharField(_("passage"), max_length=500, blank=True)
    text = models.TextField(_("note"), max_length=5000)
    # Whom it names with an @, as {id, name}: a note is shown without looking for them.
    mentioned = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resolved by"),
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(resolved_at__isnull=True),
                name="note_answers_are_not_resolved",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ChecklistRule(models.Model):
    """How much one check counts on this site. Which checks there are is code (blog/articles/checks.py)."""

    class Level(models.TextChoices):
        REQUIRED = "required", _("Required")
        RECOMMENDED = "recommended", _("Recommended")
        OFF = "off", _("Off")

    code = models.SlugField(_("check"), max_length=40, unique=True, editable=False)
    level = models.CharField(_("counts as"), max_length=12, choices=Level)

    class Meta:
        verbose_name = _("check before publishing")
        verbose_name_plural = _("checks before publishing")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.code


class Finding(models.Model):
    """One check that an article fails as it stands; found at every save and by `check_articles`."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="findings", verbose_name=_("article")
    )
    code = models.SlugField(_("check"), max_length=40)
    # What exactly: the source of a picture, a link, a heading. Empty where the check says it all.
    detail = models.CharField(_("where"), max_length=500, blank=True)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["pk"]
        indexes = [models.Index(fields=["code", "article"], name="finding_by_check")]

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class DraftLink(models.Model):
    """A link that shows the draft of one article to whoever has it, for a while."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="draft_links", verbose_name=_("article")
    )
    label = models.CharField(_("for whom"), max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("works until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("link to a draft")
        verbose_name_plural = _("links to drafts")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.label or str(self.pk)

    @property
    def works(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class ShareCard(models.Model):
    """The picture made from an article's title, for pages that show a link to it."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, related_name="share_card", verbose_name=_("article")
    )
    file = models.ImageField(_("file"), upload_to="cards/", max_length=200)
    # Of all that the picture shows: made again only when that changes.
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("share card")
        verbose_name_plural = _("share cards")

    def __str__(self) -> str:
        return str(self.file)
