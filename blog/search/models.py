"""What is searched: the plain text of each article and of each approved comment, kept by triggers.py."""

from django.db import models
from django.db.models import Q

from blog.articles.models import Article
from blog.comments.models import Comment


class Document(models.Model):
    """One text. Its `id` is its article's, or its comment's below zero: either kind is read newest first.

    A trigger deletes it with its article or comment, in whatever way that goes. PostgreSQL adds `words`
    and `head_words` (tsvector), SQLite the table `search_words`: migration 0002.
    """

    id = models.BigIntegerField(primary_key=True)
    article = models.ForeignKey(Article, on_delete=models.DO_NOTHING, related_name="+")
    comment = models.OneToOneField(
        Comment, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="+"
    )
    title = models.TextField(blank=True)
    head = models.TextField(blank=True)  # subtitle, excerpt, headings, tags
    body = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article"], condition=Q(comment__isnull=True), name="document_of_article"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.body[:60]
