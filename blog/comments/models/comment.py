"""Comments, the counts of their threads, and the log of decisions."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article, Revision

MAX_BODY = 65_525  # characters; WordPress's limits
MAX_WEBSITE = 200
MAX_ABOUT = 200  # of a question in the text
EDITED = ("body", "name", "email", "website")  # what an edit keeps of the text before it
REMOVED_BY_WRITER = "writer"  # the reason of a place that its writer, not a moderator, has emptied


class CommentQuerySet(models.QuerySet["Comment"]):
    def approved(self) -> CommentQuerySet:
        """Comments everybody may read."""
        return self.filter(status=Comment.Status.APPROVED)

    def pending(self) -> CommentQuerySet:
        return self.filter(status=Comment.Status.PENDING)

    def in_sight(self) -> CommentQuerySet:
        """Comments of articles that are not in the trash: with these they wait as they are, to come back."""
        return self.exclude(article__in=Article.objects.filter(trashed_at__isnull=False))


class Comment(models.Model):
    class Status(models.TextChoices):
        """`removed` is a deleted comment that has replies: its text is gone, its place stays."""

        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        SPAM = "spam", _("Spam")
        TRASH = "trash", _("Trash")
        REMOVED = "removed", _("Removed")

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="comments",
        verbose_name=_("article"),
    )
    # That the parent stands under the same article is a rule of the database: triggers.py.
    parent = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("in reply to"),
    )
    # The first comment of its thread; empty on that comment itself. Pages of threads are read by it.
    root = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,  # comment_replies
        related_name="+",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    visitor = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    avatar = models.ForeignKey(
        "comments.Avatar",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,  # comment_avatar: most have none
        related_name="comments",
        verbose_name=_("picture"),
    )
    name = models.CharField(_("name"), max_length=245, blank=True)
    email = models.EmailField(_("email"), max_length=100, blank=True)
    website = models.URLField(_("website"), max_length=MAX_WEBSITE, blank=True)
    body = models.TextField(_("comment"), validators=[MaxLengthValidator(MAX_BODY)])
    html = models.TextField(editable=False, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    reason = models.CharField(
        _("reason"),
        max_length=300,
        blank=True,
        editable=False,
        help_text=_("Why it was held or binned."),
    )
    rule = models.ForeignKey(
        "comments.Rule",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="comments",
        verbose_name=_("rule"),
        help_text=_("The rule that decided when it came."),
    )
    score = models.FloatField(_("spam score"), null=True, blank=True, editable=False)  # 0 to 1
    signals = models.JSONField(_("signals"), default=list, blank=True, editable=False)
    seconds_taken = models.FloatField(null=True, blank=True, editable=False)  # page to post
    # The words of the question in the article's text that it answers (blog/public/asking.py).
    about = models.CharField(_("about"), max_length=MAX_ABOUT, blank=True, editable=False)
    is_question = models.BooleanField(_("is a question"), default=False)
    answer = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("answer"),
    )
    is_pinned = models.BooleanField(_("pinned"), default=False)
    is_featured = models.BooleanField(_("featured"), default=False)
    is_closed = models.BooleanField(_("closed for replies"), default=False)
    like_count = models.PositiveIntegerField(_("likes"), default=0, editable=False)
    report_count = models.PositiveIntegerField(_("open reports"), default=0, editable=False)
    revision = models.ForeignKey(
        Revision,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    network_hash = models.CharField(max_length=32, blank=True, editable=False)
    user_agent = models.CharField(_("browser"), max_length=255, blank=True, editable=False)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)

    # A queue: waiting comments first, the oldest of them first; then the others, newest first.
    QUEUE_ORDER = (
        models.Case(models.When(status=Status.PENDING, then=0), default=1),
        models.Case(models.When(status=Status.PENDING, then="created_at")),
        "-created_at",
        "-pk",
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        permissions = [("moderate_comment", _("Can moderate comments"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")),
                name="comment_not_its_own_parent",
            ),
        ]
        indexes = [
            models.Index(fields=["article", "status", "created_at"], name="comment_thread"),
            # Threads in their three orders, and the replies of each: a page reads them by key.
            *(
                models.Index(
                    fields=["article", "-is_pinned", *fields],
                    condition=Q(root__isnull=True),
                    name=f"comment_threads_{order}",
                )
                for order, fields in {
                    "oldest": ["created_at", "id"],
                    "newest": ["-created_at", "-id"],
                    "best": ["-like_count", "created_at", "id"],
                }.items()
            ),
            models.Index(
                fields=["root", "created_at", "id"],
                condition=Q(root__isnull=False),
                name="comment_replies",
            ),
            # The pages of the queue are read by key, whichever way and however deep. With the article in
            # it, SQLite counts a tab by it even where nearly all comments have one status.
            models.Index(fields=["status", "created_at", "id", "article"], name="comment_queue"),
            models.Index(fields=["created_at", "id"], name="comment_all"),
            # Not only of those above 0: SQLite does not see that a parameter is 0.
            models.Index(fields=["report_count", "created_at"], name="comment_reported"),
            # Most comments have no user; with those in it, SQLite takes the index for a bad one.
            models.Index(
                fields=["user", "created_at", "id"],
                condition=Q(user__isnull=False),
                name="comment_mine",
            ),
            models.Index(
                fields=["avatar"], condition=Q(avatar__isnull=False), name="comment_avatar"
            ),
            models.Index(fields=["network_hash", "created_at"], name="comment_network_pace"),
            models.Index(fields=["email", "status", "created_at"], name="comment_writer"),
        ]

    def __str__(self) -> str:
        """Return what the admin's log keeps for good: nothing of a person, who may have it erased."""
        return gettext("Comment %(number)s") % {"number": self.pk}

    def get_absolute_url(self) -> str:
        """Return the address that leads to the comment on whichever page holds it."""
        return f"{self.article.get_absolute_url()}comments/{self.pk}/"

    @property
    def edition(self) -> int:
        """Return a number of the text as it is now, another one after each change; 0 for the first."""
        return int(self.edited_at.timestamp() * 1_000_000) if self.edited_at else 0

    @property
    def is_withdrawn(self) -> bool:
        """Say whether its writer has taken it back, and only its place is left for the replies."""
        return self.status == self.Status.REMOVED and self.reason == REMOVED_BY_WRITER


class Thread(models.Model):
    """The counts of one article's comments, changed under a row lock with the comments themselves."""

    article = models.OneToOneField(
        Article,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="thread",
        verbose_name=_("article"),
    )
    approved_count = models.PositiveIntegerField(_("approved comments"), default=0)
    pending_count = models.PositiveIntegerField(_("waiting comments"), default=0)
    closes_at = models.DateTimeField(
        _("comments close"), null=True, blank=True, help_text=_("Empty: by the site’s settings.")
    )
    # Nobody follows the article, whatever they asked for before; their subscriptions stay.
    mail_is_off = models.BooleanField(_("no mail to followers"), default=False)

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        indexes = [
            models.Index(F("approved_count").desc(), F("article").desc(), name="thread_by_count"),
        ]

    def __str__(self) -> str:
        return str(self.article_id)


class Decision(models.Model):
    """One change of a comment's status: who, from what, to what, why. Never edited."""

    comment = models.ForeignKey(
        Comment,
        on_delete=models.CASCADE,
        related_name="decisions",
        verbose_name=_("comment"),
    )
    from_status = models.CharField(_("from"), max_length=10, choices=Comment.Status, blank=True)
    to_status = models.CharField(_("to"), max_length=10, choices=Comment.Status)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the rules."),
    )
    via = models.CharField(_("by way of"), max_length=20, blank=True)  # mail, page, writer, …
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # What was decided by one click has one batch, and is undone by one.
    batch = models.UUIDField(null=True, blank=True, editable=False)
    # The text and the writer's details before an edit; it goes when the comment goes.
    earlier = models.JSONField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["batch"], condition=Q(batch__isnull=False), name="decision_batch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_status or 'new'} → {self.to_status}"
