"""An article and its authors: its fields, the rules that must hold, and what follows from one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Author
from blog.articles.lines import (
    Criterion,
    Source,
    criteria_of,
    lines_of,
    sources_of,
    validate_criteria,
    validate_lines,
    validate_sources,
)
from blog.articles.models import choices
from blog.articles.models.addresses import validate_article_slug
from blog.articles.models.article_sets import ArticleQuerySet
from blog.articles.models.status import WorkingStatus
from blog.articles.models.terms import Category, Tag
from blog.media.models import Image
from blog.paths import path_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise as StrPromise


class Article(models.Model):
    Status = choices.Status
    State = choices.State
    Stage = choices.Stage
    Access = choices.Access
    Policy = choices.Policy
    LeadPlacement = choices.LeadPlacement
    Format = choices.Format
    CriteriaStyle = choices.CriteriaStyle
    ReviewPosition = choices.ReviewPosition
    ReviewedType = choices.ReviewedType

    title = models.CharField(_("title"), max_length=200)
    subtitle = models.CharField(_("subtitle"), max_length=300, blank=True)
    slug = models.SlugField(
        _("address"),
        max_length=200,
        unique=True,
        validators=[validate_article_slug],
        help_text=_("Made from the title when left empty."),
    )
    excerpt = models.TextField(
        _("excerpt"),
        max_length=500,
        blank=True,
        help_text=_("For cards and feeds. Empty: the first words."),
    )
    body = models.TextField(_("text"), blank=True)
    # Made from the body by rendering.render_body on every save, so that reading costs nothing.
    body_html = models.TextField(editable=False, blank=True)
    fold_at = models.PositiveIntegerField(editable=False, null=True)
    toc = models.JSONField(editable=False, default=list)
    first_words = models.CharField(max_length=500, editable=False, blank=True)
    word_count = models.PositiveIntegerField(_("words"), editable=False, default=0)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    publish_at = models.DateTimeField(
        _("publish at"),
        null=True,
        blank=True,
        help_text=_("A time in the future schedules the article."),
    )
    expire_at = models.DateTimeField(
        _("take down at"), null=True, blank=True, help_text=_("Empty: stays published.")
    )
    trashed_at = models.DateTimeField(
        _("in the trash since"), null=True, blank=True, editable=False
    )
    access = models.CharField(
        _("who may read it"), max_length=10, choices=Access, default=Access.OPEN
    )
    # Of the password that readers need: hashed as those of accounts are, "" where none is asked.
    password_hash = models.CharField(
        _("password"), max_length=128, blank=True, default="", editable=False
    )
    is_template = models.BooleanField(
        _("template"),
        default=False,
        help_text=_("Everybody at the desk can begin new articles as copies of it."),
    )
    updated_at = models.DateTimeField(_("last updated"), null=True, blank=True, editable=False)
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
    stage = models.CharField(
        _("review"), max_length=10, choices=Stage, default=Stage.WRITING, editable=False
    )
    # What it is before that: set at once, and in no revision, as the stage.
    working_status = models.ForeignKey(
        WorkingStatus,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("working status"),
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("reviewer"),
    )
    # The number of the newest revision, be it live or a draft: what a save says it started from.
    version = models.PositiveIntegerField(editable=False, default=1)
    # What this row holds, which readers see once it is published.
    current_revision = models.ForeignKey(
        "Revision",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    # Changes to a live article that are saved, but not published: None where there are none.
    draft_revision = models.ForeignKey(
        "Revision",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    authors = models.ManyToManyField(Author, through="Byline", related_name="articles")
    primary_category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("primary category"),
        help_text=_("Shown in lists. Empty: the first category."),
    )
    categories = models.ManyToManyField(
        Category, blank=True, related_name="articles", verbose_name=_("categories")
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="articles", verbose_name=_("tags"))
    lead_image = models.ForeignKey(
        Image,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead picture"),
    )
    lead_placement = models.CharField(
        _("place of the lead picture"),
        max_length=10,
        choices=LeadPlacement,
        default=LeadPlacement.BELOW,
    )
    # The pictures in the text, read out of it on every save. Together with the lead picture they say
    # which files strangers may see, and which texts to render again when a picture changes.
    pictures = models.ManyToManyField(
        Image, editable=False, related_name="articles", verbose_name=_("pictures in the text")
    )
    # Those that its waiting draft shows beside them: they are in use, though no page shows them yet.
    draft_pictures = models.ManyToManyField(
        Image, editable=False, related_name="+", verbose_name=_("pictures of the waiting draft")
    )
    is_sticky = models.BooleanField(
        _("sticky"),
        default=False,
        help_text=_("Stands first on the first page of the blog."),
    )

    is_trending = models.BooleanField(
        _("trending"), default=False, help_text=_("Says so on cards and above the title.")
    )
    list_title = models.CharField(
        _("title in lists"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("On cards and in links from other articles. Empty: the title."),
    )
    post_format = models.CharField(
        _("what leads"), max_length=10, choices=Format, default=Format.STANDARD
    )
    lead_embed = models.URLField(
        _("address of the film or sound"),
        max_length=500,
        blank=True,
        default="",
        help_text=_(
            "Of a page on YouTube or Vimeo; on SoundCloud or Spotify. It stands in place of the lead"
            " picture, and is loaded once a reader presses play."
        ),
    )

    highlights = models.TextField(
        _("highlights"),
        max_length=2000,
        blank=True,
        validators=[validate_lines],
        help_text=_("What the article says in a few lines, one for each; above the text."),
    )
    sources = models.TextField(
        _("sources"),
        max_length=2000,
        blank=True,
        validators=[validate_sources],
        help_text=_("One in a line: a name, then an address. Below the text."),
    )
    via = models.TextField(
        _("via"),
        max_length=2000,
        blank=True,
        validators=[validate_sources],
        help_text=_("Where you came across it. Likewise."),
    )
    hides_lead_image = models.BooleanField(_("no lead picture on the page"), default=False)
    hides_share = models.BooleanField(_("no links for sharing"), default=False)
    hides_authors = models.BooleanField(_("no boxes about the authors"), default=False)
    hides_neighbours = models.BooleanField(_("no previous and next article"), default=False)
    hides_related = models.BooleanField(_("no related articles"), default=False)

    review_title = models.CharField(
        _("title of the rating box"),
        max_length=100,
        blank=True,
        help_text=_("Empty: “Rate Us!”"),
    )
    review_summary = models.TextField(
        _("text of the rating box"),
        max_length=500,
        blank=True,
        help_text=_("Empty: made from the title."),
    )
    review_position = models.CharField(
        _("rating box"),
        max_length=10,
        choices=ReviewPosition,
        default=ReviewPosition.BOTTOM,
    )
    # A plain article has no stars in search results; one that says what it reviews may.
    reviewed_type = models.CharField(
        _("this is a review of"),
        max_length=20,
        choices=ReviewedType,
        blank=True,
        help_text=_("Empty: of nothing. Search engines then show no stars."),
    )
    reviewed_name = models.CharField(_("name of what is reviewed"), max_length=200, blank=True)
    reviewed_url = models.URLField(_("its own address"), max_length=500, blank=True)
    criteria = models.TextField(
        _("criteria"),
        max_length=2000,
        blank=True,
        validators=[validate_criteria],
        help_text=_(
            "One in a line: what you looked at, a colon, a number from 0 to 100, as in “Sound: 85”."
            " The total is their mean."
        ),
    )
    criteria_style = models.CharField(
        _("scores as"), max_length=10, choices=CriteriaStyle, default=CriteriaStyle.STARS
    )
    criteria_total = models.CharField(
        _("words beside the total"),
        max_length=100,
        blank=True,
        help_text=_("Empty: “Total score”."),
    )
    comment_policy = models.CharField(
        _("comments"), max_length=10, choices=Policy, default=Policy.OPEN
    )
    rating_policy = models.CharField(
        _("ratings"), max_length=10, choices=Policy, default=Policy.OPEN
    )

    seo_title = models.CharField(
        _("title for search engines"),
        max_length=200,
        blank=True,
        help_text=_("Empty: the title."),
    )
    seo_description = models.CharField(
        _("description for search engines"),
        max_length=300,
        blank=True,
        help_text=_("Empty: the excerpt."),
    )
    canonical_url = models.URLField(
        _("original address"),
        max_length=500,
        blank=True,
        help_text=_("If it appeared elsewhere first."),
    )
    is_noindex = models.BooleanField(_("hide from search engines"), default=False)
    share_image = models.ForeignKey(
        Image,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture for sharing"),
        help_text=_("Empty: a card with the title, made by this site."),
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [
            ("edit_any_article", _("Can edit the articles of others")),
            ("publish_article", _("Can publish articles")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(publish_at__isnull=False),
                name="article_published_has_time",
                violation_error_message=_("A published article needs a time of publication."),
            ),
            models.CheckConstraint(
                condition=~Q(access="password") | ~Q(password_hash=""),
                name="article_protected_has_password",
                violation_error_message=_("Choose the password that readers will need."),
            ),
            models.CheckConstraint(
                condition=Q(is_template=False) | Q(status="draft"),
                name="article_template_is_draft",
                violation_error_message=_("A template is not published."),
            ),
            models.CheckConstraint(
                condition=Q(access="open") | Q(is_sticky=False),
                name="article_sticky_is_open",
                violation_error_message=_("Only what everybody may read can be sticky."),
            ),
            models.CheckConstraint(
                condition=Q(expire_at__isnull=True)
                | Q(publish_at__isnull=True)
                | Q(expire_at__gt=F("publish_at")),
                name="article_expires_after_publication",
                violation_error_message=_(
                    "An article cannot be taken down before it is published."
                ),
            ),
        ]
        indexes = [
            # Holds all that published() asks for: a list counts and skips without reading any text. And
            # when it changed, for the index of the sitemap.
            models.Index(
                F("publish_at").desc(),
                F("id").desc(),
                "status",
                "trashed_at",
                "expire_at",
                "access",
                "updated_at",
                name="article_latest",
            ),
            # What the desk asks for: the list in its order, and the few that wait for a review.
            models.Index(F("created_at").desc(), F("id").desc(), name="article_created"),
            models.Index(fields=["stage"], name="article_stage"),
            # The few drafts among the many published, counted above the list. Not of every status: SQLite
            # without statistics would begin with it, and sort all that is published for the latest ten.
            models.Index(
                fields=["trashed_at"], condition=Q(status="draft"), name="article_drafts"
            ),
            # The front page asks for a handful each time. Not a partial index: SQLite would not use it,
            # since the query sends the condition's value as a parameter.
            models.Index(
                "is_sticky", F("publish_at").desc(), F("id").desc(), name="article_sticky"
            ),
            models.Index(
                fields=["expire_at"],
                condition=Q(expire_at__isnull=False),
                name="article_expires",
            ),
            # The article before and after within a category, where the owner wants those.
            models.Index(
                "primary_category",
                F("publish_at").desc(),
                F("id").desc(),
                name="article_of_category",
            ),
            # What is news to services outside: looked for every minute.
            models.Index(fields=["updated_at"], name="article_updated"),
            # The few that are in the trash, whose comments wait out of sight with them.
            models.Index(
                fields=["trashed_at"],
                condition=Q(trashed_at__isnull=False),
                name="article_in_trash",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("article-detail", self.slug)

    def unique_error_message(
        self, model_class: type[models.Model], unique_check: Sequence[str]
    ) -> ValidationError:
        """Say who has the address: one in the trash keeps it, so that restoring brings it back."""
        holders = Article.objects.exclude(pk=self.pk).filter(slug=self.slug)
        times = ("title", "status", "publish_at", "expire_at", "trashed_at")
        if tuple(unique_check) == ("slug",) and (holder := holders.only(*times).first()):
            # What is not published is not named: whoever asks may not see it.
            sentence: str | StrPromise = _(
                "An article that is not published has this address. Choose another."
            )
            if holder.is_live:
                sentence = _("“%s” has this address. Choose another.") % holder.title
            elif holder.trashed_at:
                sentence = _(
                    "An article in the trash has this address, and keeps it to be restored. Choose"
                    " another, or delete that article for good first."
                )
            return ValidationError(sentence, code="unique")
        return super().unique_error_message(model_class, unique_check)

    @property
    def is_live(self) -> bool:
        """Say whether a stranger may read it now; the same condition as published()."""
        return self.is_out and not self.is_private

    @property
    def is_out(self) -> bool:
        """Say whether it is published now, for whomever."""
        now = timezone.now()
        return bool(
            self.status == self.Status.PUBLISHED
            and self.trashed_at is None
            and self.publish_at
            and self.publish_at <= now
            and (self.expire_at is None or self.expire_at > now)
        )

    @property
    def is_private(self) -> bool:
        return self.access == self.Access.PRIVATE

    @property
    def is_protected(self) -> bool:
        """Say whether readers need a password; strangers learn its title, its authors and its day."""
        return self.access == self.Access.PASSWORD

    @property
    def shown_title(self) -> str:
        """Return the title as readers see it: one that not everybody may read says so."""
        return title_for(self.access, self.title)

    @property
    def card_title(self) -> str:
        """Return the title as lists show it."""
        return title_for(self.access, self.list_title or self.title)

    @property
    def marks(self) -> list[str]:
        """Return what lists say of it in a word each: that it is trending, what leads it."""
        return marks_of(self.post_format, is_trending=self.is_trending)

    @property
    def shown_image(self) -> Image | None:
        """Return the lead picture as lists show it; of a protected article none."""
        return None if self.is_protected else self.lead_image

    @property
    def state(self) -> choices.State:
        """Return the state of its life; the same conditions as in_state()."""
        if self.trashed_at:
            return self.State.TRASH
        if self.status == self.Status.DRAFT or self.publish_at is None:
            return self.State.DRAFT
        if self.publish_at > timezone.now():
            return self.State.SCHEDULED
        return self.State.PUBLISHED if self.is_out else self.State.EXPIRED

    @property
    def is_being_written(self) -> bool:
        """Say whether it is a draft that waits for nobody yet: what a working status tells about."""
        is_draft = self.status == self.Status.DRAFT and self.trashed_at is None
        return is_draft and self.stage in choices.STAGES_OF_WRITING

    @property
    def shown_status(self) -> WorkingStatus | None:
        """Return the working status as long as it means something."""
        return self.working_status if self.is_being_written else None

    @property
    def summary(self) -> str:
        """Return the excerpt, or the first words of the text where nobody wrote one."""
        if self.is_protected:
            return gettext("There is no excerpt because this is a protected post.")
        return self.excerpt or self.first_words

    @property
    def criterion_list(self) -> list[Criterion]:
        return criteria_of(self.criteria)

    @property
    def score(self) -> float | None:
        """Return the author's judgement, 0 to 100: the mean of the criteria; None where there are none."""
        criteria = self.criterion_list
        return sum(each.score for each in criteria) / len(criteria) if criteria else None

    @property
    def source_list(self) -> list[Source]:
        return sources_of(self.sources)

    @property
    def via_list(self) -> list[Source]:
        return sources_of(self.via)

    @property
    def highlight_list(self) -> list[str]:
        return lines_of(self.highlights)

    @property
    def page_image(self) -> Image | None:
        """Return the lead picture as its own page shows it."""
        return None if self.hides_lead_image else self.lead_image

    @property
    def was_updated(self) -> bool:
        """Say whether the text changed after publication."""
        return bool(self.updated_at and self.publish_at and self.updated_at > self.publish_at)


def title_for(access: str, title: str) -> str:
    """Return the title of an article with that access as readers see it."""
    if access == Article.Access.PASSWORD:
        return gettext("Protected: %(title)s") % {"title": title}
    if access == Article.Access.PRIVATE:
        return gettext("Private: %(title)s") % {"title": title}
    return title


def marks_of(post_format: str, *, is_trending: bool) -> list[str]:
    """Return the words that mark an article in lists."""
    words = [gettext("Trending")] if is_trending else []
    mark = choices.FORMAT_MARKS.get(post_format)
    return [*words, str(mark)] if mark else words


class Byline(models.Model):
    """One author of one article, in order."""

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="bylines",
        verbose_name=_("article"),
    )
    author = models.ForeignKey(
        Author,
        on_delete=models.PROTECT,
        related_name="bylines",
        verbose_name=_("author"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="byline_author_once",
                violation_error_message=_("This author is named already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.author)
