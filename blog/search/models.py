"""What is searched: the plain text of articles, pages and approved comments, kept by triggers.py."""

from django.db import models
from django.db.models import Q

from blog.articles.models import Article
from blog.comments.models import Comment
from blog.pages.models import Page

PAGES_FROM = 2**40  # beyond every article


class Document(models.Model):
    """One text. Its `id` is its article's, its comment's below zero, or its page's above PAGES_FROM.

    So either kind is read newest first. A trigger deletes it with what it is of, in whatever way that goes.
    PostgreSQL adds `words`, `head_words` and `title_words` (tsvector), SQLite the tables `search_words` and
    `search_titles`: words.py.
    """

    id = models.BigIntegerField(primary_key=True)
    article = models.ForeignKey(
        Article, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="+"
    )
    comment = models.OneToOneField(
        Comment, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="+"
    )
    page = models.OneToOneField(
        Page, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="+"
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


class Index(models.Model):
    """The one row that says how the index holds words: by their English stems, or as they are."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_stemmed = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="search_one_index")]

    def __str__(self) -> str:
        return "English" if self.is_stemmed else "as it is"
