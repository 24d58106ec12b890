"""What stands beside the text of a post: its title, its life, and what plugins have noted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.articles.models import Article
from blog.transfer.wordpress.export import number_of
from blog.transfer.wordpress.values import cut, moment_of, plain, written_at

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from blog.transfer.wordpress.addresses import Addresses
    from blog.transfer.wordpress.export import Record
    from blog.transfer.wordpress.report import Report

# A plugin's own names in a title, such as %%sitename%% or %sep%: nothing here fills them in.
_PLACEHOLDER = re.compile(r"%%?\w+%%?|#\w+_\w+")
_SEO_TITLES = ("_yoast_wpseo_title", "rank_math_title", "_aioseop_title", "_aioseo_title")
_SEO_DESCRIPTIONS = (
    "_yoast_wpseo_metadesc",
    "rank_math_description",
    "_aioseop_description",
    "_aioseo_description",
)
# How often readers have voted, as the plugins count it, and the sum of their stars.
_VOTES = {
    "Taqyeem": [("tie_users_num", "tie_user_rate")],
    "WP-PostRatings": [("ratings_users", "ratings_score")],
    "kk Star Ratings": [
        ("_kksr_count_default", "_kksr_ratings_default"),
        ("_kksr_casts", "_kksr_ratings"),
    ],
    "Rate My Post": [("rmp_vote_count", "rmp_rating_val_sum")],
}
_MOST_VOTES = 100_000_000  # of one article: what the columns hold, five times over
_CANONICALS = ("_yoast_wpseo_canonical", "rank_math_canonical_url")
_PRIMARY = ("_yoast_wpseo_primary_category", "rank_math_primary_category")


def fill(article: Article, record: Record, zone: ZoneInfo, report: Report) -> None:
    """Set what the post says of itself; the text, its pictures and its terms come from elsewhere."""
    title = plain(record.text("title"))
    article.title = cut(title, 200)
    excerpt = plain(record.text("excerpt:encoded"))
    article.excerpt = cut(excerpt, 500)
    for whole, kept, what in (
        (title, article.title, _("title")),
        (excerpt, article.excerpt, _("excerpt")),
    ):
        if whole != kept:
            report.changed.append(
                _("“%(title)s”: the %(what)s is too long and was cut.")
                % {"title": article.title, "what": what}
            )
    is_open = record.text("wp:comment_status") != "closed"
    article.comment_policy = Article.Policy.OPEN if is_open else Article.Policy.CLOSED
    _fill_life(article, record, zone, report)
    _fill_notes(article, record.meta)


def _fill_life(article: Article, record: Record, zone: ZoneInfo, report: Report) -> None:
    """Set status and access. Nothing that strangers could not read there can they read here."""
    now = timezone.now().replace(microsecond=0)
    status, at = record.text("wp:status"), written_at(record, zone)
    article.publish_at = at.replace(microsecond=0) if at else None
    article.status = Article.Status.PUBLISHED
    if password := record.fields.get("wp:post_password", "").strip():
        article.access, article.password_hash = Article.Access.PASSWORD, make_password(password)
    if status == "private":
        article.access, article.password_hash = Article.Access.PRIVATE, ""
    elif status == "future" and (at is None or at <= now):
        article.status = Article.Status.DRAFT
        report.changed.append(
            _("“%s” was scheduled for a day that is over and never came out: it is a draft.")
            % article.title
        )
    elif status not in {"publish", "future"}:
        article.status = Article.Status.DRAFT
    if article.status == Article.Status.DRAFT:
        article.publish_at = None
    elif article.publish_at is None:
        article.publish_at = now
        report.changed.append(_("“%s” had no date: it has today’s.") % article.title)
    if status == "pending":
        article.stage = Article.Stage.IN_REVIEW
    elif status == "trash":
        article.trashed_at = now
    is_sticky = record.text("wp:is_sticky") == "1"
    article.is_sticky = is_sticky and article.access == Article.Access.OPEN


def updated_at(article: Article, record: Record, zone: ZoneInfo) -> datetime | None:
    """Return when the text was last changed, where that was after it came out."""
    at = moment_of(record.text("wp:post_modified_gmt"), record.text("wp:post_modified"), zone)
    if at and article.publish_at and article.publish_at < at <= timezone.now():
        return at
    return None


def _fill_notes(article: Article, meta: dict[str, str]) -> None:
    article.seo_title = cut(_first(meta, _SEO_TITLES), 200)
    article.seo_description = cut(_first(meta, _SEO_DESCRIPTIONS), 300)
    # A list in PHP's form, of which one word is looked for: it is never read as one.
    article.is_noindex = meta.get("_yoast_wpseo_meta-robots-noindex", "").strip() == "1" or (
        '"noindex"' in meta.get("rank_math_robots", "")
    )
    article.review_title = cut(plain(meta.get("taq_review_title", "")), 100)
    article.review_summary = cut(plain(meta.get("taq_review_summary", "")), 500)
    if meta.get("taq_review_position", "").strip() == "top":
        article.review_position = Article.ReviewPosition.TOP


@dataclass(frozen=True)
class Votes:
    """How readers rated a post there. `total` is the sum of their stars, 0 where no such sum can be right."""

    plugin: str = ""
    count: int = 0
    total: int = 0


def votes_of(meta: dict[str, str]) -> Votes:
    """Return the votes of the first plugin that has some: who changed plugins took them along.

    Sums may have fractions: Taqyeem gives half stars, kk Star Ratings brings other scales down to five.
    WP-PostRatings has other scales, too, and does not say so in the post: ten stars show where the sum is
    more than five for each, and one for each is rather its thumbs up than one star from everybody.
    """
    for plugin, names in _VOTES.items():
        for of_count, of_sum in names:
            if count := number_of(meta.get(of_count, "")):
                total = _rounded(meta.get(of_sum, ""))
                least = count + (plugin == "WP-PostRatings")
                is_possible = least <= total <= 5 * count and count <= _MOST_VOTES
                return Votes(plugin, count, total if is_possible else 0)
    return Votes()


def _rounded(text: str) -> int:
    text = text.strip()
    return round(Decimal(text)) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,20})?", text) else 0


def canonical_of(meta: dict[str, str], addresses: Addresses) -> str:
    """Return the original's address where it is another site's."""
    address = next((meta[name].strip() for name in _CANONICALS if meta.get(name, "").strip()), "")
    is_elsewhere = address.startswith(("http://", "https://")) and addresses.of(address) == address
    return address if is_elsewhere and len(address) <= 500 else ""


def primary_number(meta: dict[str, str]) -> int:
    found = next((meta[name].strip() for name in _PRIMARY if meta.get(name, "").strip()), "")
    return int(found) if re.fullmatch(r"[0-9]{1,15}", found) else 0


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    texts = (plain(meta.get(name, "")) for name in names)
    return next((text for text in texts if text and not _PLACEHOLDER.search(text)), "")
