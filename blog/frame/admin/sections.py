"""The sections of the home page and of the sidebar at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blog.frame.admin.arranging import ArrangedAdmin
from blog.frame.forms import SectionForm
from blog.frame.models import Section

if TYPE_CHECKING:
    from django.http import HttpRequest

Area, Kind = Section.Area, Section.Kind
ABOUT = {
    Area.HOME: _(
        "What the first page shows, from top to bottom. Only the rankings name an article again."
    ),
    Area.SIDEBAR: _("Beside the home page and the archives, and under them on small screens."),
}
WHILE_EMPTY = {
    Area.HOME: _("Empty: a lead story, the latest articles, a category and the most discussed."),
    Area.SIDEBAR: _("Empty: there is no sidebar."),
}
KINDS = {
    Kind.LEAD: _("The newest article, large. A sticky one comes first."),
    Kind.LATEST: _("Cards of the newest articles."),
    Kind.CATEGORY: _("The newest of one category: one as a card, the others as a list."),
    Kind.ARCHIVE_PICKS: _("Older articles by chance, others every hour."),
    Kind.MOST_READ: _("A ranking of the last seven days."),
    Kind.MOST_DISCUSSED: _("A ranking by comments in the last thirty days."),
    Kind.TOP_RATED: _("A ranking by the readers’ stars."),
    Kind.RECENT_COMMENTS: _("The first words of the newest comments."),
    Kind.AUTHORS: _("The people who write here, with their portraits."),
    Kind.TAGS: _("The tags used most; the larger, the more articles."),
    Kind.ARCHIVES: _("The latest months, and how many articles each has."),
    Kind.SEARCH: _("A field to search the site."),
    Kind.TEXT: _("Words of your own: a greeting, a notice, a list of links."),
}


@admin.register(Section)
class SectionAdmin(ArrangedAdmin):
    form = SectionForm
    arrange_template = "admin/frame/sections.html"
    fields = ("area", "kind", "heading", "category", "length", "body", "seen")
    derived = ("body_html",)
    needed_by = {
        "category": (Kind.CATEGORY,),
        "body": (Kind.TEXT,),
        "heading": tuple(kind for kind in Kind if kind != Kind.LEAD),
        "length": tuple(kind for kind in Kind if kind not in (Kind.LEAD, Kind.SEARCH, Kind.TEXT)),
    }

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("category",)

    def get_fields(self, request: HttpRequest, obj: Section | None = None) -> tuple[str, ...]:
        return tuple(name for name in self.fields if not (obj and name == "area"))

    def arrange_context(self, request: HttpRequest) -> dict[str, Any]:
        sections = list(Section.objects.select_related("category").order_by("position", "pk"))
        add = reverse("admin:frame_section_add")
        areas = [
            {
                "key": area.value,
                "label": area.label,
                "about": ABOUT[area],
                "rows": [
                    (section, KINDS[Kind(section.kind)])
                    for section in sections
                    if section.area == area
                ],
                "while_empty": WHILE_EMPTY[area],
                "kinds": [
                    (kind.label, about, f"{add}?area={area.value}&kind={kind.value}")
                    for kind, about in KINDS.items()
                    if (area, kind) != (Area.SIDEBAR, Kind.LEAD)
                ],
            }
            for area in Area
        ]
        return {"title": _("Sections"), "areas": areas}
