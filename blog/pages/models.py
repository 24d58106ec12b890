"""What stands still: pages such as About and Contact, in a tree, and what people write to the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog.articles.models import MAX_PATH, validate_article_slug
from blog.media.models import Image
from blog.paths import path_to

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class PageQuerySet(models.QuerySet["Page"]):
    def published(self) -> PageQuerySet:
        """Pages that strangers may read."""
        return self.filter(status=Page.Status.PUBLISHED, trashed_at__isnull=True)

    def visible_to(self, user: User | AnonymousUser) -> PageQuerySet:
        """Pages this person may read: those who edit pages also see drafts."""
        return (
            self.filter(trashed_at__isnull=True)
            if user.has_perm("pages.change_page")
            else self.published()
        )


class Page(models.Model):
    """A page of the site. `path` holds the addresses from the root, such as `about/team`."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        CONTACT = "contact", _("Text with a contact form")
        AUTHORS = "authors", _("Text with a list of the authors")
        ARCHIVES = "archives", _("Text with the archives")

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("address"),
        max_length=100,
        validators=[validate_article_slug],
        help_text=_("Made from the title when left empty."),
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("within"),
    )
    path = models.CharField(_("path"), max_length=MAX_PATH, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Order among the pages beside it.")
    )
    body = models.TextField(_("text"), blank=True)
    body_html = models.TextField(editable=False, blank=True)
    # Read out of the text on every save: they say which files strangers may see.
    pictures = models.ManyToManyField(
        Image, editable=False, related_name="pages", verbose_name=_("pictures in the text")
    )
    seo_description = models.CharField(
        _("description for search engines"), max_length=300, blank=True
    )
    is_noindex = models.BooleanField(_("hide from search engines"), default=False)
    version = models.PositiveIntegerField(editable=False, default=1)
    updated_at = models.DateTimeField(_("last updated"), auto_now=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    trashed_at = models.DateTimeField(
        _("in the trash since"), null=True, blank=True, editable=False
    )

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="page_has_address"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("page", self.path)

    @property
    def is_live(self) -> bool:
        return self.status == Page.Status.PUBLISHED and self.trashed_at is None

    @property
    def paths_above(self) -> list[str]:
        """Return the paths of the pages that it stands within, from the root."""
        return [self.path[:at] for at, sign in enumerate(self.path) if sign == "/"]


class PagePathHistory(models.Model):
    """A path a page once had: asked for, it forwards to the present one."""

    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, related_name="old_paths", verbose_name=_("page")
    )
    path = models.CharField(_("path"), max_length=MAX_PATH, unique=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("old address of a page")
        verbose_name_plural = _("old addresses of pages")

    def __str__(self) -> str:
        return self.path


class PageRevision(models.Model):
    """A page as somebody saved it, or as somebody left its form: then for them alone."""

    class Kind(models.TextChoices):
        SAVED = "saved", _("Saved")
        AUTOSAVE = "autosave", _("Autosaved")

    page = models.ForeignKey(
        Page,
        on_delete=models.CASCADE,
        null=True,  # of one that was autosaved before its first save
        related_name="revisions",
        verbose_name=_("page"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SAVED)
    # Of the page; an autosave has none.
    version = models.PositiveIntegerField(_("version"), null=True)
    data = models.JSONField(_("content"))
    word_count = models.PositiveIntegerField(_("words"), editable=False, default=0)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    # As in articles.Revision: what the autosaves of one open form are told apart by.
    base_version = models.PositiveIntegerField(null=True, editable=False)
    session = models.CharField(max_length=32, blank=True, editable=False)
    sequence = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("version of a page")
        verbose_name_plural = _("versions of pages")
        ordering = ["-version", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["page", "version"], name="page_revision_version_once"),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(kind="autosave"),
                name="page_revision_one_autosave_of_a_session",
            ),
            models.CheckConstraint(
                condition=Q(kind="autosave", version__isnull=True)
                | Q(kind="saved", version__isnull=False, page__isnull=False),
                name="page_revision_number_unless_autosaved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}, version {self.version}"


class OpenPage(models.Model):
    """One open form of a page: who has it before them, and until when they were seen."""

    key = models.CharField(max_length=32, unique=True, editable=False)
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, related_name="+", verbose_name=_("page")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("who")
    )
    seen_at = models.DateTimeField(_("last seen"), db_index=True)

    class Meta:
        verbose_name = _("open page")
        verbose_name_plural = _("open pages")

    def __str__(self) -> str:
        return self.key


class MessageQuerySet(models.QuerySet["Message"]):
    def new(self) -> MessageQuerySet:
        """Messages that nobody has looked at yet."""
        return self.filter(status=Message.Status.NEW)


class Message(models.Model):
    """What somebody wrote by a contact form: for those who run the site, never shown to readers."""

    class Status(models.TextChoices):
        NEW = "new", _("New")
        READ = "read", _("Read")
        ANSWERED = "answered", _("Answered")
        SPAM = "spam", _("Spam")

    page = models.ForeignKey(
        Page,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("page"),
    )
    name = models.CharField(_("name"), max_length=245)
    email = models.EmailField(_("email"), max_length=100)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW)
    score = models.FloatField(_("looks like spam"), null=True, blank=True, editable=False)
    reason = models.CharField(
        _("taken for spam because"), max_length=300, blank=True, editable=False
    )
    # What the filter has learnt of it: spam, honest, or nothing yet.
    lesson = models.BooleanField(null=True, blank=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("account"),
    )
    visitor = models.UUIDField(null=True, blank=True, editable=False)
    network_hash = models.CharField(max_length=32, blank=True, editable=False)
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["network_hash", "created_at"], name="message_network"),
            models.Index(fields=["email", "created_at"], name="message_email"),
            models.Index(fields=["created_at"], name="message_sent"),
        ]

    def __str__(self) -> str:
        """Return nothing of its writer, who may have it erased: the admin's log keeps this for good."""
        return gettext("Message %(number)s") % {"number": self.pk}
