"""The menus at the desk: one page with all three, and a form for one item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from blog.articles.models import Article
from blog.frame.admin.arranging import ArrangedAdmin
from blog.frame.filling import fill_menu
from blog.frame.forms import MenuItemForm
from blog.frame.menus import load_menus
from blog.frame.models import TARGETS, MenuItem
from blog.pages.models import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

Menu = MenuItem.Menu
ABOUT = {
    Menu.HEADER: _("At the top of every page. Items within another one open under it."),
    Menu.FOOTER: _("At the end of every page. An item with others within it heads a column."),
    Menu.MOBILE: _("In place of the header’s menu where a screen is narrow."),
}
WHILE_EMPTY = {
    Menu.HEADER: _("Empty: the site shows its top categories."),
    Menu.FOOTER: _("Empty: the site shows its top categories, the feeds and a link to sign in."),
    Menu.MOBILE: _("Empty: small screens show the header’s menu."),
}


@admin.register(MenuItem)
class MenuItemAdmin(ArrangedAdmin):
    form = MenuItemForm
    arrange_template = "admin/frame/menus.html"
    fields = ("menu", "kind", *TARGETS, "label", "parent", "shows_latest", "opens_new_tab", "seen")
    needed_by = {
        **{target: (target,) for target in TARGETS},
        "shows_latest": ("category",),
        "opens_new_tab": TARGETS,
    }

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("page", "category", "tag", "article")

    def get_fields(self, request: HttpRequest, obj: MenuItem | None = None) -> tuple[str, ...]:
        return tuple(name for name in self.fields if not (obj and name == "menu"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.fill_view))
        return [path("fill/<menu>/", view, name="frame_menuitem_fill"), *super().get_urls()]

    def arrange_context(self, request: HttpRequest) -> dict[str, Any]:
        items = list(
            MenuItem.objects.select_related("category", "tag", "page", "article").order_by(
                "position", "pk"
            )
        )
        hidden = self._hidden(items)
        add = reverse("admin:frame_menuitem_add")
        menus = []
        for menu in Menu:
            own = [item for item in items if item.menu == menu]
            top = {item.pk for item in own if item.parent_id is None}
            rows = [
                (
                    item,
                    item.pk in hidden,
                    [(c, c.pk in hidden) for c in own if c.parent_id == item.pk],
                )
                for item in own
                if item.parent_id not in top
            ]
            menus.append(
                {
                    "key": menu.value,
                    "label": menu.label,
                    "about": ABOUT[menu],
                    "rows": rows,
                    "while_empty": WHILE_EMPTY[menu],
                    "add": f"{add}?menu={menu.value}",
                }
            )
        shown = load_menus()
        return {
            "title": _("Menus"),
            "menus": menus,
            "shown": {"header": shown.header, "footer": shown.footer, "mobile": shown.header},
        }

    def _hidden(self, items: Sequence[MenuItem]) -> set[int]:
        """Return the keys of those whose page or article strangers may not read, in two queries."""
        articles = {item.article_id for item in items if item.article_id}
        pages = {item.page_id for item in items if item.page_id}
        live = set(
            Article.objects.published(timezone.now())
            .filter(pk__in=articles)
            .values_list("pk", flat=True)
        )
        shown = set(Page.objects.published().filter(pk__in=pages).values_list("pk", flat=True))
        return {
            item.pk
            for item in items
            if (item.article_id and item.article_id not in live)
            or (item.page_id and item.page_id not in shown)
        }

    def fill_view(self, request: HttpRequest, menu: str) -> HttpResponse:
        """Make items of what the site shows while the menu is empty."""
        if menu not in Menu:
            raise Http404
        if not self.has_add_permission(request):
            raise PermissionDenied
        if not fill_menu(menu=menu):
            sentence = _("The menu is not empty any more. This is how it stands now.")
            self.message_user(request, sentence, messages.WARNING)
        return self.back()
