"""The picture that stands beside a link to an article: its title in the site's type and colours.

Made by the worker when the article is published, and again when what it shows has changed. Where the
author chose a picture for sharing, that one is shown instead. The title is the article's own, not the one
for lists: whoever follows the link finds it again at the top of the page.
"""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import PIL.Image
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.tasks import task
from PIL import ImageDraw, ImageFont, ImageOps

from blog.articles.models import Article, ShareCard
from blog.site.models import SiteSettings
from blog.taskqueue import enqueue_once

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH, HEIGHT = 1200, 630  # pixels: what pages with a link to it ask for
MARGIN = 72
PICTURE_WIDTH = 420  # of the lead picture at the side, where there is one
SIZES = (96, 84, 72, 62, 54, 46)  # of the title, in pixels: the first in which it fits
LINE = 1.12  # of the size
PAPER, INK, QUIET, ACCENT = "#fcfcfb", "#17191d", "#5a5e66", "#b62a17"
# Relative to the project: the fonts of the pages are the fonts of the cards.
FONT = Path(settings.BASE_DIR) / "static" / "fonts" / "newsreader-roman.woff2"
DESIGN = 1  # raised when the cards look different: all are made again
EVERY = timedelta(days=1)
AT_ONCE = 200  # cards looked at in one run


@task
def make_share_card(article_id: int) -> bool:
    """Make the card of a published article if it is missing or shows something else; say whether."""
    article = Article.objects.filter(pk=article_id).select_related("lead_image").first()
    if article is None or article.status != Article.Status.PUBLISHED:
        return False
    if article.access != Article.Access.OPEN:  # its page shows none
        return False
    site = SiteSettings.objects.current()
    digest = digest_of(article, site)
    card = ShareCard.objects.filter(article=article).first()
    if (card and card.digest == digest) or not can_be_written(article.title + site.title):
        return False
    content, extension = draw(article, site)
    return _store(article, digest, content, extension)


@transaction.atomic
def _store(article: Article, digest: str, content: bytes, extension: str) -> bool:
    """Keep the card, unless another worker has made the same meanwhile, or the article is gone."""
    if not Article.objects.select_for_update().filter(pk=article.pk).exists():
        return False
    card = ShareCard.objects.filter(article=article).first() or ShareCard(article=article)
    if card.digest == digest:
        return False
    old = card.file.name
    card.digest = digest
    card.file.save(f"{article.pk}-{digest[:24]}.{extension}", ContentFile(content), save=False)
    card.save()
    if old and old != card.file.name:
        # A page that still names the old file is made again: the row's trigger says so.
        transaction.on_commit(lambda: card.file.storage.delete(old))
    return True


@task
def refresh_share_cards(after: int = 0) -> int:
    """Make the cards of published articles that lack one or show an old title of the site; daily."""
    if after == 0:
        enqueue_once(refresh_share_cards, after=EVERY)
    keys = list(
        Article.objects.filter(status=Article.Status.PUBLISHED, pk__gt=after)
        .order_by("pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    for pk in keys:
        make_share_card.call(pk)
    if len(keys) == AT_ONCE:
        refresh_share_cards.enqueue(after=keys[-1])
    return len(keys)


def digest_of(article: Article, site: SiteSettings) -> str:
    """Return a name that nobody can guess for all that the card shows."""
    image = article.lead_image
    picture = (image.file.name, image.focal_x, image.focal_y) if image else None
    shown = repr((DESIGN, article.pk, article.title, site.title, picture))
    return hashlib.blake2b(
        shown.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32
    ).hexdigest()


def can_be_written(text: str) -> bool:
    """Say whether the font has every letter: a card with empty boxes is worse than none."""
    font = _font(SIZES[0])
    return all(not mark.strip() or font.getmask(mark).getbbox() for mark in set(text))


def draw(article: Article, site: SiteSettings) -> tuple[bytes, str]:
    """Return the card as an encoded file, with the extension of its name."""
    card = PIL.Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(card)
    width = WIDTH - 2 * MARGIN
    picture = _lead_picture(article)
    if picture:
        card.paste(picture, (WIDTH - PICTURE_WIDTH, 0))
        width -= PICTURE_WIDTH
    pen.rectangle((MARGIN, MARGIN, MARGIN + 64, MARGIN + 7), fill=ACCENT)
    size, lines = _fitted(article.title, width, HEIGHT - 2 * MARGIN - 130)
    y = MARGIN + 48.0
    for line in lines:
        pen.text((MARGIN, y), line, font=_font(size), fill=INK)
        y += size * LINE
    name = _font(34)
    pen.text(
        (MARGIN, HEIGHT - MARGIN),
        _cut(site.title, name, width),
        font=name,
        fill=QUIET,
        anchor="ls",
    )
    content = io.BytesIO()
    if picture:
        card.save(content, "JPEG", quality=88, optimize=True)
        return content.getvalue(), "jpg"
    card.quantize(64, dither=PIL.Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue(), "png"


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(FONT, size)
    font.set_variation_by_axes([600])
    return font


def _lead_picture(article: Article) -> Any:
    """Return the lead picture cut to its place, or None where there is none to open."""
    image = article.lead_image
    if image is None:
        return None
    try:
        with image.file.open("rb") as file, PIL.Image.open(file) as picture:
            return ImageOps.fit(
                picture.convert("RGB"),
                (PICTURE_WIDTH, HEIGHT),
                centering=(image.focal_x / 100, image.focal_y / 100),
            )
    except OSError:
        return None  # the file is gone: the title alone says enough


def _fitted(text: str, width: int, height: int) -> tuple[int, list[str]]:
    """Return the largest size in which the text fits, and its lines; the last one is cut if none does."""
    for size in SIZES:
        font = _font(size)
        lines = list(_wrapped(text, font, width))
        if len(lines) * size * LINE <= height and all(
            font.getlength(line) <= width for line in lines
        ):
            return size, lines
    most = int(height / (size * LINE))
    rest = " ".join(lines[most - 1 :])
    return size, [
        *(_cut(line, font, width) for line in lines[: most - 1]),
        _cut(rest, font, width),
    ]


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > width:
            yield line
            line = word
        else:
            line = longer
    yield line


def _cut(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """Return the text, ended by dots where it is too wide."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
