"""Who may do what with one article, beside what their role lets them do with articles at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.db.models import Q

from accounts.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from blog.articles.models import Article


def is_own(user: User, article: Article) -> bool:
    """Say whether this person began the article, is to write it or is named as one of its authors.

    One query at most, two where the article came without its assignment.
    """
    assignment = getattr(article, "assignment", None)
    if user.pk in {article.created_by_id, assignment and assignment.writer_id}:
        return True
    return article.bylines.filter(author__user=user).exists()


def may_edit(user: User, article: Article) -> bool:
    """Say whether this person may change the article: the rule of Article.objects.editable_by()."""
    if user.has_perm("articles.edit_any_article"):
        return True
    return user.has_perm("articles.change_article") and is_own(user, article)


def may_publish(user: User, article: Article) -> bool:
    """Say whether what this person does to the article may go live: editors all, authors their own."""
    return user.has_perm("articles.publish_article") and may_edit(user, article)


def may_override(user: User) -> bool:
    """Say whether this person may publish over a required check, with a reason: editors."""
    return user.has_perms(["articles.publish_article", "articles.edit_any_article"])


def may_decide(user: User, article: Article) -> bool:
    """Say whether this person may approve the article or ask for changes.

    Editors do; one who may not publish anyway does not decide about their own.
    """
    if not user.has_perm("articles.edit_any_article"):
        return False
    return user.has_perm("articles.publish_article") or not is_own(user, article)


def reviewers() -> QuerySet[User]:
    """Return the active people who may review what others write."""
    return _people_who_may("edit_any_article")


def writers() -> QuerySet[User]:
    """Return the active people who may write articles."""
    return _people_who_may("add_article")


def editors_of_their_own() -> QuerySet[User]:
    """Return the active people who may change the articles that are theirs."""
    return _people_who_may("change_article")


def _people_who_may(codename: str) -> QuerySet[User]:
    permission = Permission.objects.filter(codename=codename, content_type__app_label="articles")
    allowed = (
        Q(is_superuser=True)
        | Q(groups__permissions__in=permission)
        | Q(user_permissions__in=permission)
    )
    return User.objects.filter(allowed, is_active=True, is_staff=True).distinct().order_by("pk")
