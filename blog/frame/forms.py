"""What an editor says about one item of a menu, or about one section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from blog.articles.rendering import markdown_to_html, render_body
from blog.frame.arranging import MOST_ITEMS, MOST_SECTIONS, check_place, locked_group
from blog.frame.models import TARGETS, MenuItem, Section

if TYPE_CHECKING:
    from django.http import QueryDict

CHANGED_MEANWHILE = _(
    "Somebody else has changed this meanwhile, and it is not what you saw. What you typed is below:"
    " save again to put it in place of theirs."
)
TOO_MANY = _("There are %(most)s already, and that is the most. Delete one first.")


class _SeenForm(forms.ModelForm):
    """A form that notices when the row is no longer what it was when the form was opened."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    most: int  # rows of one menu or area

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["seen"] = self.instance.version if self.instance.pk else None

    def lock(self) -> list:
        """Lock the rows beside it; refuse one too many, or a row that somebody else has changed."""
        rows = locked_group(self.instance)
        if not self.instance.pk:
            if len(rows) >= self.most:
                raise ValidationError(TOO_MANY, params={"most": self.most})
            return rows
        version = next((row.version for row in rows if row.pk == self.instance.pk), None)
        if version is None:
            raise ValidationError(_("Somebody has deleted this meanwhile."))
        if self.cleaned_data.get("seen") != version:
            data = cast("QueryDict", self.data).copy()
            data[self.add_prefix("seen")] = str(version)
            self.data = data
            raise ValidationError(CHANGED_MEANWHILE)
        self.instance.version = version + 1
        return rows


class MenuItemForm(_SeenForm):
    kind = forms.ChoiceField(
        label=_("Leads to"),
        required=False,
        choices=[
            ("page", _("A page")),
            ("category", _("A category")),
            ("tag", _("A tag")),
            ("article", _("An article")),
            ("address", _("An address")),
            ("", _("Nothing: a heading over the items within it")),
        ],
    )
    most = MOST_ITEMS

    class Meta:
        model = MenuItem
        fields = ("menu", "kind", *TARGETS, "label", "parent", "shows_latest", "opens_new_tab")
        widgets = {"menu": forms.HiddenInput}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        item = self.instance
        if item.pk:
            self.initial["kind"] = item.kind
            self.fields.pop("menu", None)  # it stays where it is: only there its parent is
        else:
            self.initial.setdefault("kind", TARGETS[0])
            if item.menu not in MenuItem.Menu:
                item.menu = self._asked_menu()
        if "parent" in self.fields:
            top = MenuItem.objects.filter(menu=item.menu, parent=None).exclude(pk=item.pk)
            names = top.select_related("category", "tag", "page", "article")
            self.fields["parent"].queryset = names  # type: ignore[attr-defined]
            self.fields["parent"].empty_label = _("– the top of the menu –")  # type: ignore[attr-defined]
            # That is done on the page of the menus.
            for button in ("add", "change", "delete", "view"):
                setattr(self.fields["parent"].widget, f"can_{button}_related", False)

    def _asked_menu(self) -> str:
        asked = self.data.get(self.add_prefix("menu")) or self.initial.get("menu")
        return str(asked) if asked in MenuItem.Menu else MenuItem.Menu.HEADER

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind", "")
        for target in TARGETS:
            if target != kind and target in data:
                data[target] = "" if target == "address" else None
        if kind != "category" and "shows_latest" in data:
            data["shows_latest"] = False
        if kind and not data.get(kind) and kind not in self.errors:
            self.add_error(kind, _("Choose where the item leads to."))
        if not data.get("label") and (not kind or kind == "address"):
            self.add_error("label", _("Write the words that readers see."))
        rows = self.lock()
        if data.get("parent"):
            # As it stands under the lock: it may have been moved since the box was filled.
            over = next((row for row in rows if row == data["parent"]), None)
            try:
                check_place(self.instance, over, rows)
            except ValidationError as error:
                self.add_error("parent", error)
        return data


class SectionForm(_SeenForm):
    most = MOST_SECTIONS

    class Meta:
        model = Section
        fields = ("area", "kind", "heading", "category", "length", "body")
        widgets = {"area": forms.HiddenInput, "body": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields.pop("area", None)
        area = self.instance.area or self.data.get(
            self.add_prefix("area"), self.initial.get("area")
        )
        if area == Section.Area.SIDEBAR and "kind" in self.fields:
            self.fields["kind"].choices = [  # type: ignore[attr-defined]
                choice for choice in Section.Kind.choices if choice[0] != Section.Kind.LEAD
            ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Section.Kind.CATEGORY:
            if not data.get("category"):
                self.add_error("category", _("Choose the category whose articles it shows."))
        else:
            data["category"] = None
        if data.get("kind") == Section.Kind.TEXT and not data.get("body"):
            self.add_error("body", _("Write the text that readers see."))
        if not self.instance.pk:
            self.instance.area = data.get("area", "")
        if "body" in data:
            html = markdown_to_html(data["body"]) if data.get("kind") == Section.Kind.TEXT else ""
            self.instance.body_html = render_body(html).html
        self.lock()
        return data
