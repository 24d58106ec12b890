"""Whom a comment speaks to with an @: people who wrote below the same article, and want to hear of it.

No mail to strangers can come of it. A guest is told who follows something below this article, so the address
is proved; somebody with an account is told unless they have said no.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import User
from blog.comments.models import Comment, MailChoice, Subscription
from blog.comments.queries import can_be_followed
from blog.outbox.models import Mail
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 5  # people one comment names; the others are not told
MOST_SIGNS = 50  # that are looked at in one comment
IN_AN_HOUR = 20  # mails about comments to one address; then it is not told of names
_SIGN = re.compile(r"(?<![\w@.])@(?=\w)")
_END_OF_NAME = re.compile(r"(?<!\s)(?!(?<=\w)\w)")  # not within a word, and not after a space
_LONGEST = 245  # characters of a name


def mentioned_in(comment: Comment) -> list[tuple[str, Subscription | None]]:
    """Return the addresses to tell, each with the subscription that ends it; None for an account.

    A name that two people have here names neither of them.
    """
    people = _people_of(comment) if "@" in comment.body else {}
    named = dict.fromkeys(_named(comment.body, people))
    own = {comment.user_id, comment.email.lower()}
    found = [_way_to(comment, who) for who in named if who not in own][:MOST]
    return [way for way in found if way and not _has_enough(way[0])]


def _people_of(comment: Comment) -> dict[str, int | str]:
    """Return who has written below the article, by their names: the key of an account, or an address."""
    rows = Comment.objects.approved().filter(article=comment.article_id).order_by()
    by_name: dict[str, set[int | str]] = {}
    for name, user, email in rows.values_list("name", "user", "email").distinct():
        if name and (user or email):
            by_name.setdefault(_plain(name), set()).add(user or email.lower())
    return {name: who.pop() for name, who in by_name.items() if len(who) == 1}


def _named(body: str, people: dict[str, int | str]) -> Iterator[int | str]:
    """Yield whom the text names: after each @ the longest name there is."""
    for number, sign in enumerate(_SIGN.finditer(body)):
        if number == MOST_SIGNS:
            return
        rest = body[sign.end() : sign.end() + _LONGEST].partition("\n")[0]
        ends = [end.start() for end in _END_OF_NAME.finditer(rest)]
        names = (_plain(rest[:end]) for end in reversed(ends))
        if who := next((people[name] for name in names if name in people), None):
            yield who


def _way_to(comment: Comment, who: int | str) -> tuple[str, Subscription | None] | None:
    """Return the address, and what of theirs says that they want mail from here."""
    if isinstance(who, int):
        wants_none = MailChoice.objects.filter(mentions=False).values("user")
        user = User.objects.filter(pk=who, is_active=True).exclude(pk__in=wants_none).first()
        return (user.email, None) if user else None
    if not can_be_followed(comment.article, SiteSettings.objects.current()):
        return None
    rows = Subscription.objects.active().filter(article=comment.article_id, email=who)
    subscription = rows.order_by("-kind", "pk").first()  # replies to them rather than all
    return (subscription.email, subscription) if subscription else None


def _has_enough(address: str) -> bool:
    since = timezone.now() - timedelta(hours=1)
    rows = Mail.objects.filter(to=address, key__startswith="comment:", created_at__gt=since)
    return rows.count() >= IN_AN_HOUR


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
