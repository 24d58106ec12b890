"""The comments of a WordPress post, turned into what one types here and stored in their threads."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import nh3
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.articles.elements import Element, parse
from blog.comments.forms import clean_website
from blog.comments.importing import store_earlier
from blog.comments.models import MAX_BODY, Comment
from blog.comments.rendering import clean_text
from blog.transfer.models import ImportedComment
from blog.transfer.wordpress.export import number_of
from blog.transfer.wordpress.values import cut, moment_of, plain

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

    from accounts.models import User
    from blog.articles.models import Article
    from blog.transfer.models import ImportedItem
    from blog.transfer.wordpress.export import Record
    from blog.transfer.wordpress.report import Report

STATUSES = {
    "1": Comment.Status.APPROVED,
    "approve": Comment.Status.APPROVED,
    "approved": Comment.Status.APPROVED,
    "0": Comment.Status.PENDING,
    "hold": Comment.Status.PENDING,
    "spam": Comment.Status.SPAM,
    "trash": Comment.Status.TRASH,
}
# Pingbacks and what plugins keep among the comments are other types.
OURS = frozenset({"", "comment"})
_reader = nh3.Cleaner(
    tags=set("a strong b em i cite code pre blockquote br p div li h1 h2 h3 h4 h5 h6".split()),
    attributes={"a": {"href"}},
    clean_content_tags={"script", "style"},
    url_schemes={"http", "https"},
    link_rel=None,
)
_MARKS = {"strong": "**", "em": "*", "code": "`"}


def bring_comments(
    record: Record,
    article: Article,
    item: ImportedItem,
    *,
    zone: ZoneInfo,
    users: dict[int, User],
    is_known: bool,
    report: Report,
) -> None:
    """Store the comments that are not here, under those they answer. `is_known`: an earlier run was here."""
    if not record.comments:
        return
    known: dict[int, int | None] = dict(
        item.comments.values_list("number", "comment") if is_known else ()
    )
    new = _not_among(known, record, report)
    if not new:
        return
    parents = Comment.objects.in_bulk([pk for pk in known.values() if pk])
    placed = {number: parents[pk] for number, pk in known.items() if pk}
    fresh: dict[int, Comment] = {}
    for number, fields in sorted(new.items()):
        if comment := comment_of(fields, zone, users):
            # An answer has a higher number than what it answers: no circle can come of it.
            comment.parent = placed.get(number_of(fields.get("wp:comment_parent", "")))
            placed[number] = fresh[number] = comment
        else:
            report.leave_out(_("Comments without words, or too long"))
    if fresh:
        store_earlier(article=article, comments=list(fresh.values()))
        ImportedComment.objects.bulk_create(
            ImportedComment(item=item, number=number, comment=comment)
            for number, comment in fresh.items()
        )
        report.count("comment", "new", len(fresh))


def _not_among(
    known: Collection[int], record: Record, report: Report
) -> dict[int, dict[str, str]]:
    """Return the comments of readers that are not here, by their numbers, and report the others."""
    new: dict[int, dict[str, str]] = {}
    for fields in record.comments:
        number = number_of(fields.get("wp:comment_id", ""))
        if fields.get("wp:comment_type", "").strip() not in OURS:
            report.leave_out(_("Pingbacks, trackbacks and notes of plugins"))
        elif number in known or number in new:
            report.count("comment", "known")
        else:
            new[number] = fields
    return new


def comment_of(fields: dict[str, str], zone: ZoneInfo, users: dict[int, User]) -> Comment | None:
    """Return the comment, not stored and without its place, or None where there is no text to keep."""
    body = clean_text(text_of(fields.get("wp:comment_content", ""))).strip()
    if not body or len(body) > MAX_BODY:
        return None
    at = moment_of(fields.get("wp:comment_date_gmt", ""), fields.get("wp:comment_date", ""), zone)
    approved = fields.get("wp:comment_approved", "").strip()
    comment = Comment(
        user=users.get(number_of(fields.get("wp:comment_user_id", ""))),
        name=cut(clean_text(plain(fields.get("wp:comment_author", ""))), 245),
        email=_email(fields.get("wp:comment_author_email", "")),
        website=_website(fields.get("wp:comment_author_url", "")),
        body=body,
        status=STATUSES.get(approved, Comment.Status.TRASH),
    )
    comment.created_at = min(at or timezone.now(), timezone.now())
    return comment


def _email(text: str) -> str:
    text = text.strip()
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text if len(text) <= 100 else ""


def _website(text: str) -> str:
    try:
        return clean_website(text)
    except ValidationError:
        return ""


def text_of(html: str) -> str:
    """Return what one would type here to say the same: quotes, links, emphasis and code are kept."""
    html = html.replace("\r\n", "\n").replace("\r", "\n")
    html = _written(parse(_reader.clean(html))) if "<" in html else unescape(html)
    return re.sub(r"\n[ \t]*\n\s*\n", "\n\n", html).strip()


def _written(nodes: list[Element | str]) -> str:
    return "".join(node if isinstance(node, str) else _element(node) for node in nodes)


def _element(element: Element) -> str:
    if element.tag == "br":
        return "\n"
    if element.tag == "pre":
        return f"\n\n```\n{element.text(chr(10)).strip(chr(10))}\n```\n\n"
    inner = _written(element.children)
    if element.tag == "a":
        return _link(element.attrs.get("href", ""), inner)
    if mark := _MARKS.get(element.tag):
        words = inner.strip()
        return f"{mark}{words}{mark}" if words and not re.search(r"[\n*`]", words) else inner
    if element.tag == "blockquote":
        lines = inner.strip().split("\n")
        return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"
    if element.tag == "li":
        return f"\n- {inner.strip()}"
    return f"\n\n{inner.strip()}\n\n"


def _link(address: str, words: str) -> str:
    words = " ".join(words.split())
    if not address or not re.fullmatch(r"https?://[^\s()<>]+", address):
        return words
    if not words or words == address or re.search(r"https?:|[\[\]]", words):
        return address
    return f"[{words}]({address})"
