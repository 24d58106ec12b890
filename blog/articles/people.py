"""Who is concerned with an article at the desk, and what mail calls them and it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from blog.articles.models import Article, Assignment, Byline
from blog.outbox.services import one_line

if TYPE_CHECKING:
    from django.db.models import QuerySet


def desk_url(article: Article) -> str:
    """Return the whole address of the article at the desk."""
    return settings.SITE_URL + reverse("admin:articles_article_change", args=[article.pk])


def is_author(article: Article) -> Q:
    """Return the condition for who began the article, and for its authors."""
    bylines = Byline.objects.filter(article=article)
    return Q(pk=article.created_by_id or 0) | Q(pk__in=bylines.values("author__user"))


def is_asked(article: Article) -> Q:
    """Return the condition for who was asked to write the article."""
    asked = Assignment.objects.filter(article=article).exclude(writer=None)
    return Q(pk__in=asked.values("writer"))


def people(condition: Q) -> QuerySet[User]:
    """Return the active people at the desk for whom the condition holds."""
    return User.objects.filter(condition, is_active=True, is_staff=True).order_by("pk")


def name_of(person: User | None) -> str:
    return one_line(str(person)) if person else _("Somebody")
