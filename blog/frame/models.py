"""What stands around the texts: the menus, and the sections of the home page and the sidebar."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from blog.articles.models import Article, Category, Tag
from blog.pages.models import Page


class MenuItem(models.Model):
    """One link of a menu. Without a target of its own it is a heading over the items within it."""

    class Menu(models.TextChoices):
        HEADER = "header", _("Header")
        FOOTER = "footer", _("Footer")
        MOBILE = "mobile", _("Small screens")

    menu = models.CharField(_("menu"), max_length=10, choices=Menu)
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
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
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    address = models.CharField(
        _("address"),
        max_length=500,
        blank=True,
        help_text=_("A path of this site such as /archives/, or https://… elsewhere."),
    )
    opens_new_tab = models.BooleanField(_("opens in a new tab"), default=False)

    class Meta:
        verbose_name = _("menu item")
        verbose_name_plural = _("menu items")
        ordering = ["menu", "position", "pk"]

    def __str__(self) -> str:
        return self.label or str(
            self.category or self.tag or self.page or self.article or self.address
        )


class Section(models.Model):
    """A block of the home page or of the sidebar, chosen from those that templates/sections/ holds."""

    class Area(models.TextChoices):
        HOME = "home", _("Home page")
        SIDEBAR = "sidebar", _("Sidebar")

    class Kind(models.TextChoices):
        LEAD = "lead", _("Lead story")
        LATEST = "latest", _("Latest articles")
        CATEGORY = "category", _("Articles of a category")
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
    length = models.PositiveSmallIntegerField(_("how many"), default=5)
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    body = models.TextField(_("text"), blank=True, help_text=_("Of a text section."))
    body_html = models.TextField(editable=False, blank=True)

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
