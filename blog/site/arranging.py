"""What the pages of the desk have in common on which rows are put in order: menus, sections, pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from blog.numbers import number_in

if TYPE_CHECKING:
    from django.http import HttpRequest

GONE = _("Somebody has moved or deleted it meanwhile. This is how it stands now.")


def key_sent(request: HttpRequest, name: str) -> int | None:
    """Return the key of the row that a move names, None for none."""
    value = request.POST.get(name, "")
    if not value:
        return None
    key = number_in(value)
    if key is None:
        raise Http404
    return key
