"""Who writes a comment, and which rows are of the same person."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from blog.articles.models import Article, Byline


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

    def identity(self) -> Q:
        """Return the condition for rows of the same person, as far as we can tell."""
        same = Q()
        if self.user:
            same |= Q(user=self.user)
        if self.visitor:
            same |= Q(visitor=self.visitor)
        if self.email:
            same |= Q(email=self.email)
        return same


def may_moderate(user: User | None, article: Article) -> bool:
    """Say whether this person's word counts here: a moderator, or one of the article's authors."""
    if user is None or not user.is_active:
        return False
    if user.has_perm("comments.moderate_comment"):
        return True
    return Byline.objects.filter(article=article, author__user=user).exists()
