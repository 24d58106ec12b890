"""What the owner lays over the site: templates and static files in `DATA_DIR/theme` (docs/themes.md)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.template import TemplateSyntaxError
from django.template.loader import get_template

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def template_for(name: str, address: str) -> str:
    """Return the theme's template that is nearest to an address, or *name* where it has none.

    For `articles/archive.html` and `/category/science/physics/` that is the first there is of
    `articles/archive-category-science-physics.html`, `archive-category-science` and `archive-category`.
    """
    own = own_templates()
    if not own:
        return name
    parts = address.strip("/").split("/")
    stem = name.removesuffix(".html")
    for length in range(len(parts), 0, -1):
        nearest = f"{stem}-{'-'.join(parts[:length])}.html"
        if nearest in own:
            return nearest
    return name


def own_templates() -> frozenset[str]:
    """Return the names of the theme's templates, as of the start of this process."""
    return (_templates if settings.DEBUG else _own)(settings.THEME)


def _templates(theme: Path) -> frozenset[str]:
    folder = theme / "templates"
    return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))


_own = cache(_templates)  # a change needs a start anyway: templates are compiled once


@register(Tags.templates)
def check_theme(app_configs: Collection[Any] | None, **kwargs: Any) -> list[Error]:
    """Compile the theme's templates: a slip of the pen stops the start and not a reader."""
    errors = []
    for name in sorted(_templates(settings.THEME)):
        try:
            get_template(name)
        except (TemplateSyntaxError, UnicodeDecodeError) as error:
            path = settings.THEME / "templates" / name
            errors.append(Error(f"{path}: {error}", id="byline.theme"))
    return errors
