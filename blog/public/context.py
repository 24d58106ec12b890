"""What the frame of every page shows: the site's name and its sections."""

from typing import Any

from django.http import HttpRequest

from blog.articles.models import Category
from blog.site.middleware import site_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the settings row and the top categories; the query runs only where a template asks."""
    return {
        "site": site_of(request),
        "sections": Category.objects.filter(parent=None),
    }
