"""Addresses that still forward to something else: taken over by those who know it, never by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import QueryDict


FORWARDS = _(
    "Old links to this address lead to %s now. Choose another address, or save once more to take it away from"
    " there."
)


class ClaimingForm(forms.ModelForm):
    """A form with an address. The first save with one that forwards elsewhere is refused, the second does it.

    `history` is the table of old addresses: `address_field` holds one, `owner_field` what it leads to.
    """

    history: ClassVar[type[Model]]
    owner_field: ClassVar[str]
    address_field: ClassVar[str] = "slug"

    claimed_address = forms.CharField(required=False, widget=forms.HiddenInput)

    def wanted_address(self, data: dict[str, Any]) -> str:
        """Return the address asked for, "" where it will be made from the name."""
        return data.get("slug") or ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wanted = self.wanted_address(data)
        if not wanted or wanted == data.get("claimed_address"):
            return data
        if self.instance.pk and wanted == self.initial.get(self.address_field):
            return data  # an address in use forwards nowhere
        forwards = self.history._default_manager.filter(**{self.address_field: wanted})
        others = forwards.exclude(**{self.owner_field: self.instance.pk})
        if forward := others.select_related(self.owner_field).first():
            self._set_data("claimed_address", wanted)
            owner = getattr(forward, self.owner_field)
            # The title of an unpublished article is nobody's business.
            name = _("“%s”") % owner if getattr(owner, "is_live", True) else _("something else")
            self.add_error("slug", FORWARDS % name)
        return data

    def _set_data(self, name: str, value: str) -> None:
        """Put something else into the form that comes back than what was sent."""
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix(name)] = value
        self.data = data
