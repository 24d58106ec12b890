"""What the frame of every page shows: the site's name and its menus."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from blog.frame.menus import load_menus
from blog.site.middleware import site_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the settings row and the menus; the query runs only where a template asks."""
    return {"site": site_of(request), "menus": SimpleLazyObject(load_menus)}
