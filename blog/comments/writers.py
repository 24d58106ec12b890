"""Who writes a comment, and which rows are of the same person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import User
from blog.articles.models import Article, Byline

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Writer:
    """Who writes, and from where: the user, or the guest as typed."""

    user: User | None = None
    visitor: UUID | None = None
    name: str = ""
    email: str = ""
    website: str = ""
    network_hash: str = ""
    user_agent: str = ""
    country: str = ""  # two letters; known while it is decided, and never stored

    def marks(self) -> dict[str, Any]:
        """Return by what the writer is known, as values of a prepared query; "nobody" where unknown."""
        return {
            "user": self.user.pk if self.user else 0,
            "visitor": self.visitor or NOBODY,
            "email": self.email or "nobody",  # no address: it has no @
            "network": self.network_hash or "nobody",
        }


def may_moderate(user: User | None, article: Article) -> bool:
    """Say whether this person's word counts here: a moderator, or one of the article's authors."""
    if user is None or not user.is_active:
        return False
    if user.has_perm("comments.moderate_comment"):
        return True
    return Byline.objects.filter(article=article, author__user=user).exists()
