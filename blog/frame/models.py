"""What stands around the texts: the menus, and the sections of the home page and the sidebar."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article, Category, Tag
from blog.frame.addresses import validate_address
from blog.pages.models import Page

# What a menu item leads to: one of these fields, or none of them.
TARGETS = ("page", "category", "tag", "article", "address")


def _is_empty(target: str) -> Q:
    return Q(address="") if target == "address" else Q(**{f"{target}__isnull": True})


def _at_most_one_target() -> Q:
    """Return the condition that all of them are empty but one: one clause for each that may be filled."""
    return reduce(
        or_,
        (
            reduce(and_, (_is_empty(other) for other in TARGETS if other != target))
            for target in TARGETS
        ),
    )


class MenuItem(models.Model):
    """One link of a menu. Without a target of its own it is a heading over the items within it."""

    class Menu(models.TextChoices):
        HEADER = "header", _("Header")
        FOOTER = "footer", _("Footer")
        MOBILE = "mobile", _("Small screens")

    menu = models.CharField(_("menu"), max_length=10, choices=Menu)
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,  # what was within it stays in the menu
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("within"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    label = models.CharField(
        _("label"), max_length=100, blank=True, help_text=_("Empty: the name of what it leads to.")
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    tag = models.ForeignKey(
        Tag,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tag"),
    )
    page = models.ForeignKey(
        Page,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("page"),
    )
    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("article"),
    )
    address = models.CharField(
        _("address"),
        max_length=500,
        blank=True,
        validators=[validate_address],
        help_text=_("A path of this site such as /archives/, or https://… elsewhere."),
    )
    opens_new_tab = models.BooleanField(_("opens in a new tab"), default=False)
    shows_latest = models.BooleanField(
        _("its newest articles open under it"),
        default=False,
        help_text=_(
            "Of an item at the top of the menu. Every page shows them, so each new article of the category"
            " makes all pages anew."
        ),
    )
    version = models.PositiveIntegerField(editable=False, default=1)

    class Meta:
        verbose_name = _("menu item")
        verbose_name_plural = _("menus")
        ordering = ["menu", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("pk")), name="menu_item_not_within_itself"
            ),
            models.CheckConstraint(
                condition=_at_most_one_target(),
                name="menu_item_leads_to_one",
                violation_error_message=_("An item leads to one place only."),
            ),
            models.CheckConstraint(
                condition=~Q(label="") | ~reduce(and_, map(_is_empty, TARGETS)),
                name="menu_item_says_something",
                violation_error_message=_(
                    "Choose what the item leads to, or write a label: then it is a heading."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(
            self.category or self.tag or self.page or self.article or self.address
        )

    @property
    def kind(self) -> str:
        """Return the name of the field that says where it leads, "" for a heading."""
        for target in TARGETS:
            if getattr(self, target if target == "address" else f"{target}_id"):
                return target
        return ""


class Section(models.Model):
    """A block of the home page or of the sidebar, chosen from those that templates/sections/ holds."""

    class Area(models.TextChoices):
        HOME = "home", _("Home page")
        SIDEBAR = "sidebar", _("Sidebar")

    class Kind(models.TextChoices):
        LEAD = "lead", _("Lead story")
        LATEST = "latest", _("Latest articles")
        CATEGORY = "category", _("Articles of a category")
        ARCHIVE_PICKS = "archive_picks", _("From the archive")
        MOST_READ = "most_read", _("Most read")
        MOST_DISCUSSED = "most_discussed", _("Most discussed")
        TOP_RATED = "top_rated", _("Top rated")
        RECENT_COMMENTS = "recent_comments", _("Recent comments")
        AUTHORS = "authors", _("Authors")
        TAGS = "tags", _("Tags")
        ARCHIVES = "archives", _("Archives")
        SEARCH = "search", _("Search")
        TEXT = "text", _("Text")

    area = models.CharField(_("area"), max_length=10, choices=Area)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    heading = models.CharField(
        _("heading"), max_length=100, blank=True, help_text=_("Empty: the name of the kind.")
    )
    length = models.PositiveSmallIntegerField(
        _("how many"), default=5, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    body = models.TextField(
        _("text"),
        max_length=10_000,
        blank=True,
        help_text=_("In Markdown: **bold**, *italic*, [words](https://example.com/), - a list."),
    )
    body_html = models.TextField(editable=False, blank=True)
    version = models.PositiveIntegerField(editable=False, default=1)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["area", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="category") | Q(category__isnull=False),
                name="section_category_has_one",
                violation_error_message=_(
                    "Choose the category whose articles this section shows."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.heading or self.get_kind_display()
