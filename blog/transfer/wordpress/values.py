"""Single values of an export, as what they must be here."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import nh3
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from blog.articles.models import validate_article_slug
from blog.articles.slugs import make_slug

if TYPE_CHECKING:
    from blog.transfer.wordpress.export import Record

_SLUG = re.compile(r"[a-zA-Z0-9_-]+")


def plain(text: str) -> str:
    """Return the words of a text with or without HTML, on one line."""
    if "<" in text:
        text = nh3.clean(text, tags=set())
    return " ".join(unescape(text).split())


def cut(text: str, most: int) -> str:
    """Return the text, or as many whole words as fit, and a sign that there were more."""
    if len(text) <= most:
        return text
    start = text[: most - 1]
    return f"{start.rpartition(' ')[0].rstrip(' ,;:–-') or start}…"


def moment_of(utc: str, local: str, zone: ZoneInfo, published: str = "") -> datetime | None:
    """Return when something was written: in UTC, else by the site's clock, else as RSS says it."""
    for text, place in ((utc, UTC), (local, zone)):
        try:
            moment = parse_datetime(text.strip())
        except ValueError:
            continue
        if moment and moment.year > 1:
            return make_aware(moment, place) if is_naive(moment) else moment
    try:
        moment = parsedate_to_datetime(published.strip())
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.year <= 1:
        return None
    return make_aware(moment, UTC) if is_naive(moment) else moment


def written_at(record: Record, zone: ZoneInfo) -> datetime | None:
    return moment_of(
        record.text("wp:post_date_gmt"),
        record.text("wp:post_date"),
        zone,
        record.text("pubDate"),
    )


def slug_of(name: str, title: str, max_length: int) -> str:
    """Return WordPress's address in Latin letters, or one made of the title; "" where neither has any."""
    name = unquote(name).removesuffix("__trashed")
    if _SLUG.fullmatch(name) and len(name) <= max_length:
        return name
    return make_slug(name, max_length) or make_slug(title, max_length)


def free_at_the_root(slug: str) -> str:
    """Return the slug, with a number behind it where the site itself has that address."""
    try:
        validate_article_slug(slug)
    except ValidationError:
        return f"{slug}-2"
    return slug
