"""The comments of a page as HTML, at a cost that a long thread can bear.

Template tags cost some forty lookups a comment, which for fifty comments is more than the rest of the
page. So each kind of comment is rendered once per process, with marks where comments differ, and
filled in for every comment. The markup stays in templates/comments/_comment.html.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from blog.comments.models import REMOVED_BY_WRITER
from blog.comments.threads import initial_of
from blog.comments.tone import folded, masked
from blog.days import day_format, time_html
from blog.paths import path_to
from blog.public.avatars import tint_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from blog.comments.threads import Node


# All lines of the template begin or end with what is a block or a grid's item: no white space is shown there.
_BETWEEN = re.compile(r"(?<=>)\s*\n\s*(?=<)")
NOTHING_ASKED: Mapping[str, str] = MappingProxyType({})


class Kind(NamedTuple):
    """What decides which parts a comment has."""

    is_shown: bool
    is_held: bool
    is_withdrawn: bool  # a place that its writer has emptied
    is_edited: bool
    is_by_author: bool
    has_photo: bool
    has_receipt: bool
    has_website: bool
    is_answer: bool  # deeper than threads are shown: says whom it answers
    may_reply: bool
    may_moderate: bool
    may_edit: bool
    may_ban: bool
    is_pinned: bool
    is_featured: bool
    is_question: bool
    is_answered: bool
    is_under_question: bool
    is_the_answer: bool
    is_thread: bool  # no reply
    is_closed: bool  # the first of a thread that takes no replies
    is_cut: bool  # the first of a thread that has more replies than the page shows
    may_like: bool
    has_likes: bool
    is_liked: bool  # by this reader
    may_follow: bool  # the writer has an account
    has_face: bool  # an initial or a photo beside it
    is_long: bool
    is_about: bool  # a question in the text
    is_asked: bool  # which is still there


class For(NamedTuple):
    """Whom the comments are shown to: the same for all of a page."""

    language: str
    zone: tzinfo
    day_format: str
    may_comment: bool
    may_moderate: bool
    may_edit: bool
    may_ban: bool
    may_like: bool
    may_follow: bool
    has_faces: bool
    has_gravatars: bool
    avatars: str  # the address below which pictures are; "" where no stranger reads
    fold_after: int  # characters; 0: never
    masked_words: str
    asked: Mapping[str, str]  # the addresses of the questions in the text
    likes: frozenset[int]
    comments: str  # the address below which each comment has its own


def thread_html(
    nodes: list[Node],
    *,
    may_comment: bool,
    may_moderate: bool = False,
    may_edit: bool = False,
    may_ban: bool = False,
    may_like: bool = False,
    may_follow: bool = False,
    has_faces: bool = True,
    has_gravatars: bool = False,
    has_pictures: bool = True,
    fold_after: int = 0,
    masked_words: str = "",
    asked: Mapping[str, str] = NOTHING_ASKED,
    likes: Iterable[int] = (),
    home: str = "",
) -> SafeString:
    """Return the items of the list of comments, with the lists of replies nested in them.

    *likes* are the keys of comments that this reader likes, *home* is the address of the article. Without
    pictures there are initials: the address of a picture answers while strangers read a comment beside it.
    """
    whom = For(
        language=get_language(),
        zone=timezone.get_current_timezone(),
        day_format=day_format(),
        may_comment=may_comment,
        may_moderate=may_moderate,
        may_edit=may_edit,
        may_ban=may_ban,
        may_like=may_like,
        may_follow=may_follow,
        has_faces=has_faces,
        has_gravatars=has_gravatars,
        avatars=f"{path_to('recent-comments')}pictures" if has_pictures else "",
        fold_after=fold_after,
        masked_words=masked_words,
        asked=asked,
        likes=frozenset(likes),
        comments=f"{home}comments/",
    )
    parts: list[str] = []
    # A branch closes by a click, without scripts.
    replies = _("Replies")  # not within the text: xgettext looks into no f-string
    opens = f'<details open><summary>{replies}</summary><ol class="replies"><li>'
    for node in nodes:
        parts.append(opens if node.opens else "<li>")
        parts.append(_comment_html(node, whom))
        if not node.has_replies:
            parts.append("</li>" + "</ol></details></li>" * len(node.closes))
    return SafeString("".join(parts))


def _comment_html(node: Node, whom: For) -> str:
    """Fill in the pattern. Some twenty function calls a comment: mind what is added here."""
    comment = node.comment
    is_shown, is_held, parent = node.is_shown, node.is_held, node.in_reply_to
    is_public = is_shown and not is_held
    html, rest = comment.html, ""  # written by render_comment, sanitised last
    if whom.masked_words:
        html = masked(html, whom.masked_words)
    if whom.fold_after and len(html) > whom.fold_after:
        html, rest = folded(html, whom.fold_after)
    photo = node.photo_url
    # Of an account it is its own choice, of a guest what Gravatar has.
    has_picture = comment.avatar_id and (comment.user_id or whom.has_gravatars)
    if has_picture and not photo and is_public and whom.avatars:
        photo = f"{whom.avatars}/{comment.avatar_id}.webp"
    kind = Kind(
        is_shown=is_shown,
        is_held=is_held,
        is_withdrawn=not is_shown and comment.reason == REMOVED_BY_WRITER,
        is_edited=is_shown and comment.edited_at is not None,
        is_by_author=is_shown and node.is_by_author,
        has_photo=is_shown and photo != "",
        has_receipt=node.receipt_path != "",
        has_website=is_public and comment.website != "",
        is_answer=is_shown and parent is not None,
        may_reply=is_public and whom.may_comment and not node.is_closed,
        may_moderate=is_public and whom.may_moderate,
        may_edit=whom.may_edit,
        may_ban=whom.may_ban,
        is_pinned=is_shown and comment.is_pinned,
        is_featured=is_shown and comment.is_featured,
        is_question=is_public and comment.is_question,
        is_answered=comment.answer_id is not None,
        is_under_question=node.question is not None,
        is_the_answer=node.question is not None and node.question.answer_id == comment.pk,
        is_thread=comment.parent_id is None,
        is_closed=is_shown and comment.is_closed,
        is_cut=node.is_cut,
        may_like=is_public and whom.may_like,
        has_likes=comment.like_count > 0,
        is_liked=comment.pk in whom.likes,
        may_follow=is_public and whom.may_follow and comment.user_id is not None,
        has_face=whom.has_faces,
        is_long=rest != "",
        is_about=comment.about != "",
        is_asked=comment.about in whom.asked,
    )
    values: dict[str, object] = {"pk": comment.pk}
    if is_shown:
        values |= {
            "initial": _escaped(initial_of(comment.name)),
            "tint": tint_of(comment),
            "photo": photo and _escaped(photo),
            "receipt": node.receipt_path,
            "name": _escaped(comment.name or _("Anonymous")),
            "website": comment.website and _escaped(comment.website),
            "time": time_html(comment.created_at, whom.zone, whom.language, whom.day_format),
            "likes": comment.like_count,
            "answer": comment.answer_id,
            "comments": whom.comments,
            "html": html,
            "rest": rest,
            "about": comment.about and escape(comment.about),
            "asked": whom.asked.get(comment.about, ""),
        }
        if parent is not None:
            values |= {"parent": parent.comment.pk, "parent_name": _escaped(_parent_name(parent))}
    return _pattern(whom.language, kind) % values


@cache
def _pattern(language: str, kind: Kind) -> str:
    """Return the markup of this kind of comment, a format for its values."""
    names = (
        "pk initial tint photo receipt name website time likes html rest about asked parent parent_name"
        " comments answer"
    ).split()
    marks = {name: f"value-of-{name}" for name in names}
    markup = render_to_string("comments/_comment.html", {"kind": kind} | marks).strip()
    markup = _BETWEEN.sub("", markup)
    pattern = markup.replace("%", "%%")
    for name, mark in sorted(marks.items(), key=lambda pair: -len(pair[1])):
        pattern = pattern.replace(mark, f"%({name})s")
    return pattern


_escaped = lru_cache(maxsize=4096)(escape)  # the same people write again


def _parent_name(parent: Node) -> str:
    return parent.comment.name or _("Anonymous") if parent.is_shown else _("a removed comment")
