"""What the owner decides about the whole site: one row, edited in the admin."""

import re
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from blog.prepared import Prepared
from blog.said import said_by
from blog.site.colours import ACCENT, PAPER
from blog.site.head_code import Head, parse_head_code, validate_head_code
from blog.site.look import look_of
from blog.site.naming import validate_naming


def validate_time_zone(value: str) -> None:
    """Raise ValidationError unless *value* is an IANA zone name such as Europe/Lisbon."""
    if value not in available_timezones():
        raise ValidationError(_("Choose a time zone such as Europe/Lisbon or UTC."))


def validate_colour(value: str) -> None:
    """Raise ValidationError unless *value* is a colour such as #b62a17."""
    if not re.fullmatch("#[0-9a-f]{6}", value, re.ASCII | re.IGNORECASE):
        raise ValidationError(
            _("Write a colour as # and six digits of 0–9 and a–f, as in #b62a17.")
        )


class SiteSettingsManager(models.Manager["SiteSettings"]):
    def current(self) -> "SiteSettings":
        """Return the row, or the defaults (unsaved) before the first run: never raises.

        Not to be changed: the next request may get the same object.
        """
        found = _only_row()
        return found[0] if found else SiteSettings()


class SiteSettings(models.Model):
    class WhoMayRate(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody")
        USERS = "users", _("Signed-in readers")
        GUESTS = "guests", _("Guests")
        NOBODY = "nobody", _("Nobody")

    class CommentOrder(models.TextChoices):
        OLDEST = "oldest", _("The oldest")
        NEWEST = "newest", _("The newest")
        BEST = "best", _("The best")

    class Typeface(models.TextChoices):
        SERIF = "serif", _("Newsreader, a serif for long texts")
        SANS = "sans", _("The device’s own sans-serif: nothing to load")

    class Layout(models.TextChoices):
        MAGAZINE = "magazine", _("Magazine: a lead story, a grid and sections")
        JOURNAL = "journal", _("Journal: one column, newest first")

    class Fact(models.TextChoices):
        """What may stand beside a title."""

        AUTHOR = "author", _("Authors")
        DATE = "date", _("Date")
        UPDATED = "updated", _("Last updated, where it was")
        READING_TIME = "time", _("Reading time")
        RATING = "rating", _("Rating")
        COMMENTS = "comments", _("Number of comments")
        READS = "reads", _("Number of reads")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    title = models.CharField(_("title"), max_length=100, default="Byline")
    tagline = models.CharField(
        _("tagline"),
        max_length=200,
        blank=True,
        default="Essays and reports on machines, cities and the people in between",
    )
    logo = models.ForeignKey(
        "media.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
        help_text=_("Stands in place of the title. Empty: the title in letters."),
    )
    logo_dark = models.ForeignKey(
        "media.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo on dark ground"),
        help_text=_("Empty: the same logo."),
    )
    icon = models.ForeignKey(
        "media.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("icon"),
        help_text=_("For browser tabs and home screens: a square of 512 pixels or more."),
    )
    accent = models.CharField(
        _("colour of links and marks"),
        max_length=7,
        default=ACCENT,
        validators=[validate_colour],
    )
    paper = models.CharField(
        _("colour of the paper"), max_length=7, default=PAPER, validators=[validate_colour]
    )
    typeface = models.CharField(
        _("typeface"), max_length=10, choices=Typeface, default=Typeface.SERIF
    )
    layout = models.CharField(
        _("layout of the home page"), max_length=10, choices=Layout, default=Layout.MAGAZINE
    )
    front_page = models.ForeignKey(
        "pages.Page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("front page"),
        help_text=_(
            "A page in place of the latest articles, which then stand under /latest/. Empty, or while the"
            " page is not published: the articles and the sections."
        ),
    )
    neighbours_in_category = models.BooleanField(
        _("previous and next within the category"),
        default=False,
        help_text=_("Off: the article before and after in time, whatever it is about."),
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    date_format = models.CharField(_("date format"), max_length=20, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    articles_per_page = models.PositiveSmallIntegerField(
        _("articles per page"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    words_per_minute = models.PositiveSmallIntegerField(
        _("words read in a minute"),
        default=250,
        validators=[MinValueValidator(50), MaxValueValidator(1000)],
        help_text=_("For the reading time beside each article."),
    )
    # Facts by their names, with blanks between them.
    facts_on_articles = models.CharField(
        _("on the article’s own page"),
        max_length=100,
        blank=True,
        default="author date updated time comments",
    )
    facts_on_cards = models.CharField(
        _("on the home page and in sections"),
        max_length=100,
        blank=True,
        default="author date time rating comments",
    )
    facts_in_lists = models.CharField(
        _("in lists and search"),
        max_length=100,
        blank=True,
        default="author date time rating comments",
        help_text=_(
            "Of categories, tags, authors, months. Numbers of reads are up to five minutes old; rankings"
            " always tell what they go by."
        ),
    )
    dates_relative = models.BooleanField(
        _("days as “3 days ago”"),
        default=False,
        help_text=_("For thirty days, where scripts run. Else, and later, the date stands there."),
    )
    breadcrumbs_shown = models.BooleanField(
        _("show the way from the home page above an article"), default=True
    )
    contents_shown = models.BooleanField(
        _("show a table of contents"),
        default=True,
        help_text=_("Beside articles with two headings or more."),
    )
    progress_shown = models.BooleanField(
        _("show how far one has read"), default=True, help_text=_("A line above the article.")
    )
    theme_switch_shown = models.BooleanField(
        _("let readers choose light or dark"),
        default=True,
        help_text=_("Off: pages are as the reader’s device is."),
    )
    feeds_in_full = models.BooleanField(
        _("whole texts in feeds"), default=True, help_text=_("Off: summaries.")
    )
    reads_counted = models.BooleanField(
        _("count reads"),
        default=True,
        help_text=_("Once per reader and day, without a cookie. Off: the lists of most read end."),
    )
    websub_hub = models.URLField(
        _("WebSub hub"),
        blank=True,
        help_text=_(
            "Is told of every new article, so that feed readers show it at once. Empty: none."
        ),
    )
    indexnow_on = models.BooleanField(
        _("tell search engines of new articles"),
        default=False,
        help_text=_("Sends their addresses to IndexNow."),
    )
    head_code = models.TextField(
        _("code for the head of every page"),
        max_length=5000,
        blank=True,
        validators=[validate_head_code],
        help_text=_(
            "Such as the line by which a search engine knows that the site is yours: <meta>, <link>, JSON-LD,"
            " and scripts and styles in full. Nothing is loaded from elsewhere."
        ),
    )
    discourage_search_engines = models.BooleanField(_("discourage search engines"), default=False)
    title_template = models.CharField(
        _("titles of articles for search engines"),
        max_length=200,
        default="{title} – {site}",
        validators=[validate_naming],
        help_text=_("Use {title}, {subtitle}, {category}, {author}, {site}, {tagline}."),
    )
    description_template = models.CharField(
        _("descriptions of articles for search engines"),
        max_length=300,
        default="{excerpt}",
        validators=[validate_naming],
        help_text=_(
            "Of articles that have none of their own. Use {excerpt} and the same as above."
        ),
    )

    # Discussion: WordPress's settings. What is held or binned is said by rules (blog/comments/rules.py).
    comments_open = models.BooleanField(
        _("readers may comment"),
        default=True,
        help_text=_(
            "Off closes the comments of every article, old ones too. Comments stay readable."
        ),
    )
    comment_needs_sign_in = models.BooleanField(
        _("only signed-in readers may comment"),
        default=False,
        help_text=_("Let readers sign up, too, or make their accounts yourself."),
    )
    readers_may_sign_up = models.BooleanField(
        _("readers may sign up"),
        default=False,
        help_text=_(
            "They prove their address by a link in a mail. An account reads and comments, no more."
        ),
    )
    comment_needs_name_and_email = models.BooleanField(
        _("name and email are required"), default=True
    )
    articles_start_open = models.BooleanField(
        _("new articles are open for comments"),
        default=True,
        help_text=_("Articles that are there already keep what they have."),
    )
    remembering_offered = models.BooleanField(
        _("offer to remember name and email"),
        default=True,
        help_text=_("A box below the form. They are kept in the reader’s browser alone."),
    )
    comments_close_after_days = models.PositiveSmallIntegerField(
        _("close comments after"),
        null=True,
        blank=True,
        help_text=_("Days after publication. Empty: never."),
    )
    seconds_between_comments = models.PositiveSmallIntegerField(
        _("seconds between two comments of one person"), default=15
    )
    comments_per_network_and_minute = models.PositiveSmallIntegerField(
        _("comments from one network in a minute"),
        default=10,
        help_text=_("0 switches this limit off."),
    )

    threads_per_page = models.PositiveSmallIntegerField(
        _("threads per page"),
        default=50,
        validators=[MinValueValidator(5), MaxValueValidator(200)],
    )
    thread_depth = models.PositiveSmallIntegerField(
        _("levels of replies"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_(
            "Deeper ones stand below the last level and say whom they answer. 1: a flat list."
        ),
    )
    comment_order = models.CharField(
        _("comments start with"), max_length=6, choices=CommentOrder, default=CommentOrder.OLDEST
    )
    likes_on = models.BooleanField(_("readers may like comments"), default=True)
    guests_may_like = models.BooleanField(_("guests may like, too"), default=True)
    avatars_on = models.BooleanField(
        _("initials and photos beside comments"),
        default=True,
        help_text=_(
            "Initials are drawn here, photos are those of author boxes. Nothing is loaded from elsewhere."
        ),
    )
    gravatars_on = models.BooleanField(
        _("look for pictures of guests at Gravatar"),
        default=False,
        help_text=_(
            "This server asks, once a month for each address and by a hash of it, and keeps the picture."
            " Browsers ask nobody but this site. The privacy page says so."
        ),
    )
    news_on = models.BooleanField(
        _("tell readers of new comments while they read"),
        default=False,
        help_text=_("Open pages ask once a minute, and say how many came."),
    )
    fold_comments_after = models.PositiveIntegerField(
        _("characters after which a comment is folded"),
        default=2000,
        help_text=_("Readers open it with “Read more”. 0: never."),
    )
    masked_words = models.TextField(
        _("words to mask"),
        max_length=5000,
        blank=True,
        help_text=_(
            "One a line, whole words in any case. Readers see the first letter and stars; the comment is"
            " kept as it was written."
        ),
    )
    reports_to_hold = models.PositiveSmallIntegerField(
        _("reports that hold a comment"),
        default=3,
        help_text=_("Of different readers; guests of one network count as one. 0: never."),
    )
    comment_edit_minutes = models.PositiveSmallIntegerField(
        _("minutes in which writers may edit"), default=15, help_text=_("0: not at all.")
    )
    following_on = models.BooleanField(_("readers may follow comments by mail"), default=True)
    proof_of_work = models.BooleanField(
        _("let browsers work before a comment"),
        default=False,
        help_text=_(
            "A second of computing that costs a spammer a lot. Browsers can do it over HTTPS only: without,"
            " every guest’s comment is held."
        ),
    )
    akismet_key = models.CharField(
        _("Akismet key"),
        max_length=64,
        blank=True,
        help_text=_("Empty: no comment leaves this site. The service sees text and writer."),
    )
    contact_email = models.EmailField(
        _("messages go to"),
        max_length=254,
        blank=True,
        help_text=_(
            "Where mail about what people write by a contact form is sent. Empty: to every administrator."
        ),
    )
    message_days = models.PositiveSmallIntegerField(
        _("days after which messages are deleted"),
        default=365,
        validators=[MinValueValidator(1)],
        help_text=_("Those of the contact form; spam goes with other spam."),
    )
    agent_days = models.PositiveSmallIntegerField(
        _("days after which browsers and networks are forgotten"), default=30
    )
    spam_days = models.PositiveSmallIntegerField(_("days after which spam is deleted"), default=15)

    who_may_rate = models.CharField(
        _("who may rate"),
        max_length=10,
        choices=WhoMayRate,
        default=WhoMayRate.EVERYBODY,
    )
    votes_per_network_and_hour = models.PositiveSmallIntegerField(
        _("new votes on one article from one network in an hour"),
        default=60,
        help_text=_("0 switches this limit off. Schools and phones share addresses: be generous."),
    )
    votes_believed_per_network = models.PositiveSmallIntegerField(
        _("votes from one network counted at once"),
        default=5,
        help_text=_("More within an hour are kept aside until a moderator looks. 0: never."),
    )

    first_steps_hidden = models.BooleanField(default=False, editable=False)

    objects = SiteSettingsManager()

    class Meta:
        verbose_name = verbose_name_plural = _("site settings")
        permissions = [("change_head_code", _("Can change the code in the head of the pages"))]
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="site_settings_one_row"),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def said(self) -> tuple[object, ...]:
        """All that the row and its pictures say, as a value for `{% keep %}`."""
        return said_by(self), said_by(self.logo), said_by(self.logo_dark), said_by(self.icon)

    @property
    def on_articles(self) -> list[str]:
        return self.facts_on_articles.split()

    @property
    def on_cards(self) -> list[str]:
        return self.facts_on_cards.split()

    @property
    def in_lists(self) -> list[str]:
        return self.facts_in_lists.split()

    @property
    def look(self) -> str:
        """Return the digest of the site's own stylesheet, "" for the default look."""
        return look_of(self).digest

    @property
    def logos(self) -> tuple[tuple[str, int, int, str], ...]:
        """Return address, width, height and class of the logo, or of one for each ground. No query.

        Plain values, so that a kept header can name all it shows.
        """
        if self.logo is None:
            return ()
        light = (self.logo.files.src, self.logo.width, self.logo.height)
        if self.logo_dark is None:
            return ((*light, ""),)
        dark = (self.logo_dark.files.src, self.logo_dark.width, self.logo_dark.height)
        return ((*light, "on-light"), (*dark, "on-dark"))

    @property
    def head(self) -> Head:
        """Return the code for the head as pages send it; none where a newer version refuses it."""
        try:
            return parse_head_code(self.head_code)
        except ValidationError:
            return parse_head_code("")

    @property
    def icon_address(self) -> str:
        """Return the address of a small file of the icon, "" where none was chosen."""
        return self.icon.files.src if self.icon else ""


_only_row = Prepared(
    lambda: SiteSettings.objects.filter(pk=1).select_related("logo", "logo_dark", "icon"),
    keeps=True,
)
