"""The comments of a page as HTML, at a cost that a long thread can bear.

Template tags cost some forty lookups a comment, which for fifty comments is more than the rest of the
page. So each kind of comment is rendered once per process, with {names} where comments differ, and
filled in for every comment. The markup stays in templates/comments/_comment.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from blog.public.templatetags.byline import time

if TYPE_CHECKING:
    from blog.comments.queries import Node


@dataclass(frozen=True)
class Kind:
    """What decides which parts a comment has."""

    is_shown: bool
    is_held: bool
    is_by_author: bool
    has_website: bool
    is_answer: bool  # deeper than threads are shown: says whom it answers
    may_reply: bool


def thread_html(nodes: list[Node], *, may_comment: bool) -> SafeString:
    """Return the items of the list of comments, with the lists of replies nested in them."""
    language = get_language()
    parts: list[str] = []
    for node in nodes:
        parts.append('<ol class="replies"><li>' if node.opens else "<li>")
        parts.append(_comment_html(node, may_comment, language))
        if not node.has_replies:
            parts.append("</li>")
        parts.extend("</ol></li>" for _list in node.closes)
    return SafeString("".join(parts))


def _comment_html(node: Node, may_comment: bool, language: str) -> SafeString:
    comment = node.comment
    kind = Kind(
        is_shown=node.is_shown,
        is_held=node.is_held,
        is_by_author=node.is_shown and node.is_by_author,
        has_website=node.is_shown and not node.is_held and bool(comment.website),
        is_answer=node.is_shown and node.in_reply_to is not None,
        may_reply=node.is_shown and not node.is_held and may_comment,
    )
    pattern = _pattern(language, kind)
    if not kind.is_shown:
        return SafeString(pattern.format(pk=comment.pk))
    return SafeString(
        pattern.format(
            pk=comment.pk,
            initial=escape(node.initial),
            name=escape(comment.name or _("Anonymous")),
            website=escape(comment.website),
            time=time(comment.created_at),
            html=comment.html,  # written by render_comment, sanitised last
            parent=node.in_reply_to.comment.pk if node.in_reply_to else "",
            parent_name=escape(_parent_name(node)),
        )
    )


@cache
def _pattern(language: str, kind: Kind) -> str:
    """Return the markup of this kind of comment, for str.format: it holds no other braces."""
    names = "pk initial name website time html parent parent_name".split()
    fields = {name: SafeString(f"{{{name}}}") for name in names}
    return render_to_string("comments/_comment.html", {"kind": kind} | fields).strip()


def _parent_name(node: Node) -> str:
    parent = node.in_reply_to
    if parent is None:
        return ""
    return parent.comment.name or _("Anonymous") if parent.is_shown else _("a removed comment")
