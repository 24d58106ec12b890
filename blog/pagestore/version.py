"""What made a page: the code, its templates and texts, the names of the static files, the settings."""

import hashlib
from pathlib import Path

import django
from django.conf import settings

MADE_BY = ("accounts", "blog", "templates", "locale", "static/css")  # below BASE_DIR


def version() -> str:
    """Return a digest that another release of the site, or of what it stands on, does not share.

    Contents, not times: an image of a container may give every file the same time. 20 ms at the start.
    """
    digest = hashlib.blake2b(digest_size=12)
    for value in (
        django.__version__,
        settings.SECRET_KEY,  # addresses of portraits are made with it
        settings.SITE_URL,
        settings.MEDIA_URL,
        settings.DEBUG,
    ):
        digest.update(f"{value}\n".encode())
    for path in [*_files(), settings.STATIC_ROOT / "staticfiles.json"]:
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def _files() -> list[Path]:
    folders = [*(settings.BASE_DIR / folder for folder in MADE_BY), settings.THEME]
    return sorted(
        path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts
    )
