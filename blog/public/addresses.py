"""Addresses with scheme and host, for feeds, sitemaps and the heads of pages."""

from django.conf import settings
from django.http import HttpRequest


def absolute(request: HttpRequest, path: str) -> str:
    """Return *path* with scheme and host: SITE_URL where it is set, else those of the request."""
    if "://" in path:
        return path
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)
