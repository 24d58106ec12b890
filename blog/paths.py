"""Where pages are. Working an address out costs Django more than SQLite needs to find the row it leads to."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def path_to(name: str, *args: str | int) -> str:
    """Return `reverse(name, args)`, worked out once: lists and menus lead to the same pages all day."""
    return _path(get_script_prefix(), name, *args)


@lru_cache(maxsize=8192)
def _path(_prefix: str, name: str, *args: str | int) -> str:
    return reverse(name, args=args)
