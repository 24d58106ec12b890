"""What the frame of every page shows: the site's name and its sections."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from blog.articles.models import Category
from blog.prepared import Prepared
from blog.site.middleware import site_of


class Section(NamedTuple):
    """A top category as the menu shows it. Plain values, so that a kept menu can name all it shows."""

    pk: int
    name: str
    path: str
    description: str

    def get_absolute_url(self) -> str:
        return reverse("category-detail", args=[self.path])


_top_categories = Prepared(
    lambda: Category.objects.filter(parent=None).values_list(*Section._fields)
)


def top_sections() -> tuple[Section, ...]:
    """Return the top categories in the order of the menu."""
    return tuple(map(Section._make, _top_categories()))


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the settings row and the sections; the query runs only where a template asks."""
    return {"site": site_of(request), "sections": SimpleLazyObject(top_sections)}
