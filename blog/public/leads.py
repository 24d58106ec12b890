"""What stands first on the page of an article: its picture, a film or sound elsewhere, a gallery."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from blog.articles.embeds import Player, player_of
from blog.articles.models import Article

if TYPE_CHECKING:
    from django.http import HttpResponse

Format, Placement = Article.Format, Article.LeadPlacement
_GALLERY = '<figure class="gallery">'
_FIGURE = re.compile(r"<(/?)figure\b")


def player_for(article: Article) -> Player | None:
    """Return the player of the film or sound that leads the article, None where neither does."""
    if article.post_format not in {Format.VIDEO, Format.AUDIO}:
        return None
    player = player_of(article.lead_embed)
    return player if player and player.kind == article.post_format else None


class Lead(NamedTuple):
    place: str = ""  # one of Article.LeadPlacement; empty: nothing leads
    player: Player | None = None
    gallery: str = ""


def lead_of(article: Article, before: str, after: str) -> tuple[Lead, str, str]:
    """Return what leads, and the two parts of the text without what is taken out of it for that."""
    place = Placement.FULL if article.post_format == Format.IMAGE else article.lead_placement
    beside = Placement.ABOVE if place == Placement.FULL else place
    if player := player_for(article):
        return Lead(beside, player), before, after
    if article.post_format == Format.GALLERY:
        gallery, rest = gallery_out_of(before)
        if gallery:
            return Lead(beside, gallery=gallery), rest, after
        gallery, rest = gallery_out_of(after)
        if gallery:
            return Lead(beside, gallery=gallery), before, rest
    return Lead(place if article.page_image else ""), before, after


def gallery_out_of(html: str) -> tuple[str, str]:
    """Return the first gallery of a rendered text, with the figures in it, and the text without it."""
    start, depth = html.find(_GALLERY), 0
    if start < 0:
        return "", html
    for tag in _FIGURE.finditer(html, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            end = html.index(">", tag.end()) + 1
            return html[start:end], html[:start] + html[end:]
    return "", html


def allow_player(response: HttpResponse, lead: Lead) -> None:
    """Let this page, and no other, hold a frame of the site whose player it offers: after a click."""
    if lead.player:
        response._csp_config = settings.SECURE_CSP | {  # type: ignore[attr-defined]
            "frame-src": [lead.player.origin]
        }
