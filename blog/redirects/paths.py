"""How an address of this site is written down: decoded, with one slash at its start."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

MAX_PATH = 500  # characters, as in the table
# WordPress's addresses without permalinks: one number or word in the query, and no path.
PLAIN_LINK = re.compile(r"/\?(?:p|page_id|attachment_id|cat|author)=[0-9]{1,10}")


def path_of(text: str) -> str:
    """Return the path somebody means who typed or pasted an address; "" where there is none.

    Of a whole address only the path counts: which host it had says nothing about this site.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    path = unquote(parts.path)
    if parts.query:
        path = f"{path or '/'}?{parts.query}"
        if not PLAIN_LINK.fullmatch(path):
            return ""
    elif parts.netloc and not path:
        path = "/"
    path = "/" + path.lstrip("/\\")
    return path if text and path.isprintable() and len(path) <= MAX_PATH else ""


def both_forms(path: str) -> list[str]:
    """Return the path with and without a slash at its end: people leave it out."""
    bare = path.rstrip("/")
    return [path, bare if path.endswith("/") else f"{path}/"] if bare else [path]


# What people ask for in vain: words, with a slash or as a page. What a robot tries is mostly a program,
# a file with a dot in front, or a folder of another system.
_PAGE = re.compile(r"(?:/[\w%~+,()!@:'&-][\w%.~+,()!@:'&-]*){1,6}/?")
_ENDINGS = re.compile(r"\.(?!html?/?$|pdf/?$)[A-Za-z0-9]{1,8}/?$")
_OF_ROBOTS = re.compile(
    r"(?i)/(?:wp-|wordpress|xmlrpc|cgi-bin|phpmyadmin|pma|vendor|_ignition|actuator|solr|owa|autodiscover"
    r"|boaform|hnap1|server-status|backup|config|node_modules|laravel|telescope|\w*admin(?:er)?)(?:[/.\-_]|$|\w)"
)
MOST_LETTERS = 200


def is_plausible(path: str) -> bool:
    """Say whether a person may have asked for this, following an old or mistyped link."""
    return (
        len(path) <= MOST_LETTERS
        and path.isprintable()
        and _PAGE.fullmatch(path) is not None
        and not _ENDINGS.search(path)
        and not _OF_ROBOTS.search(path)
    )
